/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_IMPLS_KERNELS_FIXTURE_H
#define VJP_TESTS_IMPLS_KERNELS_FIXTURE_H

/* Calls of the linear layer's backward in this process, on values whose gradients are known without
 * any kernel: small integers, so that every partial sum is exact in every accumulator, in any order
 * and with or without FMA, and the expected result is a plain triple loop in double.
 *
 * Every operand ends at an inaccessible page. What belongs to no element (before the first, between
 * rows) is NaN, and has to stay so bit by bit; outputs start as NaN as well. */

#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "cases/base/dtype.h"
#include "impls/abi/vjp_plugin.h"

enum slot { X, W, B, DY, DX, DW, DB, SLOTS };

struct setup {
    enum vjp_dtype dtype;
    int64_t N, D, M;
    int64_t pad[SLOTS]; /* elements between rows */
    bool trans[SLOTS];
    bool bias, accumulate;
    bool left_out[SLOTS]; /* gradients that are not asked for */
    int threads;
    int specials; /* NaN and infinities strewn over x, w and dy, this many in each */
    uint64_t seed;
};

struct operand {
    unsigned char *arena, *end; /* end: the inaccessible page */
    int64_t rows, cols;         /* cols 1 for rank 1 */
    int64_t shape[2], strides[2];
    int64_t extent; /* elements from the first to one past the last */
    DLTensor dl;
    struct vjp_abi_tensor abi;
    double *value; /* row-major: what was put in; after fixture_expect what a gradient has to be */
};

struct fixture {
    struct setup setup;
    struct operand operand[SLOTS];
    struct vjp_abi_attr bias;
    const struct vjp_abi_tensor *inputs[4], *outputs[3];
    const struct vjp_abi_attr *attrs[1];
    struct vjp_abi_call call;
};

#define ARENA_BYTES ((size_t)1 << 22)

static inline void fixture_create(struct fixture *f)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    memset(f, 0, sizeof *f);
    for (int s = 0; s < SLOTS; s++) {
        void *memory = mmap(NULL, ARENA_BYTES + page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        cr_assert_neq(memory, MAP_FAILED);
        f->operand[s].arena = memory;
        f->operand[s].end = f->operand[s].arena + ARENA_BYTES;
        cr_assert_eq(mprotect(f->operand[s].end, page, PROT_NONE), 0);
    }
}

static inline void fixture_destroy(struct fixture *f)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int s = 0; s < SLOTS; s++) {
        munmap(f->operand[s].arena, ARENA_BYTES + page);
        free(f->operand[s].value);
    }
}

/* Knuth's MMIX generator; the upper bits are good enough for small integers. */
static inline int64_t fixture_draw(uint64_t *state, int64_t count)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)(*state >> 33) % count;
}

static inline DLDataType fixture_dtype(enum vjp_dtype dtype)
{
    const uint8_t bits = (uint8_t)(8 * vjp_format(dtype)->bytes);
    return (DLDataType){dtype == VJP_BF16 ? kDLBfloat : kDLFloat, bits, 1};
}

static inline bool fixture_has(const struct setup *s, int slot)
{
    return !s->left_out[slot] && (s->bias || (slot != B && slot != DB));
}

/* The address of the first element: one element of NaN lies before it, reached by byte_offset. */
static inline unsigned char *fixture_first(const struct operand *o)
{
    return (unsigned char *)o->dl.data + o->dl.byte_offset;
}

