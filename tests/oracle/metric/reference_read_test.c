/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "tests/oracle/metric/witness.h"

#include <string.h>

/* The reference of the gradient x of one product, w dy. */
static struct vjp_reference *product(struct fixture *f, double w, double dy)
{
    fixture_init(f, linear(VJP_F64, 1, 1, 1));
    put(f, W, 0, w);
    put(f, DY, 0, dy);
    return reference_of(f);
}

static void expect_text(double w, double dy, int digits, const char *want)
{
    struct fixture f;
    char text[200];
    struct vjp_reference *r = product(&f, w, dy);
    cr_expect_str_eq(vjp_reference_text(r, DX, 0, digits, text, sizeof text), want);
    vjp_reference_destroy(r);
    fixture_clear(&f);
}

/* The digits are those of the exact value, cut off; "..." says that there are more. The product of the
 * two doubles nearest to 0.1 has 106 bits and ends after 110 decimals. */
Test(reference_read, text_says_whether_it_is_whole)
{
    expect_text(3, 0.25, 10, "0.75");
    expect_text(-3, 0.25, 2, "-0.75");
    expect_text(-3, 0.25, 1, "-0.7...");
    expect_text(7, 0.5, 1, "3...");
    expect_text(3, 0, 10, "0");
    expect_text(1e10, 1e12, 3, "1e+22");
    expect_text(0x1.8p0, 0x1p-3, 10, "0.1875");
    expect_text(0.1, 0.1, 3, "0.01...");
    expect_text(0.1, 0.1, 25, "0.01000000000000000111022302...");
    expect_text(0.1, -0.1, 25, "-0.01000000000000000111022302...");
    expect_text(0.1, 0.1, 120,
                "0.01000000000000000111022302462515657123851077828659396139564708135883709660"
                "962637144621112383902072906494140625");
    expect_text(INFINITY, -1, 10, "-inf");
    expect_text(INFINITY, 1, 10, "+inf");
    expect_text(INFINITY, 0, 10, "nan");
    expect_text(0x1p1023, 0x1p1023, 5, "8.0792e+615...");
}

Test(reference_read, text_is_cut_at_its_size)
{
    struct fixture f;
    char text[12] = "XXXXXXXXXXX";
    struct vjp_reference *r = product(&f, 0.1, 1);
    vjp_reference_text(r, DX, 0, 3, text, 4);
    cr_expect_eq(text[3], '\0');
    cr_expect_eq(text[4], 'X');
    cr_expect_str_eq(vjp_reference_text(r, DX, 0, 3, text, 8), "0.1...");
    vjp_reference_destroy(r);
    fixture_clear(&f);
}

/* 2^100 a + t - 2^100 a leaves 256 - 200 bits or so of t = 0.598...: enough to round it, not enough
 * for 50 digits. What is printed must be digits of the exact value all the same. */
Test(reference_read, text_prints_no_digit_that_is_not_known)
{
    static const char exact[] = "0.598666666666667435286402426047234300214153131065537885657223";
    for (int e = 30; e <= 55; e++) {
        struct fixture f;
        char text[200];
        const double large = ldexp(0x1.fffffffffffffp0, e);
        fixture_init(&f, linear(VJP_F64, 1, 1, 4));
        fill(&f, W, (const double[]){large, 0x1.fedcba987654fp-30, 0x1.23456789abcdfp-60, -large});
        fill(&f, DY, (const double[]){large, 0x1.3333333333333p28, 0x1.777p-60, large});
        struct vjp_reference *r = reference_of(&f);
        vjp_reference_text(r, DX, 0, 50, text, sizeof text);
        char *dots = strstr(text, "...");
        cr_assert_not_null(dots);
        *dots = '\0';
        cr_expect_eq(strncmp(text, exact, strlen(text)), 0, "e = %d: %s", e, text);
        cr_expect_geq(strlen(text), 17, "e = %d: %s", e, text);
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
}

static void expect_ends(double w, double dy, double low, double high)
{
    struct fixture f;
    double ends[2];
    struct vjp_reference *r = product(&f, w, dy);
    vjp_reference_enclosure(r, DX, 0, &ends[0], &ends[1]);
    cr_expect(ends[0] == low && ends[1] == high, "%g %g: %a, %a", w, dy, ends[0], ends[1]);
    vjp_reference_destroy(r);
    fixture_clear(&f);
}

/* What is left of the product 0.1 * 0.1 tells on which side of it the nearest double lies. */
Test(reference_read, the_ends_of_an_enclosure_are_rounded_outward)
{
    const double p = 0.1 * 0.1, rest = fma(0.1, 0.1, -p);
    cr_assert_neq(rest, 0);
    expect_ends(0.1, 0.1, rest > 0 ? p : nextafter(p, 0), rest > 0 ? nextafter(p, 1) : p);
    expect_ends(3, -0.25, -0.75, -0.75);
    expect_ends(INFINITY, -1, -INFINITY, -INFINITY);
    expect_ends(INFINITY, 1, INFINITY, INFINITY);
}
