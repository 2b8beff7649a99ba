/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/targets.h"

#include "reports/cli/options.h"
#include "reports/cli/paths.h"

#include "cases/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A TARGET taken apart: PLUGIN or PLUGIN:KERNEL. */
struct parts {
    char *plugin;       /* owned */
    const char *kernel; /* NULL: all */
    bool is_path;
};

static bool looks_like_path(const char *name)
{
    const size_t length = strlen(name);
    return strchr(name, '/') || (length > 3 && strcmp(name + length - 3, ".so") == 0);
}

static void clear_parts(struct parts *parts)
{
    free(parts->plugin);
}

/* A path may hold a colon: what exists as it stands is a file. */
static enum vjp_status split_name(const char *text, struct parts *out, struct vjp_error *error)
{
    const char *colon = strrchr(text, ':');
    if (colon && (strchr(colon, '/') || (looks_like_path(text) && access(text, F_OK) == 0)))
        colon = NULL;
    const size_t length = colon ? (size_t)(colon - text) : strlen(text);
    if (length == 0 || (colon && colon[1] == '\0'))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "target \"%s\": expected PLUGIN, PLUGIN:KERNEL or the path of a .so", text);
    char *plugin = strndup(text, length);
    if (!plugin)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    *out = (struct parts){
        .plugin = plugin, .kernel = colon ? colon + 1 : NULL, .is_path = looks_like_path(plugin)};
    return VJP_OK;
}

static void free_stems(char **stems, int count)
{
    for (int i = 0; i < count; i++)
        free(stems[i]);
    free(stems);
}

/* The peers in the plug-in folder, as vjp_path_list_plugins; none where there is no folder of them. */
static enum vjp_status list_peers(const char *folder, char ***out, int *count,
                                  struct vjp_error *error)
{
    char *peers = NULL;
    enum vjp_status status = vjp_path_peers(folder, &peers, error);
    if (status == VJP_OK && access(peers, F_OK) == 0)
        status = vjp_path_list_plugins(peers, out, count, error);
    free(peers);
    return status;
}

/* Sets the message: what there is in the folder, or why that cannot be told. */
static void tell_no_plugin(const char *name, const char *folder, struct vjp_error *error)
{
    char **stems = NULL, **peers = NULL;
    int count = 0, n_peers = 0;
    struct vjp_text list = {0};
    if (vjp_path_list_plugins(folder, &stems, &count, error) == VJP_OK &&
        list_peers(folder, &peers, &n_peers, error) == VJP_OK) {
        for (int i = 0; i < count; i++)
            vjp_text_add(&list, "%s%s", i ? ", " : "", stems[i]);
        for (int i = 0; i < n_peers; i++)
            vjp_text_add(&list, "%s%s", i ? ", " : "; in peers/: ", peers[i]);
        vjp_fail(error, VJP_ERR_USAGE,
                 "no plug-in \"%s\" in %s, which has: %s; a library of your own is named by its "
                 "path: ./%s.so",
                 name, folder, list.data ? list.data : "none", name);
    }
    vjp_text_clear(&list);
    free_stems(peers, n_peers);
    free_stems(stems, count);
}

/* The file of a plug-in that has no path: *out is NULL where there is none. */
static enum vjp_status find_shipped(const char *name, const char *folder, char **out,
                                    struct vjp_error *error)
{
    char *peers = NULL;
    char *path = NULL;
    enum vjp_status status = vjp_path_peers(folder, &peers, error);
    const char *const places[] = {folder, peers};
    for (int i = 0; i < 2 && status == VJP_OK && !path; i++) {
        if (asprintf(&path, "%s/%s.so", places[i], name) < 0) {
            path = NULL;
            status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        } else if (access(path, F_OK) != 0) {
            free(path);
            path = NULL;
        }
    }
    free(peers);
    if (status == VJP_OK)
        *out = path;
    return status;
}

/* The file of a plug-in. A bare "x.so" becomes "./x.so": the loader would search its own folders. */
static enum vjp_status find_path(const struct parts *parts, const char *folder, char **out,
                                 struct vjp_error *error)
{
    char *path = NULL;
    if (!parts->is_path) {
        const enum vjp_status status = find_shipped(parts->plugin, folder, &path, error);
        if (status != VJP_OK)
            return status;
        if (!path) {
            tell_no_plugin(parts->plugin, folder, error);
            return VJP_ERR_USAGE;
        }
    } else if (asprintf(&path, "%s%s", strchr(parts->plugin, '/') ? "" : "./", parts->plugin) < 0) {
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    *out = path;
    return VJP_OK;
}

static void clear_target(struct vjp_target *target)
{
    for (int i = 0; i < VJP_KERNELS_MAX; i++)
        free(target->label[i]);
    if (target->worker)
        vjp_worker_destroy(target->worker);
    if (target->spare)
        vjp_worker_destroy(target->spare);
    free(target->name);
    free(target->path);
}

/* Starts the plug-in's worker. Takes over path, on failure too. */
static enum vjp_status open_target(const struct vjp_targets *targets, const char *name, char *path,
                                   struct vjp_target *out, struct vjp_error *error)
{
    struct vjp_target target = {.name = strdup(name), .path = path};
    enum vjp_status status = VJP_ERR_MEMORY;
    if (!target.name) {
        vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        goto cleanup;
    }
    status = vjp_worker_create(path, &targets->options, &target.worker, error);
    if (status != VJP_OK)
        goto cleanup;
    target.info = vjp_worker_info(target.worker);
    for (int i = 0; i < target.info->n_kernels; i++) {
        if (asprintf(&target.label[i], "%s:%s", name, target.info->kernel[i].name) < 0) {
            target.label[i] = NULL;
            status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
            goto cleanup;
        }
    }
    *out = target;
    return VJP_OK;
cleanup:
    clear_target(&target);
    return status;
}

/* Sets *index to the target of that path, which is opened if it is the first time. */
static enum vjp_status need_target(struct vjp_targets *targets, const char *name, char *path,
                                   int *index, struct vjp_error *error)
{
    for (int i = 0; i < targets->count; i++) {
        if (strcmp(targets->target[i].path, path) == 0) {
            free(path);
            *index = i;
            return VJP_OK;
        }
    }
    struct vjp_target *grown =
        realloc(targets->target, ((size_t)targets->count + 1) * sizeof *grown);
    if (!grown) {
        free(path);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    targets->target = grown;
    const enum vjp_status status = open_target(targets, name, path, &grown[targets->count], error);
    if (status == VJP_OK)
        *index = targets->count++;
    return status;
}

static enum vjp_status find_kernel(const struct vjp_target *target, const char *name, int *out,
                                   struct vjp_error *error)
{
    struct vjp_text list = {0};
    for (int i = 0; i < target->info->n_kernels; i++) {
        if (strcmp(target->info->kernel[i].name, name) == 0) {
            vjp_text_clear(&list);
            *out = i;
            return VJP_OK;
        }
        vjp_text_add(&list, "%s%s", i ? ", " : "", target->info->kernel[i].name);
    }
    vjp_fail(error, VJP_ERR_USAGE, "%s has no kernel \"%s\"; it has: %s", target->name, name,
             list.data ? list.data : "none");
    vjp_text_clear(&list);
    return VJP_ERR_USAGE;
}

/* Takes note of a plug-in that could not be opened, without the path before the reason. */
static enum vjp_status add_lost(struct vjp_targets *targets, const char *name,
                                struct vjp_error *error)
{
    static const char end[] = ".so: ";
    const char *reason = strstr(error->text, end);
    struct vjp_lost *grown =
        realloc(targets->lost, ((size_t)targets->n_lost + 1) * sizeof *targets->lost);
    if (!grown)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    targets->lost = grown;
    struct vjp_lost *lost = &grown[targets->n_lost++];
    *lost = (struct vjp_lost){.name = strdup(name),
                              .reason = strdup(reason ? reason + strlen(end) : error->text)};
    return lost->name && lost->reason ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

/* Opens what one name asks for and marks its kernels. *out says what it was. able: a library that is there and cannot be
 * used is no error. */
static enum vjp_status add_name(struct vjp_targets *targets, const char *text, const char *folder,
                                bool able, struct vjp_request *out, struct vjp_error *error)
{
    struct parts parts = {0};
    char *path = NULL;
    struct vjp_request request = {.text = text, .kernel = -1};
    enum vjp_status status = split_name(text, &parts, error);
    if (status != VJP_OK)
        return status;
    status = find_path(&parts, folder, &path, error);
    const bool is_there = status == VJP_OK && access(path, R_OK) == 0;
    if (status == VJP_OK)
        status =
            need_target(targets, parts.is_path ? path : parts.plugin, path, &request.target, error);
    if (status == VJP_ERR_USAGE && is_there && able) {
        *out = (struct vjp_request){.text = text, .target = -1, .lost = targets->n_lost};
        status = add_lost(targets, text, error);
        goto cleanup;
    }
    if (status != VJP_OK)
        goto cleanup;
    struct vjp_target *target = &targets->target[request.target];
    if (parts.kernel)
        status = find_kernel(target, parts.kernel, &request.kernel, error);
    if (status != VJP_OK)
        goto cleanup;
    for (int i = 0; i < target->info->n_kernels; i++) {
        if (request.kernel < 0 || request.kernel == i)
            target->selected[i] = true;
    }
    *out = request;
cleanup:
    clear_parts(&parts);
    return status;
}

static enum vjp_status add_shipped(struct vjp_targets *targets, const char *folder, bool peers,
                                   struct vjp_error *error)
{
    char **stems[2] = {NULL};
    int count[2] = {0};
    struct vjp_request unused;
    enum vjp_status status = vjp_path_list_plugins(folder, &stems[0], &count[0], error);
    if (status == VJP_OK && count[0] == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "%s has no plug-ins", folder);
    if (status == VJP_OK && peers)
        status = list_peers(folder, &stems[1], &count[1], error);
    for (int part = 0; part < 2; part++) {
        for (int i = 0; i < count[part] && status == VJP_OK; i++) {
            status = add_name(targets, stems[part][i], folder, false, &unused, error);
            if (status == VJP_ERR_USAGE && peers)
                status = add_lost(targets, stems[part][i], error);
        }
        free_stems(stems[part], count[part]);
    }
    return status;
}

static enum vjp_status open_targets(const char *const *names, int count, bool peers, bool able,
                                    double seconds, struct vjp_targets *out,
                                    struct vjp_error *error)
{
    struct vjp_targets targets = {0};
    char *folder = NULL;
    enum vjp_status status =
        vjp_path_beside_program("vjpcheck-worker", &targets.worker_path, error);
    if (status == VJP_OK)
        status = vjp_path_plugins(&folder, error);
    if (status != VJP_OK)
        goto cleanup;
    targets.options =
        (struct vjp_worker_options){.executable = targets.worker_path, .call_seconds = seconds};
    targets.request = calloc((size_t)count + 1, sizeof *targets.request);
    if (!targets.request) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        goto cleanup;
    }
    if (count == 0)
        status = add_shipped(&targets, folder, peers, error);
    for (int i = 0; i < count && status == VJP_OK; i++) {
        status = add_name(&targets, names[i], folder, able, &targets.request[i], error);
        targets.n_requests = i + 1;
    }
cleanup:
    free(folder);
    if (status == VJP_OK)
        *out = targets;
    else
        vjp_targets_close(&targets);
    return status;
}

enum vjp_status vjp_targets_open(const char *const *names, int count, bool peers, double seconds,
                                 struct vjp_targets *out, struct vjp_error *error)
{
    return open_targets(names, count, peers, false, seconds, out, error);
}

enum vjp_status vjp_targets_open_able(const char *const *names, int count, double seconds,
                                      struct vjp_targets *out, struct vjp_error *error)
{
    enum vjp_status status = open_targets(names, count, false, count > 1, seconds, out, error);
    if (status == VJP_OK && out->count == 0 && count > 0) {
        status = vjp_fail(error, VJP_ERR_USAGE, "%.500s: %.1000s", out->lost[0].name,
                          out->lost[0].reason);
        vjp_targets_close(out);
    }
    return status;
}

enum vjp_status vjp_target_find(const char *text, struct vjp_error *error)
{
    struct parts parts = {0};
    char *folder = NULL;
    char *path = NULL;
    enum vjp_status status = split_name(text, &parts, error);
    if (status == VJP_OK)
        status = vjp_path_plugins(&folder, error);
    if (status == VJP_OK)
        status = find_path(&parts, folder, &path, error);
    free(path);
    free(folder);
    clear_parts(&parts);
    return status;
}

void vjp_targets_close(struct vjp_targets *targets)
{
    for (int i = 0; i < targets->count; i++)
        clear_target(&targets->target[i]);
    for (int i = 0; i < targets->n_lost; i++) {
        free(targets->lost[i].name);
        free(targets->lost[i].reason);
    }
    free(targets->lost);
    free(targets->target);
    free(targets->request);
    free(targets->worker_path);
    *targets = (struct vjp_targets){0};
}

enum vjp_status vjp_target_fresh(const struct vjp_targets *targets, struct vjp_target *target,
                                 struct vjp_worker **out, struct vjp_error *error)
{
    if (!target->spare) {
        const enum vjp_status status =
            vjp_worker_create(target->path, &targets->options, &target->spare, error);
        if (status != VJP_OK)
            return status;
    } else {
        vjp_worker_renew(target->spare);
    }
    *out = target->spare;
    return VJP_OK;
}

bool vjp_target_serves(const struct vjp_target *target, int kernel, const struct vjp_case *c)
{
    const struct vjp_kernel_info *info = &target->info->kernel[kernel];
    return target->selected[kernel] && info->has_model[c->dtype] &&
           strcmp(info->layer, c->spec->name) == 0;
}

bool vjp_targets_serve(const struct vjp_targets *targets, const struct vjp_spec *spec,
                       enum vjp_dtype dtype)
{
    const struct vjp_case c = {.spec = spec, .dtype = dtype};
    for (int t = 0; t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++) {
            if (vjp_target_serves(&targets->target[t], k, &c))
                return true;
        }
    }
    return false;
}

const char **vjp_targets_labels(const struct vjp_targets *targets, int *count)
{
    const char **labels = calloc((size_t)targets->count * VJP_KERNELS_MAX + 1, sizeof *labels);
    *count = 0;
    for (int t = 0; labels && t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++) {
            if (targets->target[t].selected[k])
                labels[(*count)++] = targets->target[t].label[k];
        }
    }
    return labels;
}
