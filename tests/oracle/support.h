/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_SUPPORT_H
#define VJP_TESTS_ORACLE_SUPPORT_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "tests/oracle/tally.h"

#include <math.h>

extern const struct vjp_spec vjp_spec_linear;

/* The slots of the linear layer. */
enum { X, W, B, DY, DX, DW, DB };

/* A case of the linear layer and its values, filled in by the test and by no generator. */
struct linear {
    enum vjp_dtype dtype;
    int64_t N, D, M;
    bool bias, accumulate;
};

static inline struct linear linear(enum vjp_dtype dtype, int64_t N, int64_t D, int64_t M)
{
    return (struct linear){.dtype = dtype, .N = N, .D = D, .M = M};
}

struct fixture {
    struct vjp_case c;
    struct vjp_data data;
};

/* All values +0. */
static inline void fixture_init(struct fixture *f, struct linear sizes)
{
    struct vjp_error error = {""};
    *f = (struct fixture){0};
    cr_assert_eq(vjp_case_init(&f->c, &vjp_spec_linear, sizes.dtype, &error), VJP_OK, "%s",
                 error.text);
    f->c.dim[0] = sizes.N;
    f->c.dim[1] = sizes.D;
    f->c.dim[2] = sizes.M;
    f->c.attr[0] = sizes.bias;
    f->c.accumulate = sizes.accumulate;
    cr_assert_eq(vjp_case_settle(&f->c, &error), VJP_OK, "%s", error.text);
    for (int slot = X; slot <= DB; slot++) {
        struct vjp_shape shape;
        if (!vjp_case_has_values(&f->c, slot))
            continue;
        vjp_case_slot_shape(&f->c, slot, &shape);
        cr_assert_eq(vjp_tensor_init(&f->data.slot[slot], sizes.dtype, &shape, &error), VJP_OK,
                     "%s", error.text);
    }
}

static inline void fixture_clear(struct fixture *f)
{
    vjp_case_clear(&f->c);
    vjp_data_clear(&f->data);
}

/* The value must be one of the dtype, or a NaN. */
static inline void put(struct fixture *f, int slot, int64_t i, double value)
{
    const uint64_t bits = vjp_bits_from_double(f->c.dtype, value);
    cr_assert(isnan(value) || vjp_bits_to_double(f->c.dtype, bits) == value,
              "the test's own value %a is not in the dtype", value);
    vjp_tensor_set(&f->data.slot[slot], i, bits);
}

static inline void fill(struct fixture *f, int slot, const double *values)
{
    for (int64_t i = 0; i < f->data.slot[slot].count; i++)
        put(f, slot, i, values[i]);
}

static inline double value_of(const struct fixture *f, int slot, int64_t i)
{
    return vjp_bits_to_double(f->c.dtype, vjp_tensor_get(&f->data.slot[slot], i));
}

/* Fills every slot with integers in -limit .. limit. */
static inline void fill_integers(struct fixture *f, uint64_t *state, int64_t limit)
{
    for (int slot = X; slot <= DB; slot++) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++)
            put(f, slot, i, (double)random_between(state, -limit, limit));
    }
}

#endif
