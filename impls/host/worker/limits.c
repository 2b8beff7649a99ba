/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/limits.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A file that a kernel writes, its output included, may have 16 MiB; a user may have as many
 * processes and threads as a big machine's thread pools need, and no fork bomb has. */
#define FILE_BYTES (INT64_C(1) << 24)
#define PROCESSES  16384

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    if (value > now.rlim_max)
        value = now.rlim_max;
    now.rlim_cur = value;
    now.rlim_max = value;
    if (setrlimit(resource, &now) != 0)
        perror("vjpcheck-worker: setrlimit");
}

/* 1000: before every other process (proc(5)). Without /proc it stays as it is. */
static void be_first_to_end(void)
{
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, "1000", 4) != 4)
        perror("vjpcheck-worker: oom_score_adj");
    close(fd);
}

/* Root may read the files of others; libraries lock pages and place threads. */
static void give_up_capabilities(void)
{
    static const int kept[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_IPC_LOCK, CAP_SYS_NICE};
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];
    uint32_t mask[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, have) != 0)
        return;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        mask[CAP_TO_INDEX(kept[i])] |= (uint32_t)CAP_TO_MASK(kept[i]);
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        have[i].permitted &= mask[i];
        have[i].effective &= mask[i];
        have[i].inheritable &= mask[i];
    }
    syscall(SYS_capset, &header, have);
}

void vjp_limits_set(const struct vjp_wire_setup *setup)
{
    be_first_to_end();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, (rlim_t)FILE_BYTES);
    limit(RLIMIT_NPROC, PROCESSES);
    /* Not RLIMIT_AS: the windows' guards count there. Here AddressSanitizer's shadow counts, in a worker that is
     * built with it or has its runtime preloaded for the plug-in's sake. */
    if (!dlsym(RTLD_DEFAULT, "__asan_init"))
        limit(RLIMIT_DATA, (rlim_t)setup->memory_bytes);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails, and the kernel may go on */
    give_up_capabilities();
}
