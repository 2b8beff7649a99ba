/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/sobol.h"

#include <criterion/criterion.h>
#include <gsl/gsl_qrng.h>
#include <math.h>

static void point(uint64_t i, int dims, double *out)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_sobol_point(i, dims, out, &error), VJP_OK, "%s", error.text);
}

/* The points of a block are those of GSL's sequence, all moved by the same vector. */
Test(sobol, a_block_is_a_shifted_sequence)
{
    enum { DIMS = 5 };
    gsl_qrng *gsl = gsl_qrng_alloc(gsl_qrng_sobol, DIMS);
    for (uint64_t block = 0; block < 3; block++) {
        double shift[DIMS] = {0};
        gsl_qrng_init(gsl);
        for (uint64_t i = 0; i < VJP_SOBOL_BLOCK; i++) {
            double want[DIMS], got[DIMS];
            gsl_qrng_get(gsl, want);
            point(block * VJP_SOBOL_BLOCK + i, DIMS, got);
            for (int d = 0; d < DIMS; d++) {
                double moved = got[d] - want[d];
                moved -= floor(moved);
                if (i == 0)
                    shift[d] = moved;
                cr_expect(got[d] >= 0 && got[d] < 1);
                const double off = fabs(moved - shift[d]);
                cr_expect(off < 1e-12 || off > 1 - 1e-12, "%g and %g", moved, shift[d]);
            }
        }
        cr_expect(shift[0] != shift[1]);
    }
    gsl_qrng_free(gsl);
}

Test(sobol, blocks_are_shifted_differently)
{
    double a[2], b[2];
    point(0, 2, a);
    point(VJP_SOBOL_BLOCK, 2, b);
    cr_expect(a[0] != b[0] && a[1] != b[1]);
}

/* Of 256 points, each of 16 x 16 boxes has about one: that is what the sequence is for. Random points would leave
 * 94 of them empty; the shift may cut boxes in two. */
Test(sobol, a_block_fills_the_square)
{
    int count[256] = {0}, empty = 0;
    for (uint64_t i = 0; i < VJP_SOBOL_BLOCK; i++) {
        double p[2];
        point(i, 2, p);
        count[(int)(p[0] * 16) * 16 + (int)(p[1] * 16)]++;
    }
    for (int i = 0; i < 256; i++)
        empty += count[i] == 0;
    cr_expect_lt(empty, 80, "%d boxes are empty", empty);
}

Test(sobol, no_dimension_is_no_number)
{
    double p = 5;
    point(7, 0, &p);
    cr_expect_eq(p, 5);
}
