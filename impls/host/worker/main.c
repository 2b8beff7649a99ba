/* SPDX-License-Identifier: GPL-3.0-or-later */

/* vjpcheck-worker: the process in which a plug-in is loaded and called. It knows no answers; what
 * it shares with the harness is in impls/host/protocol.h. */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "impls/host/protocol.h"
#include "impls/host/worker/call.h"
#include "impls/host/worker/fault.h"
#include "impls/host/worker/filter.h"
#include "impls/host/worker/limits.h"
#include "impls/host/worker/plugin.h"
#include "impls/host/worker/state.h"
#include "impls/host/worker/windows.h"

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
                     __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&control->harness_sleeps, __ATOMIC_SEQ_CST))
        vjp_filter_tell(VJP_FD_ANSWER);
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool has_request(const struct vjp_control *control, uint64_t last)
{
    return __atomic_load_n(&control->request.nonce, __ATOMIC_SEQ_CST) != last;
}

static bool look_for_request(const struct vjp_control *control, uint64_t last,
                             struct vjp_luck *luck)
{
    if (control->setup.patience > 0 && vjp_luck_try(luck)) {
        const int64_t until = now() + control->setup.patience;
        while (!has_request(control, last) && now() < until)
            __builtin_ia32_pause();
        vjp_luck_note(luck, has_request(control, last));
    }
    return has_request(control, last);
}

/* Waits for a request that is not the last one. False: there is none any more. */
static bool await_request(struct vjp_control *control, uint64_t last, struct vjp_luck *luck)
{
    bool looks = !control->request.last;
    while (!(looks && look_for_request(control, last, luck))) {
        int32_t asleep = VJP_WIRE_ASLEEP;
        __atomic_store_n(&control->worker, VJP_WIRE_ASLEEP, __ATOMIC_SEQ_CST);
        /* A request that came in between is taken, unless the byte for it is in the pipe, too. */
        if (has_request(control, last) &&
            __atomic_compare_exchange_n(&control->worker, &asleep, VJP_WIRE_AWAKE, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return true;
        if (!vjp_filter_hear(VJP_FD_REQUEST))
            return false;
        __atomic_store_n(&control->worker, VJP_WIRE_AWAKE, __ATOMIC_SEQ_CST);
        looks = true;
    }
    return true;
}

/* Debuggers and profilers in the worker may need what the filter refuses. */
static bool is_filter_wanted(void)
{
    const char *wanted = getenv("VJPCHECK_FILTER");
    return !wanted || strcmp(wanted, "0") != 0;
}

static void tell_problem(struct vjp_control *control, enum vjp_load_problem problem)
{
    snprintf(control->descriptor.text, sizeof control->descriptor.text, "%s", strerror(errno));
    control->descriptor.problem = (int32_t)problem;
}

/* Loads the plug-in, with everything in place that foreign code needs around it. */
static const struct vjp_abi_plugin *load(struct vjp_control *control, struct vjp_windows *windows,
                                         bool filtered)
{
    if (!vjp_windows_reserve(windows, control->setup.capacity)) {
        tell_problem(control, VJP_LOAD_NO_SPACE);
        return NULL;
    }
    for (int w = 0; w < VJP_WINDOWS; w++)
        control->window_address[w] = (uint64_t)(uintptr_t)windows->start[w];
    vjp_fault_watch(&control->answer.fault);
    if (filtered && !vjp_filter_install()) {
        tell_problem(control, VJP_LOAD_NO_FILTER);
        return NULL;
    }
    const struct vjp_abi_plugin *plugin = vjp_plugin_load(control);
    vjp_fault_watch(&control->answer.fault);
    return plugin;
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
    vjp_limits_set(&control->setup);
    setvbuf(stdout, NULL, _IOLBF, 0);
    const bool filtered = is_filter_wanted();
    if (!filtered)
        close(VJP_FD_LISTENER);
    const struct vjp_abi_plugin *plugin = load(control, &windows, filtered);
    struct vjp_state *state = vjp_state_take();
    fflush(stdout);
    struct vjp_luck luck = {0};
    uint64_t last = control->request.nonce;
    answer(control, self);
    while (await_request(control, last, &luck) && plugin) {
        last = control->request.nonce;
        vjp_call_serve(plugin, &windows, state, control);
        if (!filtered)
            control->answer.handler = vjp_fault_replaced();
        answer(control, self);
    }
    vjp_state_destroy(state);
    return 0;
}
