/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_STUDY_SUMS_H
#define VJP_TESTS_REPORTS_STUDY_SUMS_H

#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "reports/study/sum.h"

/* Sums of known order, written as anyone would write them; none knows of trees. The terms are x[i] y with one factor
 * y for all. mode: the direction in which the processor rounds meanwhile. */
struct known {
    float (*add)(const float *x, float y, int n);
    int n;
    float factor;
    int calls;
    int mode;
};

/* Behind a pointer, so that no operation leaves its place between the two modes. */
static inline float add_in_mode(int mode, float (*volatile add)(const float *, float, int),
                                const float *x, float y, int n)
{
    fesetround(mode);
    const float sum = add(x, y, n);
    fesetround(FE_TONEAREST);
    return sum;
}

static inline enum vjp_status evaluate_known(void *context, const double *term, double *result,
                                             struct vjp_error *error)
{
    struct known *const s = context;
    float x[2048];
    (void)error;
    s->calls++;
    for (int i = 0; i < s->n; i++)
        x[i] = (float)term[i];
    *result = (double)add_in_mode(s->mode, s->add, x, s->factor, s->n);
    return VJP_OK;
}

#define KNOWN(name, terms)                                                                         \
    struct known name##_context = {add_##name, terms, 1, 0, FE_TONEAREST};                         \
    const struct vjp_sum name = {terms, evaluate_known, &name##_context}

static inline float add_sequential(const float *x, float y, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s += x[i] * y;
    return s;
}

static inline float add_reversed(const float *x, float y, int n)
{
    float s = 0;
    for (int i = n - 1; i >= 0; i--)
        s += x[i] * y;
    return s;
}

static inline float add_fma(const float *x, float y, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s = fmaf(x[i], y, s);
    return s;
}

/* 8 lanes with FMA, added up in pairs of halves as SIMD code does; a rest behind them. */
static inline float add_lanes(const float *x, float y, int n)
{
    float lane[8] = {0};
    int i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            lane[k] = fmaf(x[i + k], y, lane[k]);
    for (int half = 4; half > 0; half /= 2)
        for (int k = 0; k < half; k++)
            lane[k] += lane[k + half];
    for (; i < n; i++)
        lane[0] = fmaf(x[i], y, lane[0]);
    return lane[0];
}

static inline float add_blocks(const float *x, float y, int n)
{
    float s = 0;
    for (int from = 0; from < n; from += 16) {
        float block = 0;
        for (int i = from; i < n && i < from + 16; i++)
            block += x[i] * y;
        s += block;
    }
    return s;
}

/* n a power of two. */
static inline float add_pairwise(const float *x, float y, int n)
{
    float s[2048];
    for (int i = 0; i < n; i++)
        s[i] = x[i] * y;
    for (; n > 1; n /= 2)
        for (int i = 0; i < n / 2; i++)
            s[i] = s[2 * i] + s[2 * i + 1];
    return s[0];
}

/* Four products and the sum so far, added without rounding in between and rounded once. */
static inline float add_fused4(const float *x, float y, int n)
{
    float s = 0;
    for (int from = 0; from < n; from += 4) {
        long double sum = s;
        for (int i = from; i < n && i < from + 4; i++) {
            /* An aligned sum: what is 2^24 below the largest is cut off, before anything is added. */
            float largest = fabsf(s);
            for (int k = from; k < n && k < from + 4; k++)
                largest = fmaxf(largest, fabsf(x[k] * y));
            if (fabsf(x[i] * y) > largest * 0x1p-30f)
                sum += (long double)x[i] * y;
            if (fabsf(s) <= largest * 0x1p-30f && i == from)
                sum -= s;
        }
        s = (float)sum;
    }
    return s;
}

static inline float add_wide(const float *x, float y, int n)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s += (double)x[i] * y;
    return (float)s;
}

/* In turn, four at a time in double, rounded to float behind each four. */
static inline float add_mixed(const float *x, float y, int n)
{
    float s = 0;
    for (int from = 0; from < n; from += 4) {
        double wide = s;
        for (int i = from; i < n && i < from + 4; i++)
            wide += (double)x[i] * y;
        s = (float)wide;
    }
    return s;
}

/* Kahan: it loses all ones beside an M, so that it looks sequential; its bits are others. */
static inline float add_kahan(const float *x, float y, int n)
{
    volatile float s = 0, c = 0;
    for (int i = 0; i < n; i++) {
        const volatile float z = x[i] * y - c;
        const volatile float t = s + z;
        const volatile float d = t - s;
        c = d - z;
        s = t;
    }
    return s;
}

/* Neumaier: what is lost is kept apart. */
static inline float add_neumaier(const float *x, float y, int n)
{
    volatile float s = 0, c = 0;
    for (int i = 0; i < n; i++) {
        const float z = x[i] * y;
        const volatile float t = s + z;
        c += fabsf(s) >= fabsf(z) ? (s - t) + z : (z - t) + s;
        s = t;
    }
    return s + c;
}

static inline float chop(double value)
{
    float f = (float)value;
    if (fabs((double)f) > fabs(value))
        f = nextafterf(f, 0);
    return f;
}

static inline float add_truncating(const float *x, float y, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s = chop((double)s + (double)chop((double)x[i] * y));
    return s;
}

static inline float flush(float f)
{
    return fabsf(f) < 0x1p-126f ? 0 : f;
}

static inline float add_flushing(const float *x, float y, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s = flush(s + flush(x[i] * y));
    return s;
}

/* In 8 bits, toward zero or upward as the processor rounds: what it gives is cut, and upward the next number taken. */
static inline float add_bf16(const float *x, float y, int n)
{
    volatile float s = 0;
    for (int i = 0; i < n; i++) {
        uint32_t bits;
        const float sum = s + x[i] * y;
        memcpy(&bits, &sum, sizeof bits);
        const bool more = fegetround() == FE_UPWARD && sum > 0 && (bits & 0xffff) != 0;
        bits = (bits & 0xffff0000) + (more ? 0x10000 : 0);
        memcpy((void *)&s, &bits, sizeof bits);
    }
    return s;
}

/* In f32, of terms whose bits below the least number of f16 are lost. */
static inline float add_f16(const float *x, float y, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s += (fabsf(x[i]) < 1 ? truncf(x[i] * 0x1p24f) * 0x1p-24f : x[i]) * y;
    return s;
}

/* Every other sum toward zero. */
static inline float add_by_turns(const float *x, float y, int n)
{
    volatile float s = 0;
    for (int i = 0; i < n; i++) {
        const volatile float z = x[i] * y;
        fesetround(i % 2 == 0 ? FE_TOWARDZERO : FE_TONEAREST);
        s = s + z;
        fesetround(FE_TONEAREST);
    }
    return s;
}

/* Another order when the first term is large: no tree explains it. */
static inline float add_by_data(const float *x, float y, int n)
{
    return fabsf(x[0]) > 2 ? add_reversed(x, y, n) : add_pairwise(x, y, n);
}

#endif
