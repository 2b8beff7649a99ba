/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/stream_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Lines whose type stands for a run that has an end. */
static bool is_known(enum vjp_stream_type type)
{
    return type != VJP_STREAM_RUN && type != VJP_STREAM_OTHER;
}

static bool is_end(enum vjp_stream_type type)
{
    return type == VJP_STREAM_SUMMARY || type == VJP_STREAM_SELFTEST || type == VJP_STREAM_COVERAGE;
}

static enum vjp_status read_line(const char *text, size_t length, vjp_stream_visitor visit,
                                 void *env, struct vjp_stream_file *out, struct vjp_error *error)
{
    struct vjp_stream_line line;
    enum vjp_status status = vjp_stream_read(text, length, &line, error);
    if (status == VJP_OK) {
        if (!*out->first) {
            out->foreign = line.type > VJP_STREAM_SUMMARY;
            out->cut = false;
            snprintf(out->first, sizeof out->first, "%s", line.type_name);
        }
        out->complete |= is_end(line.type);
        out->cut |= is_known(line.type);
        status = visit(env, &line, error);
    }
    vjp_stream_line_clear(&line);
    return status;
}

/* gcovr's file is one line without an end. */
static bool is_whole(const char *text, size_t length, int64_t number)
{
    struct vjp_stream_line line;
    const bool whole = number == 1 && vjp_stream_read(text, length, &line, NULL) == VJP_OK &&
                       line.type == VJP_STREAM_COVERAGE;
    if (number == 1)
        vjp_stream_line_clear(&line);
    return whole;
}

static enum vjp_status read_lines(FILE *file, const char *path, vjp_stream_visitor visit, void *env,
                                  struct vjp_stream_file *out, struct vjp_error *error)
{
    char *text = NULL;
    size_t size = 0;
    int64_t number = 0;
    ssize_t length;
    enum vjp_status status = VJP_OK;
    while (status == VJP_OK && (length = getline(&text, &size, file)) > 0) {
        number++;
        if (text[length - 1] != '\n' && !is_whole(text, (size_t)length, number)) {
            fprintf(stderr, "vjpcheck: %s:%" PRId64 ": the line has no end, and is left out\n",
                    path, number);
            break;
        }
        status = read_line(text, (size_t)length, visit, env, out, error);
        if (status == VJP_ERR_USAGE)
            vjp_error_prefix(error, "%s:%" PRId64 ": ", path, number);
    }
    if (status == VJP_OK && ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    free(text);
    return status;
}

enum vjp_status vjp_stream_file_read(const char *path, vjp_stream_visitor visit, void *env,
                                     struct vjp_stream_file *out, struct vjp_error *error)
{
    *out = (struct vjp_stream_file){.cut = true}; /* until there is a line */
    FILE *const file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: cannot be read: %s", path, strerror(errno));
    const enum vjp_status status = read_lines(file, path, visit, env, out, error);
    if (file != stdin)
        fclose(file);
    out->cut &= !out->complete;
    return status;
}
