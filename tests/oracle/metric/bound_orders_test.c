/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kernels in float that multiply in another order than what is recorded, on data where products underflow: none
 * is outside its bound. And the shapes of data that showed it. */
#include "oracle/metric/measure.h"

#include "tests/cases/lines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { INPUT_0, INPUT_1 };

/* Everything of a case as floats, by slot; dy is that of the cotangent. */
struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *reference;
    float in[3][512];
    float dy[512];
    int n, n_dy;
};

static void take(const struct vjp_data *data, int slot, float *out)
{
    cr_assert_leq(data->slot[slot].count, 512);
    for (int64_t i = 0; i < data->slot[slot].count; i++)
        out[i] = (float)element(data, slot, i);
}

static void start(struct scene *s, const char *line)
{
    struct vjp_error error = {""};
    const struct vjp_kinks any = {VJP_POINT_ANY, VJP_TIE_ANY};
    memset(s, 0, sizeof *s);
    s->c = parse_case(line);
    s->data = generate_line(line);
    for (int i = 0; i < s->c.spec->n_inputs && i < 3; i++)
        take(&s->data, i, s->in[i]);
    take(&s->data, vjp_slot_cotangent(s->c.spec), s->dy);
    s->n = (int)s->data.slot[0].count;
    s->n_dy = (int)s->data.slot[vjp_slot_cotangent(s->c.spec)].count;
    cr_assert_eq(vjp_reference_create(&s->c, &s->data, any, &s->reference, &error), VJP_OK,
                 "%s: %s", line, error.text);
}

