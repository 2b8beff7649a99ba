/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_PROTOCOL_H
#define VJP_IMPLS_HOST_PROTOCOL_H

#include <stdint.h>

#include "cases/base/shape.h"
#include "cases/base/stream.h"
#include "impls/host/plugin_info.h"

/* What the harness and vjpcheck-worker say to each other. Both are built from the same tree; the
 * size of struct vjp_control is checked when they meet.
 *
 * One shared block of memory holds the request and the answer. A byte in the request pipe wakes the
 * worker, a byte in the answer pipe wakes the harness; the bytes mean nothing. Closing the request
 * pipe asks the worker to leave. All that comes back is written by a process in which foreign code
 * runs: the harness copies it once, cuts it, and believes nothing of it.
 *
 * Tensors lie in windows: whole pages of two further shared files, one for inputs (which nobody but
 * the harness can ever map writable) and one for outputs. Window w of a file begins at
 * w * capacity. In the worker each window has an address of its own for the life of the process,
 * and VJP_GUARD_BYTES without access on either side of the pages in use. */

#define VJP_INPUT_WINDOWS  17 /* as many operands as a layer can have, dy, saved values */
#define VJP_OUTPUT_WINDOWS 12 /* the operands' gradients */
#define VJP_WINDOWS        (VJP_INPUT_WINDOWS + VJP_OUTPUT_WINDOWS)

/* More than 2^31 elements of 8 bytes, so that a 32-bit index that overflowed lands here and not in
 * something else. */
#define VJP_GUARD_BYTES (INT64_C(1) << 34)

/* A function without arguments that a library may export to save what it counted: the worker calls it before a signal
 * ends the process. "vjpcheck coverage" builds it in. */
#define VJP_COVERAGE_SYMBOL "vjp_coverage_dump"

#define VJP_WIRE_NAME   32
#define VJP_WIRE_TEXT   256
#define VJP_WIRE_ATTRS  24
#define VJP_WIRE_MODELS 8
#define VJP_WIRE_PATH   4096

#define VJP_TIMES_MAX 1024

/* The descriptors that a worker is born with, besides 0, 1 and 2. */
enum vjp_worker_fd {
    VJP_FD_CONTROL = 3,
    VJP_FD_INPUTS,
    VJP_FD_OUTPUTS,
    VJP_FD_REQUEST,
    VJP_FD_ANSWER,
    VJP_FD_LISTENER, /* a socket by which it hands over its filter's listener, and closed then */
    VJP_FD_END,

    VJP_FD_OPEN = VJP_FD_LISTENER, /* those below are open for as long as the worker lives */
};

/* How far the worker has come. */
enum vjp_stage {
    VJP_STAGE_NONE = 0, /* the request was not looked at */
    VJP_STAGE_SETUP,
    VJP_STAGE_LOADING,
    VJP_STAGE_DESCRIBING,
    VJP_STAGE_MAPPING,
    VJP_STAGE_ASKING,
    VJP_STAGE_RUNNING,
    VJP_STAGE_DONE,
};

/* Written once, before the worker is started. */
struct vjp_wire_setup {
    int64_t control_bytes; /* sizeof(struct vjp_control) */
    int64_t page;
    int64_t capacity; /* bytes of each window in its file, whole pages */
    int64_t memory_bytes;
    int64_t parent;
    char path[VJP_WIRE_PATH]; /* absolute */
};

struct vjp_wire_tensor {
    char name[VJP_WIRE_NAME];
    uint8_t dtype_code, dtype_bits; /* as in a DLDataType */
    int16_t window;                 /* inputs from 0, outputs from VJP_INPUT_WINDOWS */
    int32_t ndim;
    int64_t bytes;  /* of the window that are to be accessible, whole pages */
    int64_t offset; /* bytes from the window's start to the first element */
    int64_t shape[VJP_RANK_MAX];
    int64_t strides[VJP_RANK_MAX];
};

struct vjp_wire_attr {
    char name[VJP_WIRE_NAME];
    int64_t i; /* 0 for a real */
    double f;
};

/* One backward call. */
struct vjp_wire_request {
    uint64_t nonce;
    int32_t kernel;
    int32_t ask; /* 1: call supports first */
    int32_t accumulate;
    int32_t in_place;
    int32_t threads;
    int32_t n_inputs;
    int32_t n_outputs;
    int32_t n_attrs;
    int32_t repeats; /* how often run is called with the same operands: 1 to VJP_TIMES_MAX */
    struct vjp_wire_tensor tensor[VJP_WINDOWS]; /* inputs, then outputs */
    struct vjp_wire_attr attr[VJP_WIRE_ATTRS];
};

