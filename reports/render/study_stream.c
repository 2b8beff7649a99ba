/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_stream.h"

#include "cases/base/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What is made of the points at the end is made again. */
static bool is_conclusion(const char *line)
{
    return starts_with(line, "{\"type\":\"fit\"") || starts_with(line, "{\"type\":\"left_out\"") ||
           starts_with(line, "{\"type\":\"summary\"");
}

/* The member "line" of a header, the caller's to free; NULL where there is none. */
static char *line_of(const char *header)
{
    json_t *json = json_loads(header, 0, NULL);
    const char *text = json_string_value(json_object_get(json, "line"));
    char *copy = text ? strdup(text) : NULL;
    json_decref(json);
    return copy;
}

static enum vjp_status fail_other(const char *path, const char *there, const char *header,
                                  struct vjp_error *error)
{
    char *old = line_of(there), *new = line_of(header);
    enum vjp_status status;
    if (!old)
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: no study; expected another folder", path);
    else if (new &&strcmp(old, new) == 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "%s: the same study by another version, or of a plug-in that has changed "
                          "since; expected another folder",
                          path);
    else
        status =
            vjp_fail(error, VJP_ERR_USAGE,
                     "%s: another study, \"%s\"; expected the same or another folder", path, old);
    free(old);
    free(new);
    return status;
}

static enum vjp_status keep(struct vjp_study_stream *s, const char *line, size_t length,
                            struct vjp_error *error)
{
    char **more = realloc(s->line, (s->count + 1) * sizeof *more);
    if (!more)
        return fail_memory(error);
    s->line = more;
    s->line[s->count] = strndup(line, length);
    if (!s->line[s->count])
        return fail_memory(error);
    s->count++;
    return VJP_OK;
}

/* Reads what stands in the file; *whole is where the last line ends that is to stay, 0 where even the header is cut. */
static enum vjp_status read_lines(const char *path, FILE *file, const char *header,
                                  struct vjp_study_stream *s, long *whole, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    bool first = true;
    *whole = 0;
    while (status == VJP_OK && (length = getline(&line, &capacity, file)) > 0) {
        if (line[length - 1] != '\n' || is_conclusion(line))
            break;
        if (first && strcmp(line, header) != 0)
            status = fail_other(path, line, header, error);
        else if (!first)
            status = keep(s, line, (size_t)length - 1, error);
        first = false;
        *whole += length;
    }
    if (status == VJP_OK && ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: reading failed", path);
    free(line);
    return status;
}

/* Opens the partial file behind its last whole line. */
static enum vjp_status go_on(const char *partial, const char *header, struct vjp_study_stream *s,
                             struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    long whole = 0;
    FILE *file = fopen(partial, "re");
    if (file) {
        status = read_lines(partial, file, header, s, &whole, error);
        fclose(file);
        if (status == VJP_OK && truncate(partial, whole) != 0)
            status = vjp_fail(error, VJP_ERR_IO, "%s: cannot be cut: %s", partial, strerror(errno));
    }
    if (status != VJP_OK)
        return status;
    s->sink.file = fopen(partial, "ae");
    if (!s->sink.file)
        return vjp_fail(error, VJP_ERR_IO, "%s: cannot be written: %s", partial, strerror(errno));
    return whole > 0 ? VJP_OK : vjp_sink_write(&s->sink, header, error);
}

static enum vjp_status open_files(const char *folder, const char *header,
                                  struct vjp_study_stream *s, struct vjp_error *error)
{
    struct vjp_text path = {0}, partial = {0};
    long whole;
    enum vjp_status status = VJP_OK;
    vjp_text_add(&path, "%s/study.jsonl", folder);
    vjp_text_add(&partial, "%s/study.jsonl.partial", folder);
    if (path.failed || partial.failed) {
        vjp_text_clear(&path);
        vjp_text_clear(&partial);
        return fail_memory(error);
    }
    s->sink.path = path.data;
    s->sink.partial = partial.data;
    FILE *file = fopen(path.data, "re");
    if (!file)
        return go_on(partial.data, header, s, error);
    status = read_lines(path.data, file, header, s, &whole, error);
    if (status == VJP_OK && whole == 0)
        status = fail_other(path.data, "", header, error);
    fclose(file);
    s->complete = status == VJP_OK;
    return status;
}

enum vjp_status vjp_study_stream_open(const char *folder, const char *header,
                                      struct vjp_study_stream *out, struct vjp_error *error)
{
    *out = (struct vjp_study_stream){0};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return vjp_fail(error, VJP_ERR_IO, "%s: cannot be made: %s", folder, strerror(errno));
    const enum vjp_status status = open_files(folder, header, out, error);
    if (status != VJP_OK)
        vjp_study_stream_clear(out);
    return status;
}

enum vjp_status vjp_study_stream_commit(struct vjp_study_stream *stream, struct vjp_error *error)
{
    return stream->complete ? VJP_OK : vjp_sink_commit(&stream->sink, error);
}

void vjp_study_stream_clear(struct vjp_study_stream *stream)
{
    vjp_sink_clear(&stream->sink);
    for (size_t i = 0; i < stream->count; i++)
        free(stream->line[i]);
    free(stream->line);
    *stream = (struct vjp_study_stream){0};
}
