/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/domain.h"

#include "tests/cases/spec/sample.h"

#include <math.h>
#include <string.h>

Test(domain, only_inputs_have_one)
{
    static const enum vjp_domain domains[] = {
        VJP_DOMAIN_REAL, VJP_DOMAIN_POSITIVE, VJP_DOMAIN_ONEHOT, VJP_DOMAIN_INDEX,
        VJP_DOMAIN_MASK, VJP_DOMAIN_REAL,     VJP_DOMAIN_REAL,   VJP_DOMAIN_REAL,
    };
    for (int slot = SAMPLE_X; slot <= SAMPLE_DP; slot++)
        cr_expect_eq(vjp_domain_of(&sample_spec, slot), domains[slot], "%d", slot);
}

Test(domain, generators_are_those_whose_values_make_sense)
{
    static const char reals[] =
        "uniform, normal, exact, integers, pow2, onehot, wide, subnormal, "
        "zeros, special, const, large, shifted, ties, positive, simplex, labels";
    static const char *const known[] = {
        [SAMPLE_X] = reals,         [SAMPLE_P] = "const, positive, simplex",
        [SAMPLE_L] = "labels",      [SAMPLE_T] = "const, index, repeats, ignored",
        [SAMPLE_M] = "const, mask",
    };
    struct vjp_case c = sample_case(2, 3, "index");
    char text[256];
    for (int slot = SAMPLE_X; slot <= SAMPLE_M; slot++)
        cr_expect_str_eq(vjp_domain_generators(&c, slot, text, sizeof text), known[slot]);
    cr_expect_str_eq(vjp_domain_generators(&c, SAMPLE_DX, text, sizeof text), known[SAMPLE_X]);
    cr_expect_str_eq(vjp_domain_generators(&c, SAMPLE_T, text, 8), "const, ");
    vjp_case_clear(&c);
}

static struct vjp_spec unnamed(const char *input, const char *attr)
{
    struct vjp_spec spec = sample_spec;
    spec.input[SAMPLE_T].name = input;
    spec.attr[SAMPLE_IGNORE].name = attr;
    return spec;
}

Test(domain, the_ignored_index_is_that_of_the_inputs_own_stage)
{
    static const struct {
        const char *input, *attr;
        bool found;
    } rows[] = {{"t", "ignore_index", true},
                {"5.t", "5.ignore_index", true},
                {"5.t", "ignore_index", false},
                {"5.t", "6.ignore_index", false},
                {"t", "5.ignore_index", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct vjp_spec spec = unnamed(rows[i].input, rows[i].attr);
        const struct vjp_case c = {.spec = &spec, .attr = {[SAMPLE_IGNORE] = -7}};
        int64_t value = 42;
        cr_expect_eq(vjp_domain_ignored(&c, SAMPLE_T, &value), rows[i].found, "%zu", i);
        cr_expect_eq(value, rows[i].found ? -7 : 42);
        cr_expect_eq(vjp_domain_takes(&c, SAMPLE_T, VJP_GEN_IGNORED), rows[i].found);
    }
}

Test(domain, values_are_in_it_or_not)
{
    static const struct {
        int slot;
        double value;
        bool in;
    } rows[] = {
        {SAMPLE_X, -INFINITY, true}, {SAMPLE_X, NAN, true},  {SAMPLE_P, 0x1p-149, true},
        {SAMPLE_P, 0, false},        {SAMPLE_P, -1, false},  {SAMPLE_P, NAN, false},
        {SAMPLE_P, INFINITY, false}, {SAMPLE_L, 0, true},    {SAMPLE_L, 1, true},
        {SAMPLE_L, 0.5, false},      {SAMPLE_L, NAN, false}, {SAMPLE_T, 0, true},
        {SAMPLE_T, 2, true},         {SAMPLE_T, 3, false},   {SAMPLE_T, -1, false},
        {SAMPLE_T, -100, true},      {SAMPLE_M, 0, true},    {SAMPLE_M, 1, true},
        {SAMPLE_M, 2, false},        {SAMPLE_M, -1, false},  {SAMPLE_DY, NAN, true},
    };
    struct vjp_case c = sample_case(2, 3, "index");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(vjp_domain_has(&c, rows[i].slot, rows[i].value), rows[i].in, "slot %d, %g",
                     rows[i].slot, rows[i].value);
    vjp_case_clear(&c);
}

Test(domain, what_is_expected_is_said)
{
    static const char *const texts[] = {
        [SAMPLE_X] = "a number",
        [SAMPLE_P] = "a finite number greater than 0",
        [SAMPLE_L] = "one 1 and zeros",
        [SAMPLE_T] = "an index from 0 to 2, or -100, which is ignored",
        [SAMPLE_M] = "0 or 1",
    };
    struct vjp_case c = sample_case(2, 3, "index");
    char text[128];
    for (int slot = SAMPLE_X; slot <= SAMPLE_M; slot++)
        cr_expect_str_eq(vjp_domain_text(&c, slot, text, sizeof text), texts[slot]);
    cr_expect_str_eq(vjp_domain_text(&c, SAMPLE_T, text, 10), "an index ");
    vjp_case_clear(&c);
}

static struct vjp_tensor tensor_of(enum vjp_dtype dtype, const struct vjp_shape *shape,
                                   const double *values)
{
    struct vjp_tensor out = {0};
    cr_assert_eq(vjp_tensor_init(&out, dtype, shape, NULL), VJP_OK);
    for (int64_t i = 0; i < out.count; i++)
        vjp_tensor_set(&out, i, vjp_bits_from_double(dtype, values[i]));
    return out;
}

Test(domain, what_is_wrong_is_named_with_its_index)
{
    static const struct {
        int slot;
        double values[6];
        const char *said; /* NULL: all is well */
    } rows[] = {
        {SAMPLE_P, {1, 2, 3, 4, 5, 0x1p-149}, NULL},
        {SAMPLE_P, {1, 2, 3, 4, 5, -0.5}, "p[1,2]=-0.5: expected a finite number greater than 0"},
        {SAMPLE_P, {1, 0, 3, 4, 5, 6}, "p[0,1]=0: expected a finite number greater than 0"},
        {SAMPLE_P, {1, 2, NAN, 4, 5, 6}, "p[0,2]=nan: expected a finite number greater than 0"},
        {SAMPLE_P,
         {INFINITY, 2, 2, 4, 5, 6},
         "p[0,0]=inf: expected a finite number greater than 0"},
        {SAMPLE_L, {1, 0, 0, 0, 0, 1}, NULL},
        {SAMPLE_L, {1, 0, 0, 0, 0.5, 0.5}, "l row 1: expected one 1 and zeros, found 0.5 at [1,1]"},
        {SAMPLE_L,
         {1, 0, 1, 0, 0, 1},
         "l row 0: expected one 1 and zeros, found another 1 at [0,2]"},
        {SAMPLE_L, {1, 0, 0, 0, 0, 0}, "l row 1: expected one 1 and zeros, found no 1 in it"},
        {SAMPLE_L, {1, 0, 0, 1, NAN, 0}, "l row 1: expected one 1 and zeros, found nan at [1,1]"},
    };
    const struct vjp_shape shape = {.rank = 2, .dim = {2, 3}};
    struct vjp_case c = sample_case(2, 3, "labels");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vjp_tensor values = tensor_of(VJP_F32, &shape, rows[i].values);
        struct vjp_error error = {""};
        const enum vjp_status status = vjp_domain_check(&c, rows[i].slot, &values, &error);
        cr_expect_eq(status, rows[i].said ? VJP_ERR_USAGE : VJP_OK, "row %zu", i);
        cr_expect_str_eq(error.text, rows[i].said ? rows[i].said : "");
        vjp_tensor_clear(&values);
    }
    vjp_case_clear(&c);
}

