/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/npz.h"

#include "cases/gen/npy.h"
#include "reports/render/zip.h"

#include <stdlib.h>
#include <string.h>

/* Adds a member called name with this ending. */
static enum vjp_status add_member(struct vjp_zip *zip, const char *name, const char *ending,
                                  const void *data, size_t size, struct vjp_error *error)
{
    struct vjp_text file = {0};
    vjp_text_add(&file, "%s%s", name, ending);
    const enum vjp_status status = file.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                               : vjp_zip_add(zip, file.data, data, size, error);
    vjp_text_clear(&file);
    return status;
}

/* The member's length and checksum stand before it, so it is made in memory. */
static enum vjp_status add_tensor(struct vjp_zip *zip, const struct vjp_bundle_tensor *entry,
                                  struct vjp_error *error)
{
    char *data = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&data, &size);
    if (!memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    enum vjp_status status = vjp_npy_write(memory, &entry->tensor, error);
    if (fclose(memory) != 0 && status == VJP_OK)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        status = add_member(zip, entry->name, ".npy", data, size, error);
    free(data);
    return status;
}

enum vjp_status vjp_npz_write(const struct vjp_bundle *bundle, FILE *out, struct vjp_error *error)
{
    struct vjp_zip zip = {.file = out};
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < bundle->n_notes && status == VJP_OK; i++) {
        const char *text = bundle->note[i].text;
        status = add_member(&zip, bundle->note[i].name, ".txt", text, strlen(text), error);
    }
    for (int i = 0; i < bundle->n_tensors && status == VJP_OK; i++)
        status = add_tensor(&zip, &bundle->tensor[i], error);
    if (status == VJP_OK)
        status = vjp_zip_end(&zip, error);
    vjp_zip_clear(&zip);
    return status;
}
