/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/fault.h"

#include "impls/host/worker/filter.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static const int watched[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
#define N_WATCHED (sizeof watched / sizeof watched[0])

/* The handler's: a signal handler is given nothing of ours, and needs a stack when the kernel's own
 * has overflowed. */
static struct vjp_wire_fault *handler_record;
static _Alignas(64) char handler_stack[1 << 16];
static void (*last_words)(void);

/* Bit 1 of the page fault's error code (Intel SDM vol. 3, 4.7) says that it was a write. */
static int fault_wrote(const void *context)
{
#if defined(__x86_64__)
    const ucontext_t *u = context;
    if (u->uc_mcontext.gregs[REG_TRAPNO] == 14)
        return (u->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#endif
    (void)context;
    return -1;
}

/* The private memory that the process has: the sixth number of its statm (proc(5)). By system calls alone, for a
 * handler may use no streams (signal-safety(7)). */
static int64_t data_bytes(void)
{
    char text[128];
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text);
    int64_t pages = 0;
    int field = 1;
    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < got && field <= 6; i++) {
        if (text[i] == ' ')
            field++;
        else if (field == 6)
            pages = 10 * pages + (text[i] - '0');
    }
    return pages * sysconf(_SC_PAGESIZE);
}

/* Which thread writes the record; 0: none yet. */
static atomic_int recorder;

/* Whether this thread is the first to fault. Another one that faults meanwhile waits here: it must not end the
 * process before the record is whole. One that faults again, here, does not wait for itself. */
static int is_first(void)
{
    const int self = (int)syscall(SYS_gettid);
    int none = 0;
    if (atomic_compare_exchange_strong(&recorder, &none, self))
        return 1;
    while (none != self)
        pause();
    return 0;
}

/* The default action is put back and SA_NODEFER lets the signal through at once: the process ends as it would
 * have without us, and its wait status shows the signal. */
static void handle(int signal, siginfo_t *info, void *context)
{
    /* A general protection fault (an aligned load from an unaligned address, an address that is
     * none) comes as SIGSEGV with SI_KERNEL and no address. */
    const int has_address =
        (signal == SIGSEGV || signal == SIGBUS) && info->si_code > 0 && info->si_code != SI_KERNEL;
    if (is_first() && handler_record) {
        handler_record->signal = signal;
        handler_record->has_address = has_address;
        handler_record->address = has_address ? (uint64_t)(uintptr_t)info->si_addr : 0;
        handler_record->wrote = has_address ? fault_wrote(context) : -1;
        handler_record->data_bytes = data_bytes();
        handler_record = NULL; /* of a fault in what follows nothing is to be told */
        if (last_words)
            last_words();
    }
    vjp_filter_drop_handler(signal);
    raise(signal);
}

static bool is_ours(int signal)
{
    struct sigaction now;
    return sigaction(signal, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
           now.sa_sigaction == handle;
}

/* To look costs less than to set, once there is a filter. */
void vjp_fault_watch(struct vjp_wire_fault *record)
{
    const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    stack_t old = {0};
    struct sigaction action = {.sa_sigaction = handle,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    handler_record = record;
    if (sigaltstack(NULL, &old) != 0 || old.ss_sp != handler_stack)
        sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_WATCHED; i++) {
        if (!is_ours(watched[i]))
            sigaction(watched[i], &action, NULL);
    }
}

void vjp_fault_last_words(void (*speak)(void))
{
    last_words = speak;
}

int vjp_fault_replaced(void)
{
    static const int hiding[] = {SIGSEGV, SIGBUS};
    for (size_t i = 0; i < sizeof hiding / sizeof hiding[0]; i++) {
        if (!is_ours(hiding[i]))
            return hiding[i];
    }
    return 0;
}