Test(domain, rows_of_rank_3_have_two_indices)
{
    static const double labels[8] = {1, 0, 0, 1, 0, 1, 1, 1};
    const struct vjp_shape shape = {.rank = 3, .dim = {2, 2, 2}};
    struct vjp_case c = sample_case(2, 2, "labels");
    struct vjp_tensor values = tensor_of(VJP_F32, &shape, labels);
    struct vjp_error error = {""};
    cr_expect_eq(vjp_domain_check(&c, SAMPLE_L, &values, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text,
                     "l row [1,1]: expected one 1 and zeros, found another 1 at [1,1,1]");
    vjp_tensor_clear(&values);
    vjp_case_clear(&c);
}

/* Positive numbers are wanted of the stages before a log, and of no others. */
Test(domain, generators_want_positive_numbers_where_a_later_stage_does)
{
    const struct vjp_spec *spec = vjp_spec_find("linear | log | mul");
    cr_assert_not_null(spec);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.x")), VJP_DOMAIN_POSITIVE);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.w")), VJP_DOMAIN_POSITIVE);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "3.b")), VJP_DOMAIN_REAL);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "dy")), VJP_DOMAIN_REAL);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.dx")), VJP_DOMAIN_REAL);
    cr_expect_eq(vjp_domain_of(spec, vjp_slot_find(spec, "1.x")), VJP_DOMAIN_REAL);
    spec = vjp_spec_find("linear | softmax | cross_entropy");
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.x")), VJP_DOMAIN_REAL);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "3.t")), VJP_DOMAIN_ONEHOT);
    spec = vjp_spec_find("embedding | log");
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.t")), VJP_DOMAIN_INDEX);
    cr_expect_eq(vjp_domain_wanted(spec, vjp_slot_find(spec, "1.w")), VJP_DOMAIN_POSITIVE);
    spec = vjp_spec_find("log");
    cr_expect_eq(vjp_domain_wanted(spec, 0), VJP_DOMAIN_POSITIVE);
    spec = vjp_spec_find("linear");
    cr_expect_eq(vjp_domain_wanted(spec, 0), VJP_DOMAIN_REAL);
}
