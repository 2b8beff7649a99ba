/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/explicit.h"

#include "tests/oracle/support.h"

#include <stdlib.h>
#include <string.h>

static struct vjp_explicit *create(const struct fixture *f, int input)
{
    struct vjp_error error = {""};
    struct vjp_explicit *j = NULL;
    cr_assert_eq(vjp_explicit_create(&f->c, &f->data, input, 256, &j, &error), VJP_OK, "%s",
                 error.text);
    return j;
}

Test(explicit, shape_and_entries)
{
    struct fixture f;
    struct vjp_shape y, x;
    fixture_init(&f, (struct linear){VJP_F32, 2, 3, 4, .bias = true});
    struct vjp_explicit *j = create(&f, W);
    vjp_explicit_shape(j, &y, &x);
    cr_expect(y.rank == 2 && y.dim[0] == 2 && y.dim[1] == 4);
    cr_expect(x.rank == 2 && x.dim[0] == 3 && x.dim[1] == 4);
    cr_expect_eq(vjp_explicit_entries(j), 2 * 4 * 3);
    vjp_explicit_destroy(j);
    j = create(&f, B);
    vjp_explicit_shape(j, &y, &x);
    cr_expect(x.rank == 1 && x.dim[0] == 4);
    cr_expect_eq(vjp_explicit_entries(j), 2 * 4);
    vjp_explicit_destroy(j);
    vjp_explicit_destroy(NULL);
    fixture_clear(&f);
}

Test(explicit, texts_and_structural_zeros)
{
    static const struct {
        double w;
        const char *text;
    } table[] = {
        {0.1, "0.1"},
        {-2, "-2"},
        {0, "0"},
        {1.0 / 3, "0.3333333333333333"},
        {0x1.0000000000001p0, "1.0000000000000002"},
        {1e100, "1e+100"},
        {0x1p-1074, "5e-324"},
        {0x1.fffffffffffffp1023, "1.7976931348623157e+308"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
    };
    enum { COUNT = sizeof table / sizeof *table };
    struct fixture f;
    char text[80];
    double low, high;
    fixture_init(&f, linear(VJP_F64, 2, 1, COUNT));
    for (int i = 0; i < COUNT; i++)
        put(&f, W, i, table[i].w);
    struct vjp_explicit *j = create(&f, X);
    for (int i = 0; i < COUNT; i++) {
        cr_expect_str_eq(vjp_explicit_text(j, i, 0, 5, text, sizeof text), table[i].text);
        cr_expect(vjp_explicit_entry(j, i, 0, &low, &high), "an entry, also where it is 0");
        cr_expect(isnan(table[i].w) ? isnan(low) && isnan(high)
                                    : low == table[i].w && high == table[i].w);
        cr_expect(vjp_explicit_is_known(j, i, 0) && vjp_explicit_is_known(j, i, 1));
        low = high = 42;
        cr_expect_not(vjp_explicit_entry(j, i, 1, &low, &high));
        cr_expect(low == 0 && high == 0);
        cr_expect_str_eq(vjp_explicit_text(j, i, 1, 5, text, sizeof text), "0");
    }
    cr_expect_str_eq(vjp_explicit_text(j, 3, 0, 5, text, 6), "0.333", "cut at size");
    vjp_explicit_destroy(j);
    fixture_clear(&f);
}

/* Every f64 comes back through its text, and is its own enclosure. */
Test(explicit, f64_round_trip)
{
    struct tally t = {0};
    enum { COUNT = 4000 };
    uint64_t state = 1;
    struct fixture f;
    fixture_init(&f, linear(VJP_F64, 1, 1, COUNT));
    for (int i = 0; i < COUNT; i++) {
        uint64_t bits = next_random(&state);
        if (i % 4 == 0)
            bits &= ~(UINT64_C(0x7ff) << 52); /* subnormal */
        double value;
        memcpy(&value, &bits, sizeof value);
        put(&f, W, i, isfinite(value) ? value : 1);
    }
    struct vjp_explicit *j = create(&f, X);
    for (int i = 0; i < COUNT; i++) {
        char text[80];
        double low, high;
        const double value = value_of(&f, W, i);
        check(&t, vjp_explicit_entry(j, i, 0, &low, &high) && low == value && high == value,
              "%a: [%a, %a]", value, low, high);
        vjp_explicit_text(j, i, 0, 17, text, sizeof text);
        check(&t, strtod(text, NULL) == value, "%a: %s", value, text);
        /* No decimal with one digit less reads back: %g strips nothing that counts. */
        char shorter[80];
        int digits = 0;
        for (const char *c = text; *c && *c != 'e'; c++)
            digits += *c >= '0' && *c <= '9' && (digits > 0 || *c != '0');
        snprintf(shorter, sizeof shorter, "%.*e", digits > 1 ? digits - 2 : 0, value);
        check(&t, digits <= 1 || strtod(shorter, NULL) != value, "%a: %s is not shortest", value,
              text);
    }
    vjp_explicit_destroy(j);
    fixture_clear(&f);
    tally_assert(&t, 3 * COUNT);
}

Test(explicit, narrow_dtypes_are_doubles)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        struct fixture f;
        char text[80];
        double low, high;
        fixture_init(&f, linear((enum vjp_dtype)dtype, 1, 1, 1));
        put(&f, W, 0, 1.0078125); /* 8 bits */
        struct vjp_explicit *j = create(&f, X);
        cr_expect(vjp_explicit_entry(j, 0, 0, &low, &high) && low == 1.0078125 && low == high);
        cr_expect_str_eq(vjp_explicit_text(j, 0, 0, 3, text, sizeof text), "1.0078125");
        vjp_explicit_destroy(j);
        fixture_clear(&f);
    }
}

Test(explicit, a_case_that_is_too_large)
{
    struct vjp_error error = {""};
    struct fixture f;
    struct vjp_explicit *j = NULL;
    fixture_init(&f, linear(VJP_F32, 1, 1, 1));
    f.c.dim[0] = INT64_C(1) << 23;
    cr_expect_eq(vjp_explicit_create(&f.c, &f.data, X, 256, &j, &error), VJP_ERR_LIMIT);
    cr_expect_null(j);
    cr_expect(strstr(error.text, "too large"), "%s", error.text);
    fixture_clear(&f);
}

/* By hand. */
Test(explicit, the_output_alone)
{
    struct vjp_error error = {""};
    struct fixture f;
    double y[4] = {0};
    fixture_init(&f, linear(VJP_F64, 2, 2, 2));
    for (int i = 0; i < 4; i++) {
        put(&f, X, i, i + 0.5);
        put(&f, W, i, i - 1);
    }
    cr_assert_eq(vjp_explicit_output(&f.c, &f.data, y, &error), VJP_OK, "%s", error.text);
    /* [0.5 1.5; 2.5 3.5] [-1 0; 1 2] */
    cr_expect(y[0] == 1 && y[1] == 3 && y[2] == 1 && y[3] == 7, "%g %g %g %g", y[0], y[1], y[2],
              y[3]);
    f.c.dim[0] = INT64_C(1) << 23;
    cr_expect_eq(vjp_explicit_output(&f.c, &f.data, y, &error), VJP_ERR_LIMIT);
    fixture_clear(&f);
}
