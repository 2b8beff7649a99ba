/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/handlers.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef int set_action(int, const struct sigaction *, struct sigaction *);

/* Libc's sigaction, or a sanitizer's. */
static set_action *next;
/* Where attempts are noted; NULL: everybody may. */
static int32_t *note;

static set_action *find_next(void)
{
    if (!next) {
        void *const found = dlsym(RTLD_NEXT, "sigaction");
        memcpy(&next, &found,
               sizeof next); /* ISO C knows no conversion to a pointer to a function */
    }
    return next;
}

static bool is_refused(int number)
{
    if (!note || (number != SIGSEGV && number != SIGBUS))
        return false;
    *note = number;
    errno = EPERM;
    return true;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (action && is_refused(number))
        return -1;
    return find_next()(number, action, old);
}

static sighandler_t set_handler(int number, sighandler_t handler, int flags)
{
    struct sigaction old;
    const struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

sighandler_t signal(int number, sighandler_t handler)
{
    return set_handler(number, handler, SA_RESTART);
}

/* What signal is in a program that asks for ISO C and no more. */
sighandler_t __sysv_signal(int number, sighandler_t handler)
{
    return set_handler(number, handler, (int)(SA_RESETHAND | SA_NODEFER));
}

void vjp_handlers_seal(int32_t *tried)
{
    find_next();
    note = tried;
}

void vjp_handlers_drop(int number)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    find_next()(number, &action, NULL);
}
