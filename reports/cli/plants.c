/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/plants.h"

#include "reports/cli/kill.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From here on classes of faults (impls/faulty/classes.inc) are not about numbers: threads, state, the floating-point
 * environment, processes. */
#define CLASS_BEYOND_NUMBERS 30

enum vjp_status vjp_plants_fail(const char *what, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s is not there: the planted defects are built by \"cmake --build --preset "
                    "release --target plants\"",
                    what);
}

enum vjp_status vjp_plants_read(const char *folder, struct vjp_catalogue *out,
                                struct vjp_error *error)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/catalogue.txt", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return vjp_plants_fail(path, error);
    const ssize_t length = getdelim(&text, &size, '\0', file);
    enum vjp_status status = VJP_OK;
    if (ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: %s", path, strerror(errno));
    else
        status = vjp_catalogue_read(path, length > 0 ? text : "", out, error);
    fclose(file);
    free(text);
    return status;
}

static bool is_about_numbers(const struct vjp_plant *plant)
{
    const bool numbers = plant->verdict == VJP_VERDICT_WRONG ||
                         plant->verdict == VJP_VERDICT_INACCURATE ||
                         plant->verdict == VJP_VERDICT_UNWRITTEN;
    return numbers && plant->classes >> CLASS_BEYOND_NUMBERS == 0;
}

static bool serves(const struct vjp_targets *targets, const struct vjp_spec *layer, int dtype)
{
    const struct vjp_plugin_info *info = targets->target[0].info;
    for (int k = 0; k < info->n_kernels; k++) {
        const struct vjp_kernel_info *kernel = &info->kernel[k];
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            if (kernel->has_model[d] && (dtype < 0 || d == dtype) &&
                (!layer || strcmp(kernel->layer, layer->name) == 0))
                return true;
        }
    }
    return false;
}

/* Opens the plant, and keeps it where it serves what is asked for. */
static enum vjp_status try_plant(struct vjp_plants *plants, const char *folder,
                                 const struct vjp_plant *plant, const struct vjp_spec *layer,
                                 int dtype, struct vjp_error *error)
{
    struct vjp_targets *opened = &plants->opened[plants->count];
    char **path = &plants->path[plants->count];
    if (asprintf(path, "%s/%s.so", folder, plant->name) < 0) {
        *path = NULL;
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    const char *const names[] = {*path};
    enum vjp_status status =
        access(*path, R_OK) == 0
            ? vjp_targets_open(names, 1, false, VJP_KILL_TIMEOUT, opened, error)
            : vjp_plants_fail(*path, error);
    if (status == VJP_OK && serves(opened, layer, dtype)) {
        plants->count++;
        return VJP_OK;
    }
    if (status == VJP_OK)
        vjp_targets_close(opened);
    free(*path);
    *path = NULL;
    return status;
}

enum vjp_status vjp_plants_open(const char *folder, const struct vjp_spec *layer, int dtype,
                                struct vjp_plants *out, struct vjp_error *error)
{
    struct vjp_catalogue catalogue = {0};
    *out = (struct vjp_plants){0};
    enum vjp_status status = vjp_plants_read(folder, &catalogue, error);
    if (status != VJP_OK)
        return status;
    out->opened = calloc((size_t)catalogue.count + 1, sizeof *out->opened);
    out->path = calloc((size_t)catalogue.count + 1, sizeof *out->path);
    if (!out->opened || !out->path)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < catalogue.count && status == VJP_OK; i++) {
        if (is_about_numbers(&catalogue.plant[i]))
            status = try_plant(out, folder, &catalogue.plant[i], layer, dtype, error);
    }
    vjp_catalogue_clear(&catalogue);
    return status;
}

void vjp_plants_clear(struct vjp_plants *plants)
{
    for (int i = 0; i < plants->count; i++) {
        vjp_targets_close(&plants->opened[i]);
        free(plants->path[i]);
    }
    free(plants->opened);
    free(plants->path);
    *plants = (struct vjp_plants){0};
}
