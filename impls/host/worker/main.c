/* SPDX-License-Identifier: GPL-3.0-or-later */

/* vjpcheck-worker: the process in which a plug-in is loaded and called. It knows no answers; what
 * it shares with the harness is in impls/host/protocol.h. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "impls/host/protocol.h"
#include "impls/host/worker/call.h"
#include "impls/host/worker/fault.h"
#include "impls/host/worker/plugin.h"
#include "impls/host/worker/windows.h"

/* A file that a kernel writes, its output included, may have 16 MiB; a user may have as many
 * processes and threads as a big machine's thread pools need, and no fork bomb has. */
#define FILE_BYTES (INT64_C(1) << 24)
#define PROCESSES  16384

#if defined(__has_feature)
#define VJP_CLANG_ASAN __has_feature(address_sanitizer)
#else
#define VJP_CLANG_ASAN 0
#endif

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

static void set_limits(const struct vjp_wire_setup *setup)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, (rlim_t)FILE_BYTES);
    limit(RLIMIT_NPROC, PROCESSES);
    /* Not RLIMIT_AS: the windows' guards count there. AddressSanitizer's shadow counts here. */
#if !defined(__SANITIZE_ADDRESS__) && !VJP_CLANG_ASAN
    limit(RLIMIT_DATA, (rlim_t)setup->memory_bytes);
#endif
    (void)setup;
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails, and the kernel may go on */
    setvbuf(stdout, NULL, _IOLBF, 0);
}

/* The harness's end must be ours: also where it has ended already. */
static int outlives_parent(const struct vjp_wire_setup *setup)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != (pid_t)setup->parent;
}

static struct vjp_control *map_control(void)
{
    struct stat file;
    if (fstat(VJP_FD_CONTROL, &file) != 0 || file.st_size < (off_t)sizeof(struct vjp_control))
        return NULL;
    void *block = mmap(NULL, sizeof(struct vjp_control), PROT_READ | PROT_WRITE, MAP_SHARED,
                       VJP_FD_CONTROL, 0);
    if (block == MAP_FAILED)
        return NULL;
    struct vjp_control *control = block;
    return control->setup.control_bytes == (int64_t)sizeof *control ? control : NULL;
}

/* Nothing stands between the token and what it vouches for: another process of the candidate's
 * making, which came back from the call as well, has no say. */
static void answer(struct vjp_control *control, pid_t self)
{
    if (getpid() != self)
        _exit(EXIT_FAILURE);
    __atomic_store_n(&control->answer.token, vjp_wire_token(control->request.nonce),
                     __ATOMIC_RELEASE);
    while (write(VJP_FD_ANSWER, "", 1) < 0 && errno == EINTR)
        continue;
}

/* Waits for the next request. False when there will be none. */
static int next_request(void)
{
    char byte;
    ssize_t got;
    do {
        got = read(VJP_FD_REQUEST, &byte, 1);
    } while (got < 0 && errno == EINTR);
    return got == 1;
}

int main(void)
{
    struct vjp_windows windows;
    const pid_t self = getpid();
    struct vjp_control *control = map_control();
    if (!control) {
        fputs("vjpcheck-worker: started by vjpcheck of the same build, not by hand\n", stderr);
        return 2;
    }
    control->answer.stage = VJP_STAGE_SETUP;
    if (outlives_parent(&control->setup))
        return 2;
    set_limits(&control->setup);
    const struct vjp_abi_plugin *plugin = NULL;
    if (!vjp_windows_reserve(&windows, control->setup.capacity)) {
        snprintf(control->descriptor.text, sizeof control->descriptor.text, "%s", strerror(errno));
        control->descriptor.problem = VJP_LOAD_NO_SPACE;
    } else {
        for (int w = 0; w < VJP_WINDOWS; w++)
            control->window_address[w] = (uint64_t)(uintptr_t)windows.start[w];
        vjp_fault_watch(&control->answer.fault);
        plugin = vjp_plugin_load(control);
        vjp_fault_watch(&control->answer.fault);
    }
    fflush(stdout);
    answer(control, self);
    while (next_request() && plugin) {
        vjp_call_serve(plugin, &windows, control);
        answer(control, self);
    }
    return 0;
}
