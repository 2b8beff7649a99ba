/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "impls/host/protocol.h"

#if defined(__x86_64__)
#define VJP_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define VJP_ARCH AUDIT_ARCH_AARCH64
#else
#define VJP_ARCH 0
#endif

/* Calls of the x32 ABI have numbers from here on, and the same architecture (seccomp(2)). */
#define FIRST_X32 UINT32_C(0x40000000)

/* What the filter knows the worker's own calls by: their pointers. */
static char own_byte;
/* As the system has it: handler, flags, restorer, mask. All zero is SIG_DFL. */
static const uint64_t own_action[4];

enum vjp_test {
    ALWAYS,
    IS_LESS, /* as 32 bits without sign */
    DIFFERS,
    IS_GIVEN, /* a pointer that is not NULL */
    HAS_ANY,  /* of the bits of value */
    HAS_ALL,
    HAS_NONE,
    USES_OURS, /* a descriptor of the protocol, with another buffer than ours as the next argument */
    OTHER_ACTION, /* a pointer that is neither NULL nor that of own_action */
    IS_TOLD,      /* one of the options of prctl, fcntl or ioctl that others rely on, or feel */
};

struct rule {
    int number;
    enum vjp_test test;
    int arg;
    uint32_t value;
};

#define INSTRUCTIONS_MAX 1024

struct program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    unsigned short length;
};

static void add(struct program *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    if (p->length < INSTRUCTIONS_MAX)
        p->code[p->length++] = (struct sock_filter){code, if_true, if_false, k};
}

static void load(struct program *p, size_t offset)
{
    add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Argument arg's lower half (half 0) or upper half, on a machine with little ends first. */
static void load_arg(struct program *p, int arg, int half)
{
    load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)arg + 4 * (size_t)half);
}

static void answer(struct program *p, uint32_t what)
{
    add(p, BPF_RET | BPF_K, what, 0, 0);
}

/* Lets the call pass where the argument is the pointer. */
static void pass_pointer(struct program *p, int arg, const void *pointer)
{
    const uint64_t value = (uint64_t)(uintptr_t)pointer;
    load_arg(p, arg, 0);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)value, 0, 3);
    load_arg(p, arg, 1);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value >> 32), 0, 1);
    answer(p, SECCOMP_RET_ALLOW);
}

/* Lets the call pass where the comparison has another result than asked. */
static void pass_unless(struct program *p, const struct rule *rule, uint16_t comparison, bool asked)
{
    load_arg(p, rule->arg, 0);
    add(p, (uint16_t)(BPF_JMP | comparison | BPF_K), rule->value, asked ? 1 : 0, asked ? 0 : 1);
    answer(p, SECCOMP_RET_ALLOW);
}

/* Names of threads, and whatever else is the caller's alone, pass. What fcntl and ioctl have here is who gets signals of a
 * file, whoever that may be, and typing into a terminal. */
static void pass_options(struct program *p, const struct rule *rule)
{
    static const uint32_t of_prctl[] = {PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER,
                                        PR_SET_SECCOMP,   PR_SET_KEEPCAPS, PR_SET_TSC,
                                        PR_SET_MM,        PR_CAPBSET_DROP, PR_SET_SECUREBITS};
    static const uint32_t of_fcntl[] = {F_SETOWN, F_SETOWN_EX, F_SETSIG, F_NOTIFY, F_SETLEASE};
    static const uint32_t of_ioctl[] = {FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCSPGRP};
    const uint32_t *told = of_prctl;
    size_t n = sizeof of_prctl / sizeof *of_prctl;
    if (rule->number == SYS_fcntl)
        told = of_fcntl, n = sizeof of_fcntl / sizeof *of_fcntl;
    else if (rule->number == SYS_ioctl)
        told = of_ioctl, n = sizeof of_ioctl / sizeof *of_ioctl;
    load_arg(p, rule->arg, 0);
    for (size_t i = 0; i < n; i++)
        add(p, BPF_JMP | BPF_JEQ | BPF_K, told[i], (uint8_t)(n - i), 0);
    answer(p, SECCOMP_RET_ALLOW);
}

