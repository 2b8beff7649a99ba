/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/ways.h"

#include "tests/oracle/jacobian/program_run.h"

static long double running(const struct run *r, enum vjp_dtype format, bool flushes, uint32_t saved)
{
    const struct vjp_gradient *g = &r->gradient[0];
    return g->running[vjp_gradient_way(
        g, &(struct vjp_way){.accumulate = format, .flushes = flushes, .saved = saved})];
}

/* Every rounding counts so often: the documented slack. That of a value which is given in a narrower format than
 * the kernel works with counts once: the host made it. */
#define SLACK 4

/* dx = y dy, y = exp(x) in f16, y = 6.1e-6 a subnormal number. Given, y is off by half of the smallest
 * number of f16; computed in f32 by 4 u y, and whatever an exp does below the normal numbers. Then the
 * product is rounded. */
Test(ways, every_way_to_compute_has_its_running_error)
{
    struct run r;
    run_line(&r, "exp dtype=f16 rank=1 N=1 x=[-12] dy=[96.0625]", ANY_SIDE);
    const long double y = expl(-12), dy = 96.0625L;
    cr_assert_eq(r.c.spec->n_saved, 1);
    cr_assert_eq(r.gradient[0].ways, 3 * 8 * 2, "f16, f32, f64");
    long double off = 0x1p-25L;
    cr_expect(is_close(running(&r, VJP_F32, false, 1),
                       off * dy + SLACK * 0x1p-24L * (y + off) * dy + SLACK * 0x1p-150L));
    off = 4 * SLACK * 0x1p-24L * y + SLACK * 0x1p-126L;
    cr_expect(is_close(running(&r, VJP_F32, false, 0),
                       off * dy + SLACK * 0x1p-24L * (y + off) * dy + SLACK * 0x1p-150L));
    cr_expect(is_close(running(&r, VJP_F32, true, 0),
                       off * dy + SLACK * 0x1p-24L * (y + off) * dy + SLACK * 0x1p-126L));
    off = 4 * SLACK * 0x1p-11L * y + SLACK * 0x1p-14L;
    cr_expect(is_close(running(&r, VJP_F16, false, 0),
                       off * dy + SLACK * 0x1p-11L * (y + off) * dy + SLACK * 0x1p-25L));
    cr_expect_lt(running(&r, VJP_F64, false, 0), 0x1p-28L * running(&r, VJP_F32, false, 0));
    clear(&r);
}

/* dx = (p - [c = t]) dy, p = exp(x - lse) = 1/2. In f16 lse is given in f32, p in f16; to a kernel that
 * works with f16 lse is no better than that: it rounds it once more. */
Test(ways, what_is_given_has_the_rounding_of_its_own_dtype)
{
    struct run r;
    run_line(&r, "softmax_cross_entropy dtype=f16 reduction=sum N=1 C=2 x=[20,20] t=[1] dy=[1]",
             ANY_SIDE);
    cr_assert_eq(r.c.spec->n_saved, 2);
    const long double lse = 20 + logl(2), f32 = SLACK * 0x1p-24L, f16 = SLACK * 0x1p-11L,
                      d = logl(2);
    long double off = f32 * lse, carried;
    off += f32 * (d + off);
    carried = expm1l(off) / 2;
    /* One rounding of the product with dy, and those of exp. */
    carried += 4 * f32 * (.5L + carried) + SLACK * 0x1p-126L;
    cr_expect(is_close(running(&r, VJP_F32, false, 1),
                       carried + f32 * (.5L + carried) + SLACK * 0x1p-150L));
    off = f16 * lse;
    off += f16 * (d + off);
    carried = expm1l(off) / 2;
    carried += 4 * f16 * (.5L + carried) + SLACK * 0x1p-14L;
    cr_expect(is_close(running(&r, VJP_F16, false, 1),
                       carried + f16 * (.5L + carried) + SLACK * 0x1p-25L));
    carried = 0x1p-11L / 2;
    cr_expect(is_close(running(&r, VJP_F32, false, 2),
                       carried + f32 * (.5L + carried) + SLACK * 0x1p-150L));
    clear(&r);
}
