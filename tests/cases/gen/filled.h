/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_GEN_FILLED_H
#define VJP_TESTS_CASES_GEN_FILLED_H

/* Data of the layer that does not exist (tests/cases/spec/sample.h). */

#include "cases/gen/generate.h"
#include "tests/cases/spec/sample.h"

/* The values of an n x c case with one slot's generator and a seed; labels where it is l's. */
static inline struct vjp_data generate_sample(enum vjp_dtype dtype, int64_t n, int64_t c, int slot,
                                              const char *values, uint64_t seed)
{
    struct vjp_case out = sample_case(n, c, slot == SAMPLE_L ? "labels" : "index");
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    out.dtype = dtype;
    out.seed = seed;
    cr_assert_eq(vjp_case_set_values(&out, slot, values, NULL), VJP_OK);
    cr_assert_eq(vjp_data_generate(&out, &data, &error), VJP_OK, "%s: %s", values, error.text);
    vjp_case_clear(&out);
    return data;
}

static inline double filled(const struct vjp_data *data, int slot, int64_t i)
{
    return vjp_bits_to_double(data->slot[slot].dtype, vjp_tensor_get(&data->slot[slot], i));
}

#endif