static void end(struct scene *s)
{
    vjp_reference_destroy(s->reference);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

/* The largest error / bound of the answers to an input's gradient; every element is compared. */
static double worst(const struct scene *s, int input, bool flushes, const float *answer, int n)
{
    const struct vjp_model model = {
        .accumulate = VJP_F32, .ulps = VJP_ULPS_DEFAULT, .flushes = flushes};
    double ratio = 0;
    for (int i = 0; i < n; i++) {
        struct vjp_element e;
        vjp_measure_element(s->reference, vjp_slot_gradient(s->c.spec, input), &model, i,
                            vjp_bits_from_double(VJP_F32, (double)answer[i]), &e);
        cr_expect(e.standing == VJP_CORRECT || e.standing == VJP_WITHIN ||
                      e.standing == VJP_OUTSIDE,
                  "element %d is compared", i);
        ratio = fmax(ratio, e.ratio);
    }
    return ratio;
}

static float logistic(float x)
{
    return x >= 0 ? 1 / (1 + expf(-x)) : expf(x) / (1 + expf(x));
}

/* Results below the normal numbers become 0. */
static float flush(float x)
{
    return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x;
}

/* dx = dy u s (1 + x (1 - s)), from the left. */
Test(bound_orders, swiglu_from_the_left)
{
    static const char *const dy[] = {"subnormal", "normal:1e-20", "normal:1e-36"};
    static const char *const x[] = {"large:100", "normal", "uniform:80"};
    for (int i = 0; i < 9; i++) {
        char line[200];
        float dx[64];
        struct scene s;
        snprintf(line, sizeof line, "swiglu dtype=f32 rank=1 N=64 x=%s u=%s dy=%s seed=%d",
                 x[i / 3], i % 2 ? "large:100" : "normal", dy[i % 3], i);
        start(&s, line);
        for (int k = 0; k < s.n; k++) {
            const float a = s.in[0][k], g = logistic(a);
            const volatile float first = s.dy[k] * s.in[1][k], second = first * g;
            dx[k] = second * (1 + a * (1 - g));
        }
        const double ratio = worst(&s, INPUT_0, false, dx, s.n);
        cr_expect_leq(ratio, 1, "%s: %g", line, ratio);
        end(&s);
    }
}

Test(bound_orders, silu_from_the_left)
{
    static const char line[] = "silu dtype=f32 rank=1 N=4 x=[-60,-70,-50,-40] "
                               "dy=[0x1p-60,-0x1.8p-50,0x1.4p-76,0x1p-91]";
    struct scene s;
    float dx[4];
    start(&s, line);
    for (int k = 0; k < s.n; k++) {
        const float a = s.in[0][k], g = logistic(a);
        const volatile float first = s.dy[k] * g;
        dx[k] = first * (1 + a * (1 - g));
    }
    const double ratio = worst(&s, INPUT_0, false, dx, s.n);
    cr_expect_leq(ratio, 1, "%g", ratio);
    end(&s);
}

/* (2 dy) x, of a kernel that flushes. */
Test(bound_orders, square_with_the_factor_first)
{
    for (int i = 0; i < 8; i++) {
        char line[200];
        struct scene s;
        float dx[64];
        snprintf(line, sizeof line, "square dtype=f32 rank=1 N=64 x=%s dy=%s seed=%d",
                 i % 2 ? "large:1e10" : "normal:100", i % 4 > 1 ? "subnormal" : "normal:1e-38", i);
        start(&s, line);
        for (int k = 0; k < s.n; k++)
            dx[k] = flush(flush(2 * s.dy[k]) * s.in[0][k]);
        const double ratio = worst(&s, INPUT_0, true, dx, s.n);
        cr_expect_leq(ratio, 1, "%s: %g", line, ratio);
        end(&s);
    }
}

/* dw = (sum of (x - mean) dy) rstd, of a channel of 16. */
Test(bound_orders, batchnorm_with_the_scale_behind_the_sum)
{
    static const char *const data[] = {"x=subnormal dy=normal", "x=normal:1e-35 dy=normal:1e-8",
                                       "x=normal:1e-20 dy=normal:1e-20", "x=normal dy=normal:1e-38",
                                       "x=normal:1e-30 dy=normal:1e-12"};
    for (int i = 0; i < 5; i++) {
        char line[200];
        struct scene s;
        float mean = 0, variance = 0, sum = 0;
        snprintf(line, sizeof line, "batchnorm dtype=f32 eps=%s N=2 C=1 H=2 W=4 %s seed=%d",
                 i % 2 ? "1e-12" : "1e-5", data[i], i);
        start(&s, line);
        for (int k = 0; k < s.n; k++)
            mean += s.in[0][k] / (float)s.n;
        for (int k = 0; k < s.n; k++)
            variance += (s.in[0][k] - mean) * (s.in[0][k] - mean) / (float)s.n;
        for (int k = 0; k < s.n; k++)
            sum += (s.in[0][k] - mean) * s.dy[k];
        const float dw = sum * (1 / sqrtf(variance + (i % 2 ? 1e-12f : 1e-5f)));
        const double ratio = worst(&s, INPUT_1, false, &dw, 1);
        cr_expect_leq(ratio, 1, "%s: %g", line, ratio);
        end(&s);
    }
}

/* Two layers with a kink each, whose first sums are 1 by 10^8 - 10^8 and 0 in another order: dx of a kernel that
 * adds them from the left, and from the right. */
static float two_relus(const struct scene *s, const int order[4], int input)
{
    const float *x = s->in[0], *w = s->in[1];
    float z = 0;
    for (int i = 0; i < 4; i++)
        z += x[order[i]] * w[order[i]];
    const float a = fmaxf(z, 0), v = s->in[2][0];
    return z > 0 && a * v > 0 ? s->dy[0] * v * w[input] : 0;
}

Test(bound_orders, kinks_behind_kinks)
{
    static const int orders[][4] = {{0, 1, 2, 3}, {0, 2, 1, 3}, {1, 3, 0, 2}, {3, 2, 1, 0}};
    static const char *const x[] = {"1e8,1,-1e8,-1", "1e8,3,-1e8,-2", "1e8,2,-1e8,-3"};
    static const char *const second[] = {"0.5", "-0.5"};
    for (int i = 0; i < 6; i++) {
        char line[300];
        struct scene s;
        snprintf(line, sizeof line,
                 "linear | relu | linear | relu dtype=f32 1.N=1 1.D=4 1.M=1 3.M=1 1.x=[%s] "
                 "1.w=[1.1,1.1,1.1,1.1] 3.w=[%s] dy=[3]",
                 x[i / 2], second[i % 2]);
        start(&s, line);
        for (int order = 0; order < 4; order++) {
            float dx[4];
            for (int k = 0; k < 4; k++)
                dx[k] = two_relus(&s, orders[order], k);
            const double ratio = worst(&s, INPUT_0, false, dx, 4);
            cr_expect_leq(ratio, 1, "%s: order %d, %g", line, order, ratio);
        }
        end(&s);
    }
}
