/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/corpus.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUNNING "running-"

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a corpus");
}

static enum vjp_status fail_io(const char *path, const char *what, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

/* folder/name, to be freed; NULL where memory has ended. */
static char *join(const char *folder, const char *name)
{
    struct vjp_text text = {0};
    vjp_text_add(&text, "%s/%s", folder, name);
    if (text.failed)
        vjp_text_clear(&text);
    return text.data;
}

static bool is_known(const struct vjp_corpus_folder *folder, const char *line)
{
    for (size_t i = 0; i < folder->n_known; i++) {
        if (strcmp(folder->known[i], line) == 0)
            return true;
    }
    return false;
}

static enum vjp_status remember(struct vjp_corpus_folder *folder, const char *line,
                                struct vjp_error *error)
{
    char **grown = realloc(folder->known, (folder->n_known + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    folder->known = grown;
    grown[folder->n_known] = strdup(line);
    if (!grown[folder->n_known])
        return fail_memory(error);
    folder->n_known++;
    return VJP_OK;
}

static int is_cases(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return length > 6 && strcmp(entry->d_name + length - 6, ".cases") == 0;
}

/* Of a process that is no more: its number may be another's by now, which then keeps the file. */
static int is_left_behind(const struct dirent *entry)
{
    char *end;
    if (strncmp(entry->d_name, RUNNING, strlen(RUNNING)) != 0)
        return 0;
    const long pid = strtol(entry->d_name + strlen(RUNNING), &end, 10);
    return *end == '\0' && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* The cases of the files that are wanted, in the order of their names; removes: they are removed then. */
static enum vjp_status read_files(struct vjp_corpus_folder *folder,
                                  int (*wanted)(const struct dirent *entry), bool removes,
                                  struct vjp_case_list *cases, struct vjp_error *error)
{
    struct dirent **entry = NULL;
    const int count = scandir(folder->path, &entry, wanted, alphasort);
    enum vjp_status status =
        count < 0 ? fail_io(folder->path, "cannot be read as a corpus", error) : VJP_OK;
    for (int i = 0; i < count; i++) {
        char *path = join(folder->path, entry[i]->d_name);
        if (status == VJP_OK)
            status = path ? vjp_case_list_read_file(cases, path, error) : fail_memory(error);
        if (status == VJP_OK && removes && unlink(path) != 0)
            status = fail_io(path, "cannot be removed", error);
        free(path);
        free(entry[i]);
    }
    free(entry);
    return status;
}

static enum vjp_status remember_all(struct vjp_corpus_folder *folder,
                                    const struct vjp_case_list *cases, size_t from,
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (size_t i = from; i < cases->count && status == VJP_OK; i++) {
        struct vjp_text line = {0};
        vjp_case_print(&cases->cases[i], &line);
        status = line.failed ? fail_memory(error) : remember(folder, line.data, error);
        vjp_text_clear(&line);
    }
    return status;
}

enum vjp_status vjp_corpus_open(const char *path, struct vjp_corpus_folder *out,
                                struct vjp_case_list *cases, struct vjp_error *error)
{
    const size_t before = cases->count;
    char name[64];
    snprintf(name, sizeof name, RUNNING "%ld", (long)getpid());
    struct vjp_corpus_folder folder = {
        .path = strdup(path), .running_path = join(path, name), .running = -1};
    enum vjp_status status = VJP_OK;
    if (!folder.path || !folder.running_path)
        status = fail_memory(error);
    else if (mkdir(path, 0777) == 0)
        folder.made = true;
    else if (errno != EEXIST)
        status = fail_io(path, "cannot be made", error);
    if (status == VJP_OK)
        status = read_files(&folder, is_cases, false, cases, error);
    if (status == VJP_OK)
        status = remember_all(&folder, cases, before, error);
    if (status == VJP_OK)
        status = read_files(&folder, is_left_behind, true, cases, error);
    if (status == VJP_OK)
        *out = folder;
    else
        vjp_corpus_close(&folder);
    return status;
}

void vjp_corpus_close(struct vjp_corpus_folder *folder)
{
    if (folder->running >= 0 && folder->running_path) {
        close(folder->running);
        if (!folder->is_short)
            unlink(folder->running_path);
    }
    if (folder->made)
        rmdir(folder->path); /* stays unless it is empty */
    for (size_t i = 0; i < folder->n_known; i++)
        free(folder->known[i]);
    free(folder->known);
    free(folder->running_path);
    free(folder->path);
    *folder = (struct vjp_corpus_folder){.running = -1};
}

static enum vjp_status write_all(int file, const char *path, const char *text, size_t size,
                                 struct vjp_error *error)
{
    while (size > 0) {
        const ssize_t written = write(file, text, size);
        if (written < 0 && errno != EINTR)
            return fail_io(path, "cannot be written", error);
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return VJP_OK;
}

/* Empty lines of a file of cases. */
#define BLANK "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"

/* The slow way, for a write that was cut short. What we leave if we end between the two is an empty file, and never
 * half of the line before. */
static enum vjp_status rewrite_running(const struct vjp_corpus_folder *folder, const char *text,
                                       size_t size, struct vjp_error *error)
{
    if (ftruncate(folder->running, 0) != 0 || lseek(folder->running, 0, SEEK_SET) != 0)
        return fail_io(folder->running_path, "cannot be written", error);
    return write_all(folder->running, folder->running_path, text, size, error);
}

/* One write of the line, and of empty lines over what is left of a longer one before it: a signal does not cut it, and
 * it costs a third of what it takes to empty the file first. */
enum vjp_status vjp_corpus_run(struct vjp_corpus_folder *folder, const char *line,
                               struct vjp_error *error)
{
    struct vjp_text text = {0};
    if (folder->running < 0)
        folder->running =
            open(folder->running_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (folder->running < 0)
        return fail_io(folder->running_path, "cannot be made", error);
    vjp_text_add(&text, "%s\n", line);
    while (text.length < folder->running_length && !text.failed)
        vjp_text_add(&text, "%.*s", (int)(folder->running_length - text.length), BLANK);
    enum vjp_status status = text.failed ? fail_memory(error) : VJP_OK;
    if (status == VJP_OK) {
        const ssize_t written = pwrite(folder->running, text.data, text.length, 0);
        if (written < 0 || (size_t)written < text.length)
            status = rewrite_running(folder, text.data, text.length, error);
        folder->running_length = text.length;
    }
    vjp_text_clear(&text);
    return status;
}

/* The file of that name, to be freed. */
static char *path_of(const struct vjp_corpus_folder *folder, const char *name)
{
    struct vjp_text file = {0};
    vjp_text_add(&file, "%s.cases", name);
    for (char *p = file.failed ? NULL : file.data; p && *p; p++) {
        if (*p == '/' || *p == ':')
            *p = '-';
    }
    char *path = file.failed ? NULL : join(folder->path, file.data);
    vjp_text_clear(&file);
    return path;
}

/* A comment is one line, whatever a kernel said. */
static void add_comment(struct vjp_text *text, const char *comment)
{
    vjp_text_add(text, "# ");
    for (const char *p = comment; *p; p++)
        vjp_text_add(text, "%c", (unsigned char)*p < ' ' || *p == 0x7f ? ' ' : *p);
    vjp_text_add(text, "\n");
}

/* Takes back what a write has left that was cut short, as by a full disk: half a line would be in the way of every run
 * to come. Unless another process has added to the file meanwhile, whose line it is not. */
static void take_back(int file, off_t size, size_t length)
{
    struct stat now;
    if (fstat(file, &now) == 0 && now.st_size > size && now.st_size < size + (off_t)length)
        (void)!ftruncate(file, size);
}

static enum vjp_status append(const char *path, const struct vjp_text *text,
                              struct vjp_error *error)
{
    struct stat before;
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0 || fstat(file, &before) != 0)
        return fail_io(path, "cannot be opened", error);
    enum vjp_status status = write_all(file, path, text->data, text->length, error);
    if (status != VJP_OK)
        take_back(file, before.st_size, text->length);
    else if (fsync(file) != 0 && errno != EINVAL && errno != EROFS)
        status = fail_io(path, "cannot be written", error);
    close(file);
    return status;
}

/* One write at the end of the file: several processes may share a corpus. */
enum vjp_status vjp_corpus_add(struct vjp_corpus_folder *folder, const char *name,
                               const char *comment, const char *line, struct vjp_error *error)
{
    if (is_known(folder, line))
        return VJP_OK;
    struct vjp_text text = {0};
    add_comment(&text, comment);
    vjp_text_add(&text, "%s\n", line);
    char *path = path_of(folder, name);
    enum vjp_status status = text.failed || !path ? fail_memory(error) : VJP_OK;
    if (status == VJP_OK) {
        status = append(path, &text, error);
        folder->is_short |= status != VJP_OK;
    }
    if (status == VJP_OK)
        status = remember(folder, line, error);
    free(path);
    vjp_text_clear(&text);
    return status;
}
