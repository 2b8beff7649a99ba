/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sink.h"

#include "cases/base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A regular file or a name that is free gets a partial file first. /dev/stdout and /proc/self/fd/1
 * name open files, not places in a folder, even where they lead to a regular one. */
static bool wants_partial(const char *path)
{
    struct stat status;
    if (starts_with(path, "/dev/") || starts_with(path, "/proc/"))
        return false;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* The names of a sink for path. False where memory has ended. */
static bool set_names(struct vjp_sink *sink, const char *path)
{
    const bool partial = wants_partial(path);
    struct vjp_text name = {0};
    /* Through a link to where the file is, so that the link stays. */
    sink->path = partial ? realpath(path, NULL) : NULL;
    if (!sink->path)
        sink->path = strdup(path);
    if (!sink->path || !partial)
        return sink->path != NULL;
    vjp_text_add(&name, "%s.partial", sink->path);
    sink->partial = name.data;
    return !name.failed;
}

enum vjp_status vjp_sink_open(const char *path, struct vjp_sink *out, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_sink sink = {0};
    const bool standard = strcmp(path, "-") == 0;
    if (standard)
        sink.path = strdup("standard output");
    if (standard ? !sink.path : !set_names(&sink, path)) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        goto cleanup;
    }
    const char *name = sink.partial ? sink.partial : sink.path;
    sink.file = standard ? stdout : fopen(name, "we");
    if (!sink.file) {
        status = vjp_fail(error, VJP_ERR_IO, "%s: cannot be written: %s", name, strerror(errno));
        goto cleanup;
    }
    *out = sink;
    return VJP_OK;
cleanup:
    vjp_sink_clear(&sink);
    return status;
}

static enum vjp_status fail_write(const struct vjp_sink *sink, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_IO, "%s: writing failed: %s%s%s", sink->path, strerror(errno),
                    sink->partial ? "; what there is, is in " : "",
                    sink->partial ? sink->partial : "");
}

enum vjp_status vjp_sink_write(struct vjp_sink *sink, const char *text, struct vjp_error *error)
{
    if (fputs(text, sink->file) < 0 || fflush(sink->file) != 0)
        return fail_write(sink, error);
    return VJP_OK;
}

enum vjp_status vjp_sink_commit(struct vjp_sink *sink, struct vjp_error *error)
{
    FILE *file = sink->file;
    /* Some file systems report a full disk only when asked to store what they took. */
    const bool stored =
        fflush(file) == 0 && !ferror(file) && (!sink->partial || fsync(fileno(file)) == 0);
    if (!stored)
        return fail_write(sink, error);
    if (file == stdout)
        return VJP_OK;
    sink->file = NULL;
    if (fclose(file) != 0)
        return fail_write(sink, error);
    if (sink->partial && rename(sink->partial, sink->path) != 0)
        return vjp_fail(error, VJP_ERR_IO, "%s: cannot be renamed to %s: %s", sink->partial,
                        sink->path, strerror(errno));
    return VJP_OK;
}

void vjp_sink_clear(struct vjp_sink *sink)
{
    if (sink->file && sink->file != stdout)
        fclose(sink->file);
    free(sink->path);
    free(sink->partial);
    *sink = (struct vjp_sink){0};
}