/* The floating-point environment. A part that the machine does not have is 0. */
struct vjp_wire_fp {
    uint32_t mxcsr;
    uint32_t x87;
    int32_t rounding; /* fegetround() */
};

/* Written by the handler of a signal. */
struct vjp_wire_fault {
    int32_t signal; /* 0: none came */
    int32_t has_address;
    int32_t wrote; /* 1: the access was a write; 0: a read; -1: not known */
    int32_t reserved;
    uint64_t address;
    int64_t data_bytes; /* private memory that the process had; 0: not known */
};

struct vjp_wire_answer {
    uint64_t token; /* vjp_wire_token(nonce), written last */
    int32_t stage;
    int32_t supported; /* what supports returned; 1 where it was not asked */
    int32_t code;      /* what run returned: of repeated calls the last, or the first not done */
    int32_t handler;   /* the signal whose handler the call replaced, or 0 */
    struct vjp_wire_fp fp[3]; /* before the call, after supports, after run */
    struct vjp_wire_fault fault;
    char reason[VJP_WIRE_TEXT]; /* the kernel's own */
    char left
        [VJP_WIRE_TEXT]; /* what the call left changed in its process, the call as the subject; or empty */
};

/* What is wrong with a plug-in before its names are looked at. */
enum vjp_load_problem {
    VJP_LOAD_FINE = 0,
    VJP_LOAD_NO_SPACE,  /* the worker got no address space; text is the system's */
    VJP_LOAD_NO_FILTER, /* the system refuses the worker a filter; text is its message */
    VJP_LOAD_FAILED,    /* dlopen; text is its message */
    VJP_LOAD_NO_SYMBOL,
    VJP_LOAD_MAJOR,       /* found, expected */
    VJP_LOAD_PLUGIN_SIZE, /* found, expected */
    VJP_LOAD_N_KERNELS,   /* found */
    VJP_LOAD_NULL,        /* text names the field */
    VJP_LOAD_KERNEL_SIZE, /* kernel, found, expected */
    VJP_LOAD_MODEL_SIZE,  /* kernel, model, found, expected */
    VJP_LOAD_N_MODELS,    /* kernel, found */
    VJP_LOAD_N_WANTS,     /* kernel, found, expected */
    VJP_LOAD_N_TILES,     /* the same */
};

struct vjp_wire_dtype {
    uint8_t code, bits;
    uint16_t lanes;
};

struct vjp_wire_model {
    uint32_t flags;
    struct vjp_wire_dtype dtype, accumulate;
};

/* Strings are cut, and NUL-terminated, one byte later than the harness accepts. */
struct vjp_wire_kernel {
    char name[VJP_NAME_MAX + 1];
    char layer[VJP_LAYER_MAX + 1];
    char summary[VJP_WIRE_TEXT];
    uint32_t capabilities;
    int32_t alignment;
    int32_t n_wants;
    int32_t ulps;
    uint32_t kinks;
    uint32_t reserved;
    char wants[VJP_WANTS_MAX][VJP_WANT_MAX + 1];
    int32_t n_tiles;
    uint32_t reserved_1_4;
    int32_t tiles[VJP_TILES_MAX];
    int32_t n_models;
    struct vjp_wire_model model[VJP_WIRE_MODELS];
};

struct vjp_wire_descriptor {
    int32_t problem; /* enum vjp_load_problem */
    int32_t bad_kernel, bad_model;
    int64_t found, expected;
    char text[512];
    struct vjp_wire_fp fp[2]; /* before and after loading */
    int32_t minor;
    int32_t n_kernels;
    char name[VJP_NAME_MAX + 1];
    char version[VJP_NAME_MAX + 1];
    struct vjp_wire_kernel kernel[VJP_KERNELS_MAX];
};

struct vjp_control {
    struct vjp_wire_setup setup;
    uint64_t window_address[VJP_WINDOWS]; /* in the worker */
    struct vjp_wire_answer answer;
    struct vjp_wire_request request;
    struct vjp_wire_descriptor descriptor;
    int64_t times[VJP_TIMES_MAX]; /* nanoseconds of each of the request's calls of run */
};

/* What must stand in the answer when the work asked for under this nonce is done. */
static inline uint64_t vjp_wire_token(uint64_t nonce)
{
    return vjp_mix64(nonce + UINT64_C(0x766a70636865636b));
}

#endif
