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
                     __ATOMIC_RELEASE);
    vjp_filter_tell(VJP_FD_ANSWER);
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
    answer(control, self);
    while (vjp_filter_hear(VJP_FD_REQUEST) && plugin) {
        vjp_call_serve(plugin, &windows, state, control);
        if (!filtered)
            control->answer.handler = vjp_fault_replaced();
        answer(control, self);
    }
    vjp_state_destroy(state);
    return 0;
}
