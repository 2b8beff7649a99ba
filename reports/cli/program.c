/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOLD 400

/* The first line that says something of an error, as compilers do, or else the first. */
static void read_complaint(const char *path, char text[TOLD])
{
    FILE *file = fopen(path, "r");
    char line[TOLD];
    bool told = false;
    text[0] = '\0';
    while (file && !told && fgets(line, TOLD, file)) {
        told = strstr(line, "error") || strstr(line, "Error");
        if (told || text[0] == '\0')
            memcpy(text, line, TOLD);
    }
    if (file)
        fclose(file);
    text[strcspn(text, "\n")] = '\0';
}

static int spawn(const char *const *argv, const char *log, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    int failed = posix_spawn_file_actions_init(&files);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log,
                                                  O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    if (!failed) {
        /* posix_spawn changes no argument (POSIX, rationale of exec). */
        char *const *arguments = (char *const *)argv;
        failed = posix_spawnp(pid, argv[0], &files, NULL, arguments, environ);
    }
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

enum vjp_status vjp_program_run(const char *const *argv, const char *log, struct vjp_error *error)
{
    pid_t pid;
    int status = 0;
    char text[TOLD];
    const int failed = spawn(argv, log, &pid);
    if (failed == ENOENT)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: not found: expected it in a folder of PATH",
                        argv[0]);
    if (failed)
        return vjp_fail(error, VJP_ERR_IO, "%s: cannot be run: %s", argv[0], strerror(failed));
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return vjp_fail(error, VJP_ERR_IO, "%s: cannot be waited for: %s", argv[0],
                            strerror(errno));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return VJP_OK;
    read_complaint(log, text);
    return vjp_fail(error, VJP_ERR_USAGE, "%s failed with %s %d: %s (all that it wrote: %s)",
                    argv[0], WIFEXITED(status) ? "exit code" : "signal",
                    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), text, log);
}
