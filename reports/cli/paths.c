/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/paths.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum vjp_status vjp_path_beside_program(const char *name, char **out, struct vjp_error *error)
{
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return vjp_fail(error, VJP_ERR_IO, "/proc/self/exe cannot be read: %s", strerror(errno));
    program[length] = '\0';
    const char *slash = strrchr(program, '/');
    const int folder = slash ? (int)(slash - program) + 1 : 0;
    char *path;
    if (asprintf(&path, "%.*s%s", folder, program, name) < 0)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    *out = path;
    return VJP_OK;
}

/* The folder that the variable names, or the one with that name beside the program. */
static enum vjp_status find_folder(const char *variable, const char *name, char **out,
                                   struct vjp_error *error)
{
    const char *folder = getenv(variable);
    if (!folder || !*folder)
        return vjp_path_beside_program(name, out, error);
    char *copy = strdup(folder);
    if (!copy)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    *out = copy;
    return VJP_OK;
}

enum vjp_status vjp_path_plugins(char **out, struct vjp_error *error)
{
    return find_folder("VJPCHECK_PLUGIN_PATH", "plugins", out, error);
}

enum vjp_status vjp_path_plants(char **out, struct vjp_error *error)
{
    return find_folder("VJPCHECK_FAULTY_PATH", "faulty", out, error);
}

enum vjp_status vjp_path_peers(const char *plugins, char **out, struct vjp_error *error)
{
    char *path;
    if (asprintf(&path, "%s/peers", plugins) < 0)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    *out = path;
    return VJP_OK;
}

static int is_plugin(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return length > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 3, ".so") == 0;
}

enum vjp_status vjp_path_list_plugins(const char *folder, char ***out, int *count,
                                      struct vjp_error *error)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, is_plugin, alphasort);
    if (n < 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: no plug-in folder: %s", folder, strerror(errno));
    enum vjp_status status = VJP_OK;
    char **stems = calloc((size_t)n + 1, sizeof *stems);
    for (int i = 0; i < n; i++) {
        if (stems)
            stems[i] = strndup(entries[i]->d_name, strlen(entries[i]->d_name) - 3);
        if (!stems || !stems[i])
            status = VJP_ERR_MEMORY;
        free(entries[i]);
    }
    free(entries);
    if (status == VJP_OK && stems) {
        *out = stems;
        *count = n;
        return VJP_OK;
    }
    for (int i = 0; stems && i < n; i++)
        free(stems[i]);
    free(stems);
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}
