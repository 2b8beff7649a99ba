/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/namespaces.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every file in it has at most FILE_BYTES of main.c; a kernel has no need of more than a few. */
#define SCRATCH_OPTIONS "size=64m,nr_inodes=4096,mode=1777"

static const int kinds = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS;

/* A file of /proc takes a text in one write. */
static void write_text(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        perror(path);
    if (fd >= 0)
        close(fd);
}

/* A process in a user namespace without a map is nobody (user_namespaces(7)). */
static void remain_oneself(uid_t uid, gid_t gid)
{
    char text[64];
    write_text("/proc/self/setgroups", "deny");
    snprintf(text, sizeof text, "%u %u 1", uid, uid);
    write_text("/proc/self/uid_map", text);
    snprintf(text, sizeof text, "%u %u 1", gid, gid);
    write_text("/proc/self/gid_map", text);
}

bool vjp_namespaces_enter(void)
{
    const char *wanted = getenv("VJPCHECK_NAMESPACES");
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    if (wanted && strcmp(wanted, "0") == 0)
        return false;
    if (unshare(kinds) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | kinds) != 0)
        return false;
    remain_oneself(uid, gid);
    return true;
}

/* Instrumented for coverage, worker and plug-ins write their counts to files when they end. */
static void forbid_writing(void)
{
#if !defined(VJP_COVERAGE)
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only);
#endif
}

/* Root may read the files of others (CAP_DAC_OVERRIDE); libraries lock pages and place threads. */
static void give_up_capabilities(void)
{
    static const int kept[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_IPC_LOCK, CAP_SYS_NICE};
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];
    uint32_t mask[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, have) != 0)
        return;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        mask[CAP_TO_INDEX(kept[i])] |= CAP_TO_MASK(kept[i]);
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        have[i].permitted &= mask[i];
        have[i].effective &= mask[i];
        have[i].inheritable &= mask[i];
    }
    syscall(SYS_capset, &header, have);
}

void vjp_namespaces_furnish(void)
{
    /* Or what we mount would show outside. */
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        forbid_writing();
        /* So that /proc/self is who getpid says, and what is outside cannot be looked into. */
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
        if (mount("vjpcheck", VJP_NAMESPACES_SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV,
                  SCRATCH_OPTIONS) == 0 &&
            mkdir(VJP_NAMESPACES_FOLDER, 0700) == 0)
            setenv("TMPDIR", VJP_NAMESPACES_FOLDER, 1);
    }
    give_up_capabilities();
}

bool vjp_namespaces_settle(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && strcmp(folder, VJP_NAMESPACES_FOLDER) == 0 &&
           chdir(VJP_NAMESPACES_FOLDER) == 0;
}