static inline void fixture_lay_out(struct fixture *f, int slot)
{
    static const char *const name[SLOTS] = {"x", "w", "b", "dy", "dx", "dw", "db"};
    const struct setup *s = &f->setup;
    struct operand *o = &f->operand[slot];
    const int64_t bytes = vjp_format(s->dtype)->bytes;
    const bool vector = slot == B || slot == DB;
    o->rows = vector ? s->M : slot == W || slot == DW ? s->D : s->N;
    o->cols = vector ? 1 : slot == X || slot == DX ? s->D : s->M;
    o->shape[0] = o->rows;
    o->shape[1] = o->cols;
    o->strides[0] = s->trans[slot] ? 1 : o->cols + s->pad[slot];
    o->strides[1] = s->trans[slot] ? o->rows + s->pad[slot] : 1;
    if (vector)
        o->strides[0] = 1;
    o->extent = 0;
    if (o->rows > 0 && o->cols > 0)
        o->extent = (o->rows - 1) * o->strides[0] + (o->cols - 1) * o->strides[1] + 1;
    cr_assert_leq((o->extent + 1) * bytes, (int64_t)ARENA_BYTES);

    o->dl = (DLTensor){.data = o->end - (o->extent + 1) * bytes,
                       .device = {kDLCPU, 0},
                       .ndim = vector ? 1 : 2,
                       .dtype = fixture_dtype(s->dtype),
                       .shape = o->shape,
                       .strides = o->strides,
                       .byte_offset = (uint64_t)bytes};
    o->abi =
        (struct vjp_abi_tensor){.struct_size = sizeof o->abi, .name = name[slot], .dl = &o->dl};
    memset(o->dl.data, 0xff, (size_t)((o->extent + 1) * bytes)); /* NaN in all four formats */
}

/* Puts an operand's values where its layout has them. */
static inline void fixture_store(struct fixture *f, int slot)
{
    const struct operand *o = &f->operand[slot];
    for (int64_t i = 0; i < o->rows; i++)
        for (int64_t j = 0; j < o->cols; j++)
            vjp_bits_store(f->setup.dtype, fixture_first(o), i * o->strides[0] + j * o->strides[1],
                           vjp_bits_from_double(f->setup.dtype, o->value[i * o->cols + j]));
}

static inline void fixture_draw_values(struct fixture *f, int slot, uint64_t *state)
{
    static const double special[] = {NAN, INFINITY, -INFINITY};
    struct operand *o = &f->operand[slot];
    const int64_t count = o->rows * o->cols;
    free(o->value);
    o->value = malloc((size_t)(count + 1) * sizeof *o->value);
    cr_assert_not_null(o->value);
    for (int64_t i = 0; i < count; i++)
        o->value[i] = (double)(fixture_draw(state, 9) - 4);
    for (int k = 0; k < f->setup.specials && count > 0 && slot <= DY; k++) {
        const int64_t at = fixture_draw(state, count);
        o->value[at] = special[fixture_draw(state, 3)];
    }
}

/* The values of gradients are what the kernel adds to; this makes them what it has to give. */
static inline void fixture_expect(struct fixture *f)
{
    const struct setup *s = &f->setup;
    const double *x = f->operand[X].value, *w = f->operand[W].value, *dy = f->operand[DY].value;
    double *dx = f->operand[DX].value, *dw = f->operand[DW].value, *db = f->operand[DB].value;
    if (!s->accumulate) {
        for (int slot = DX; slot < SLOTS; slot++)
            for (int64_t i = 0; i < f->operand[slot].rows * f->operand[slot].cols; i++)
                f->operand[slot].value[i] = 0;
    }
    for (int64_t n = 0; n < s->N; n++) {
        for (int64_t m = 0; m < s->M; m++) {
            db[m] += dy[n * s->M + m];
            for (int64_t d = 0; d < s->D; d++) {
                dx[n * s->D + d] += dy[n * s->M + m] * w[d * s->M + m];
                dw[d * s->M + m] += x[n * s->D + d] * dy[n * s->M + m];
            }
        }
    }
}

