/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_IMPLS_HOST_NAMESPACES_H
#define VJP_TESTS_IMPLS_HOST_NAMESPACES_H

#include <criterion/criterion.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether workers run in namespaces here: whether the system allows it, as in impls/host/worker/namespaces.c. */
static inline bool namespaces_are_allowed(void)
{
    int status;
    const char *wanted = getenv("VJPCHECK_NAMESPACES");
    if (wanted && strcmp(wanted, "0") == 0)
        return false;
    const pid_t child = fork();
    if (child == 0)
        _exit(unshare(CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS) != 0 &&
              unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS) != 0);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif
