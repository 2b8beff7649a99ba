/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "tests/oracle/support.h"

#include <string.h>

static int64_t leaf(struct vjp_tape *tape, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return vjp_tape_leaf(tape, VJP_F64, bits);
}

static bool is_integer(const struct vjp_real *r, long value)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_si(vjp_real_low(r), value) == 0;
}

/* (3 + 4) 3 + 5: values, and for each node its arguments and the partial derivatives by them. */
Test(tape, records_values_arguments_and_partials)
{
    struct vjp_error error;
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    cr_assert_not_null(tape);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 4);
    const int64_t sum = vjp_tape_add(tape, a, b);
    const int64_t product = vjp_tape_mul(tape, sum, a);
    const int64_t five = vjp_tape_constant(tape, 5);
    const int64_t all = vjp_tape_add(tape, product, five);
    cr_expect_eq(vjp_tape_status(tape, &error), VJP_OK);
    cr_expect_eq(vjp_tape_count(tape), 6);
    cr_expect_eq(vjp_tape_precision(tape), 64);
    cr_expect(is_integer(vjp_tape_value(tape, sum), 7));
    cr_expect(is_integer(vjp_tape_value(tape, product), 21));
    cr_expect(is_integer(vjp_tape_value(tape, five), 5));
    cr_expect(is_integer(vjp_tape_value(tape, all), 26));

    const struct vjp_edge *edge;
    cr_expect_eq(vjp_tape_edges(tape, a, &edge), 0);
    cr_expect_eq(vjp_tape_edges(tape, five, &edge), 0);
    cr_assert_eq(vjp_tape_edges(tape, sum, &edge), 2);
    cr_expect(edge[0].argument == a && edge[0].partial == VJP_NO_NODE);
    cr_expect(edge[1].argument == b && edge[1].partial == VJP_NO_NODE);
    cr_assert_eq(vjp_tape_edges(tape, product, &edge), 2);
    cr_expect(edge[0].argument == sum && edge[0].partial == a);
    cr_expect(edge[1].argument == a && edge[1].partial == sum);

    cr_expect(vjp_tape_is_leaf(tape, a) && vjp_tape_is_leaf(tape, b));
    cr_expect_not(vjp_tape_is_leaf(tape, sum));
    cr_expect_not(vjp_tape_is_leaf(tape, five), "one does not differentiate by a constant");
    vjp_tape_destroy(tape);
    vjp_tape_destroy(NULL);
}

Test(tape, takes_the_node_that_was_not_recorded_for_an_argument)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t a = leaf(tape, 3);
    cr_expect_eq(vjp_tape_add(tape, a, VJP_NO_NODE), VJP_NO_NODE);
    cr_expect_eq(vjp_tape_add(tape, VJP_NO_NODE, a), VJP_NO_NODE);
    cr_expect_eq(vjp_tape_mul(tape, a, VJP_NO_NODE), VJP_NO_NODE);
    cr_expect_eq(vjp_tape_mul(tape, VJP_NO_NODE, VJP_NO_NODE), VJP_NO_NODE);
    cr_expect_eq(vjp_tape_count(tape), 1);
    vjp_tape_destroy(tape);
}

/* Numbers keep their values while the tape grows, and nodes come in the order of recording. */
Test(tape, grows)
{
    struct tally t = {0};
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    for (long i = 0; i < 5000; i++)
        check(&t, vjp_tape_constant(tape, i) == i, "node %ld has another number", i);
    for (long i = 0; i < 5000; i++)
        check(&t, is_integer(vjp_tape_value(tape, i), i), "node %ld lost its value", i);
    vjp_tape_destroy(tape);
    tally_assert(&t, 10000);
}

/* 1/3 has no end in binary, but (1 + 2^-52)^3 has: 157 bits. With 256 bits it is a point, with 64 an
 * enclosure of it. */
Test(tape, works_at_the_precision_asked_for)
{
    for (int precision = 64; precision <= 256; precision += 192) {
        struct vjp_tape *tape = vjp_tape_create(precision, ANY_SIDE);
        const int64_t x = leaf(tape, 0x1.0000000000001p0);
        const int64_t cube = vjp_tape_mul(tape, vjp_tape_mul(tape, x, x), x);
        const struct vjp_real *value = vjp_tape_value(tape, cube);
        cr_expect_eq(mpfr_get_prec(vjp_real_low(value)), precision);
        cr_expect_eq(value->point, precision == 256);
        /* 1 + 3 2^-52 + 3 2^-104 + 2^-156 */
        mpfr_t exact;
        mpfr_init2(exact, 200);
        mpfr_set_str(exact, "0x1.000000000000300000000000030000000000001p0", 0, MPFR_RNDN);
        cr_expect(mpfr_lessequal_p(vjp_real_low(value), exact));
        cr_expect(mpfr_lessequal_p(exact, vjp_real_high(value)));
        cr_expect(precision == 64 || mpfr_equal_p(vjp_real_low(value), exact));
        mpfr_clear(exact);
        vjp_tape_destroy(tape);
    }
}

Test(tape, leaves_of_every_dtype_and_special_values)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t half = vjp_tape_leaf(tape, VJP_F16, 0x3800);
    const int64_t two = vjp_tape_leaf(tape, VJP_BF16, 0x4000);
    const int64_t minus = vjp_tape_leaf(tape, VJP_F32, 0xbf800000); /* -1 */
    const int64_t infinite = vjp_tape_leaf(tape, VJP_F32, 0x7f800000);
    const int64_t zero = vjp_tape_leaf(tape, VJP_F32, 0x80000000);
    cr_expect(is_integer(vjp_tape_value(tape, vjp_tape_mul(tape, half, two)), 1));
    cr_expect_eq(vjp_tape_value(tape, vjp_tape_mul(tape, minus, infinite))->kind, VJP_REAL_NEG_INF);
    cr_expect_eq(vjp_tape_value(tape, vjp_tape_mul(tape, zero, infinite))->kind, VJP_REAL_NAN);
    cr_expect(is_integer(vjp_tape_value(tape, zero), 0));
    vjp_tape_destroy(tape);
}
