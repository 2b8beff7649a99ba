/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/call.h"

#include "impls/host/worker/fp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A call as the plug-in sees it. All of it is ours alone: a kernel that writes to a shape changes
 * nothing that is used again. */
struct frame {
    char name[VJP_WINDOWS][VJP_WIRE_NAME];
    int64_t shape[VJP_WINDOWS][VJP_RANK_MAX];
    int64_t strides[VJP_WINDOWS][VJP_RANK_MAX];
    DLTensor dl[VJP_WINDOWS];
    struct vjp_abi_tensor tensor[VJP_WINDOWS];
    const struct vjp_abi_tensor *tensors[VJP_WINDOWS];
    char attr_name[VJP_WIRE_ATTRS][VJP_WIRE_NAME];
    struct vjp_abi_attr attr[VJP_WIRE_ATTRS];
    const struct vjp_abi_attr *attrs[VJP_WIRE_ATTRS];
    struct vjp_abi_call call;
};

/* The data are given as DLPack has it: an aligned address, and byte_offset from there to the first
 * element. */
static void set_tensor(struct frame *f, int i, const struct vjp_wire_tensor *wire, void *data)
{
    memcpy(f->name[i], wire->name, sizeof f->name[i]);
    memcpy(f->shape[i], wire->shape, (size_t)wire->ndim * sizeof(int64_t));
    memcpy(f->strides[i], wire->strides, (size_t)wire->ndim * sizeof(int64_t));
    f->dl[i] = (DLTensor){.data = data,
                          .device = {.device_type = kDLCPU, .device_id = 0},
                          .ndim = wire->ndim,
                          .dtype = {wire->dtype_code, wire->dtype_bits, 1},
                          .shape = f->shape[i],
                          .strides = f->strides[i],
                          .byte_offset = data ? (uint64_t)wire->offset : 0};
    f->tensor[i] = (struct vjp_abi_tensor){
        .struct_size = sizeof f->tensor[i], .name = f->name[i], .dl = &f->dl[i]};
    f->tensors[i] = &f->tensor[i];
}

/* With windows NULL the data are NULL, as supports gets them. */
static void set_frame(struct frame *f, const struct vjp_wire_request *request,
                      const struct vjp_windows *windows)
{
    const int n = request->n_inputs + request->n_outputs;
    for (int i = 0; i < n; i++) {
        const struct vjp_wire_tensor *wire = &request->tensor[i];
        set_tensor(f, i, wire, windows ? windows->start[wire->window] : NULL);
    }
    for (int a = 0; a < request->n_attrs; a++) {
        const struct vjp_wire_attr *wire = &request->attr[a];
        memcpy(f->attr_name[a], wire->name, sizeof f->attr_name[a]);
        f->attr[a] = (struct vjp_abi_attr){
            .struct_size = sizeof f->attr[a], .name = f->attr_name[a], .i = wire->i, .f = wire->f};
        f->attrs[a] = &f->attr[a];
    }
    f->call = (struct vjp_abi_call){.struct_size = sizeof f->call,
                                    .accumulate = request->accumulate,
                                    .in_place = request->in_place,
                                    .threads = request->threads,
                                    .n_inputs = request->n_inputs,
                                    .n_outputs = request->n_outputs,
                                    .n_attrs = request->n_attrs,
                                    .inputs = f->tensors,
                                    .outputs = f->tensors + request->n_inputs,
                                    .attrs = f->attrs};
}

/* Windows that are not in the call lose their pages: whoever kept a pointer faults. */
static void show_windows(struct vjp_windows *windows, const struct vjp_wire_request *request)
{
    int64_t bytes[VJP_WINDOWS] = {0};
    for (int i = 0; i < request->n_inputs + request->n_outputs; i++)
        bytes[request->tensor[i].window] = request->tensor[i].bytes;
    for (int w = 0; w < VJP_WINDOWS; w++) {
        if (bytes[w] != windows->mapped[w] && !vjp_windows_show(windows, w, bytes[w])) {
            perror("vjpcheck-worker: cannot map a tensor");
            exit(EXIT_FAILURE);
        }
    }
}

static void ask(const struct vjp_abi_kernel *kernel, struct frame *f,
                const struct vjp_wire_request *request, struct vjp_wire_answer *answer)
{
    const char *reason = NULL;
    answer->stage = VJP_STAGE_ASKING;
    set_frame(f, request, NULL);
    const int32_t supported = kernel->supports(&f->call, &reason);
    vjp_fp_read(&answer->fp[1]);
    if (supported != 1 && reason) {
        const size_t length = strnlen(reason, sizeof answer->reason - 1);
        memcpy(answer->reason, reason, length);
        answer->reason[length] = '\0';
    }
    answer->supported = supported;
}

static int64_t nanoseconds(const struct timespec *from, const struct timespec *to)
{
    return (int64_t)(to->tv_sec - from->tv_sec) * 1000000000 + to->tv_nsec - from->tv_nsec;
}

/* Calls run until it was called as often as the request wants, or failed. The clock stands right beside
 * the call; reading it takes some 20 ns to 50 ns, which are part of every time. */
static void run(const struct vjp_abi_kernel *kernel, struct frame *f,
                const struct vjp_windows *windows, struct vjp_control *control)
{
    struct vjp_wire_answer *answer = &control->answer;
    const int32_t repeats = control->request.repeats;
    answer->stage = VJP_STAGE_RUNNING;
    for (int32_t i = 0; i < repeats && i < VJP_TIMES_MAX; i++) {
        struct timespec start, end;
        set_frame(f, &control->request, windows);
        vjp_fp_reset();
        clock_gettime(CLOCK_MONOTONIC, &start);
        const int32_t code = kernel->run(&f->call);
        clock_gettime(CLOCK_MONOTONIC, &end);
        vjp_fp_read(&answer->fp[2]);
        vjp_fp_reset();
        control->times[i] = nanoseconds(&start, &end);
        answer->code = code;
        if (code != VJP_ABI_DONE)
            return;
    }
}

void vjp_call_serve(const struct vjp_abi_plugin *plugin, struct vjp_windows *windows,
                    const struct vjp_state *state, struct vjp_control *control)
{
    struct frame frame;
    const struct vjp_wire_request *request = &control->request;
    struct vjp_wire_answer *answer = &control->answer;
    const struct vjp_abi_kernel *kernel = plugin->kernels[request->kernel];

    answer->stage = VJP_STAGE_MAPPING;
    show_windows(windows, request);
    vjp_fp_reset();
    vjp_fp_read(&answer->fp[0]);
    answer->fp[1] = answer->fp[0];
    answer->fp[2] = answer->fp[0];
    answer->supported = 1;
    if (request->ask)
        ask(kernel, &frame, request, answer);
    if (answer->supported == 1)
        run(kernel, &frame, windows, control);
    vjp_state_differs(state, answer->left, sizeof answer->left);
    fflush(stdout);
    answer->stage = VJP_STAGE_DONE;
}
