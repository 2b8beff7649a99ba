/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The slack of the bound stands for kernels that compute the same derivative by other operations than the
 * recorded ones: those that people write are inside. And what it must not let pass is not. */
#include "oracle/metric/measure.h"

#include "tests/cases/lines.h"

#include <math.h>
#include <stdio.h>

/* The derivative of an elementwise layer at x, in float. */
typedef float slope(float x);

static float tanh_by_cosh(float x)
{
    const float c = coshf(x);
    return 1 / (c * c);
}

static float tanh_by_reciprocal(float x)
{
    const float s = 1 / coshf(x);
    return s * s;
}

/* 4 e^2x / (1 + e^2x)^2, of the negative side */
static float tanh_by_exp(float x)
{
    const float e = expf(-2 * fabsf(x)), d = 1 + e;
    return 4 * e / (d * d);
}

static float tanh_by_factors(float x)
{
    const float t = tanhf(x);
    return (1 - t) * (1 + t);
}

static float sigmoid_by_exp(float x)
{
    const float e = expf(-fabsf(x)), d = 1 + e;
    return e / (d * d);
}

static float sigmoid_by_tanh(float x)
{
    const float t = tanhf(x / 2);
    return (1 - t * t) / 4;
}

static float logistic(float x)
{
    return 1 / (1 + expf(-x));
}

static float logistic_by_tanh(float x)
{
    return 0.5f + 0.5f * tanhf(0.5f * x);
}

/* s + x s (1 - s) */
static float silu_by_sum(float x)
{
    const float s = logistic(x);
    return s + x * s * (1 - s);
}

/* y + s (1 - y) */
static float silu_by_output(float x)
{
    const float s = logistic(x), y = x * s;
    return y + s * (1 - y);
}

static float gelu_by_erfc(float x)
{
    const float cdf = 0.5f * erfcf(-x * 0.70710678f);
    return cdf + x * expf(-0.5f * x * x) * 0.39894228f;
}

static float gelu_by_logistic(float x)
{
    const float a = 1.5957691f * x * (1 + 0.044715f * x * x), s = logistic(a);
    return s + x * s * (1 - s) * 1.5957691f * (1 + 3 * 0.044715f * x * x);
}

/* The largest error / bound over the elements of the case, where form computes the derivative. */
static double worst_ratio(const char *line, slope *form)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const struct vjp_kinks any = {VJP_POINT_ANY, VJP_TIE_ANY};
    const struct vjp_model model = {.accumulate = VJP_F32, .ulps = VJP_ULPS_DEFAULT};
    const int dy = vjp_slot_cotangent(c.spec), dx = vjp_slot_gradient(c.spec, 0);
    struct vjp_reference *reference;
    double worst = 0;
    int64_t compared = 0;
    cr_assert_eq(vjp_reference_create(&c, &data, any, &reference, &error), VJP_OK, "%s",
                 error.text);
    for (int64_t i = 0; i < data.slot[0].count; i++) {
        struct vjp_element e;
        const float got = form((float)element(&data, 0, i)) * (float)element(&data, dy, i);
        vjp_measure_element(reference, dx, &model, i, vjp_bits_from_double(VJP_F32, got), &e);
        if (e.standing == VJP_EXCUSED || e.standing == VJP_UNRESOLVED)
            continue;
        compared++;
        worst = fmax(worst, e.ratio);
    }
    cr_expect_geq(compared, data.slot[0].count * 9 / 10, "%s", line);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return worst;
}

static const char *const values[] = {"normal", "normal:0.01", "normal:6", "uniform:1", "large:30"};

/* The largest over all kinds of values. */
static double worst_of_all(const char *layer, slope *form)
{
    double worst = 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char line[160];
        snprintf(line, sizeof line, "%s dtype=f32 N=20 M=50 x=%s dy=normal seed=%zu", layer,
                 values[i], i);
        worst = fmax(worst, worst_ratio(line, form));
    }
    return worst;
}

struct form {
    const char *layer;
    slope *slope;
};

/* The largest was 0.46 (tanh by 1 / cosh, squared), which a slack of 2 would have let pass barely, and
 * none would not. */
Test(bound_forms, other_ways_to_the_same_derivative_are_inside)
{
    static const struct form forms[] = {
        {"tanh", tanh_by_cosh},      {"tanh", tanh_by_reciprocal},
        {"tanh", tanh_by_exp},       {"tanh", tanh_by_factors},
        {"sigmoid", sigmoid_by_exp}, {"softplus", logistic},
        {"silu", silu_by_sum},       {"silu", silu_by_output},
        {"gelu", gelu_by_erfc},      {"gelu approximate=tanh", gelu_by_logistic},
    };
    double largest = 0;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const double worst = worst_of_all(forms[i].layer, forms[i].slope);
        cr_expect_leq(worst, 0.75, "%s, form %zu: %g bounds", forms[i].layer, i, worst);
        largest = fmax(largest, worst);
    }
    cr_expect_geq(largest, 0.25, "a smaller slack would do");
}

/* 1/2 + 1/2 tanh(x / 2) has nothing left of exp(x) where x is far below 0. */
Test(bound_forms, ways_that_lose_small_slopes_are_outside)
{
    static const struct form forms[] = {{"sigmoid", sigmoid_by_tanh},
                                        {"softplus", logistic_by_tanh}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        cr_expect_geq(worst_of_all(forms[i].layer, forms[i].slope), 1000);
}