/* A fresh call: operands laid out and filled, outputs NaN or, under accumulate, what to add to. */
static inline const struct vjp_abi_call *fixture_call(struct fixture *f, const struct setup *setup)
{
    f->setup = *setup;
    uint64_t state = setup->seed;
    int n_inputs = 0, n_outputs = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
        fixture_lay_out(f, slot);
        fixture_draw_values(f, slot, &state);
        if (slot <= DY || setup->accumulate)
            fixture_store(f, slot);
        if (fixture_has(setup, slot)) {
            if (slot <= DY)
                f->inputs[n_inputs++] = &f->operand[slot].abi;
            else
                f->outputs[n_outputs++] = &f->operand[slot].abi;
        }
    }
    f->bias = (struct vjp_abi_attr){
        .struct_size = sizeof f->bias, .name = "bias", .i = setup->bias, .f = setup->bias};
    f->attrs[0] = &f->bias;
    f->call = (struct vjp_abi_call){.struct_size = sizeof f->call,
                                    .accumulate = setup->accumulate,
                                    .threads = setup->threads,
                                    .n_inputs = n_inputs,
                                    .n_outputs = n_outputs,
                                    .n_attrs = 1,
                                    .inputs = f->inputs,
                                    .outputs = f->outputs,
                                    .attrs = f->attrs};
    return &f->call;
}

/* The case in words, for messages. Static. */
static inline const char *fixture_text(const struct fixture *f)
{
    static char text[256];
    const struct setup *s = &f->setup;
    snprintf(text, sizeof text,
             "%s N=%lld D=%lld M=%lld bias=%d accumulate=%d threads=%d seed=%llu pads %lld %lld "
             "%lld %lld %lld",
             vjp_format(s->dtype)->name, (long long)s->N, (long long)s->D, (long long)s->M, s->bias,
             s->accumulate, s->threads, (unsigned long long)s->seed, (long long)s->pad[X],
             (long long)s->pad[W], (long long)s->pad[DY], (long long)s->pad[DX],
             (long long)s->pad[DW]);
    return text;
}

/* Asserts that the operand holds its value, rounded to the dtype, everywhere, and that nothing around
 * its elements was written. The elements are wiped. */
static inline void fixture_check_operand(struct fixture *f, int slot)
{
    const struct operand *o = &f->operand[slot];
    const enum vjp_dtype dtype = f->setup.dtype;
    for (int64_t i = 0; i < o->rows; i++) {
        for (int64_t j = 0; j < o->cols; j++) {
            const int64_t at = i * o->strides[0] + j * o->strides[1];
            const uint64_t want = vjp_bits_from_double(dtype, o->value[i * o->cols + j]);
            const uint64_t got = vjp_bits_load(dtype, fixture_first(o), at);
            const double a = vjp_bits_to_double(dtype, got), b = vjp_bits_to_double(dtype, want);
            if (isnan(b) ? !isnan(a) : a != b)
                cr_assert_fail("%s[%lld,%lld] is %g, not %g: %s", o->abi.name, (long long)i,
                               (long long)j, a, b, fixture_text(f));
            vjp_bits_store(dtype, fixture_first(o), at, UINT64_MAX);
        }
    }
    for (const unsigned char *p = o->dl.data; p < o->end; p++)
        if (*p != 0xff)
            cr_assert_fail("%s: written %lld bytes from the first element: %s", o->abi.name,
                           (long long)(p - fixture_first(o)), fixture_text(f));
}

/* Asserts that the gradients are right, the inputs as they were, and everything else untouched. */
static inline void fixture_check(struct fixture *f)
{
    fixture_expect(f);
    for (int slot = 0; slot < SLOTS; slot++)
        if (fixture_has(&f->setup, slot))
            fixture_check_operand(f, slot);
}

/* The kernel for the layer linear of a plug-in built with the tests, FOLDER/NAME.so. It stays loaded. */
static inline const struct vjp_abi_kernel *fixture_kernel(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s.so", TEST_BINARY_DIR, folder, name);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    cr_assert_not_null(library, "%s", dlerror());
    const struct vjp_abi_plugin *plugin = dlsym(library, VJP_ABI_SYMBOL);
    cr_assert_not_null(plugin, "%s", dlerror());
    cr_assert_str_eq(plugin->name, name);
    for (int k = 0; k < plugin->n_kernels; k++) {
        if (strcmp(plugin->kernels[k]->layer, "linear") == 0)
            return plugin->kernels[k];
    }
    cr_assert_fail("%s has no kernel for linear", path);
    return NULL;
}

#endif
