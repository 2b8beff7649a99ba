/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)64 << 20) /* far above any list that people write; bounds our memory */

enum vjp_status vjp_case_list_add(struct vjp_case_list *list, struct vjp_case *c,
                                  struct vjp_error *error)
{
    if (list->count == list->capacity) {
        const size_t capacity = 2 * list->capacity + 16;
        struct vjp_case *cases = realloc(list->cases, capacity * sizeof *cases);
        if (!cases)
            return vjp_fail(error, VJP_ERR_MEMORY, "no memory for %zu cases", capacity);
        list->cases = cases;
        list->capacity = capacity;
    }
    list->cases[list->count++] = *c;
    *c = (struct vjp_case){0};
    return VJP_OK;
}

static void cut(struct vjp_case_list *list, size_t count)
{
    while (list->count > count)
        vjp_case_clear(&list->cases[--list->count]);
}

void vjp_case_list_clear(struct vjp_case_list *list)
{
    cut(list, 0);
    free(list->cases);
    *list = (struct vjp_case_list){0};
}

/* Ends the line where its comment begins: at a '#' that starts the line or follows a blank, so that
 * a file's name may hold one. */
static void cut_comment(char *line)
{
    for (char *p = strchr(line, '#'); p; p = strchr(p + 1, '#')) {
        if (p == line || p[-1] == ' ' || p[-1] == '\t') {
            *p = '\0';
            return;
        }
    }
}

static enum vjp_status read_line(struct vjp_case_list *list, char *line, struct vjp_error *error)
{
    struct vjp_case c = {0};
    const size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    cut_comment(line);
    if (line[strspn(line, " \t")] == '\0')
        return VJP_OK;
    enum vjp_status status = vjp_case_parse(line, &c, error);
    if (status == VJP_OK)
        status = vjp_case_list_add(list, &c, error);
    vjp_case_clear(&c);
    return status;
}

enum vjp_status vjp_case_list_read_text(struct vjp_case_list *list, const char *name,
                                        const char *text, struct vjp_error *error)
{
    const size_t before = list->count;
    enum vjp_status status = VJP_OK;
    int number = 0;
    for (const char *p = text; *p && status == VJP_OK;) {
        const size_t length = strcspn(p, "\n");
        char *line = strndup(p, length);
        number++;
        status = line ? read_line(list, line, error)
                      : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a line");
        if (status != VJP_OK)
            vjp_error_prefix(error, "%.200s:%d: ", name, number);
        free(line);
        p += length + (p[length] == '\n');
    }
    if (status != VJP_OK)
        cut(list, before);
    return status;
}

/* Makes room for at least one more byte and the NUL. */
static enum vjp_status grow(char **data, size_t *capacity, size_t length, const char *path,
                            struct vjp_error *error)
{
    if (*capacity >= length + 2)
        return VJP_OK;
    char *more = realloc(*data, 2 * *capacity + 4096);
    if (!more)
        return vjp_fail(error, VJP_ERR_MEMORY, "%.200s: no memory", path);
    *data = more;
    *capacity = 2 * *capacity + 4096;
    return VJP_OK;
}

static enum vjp_status read_all(const char *path, FILE *file, char **out, struct vjp_error *error)
{
    size_t length = 0;
    size_t capacity = 0;
    char *data = NULL;
    enum vjp_status status;
    do {
        status = grow(&data, &capacity, length, path, error);
        if (status != VJP_OK)
            goto cleanup;
        const size_t before = length;
        length += fread(data + length, 1, capacity - length - 1, file);
        data[length] = '\0';
        if (ferror(file))
            status = vjp_fail(error, VJP_ERR_IO, "%.200s: %s", path, strerror(errno));
        else if (length > FILE_MAX)
            status = vjp_fail(error, VJP_ERR_LIMIT, "%.200s: expected at most %zu bytes", path,
                              FILE_MAX);
        else if (memchr(data + before, '\0', length - before))
            status =
                vjp_fail(error, VJP_ERR_USAGE, "%.200s: found a NUL at byte %zu; expected text",
                         path, strlen(data) + 1);
    } while (status == VJP_OK && !feof(file));
cleanup:
    if (status == VJP_OK)
        *out = data;
    else
        free(data);
    return status;
}

enum vjp_status vjp_case_list_read_file(struct vjp_case_list *list, const char *path,
                                        struct vjp_error *error)
{
    struct stat info;
    char *text = NULL;
    FILE *file = fopen(path, "re");
    if (!file)
        return vjp_fail(error, VJP_ERR_USAGE, "%.200s: %s", path, strerror(errno));
    enum vjp_status status = VJP_OK;
    if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode))
        status = vjp_fail(error, VJP_ERR_USAGE, "%.200s: is a directory; expected a file of cases",
                          path);
    if (status == VJP_OK)
        status = read_all(path, file, &text, error);
    if (status == VJP_OK)
        status = vjp_case_list_read_text(list, path, text, error);
    free(text);
    fclose(file);
    return status;
}