static void add_test(struct program *p, const struct rule *rule)
{
    switch (rule->test) {
    case IS_LESS:
        pass_unless(p, rule, BPF_JGE, false);
        break;
    case DIFFERS:
        pass_unless(p, rule, BPF_JEQ, false);
        break;
    case HAS_ANY:
        pass_unless(p, rule, BPF_JSET, true);
        break;
    case HAS_NONE:
        pass_unless(p, rule, BPF_JSET, false);
        break;
    case HAS_ALL:
        load_arg(p, rule->arg, 0);
        add(p, BPF_ALU | BPF_AND | BPF_K, rule->value, 0, 0);
        add(p, BPF_JMP | BPF_JEQ | BPF_K, rule->value, 1, 0);
        answer(p, SECCOMP_RET_ALLOW);
        break;
    case USES_OURS:
        load_arg(p, rule->arg, 0);
        add(p, BPF_JMP | BPF_JGE | BPF_K, VJP_FD_CONTROL, 0, 1);
        add(p, BPF_JMP | BPF_JGE | BPF_K, VJP_FD_OPEN, 0, 1);
        answer(p, SECCOMP_RET_ALLOW);
        pass_pointer(p, rule->arg + 1, &own_byte);
        break;
    case OTHER_ACTION:
        pass_pointer(p, rule->arg, NULL);
        pass_pointer(p, rule->arg, own_action);
        break;
    case IS_TOLD:
        pass_options(p, rule);
        break;
    case IS_GIVEN:
        pass_pointer(p, rule->arg, NULL);
        break;
    case ALWAYS:
    default:
        break;
    }
}

/* Where the call is another one the accumulator still holds its number: all ways through a test end with an answer. */
static void add_rule(struct program *p, const struct rule *rule)
{
    const unsigned short at = p->length;
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->number, 0, 0);
    add_test(p, rule);
    answer(p, SECCOMP_RET_USER_NOTIF);
    if (p->length < INSTRUCTIONS_MAX)
        p->code[at].jf = (uint8_t)(p->length - at - 1);
}

/* A call that libc can do without. */
static void add_absence(struct program *p, int number)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
    answer(p, SECCOMP_RET_ERRNO | ENOSYS);
}

static void compose(struct program *p)
{
    const uint32_t VJP_SELF = (uint32_t)getpid();
    const struct rule rules[] = {
#define VJP_ACT(name, kind, test, arg, value) {SYS_##name, test, arg, (uint32_t)(value)},
#include "impls/host/acts.inc"
#undef VJP_ACT
    };
    static const int absent[] = {SYS_clone3, SYS_openat2, SYS_io_uring_setup};
    load(p, offsetof(struct seccomp_data, arch));
    add(p, BPF_JMP | BPF_JEQ | BPF_K, VJP_ARCH, 1, 0);
    answer(p, SECCOMP_RET_ERRNO | ENOSYS);
    load(p, offsetof(struct seccomp_data, nr));
    add(p, BPF_JMP | BPF_JGE | BPF_K, FIRST_X32, 0, 1);
    answer(p, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        add_rule(p, &rules[i]);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        add_absence(p, absent[i]);
    answer(p, SECCOMP_RET_ALLOW);
}

static bool send_descriptor(int socket, int fd)
{
    char nothing = 0;
    struct iovec part = {.iov_base = &nothing, .iov_len = 1};
    union {
        char space[CMSG_SPACE(sizeof fd)];
        struct cmsghdr align;
    } control = {.space = {0}};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

bool vjp_filter_install(void)
{
    struct program program = {.length = 0};
    compose(&program);
    const struct sock_fprog filter = {.len = program.length, .filter = program.code};
    if (VJP_ARCH == 0 || program.length == INSTRUCTIONS_MAX) {
        errno = ENOSYS;
        return false;
    }
    /* Without new privileges everybody may have a filter; what it costs in speculation is not asked for. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    const long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
    if (listener < 0)
        return false;
    const bool sent = send_descriptor(VJP_FD_LISTENER, (int)listener);
    close((int)listener); /* without the harness there would be nobody to answer */
    close(VJP_FD_LISTENER);
    return sent;
}

bool vjp_filter_tell(int fd)
{
    ssize_t written;
    do {
        written = write(fd, &own_byte, 1);
    } while (written < 0 && errno == EINTR);
    return written == 1;
}

bool vjp_filter_hear(int fd)
{
    ssize_t got;
    do {
        got = read(fd, &own_byte, 1);
    } while (got < 0 && errno == EINTR);
    return got == 1;
}

void vjp_filter_drop_handler(int signal)
{
    syscall(SYS_rt_sigaction, signal, own_action, NULL, sizeof(uint64_t));
}
