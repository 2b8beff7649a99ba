/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The entries of a linear layer are doubles. To see what becomes of an enclosure the test needs one
 * that no layer has, hence the private struct. */
#include "oracle/jacobian/explicit.c"

#include <criterion/criterion.h>

static void expect(bool set, double low, double high, const char *text)
{
    struct vjp_error error = {""};
    const struct vjp_shape scalar = {0};
    struct vjp_explicit j = {{.rows = 0}};
    struct vjp_real entry;
    char got[80];
    double got_low, got_high;
    cr_assert_eq(vjp_jacobian_init(&j.jacobian, &scalar, &scalar, 256, &error), VJP_OK);
    vjp_real_init(&entry, 256);
    /* Ends that are a little inside of those doubles, so that they must be rounded outward. */
    mpfr_set_d(&entry.ends->left, low, MPFR_RNDN);
    mpfr_set_d(&entry.ends->right, high, MPFR_RNDN);
    mpfr_nextabove(&entry.ends->left);
    mpfr_nextbelow(&entry.ends->right);
    entry.point = false;
    entry.set = set;
    cr_assert_eq(vjp_jacobian_append(&j.jacobian, 0, &entry, &error), VJP_OK);
    j.jacobian.start[1] = 1;
    cr_expect(vjp_explicit_entry(&j, 0, 0, &got_low, &got_high));
    cr_expect(got_low == low && got_high == high, "[%a, %a]", got_low, got_high);
    cr_expect_eq(vjp_explicit_is_set(&j, 0, 0), set);
    cr_expect_str_eq(vjp_explicit_text(&j, 0, 0, 3, got, sizeof got), text);
    cr_expect_str_eq(vjp_explicit_text(&j, 0, 0, 3, got, 4),
                     ((char[]){text[0], text[1], text[2], 0}));
    vjp_real_clear(&entry);
    vjp_jacobian_clear(&j.jacobian);
}

Test(explicit_text, sets_are_rounded_outward)
{
    expect(true, 1.2345, 1.2355, "[1.23, 1.24]");
    expect(true, -1.2355, -1.2345, "[-1.24, -1.23]");
    expect(true, -0.125, 0.125, "[-0.125, 0.125]");
    expect(true, 1.2345e100, 1.2355e100, "[1.23e+100, 1.24e+100]");
}

/* What is known of one number, and no set. */
Test(explicit_text, numbers_have_the_digits_that_are_known)
{
    expect(false, 1.2345, 1.2355, "1.23...");
    expect(false, -1.2355, -1.2345, "-1.23...");
    expect(false, 1.2345e100, 1.2355e100, "1.23e+100...");
    expect(false, -0.125, 0.125, "0 +- 1.3e-01");
}

/* Not the NaN that it may be. */
Test(explicit_text, what_is_not_determined_is_no_nan)
{
    static const struct {
        enum vjp_real_kind kind;
        bool known;
        const char *text;
    } table[] = {{VJP_REAL_UNKNOWN, false, "not determined"}, {VJP_REAL_NAN, true, "nan"}};
    for (int i = 0; i < 2; i++) {
        struct vjp_error error = {""};
        const struct vjp_shape scalar = {0};
        struct vjp_explicit j = {{.rows = 0}};
        struct vjp_real entry;
        double low, high;
        char got[80];
        cr_assert_eq(vjp_jacobian_init(&j.jacobian, &scalar, &scalar, 256, &error), VJP_OK);
        vjp_real_init(&entry, 256);
        entry.kind = table[i].kind;
        cr_assert_eq(vjp_jacobian_append(&j.jacobian, 0, &entry, &error), VJP_OK);
        j.jacobian.start[1] = 1;
        cr_expect_eq(vjp_explicit_is_known(&j, 0, 0), table[i].known);
        cr_expect(vjp_explicit_entry(&j, 0, 0, &low, &high) && isnan(low) && isnan(high));
        cr_expect_str_eq(vjp_explicit_text(&j, 0, 0, 3, got, sizeof got), table[i].text);
        vjp_real_clear(&entry);
        vjp_jacobian_clear(&j.jacobian);
    }
}

/* A number with more bits than a double has lies between two of them. */
Test(explicit_text, points_that_are_no_doubles)
{
    struct vjp_error error = {""};
    const struct vjp_shape scalar = {0};
    struct vjp_explicit j = {{.rows = 0}};
    struct vjp_real entry;
    char got[80];
    double low, high;
    cr_assert_eq(vjp_jacobian_init(&j.jacobian, &scalar, &scalar, 256, &error), VJP_OK);
    vjp_real_init(&entry, 256);
    mpfr_set_str(&entry.ends->left, "0x1.000000000000000001p0", 0, MPFR_RNDN);
    cr_assert_eq(vjp_jacobian_append(&j.jacobian, 0, &entry, &error), VJP_OK);
    j.jacobian.start[1] = 1;
    cr_expect(vjp_explicit_entry(&j, 0, 0, &low, &high));
    cr_expect(low == 1 && high == 0x1.0000000000001p0);
    cr_expect_str_eq(vjp_explicit_text(&j, 0, 0, 4, got, sizeof got), "1...");
    vjp_real_clear(&entry);
    vjp_jacobian_clear(&j.jacobian);
}
