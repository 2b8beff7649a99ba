/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starts a daemon: a grandchild in a session of its own, with every descriptor closed, which stays.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to start a process */
#include <sys/wait.h>
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    const pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() == 0) {
            closefrom(0);
            sleep(600);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

FAULTY_PLUGIN(hostile_daemon, run);
