/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/folder.h"

#include "cases/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Creates the folder where there is none; *made says whether there was. */
static enum vjp_status make(const char *path, bool *made, struct vjp_error *error)
{
    struct stat info;
    *made = mkdir(path, 0777) == 0;
    if (!*made && errno != EEXIST)
        return vjp_fail(error, VJP_ERR_IO, "%.300s: no folder can be made: %s", path,
                        strerror(errno));
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return vjp_fail(error, VJP_ERR_IO, "%.300s: not a folder; expected one to write to", path);
    return VJP_OK;
}

/* Only trying tells whether the system lets us. */
enum vjp_status vjp_folder_open(const char *path, struct vjp_folder *out, struct vjp_error *error)
{
    bool made;
    const enum vjp_status status = make(path, &made, error);
    if (status != VJP_OK)
        return status;
    if (made)
        rmdir(path);
    *out = (struct vjp_folder){.path = path};
    return VJP_OK;
}

enum vjp_status vjp_folder_add(struct vjp_folder *folder, const char *name, FILE **out,
                               struct vjp_error *error)
{
    struct vjp_text path = {0};
    bool made;
    enum vjp_status status = make(folder->path, &made, error);
    if (status != VJP_OK)
        return status;
    folder->made = folder->made || made;
    struct vjp_sink *grown = realloc(folder->sink, (folder->count + 1) * sizeof *grown);
    if (!grown)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    folder->sink = grown;
    vjp_text_add(&path, "%s/%s", folder->path, name);
    status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                         : vjp_sink_open(path.data, &grown[folder->count], error);
    vjp_text_clear(&path);
    if (status == VJP_OK)
        *out = grown[folder->count++].file;
    return status;
}

/* With all that may fail for want of space done for every file before the first one gets its name. */
enum vjp_status vjp_folder_commit(struct vjp_folder *folder, struct vjp_error *error)
{
    for (size_t i = 0; i < folder->count; i++) {
        FILE *file = folder->sink[i].file;
        if (fflush(file) != 0 || ferror(file) ||
            (folder->sink[i].partial && fsync(fileno(file)) != 0))
            return vjp_fail(error, VJP_ERR_IO, "%.300s: writing failed: %s", folder->sink[i].path,
                            strerror(errno));
    }
    for (size_t i = 0; i < folder->count; i++) {
        const enum vjp_status status = vjp_sink_commit(&folder->sink[i], error);
        if (status != VJP_OK)
            return status;
    }
    for (size_t i = 0; i < folder->count; i++)
        vjp_sink_clear(&folder->sink[i]);
    folder->count = 0;
    return VJP_OK;
}

void vjp_folder_clear(struct vjp_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (folder->sink[i].partial)
            unlink(folder->sink[i].partial);
        vjp_sink_clear(&folder->sink[i]);
    }
    free(folder->sink);
    if (folder->made)
        rmdir(folder->path); /* refused where anything is in it */
    *folder = (struct vjp_folder){0};
}
