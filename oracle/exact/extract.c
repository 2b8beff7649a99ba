/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/extract.h"

#include "cases/base/dtype.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The bodies below are compiled for any machine, for those with AVX2 and FMA, and for those with AVX-512. */
#define BODY static inline __attribute__((always_inline))

/* Eight doubles anywhere in an array of them; two, or four, at a time where a machine has no more. */
#define LANES VJP_EXTRACT_LANES
typedef double vector __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t masks __attribute__((vector_size(64), aligned(8), may_alias));

/* Below this a product's error might have bits below 2^-1074, which no double holds: the error's last
 * bit is at most 105 places below the product's first. */
#define EXACT_FROM 0x1p-960
/* Magnitudes of which split takes up to four times. */
#define EXACT_TO   0x1p1000

BODY void add_magnitude(vector *sum, const vector *x)
{
    *sum += (vector)((masks)*x & INT64_MAX);
}

/* Of the second splitter to the first (split). */
#define SECOND (0x1p-52 * VJP_EXTRACT_MAX)

/* What is taken off the numbers of a lane (split), the largest first, and the magnitude of what is left of them. */
struct taken {
    vector sum[2], left;
};

/* Takes from *x a multiple of 2^-53 s, and then one of 2^-53 s2. */
BODY void take(vector *x, const vector *s, const vector *s2, struct taken *taken)
{
    const vector q = (*x + *s) - *s;
    const vector rest = *x - q;
    const vector q2 = (rest + *s2) - *s2;
    *x = rest - q2;
    taken->sum[0] += q;
    taken->sum[1] += q2;
    add_magnitude(&taken->left, x);
}

BODY double sum_lanes(const vector *a, const vector *b)
{
    const vector s = *a + *b;
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* out = a, followed by zeros up to a step. */
BODY void pad(double out[VJP_EXTRACT_STEP], const double *a, int n)
{
    memset(out, 0, VJP_EXTRACT_STEP * sizeof *out);
    memcpy(out, a, (size_t)n * sizeof *out);
}

/* One step: VJP_EXTRACT_STEP products. */
BODY void multiply_step(const double *a, const double *b, double *p, vector sum[2])
{
    for (int i = 0; i < 2; i++) {
        const vector x = ((const vector *)a)[i] * ((const vector *)b)[i];
        ((vector *)p)[i] = x;
        add_magnitude(&sum[i], &x);
    }
}

BODY double multiply(const double *a, const double *b, double *p, int n)
{
    vector sum[2] = {{0}, {0}};
    int k = 0;
    for (; k + VJP_EXTRACT_STEP <= n; k += VJP_EXTRACT_STEP)
        multiply_step(a + k, b + k, p + k, sum);
    if (k < n) {
        double last_a[VJP_EXTRACT_STEP], last_b[VJP_EXTRACT_STEP];
        pad(last_a, a + k, n - k);
        pad(last_b, b + k, n - k);
        multiply_step(last_a, last_b, p + k, sum);
    }
    return sum_lanes(&sum[0], &sum[1]);
}

BODY void multiply_error_step(const double *a, const double *b, double *p, double *r, vector sum[4],
                              masks *lost)
{
    for (int i = 0; i < 2; i++) {
        const vector u = ((const vector *)a)[i];
        const vector v = ((const vector *)b)[i];
        const vector x = u * v;
        vector y;
        for (int lane = 0; lane < LANES; lane++)
            y[lane] = fma(u[lane], v[lane], -x[lane]);
        const vector magnitude = (vector)((masks)x & INT64_MAX);
        *lost |= (magnitude < EXACT_FROM) & (u != 0) & (v != 0);
        ((vector *)p)[i] = x;
        ((vector *)r)[i] = y;
        sum[i] += magnitude;
        add_magnitude(&sum[2 + i], &y);
    }
}

BODY bool multiply_error(const double *a, const double *b, double *p, double *r, int n,
                         double magnitude[2])
{
    vector sum[4] = {{0}, {0}, {0}, {0}};
    masks lost = {0};
    int k = 0;
    for (; k + VJP_EXTRACT_STEP <= n; k += VJP_EXTRACT_STEP)
        multiply_error_step(a + k, b + k, p + k, r + k, sum, &lost);
    if (k < n) {
        double last_a[VJP_EXTRACT_STEP], last_b[VJP_EXTRACT_STEP];
        pad(last_a, a + k, n - k);
        pad(last_b, b + k, n - k);
        multiply_error_step(last_a, last_b, p + k, r + k, sum, &lost);
    }
    magnitude[0] = sum_lanes(&sum[0], &sum[1]);
    magnitude[1] = sum_lanes(&sum[2], &sum[3]);
    int64_t any = 0;
    for (int lane = 0; lane < LANES; lane++)
        any |= lost[lane];
    return any == 0 && magnitude[0] < EXACT_TO;
}

/* A power of two s with 2 m < s <= 4 m, or 2^-1021 where m is subnormal. */
BODY double above(double m)
{
    return vjp_bits_double(((vjp_double_bits(m) >> 52) + 2) << 52);
}

/* Rump, Ogita and Oishi, "Accurate floating-point summation, part I", SIAM J. Sci. Comput. 31 (2008),
 * algorithm 3.2, twice in one pass. Let s be a power of two, |p[k]| < s/2 for all k, the sum of the
 * |p[k]| at most s/2 (1 + 2^-44), and n <= 2^9.
 *
 * s + p[k] is in (s/2, 3s/2): its rounding t is a multiple of 2^-53 s, and off by at most 2^-53 s. So
 * q = t - s is exact (Sterbenz) and a multiple of 2^-53 s; p[k] - q, the error, is a double (Dekker), so
 * exact as well. Any sum of some of the q is at most s/2 (1 + 2^-44) + n 2^-53 s < s, and so less than
 * 2^53 multiples of 2^-53 s: a double. No order of adding them rounds.
 *
 * First s is above(magnitude): a magnitude is off by at most a factor 1 + 2^-44. What is left is at most
 * 2^-53 s each, 2^-44 s in all: the second time s is 2^-43 of the first. What that leaves is at most
 * n 2^-96 s <= n 2^-94 magnitude in all. Where 2^-53 s is below 2^-1074, nothing is left. */
BODY void split(double *p, int n, double *magnitude, double sum[2])
{
    const double above_all = above(*magnitude);
    const vector s = (vector){0} + above_all, s2 = s * SECOND;
    struct taken taken[2] = {0};
    for (int k = 0; k < n; k += VJP_EXTRACT_STEP) {
        for (int i = 0; i < 2; i++)
            take((vector *)(p + k) + i, &s, &s2, &taken[i]);
    }
    *magnitude = sum_lanes(&taken[0].left, &taken[1].left);
    sum[0] = sum_lanes(&taken[0].sum[0], &taken[1].sum[0]);
    sum[1] = sum_lanes(&taken[0].sum[1], &taken[1].sum[1]);
}

/* split, of each lane: of the products, and of what that leaves. */
BODY void split_columns(const double *a, const double *b, int n, double *room, double *magnitude,
                        double *sum)
{
    vector *const x = (vector *)room, *const left = (vector *)magnitude;
    for (int pass = 0; pass < VJP_EXTRACT_PASSES; pass++) {
        vector s;
        for (int lane = 0; lane < LANES; lane++)
            s[lane] = above((*left)[lane]);
        const vector s2 = s * SECOND;
        struct taken taken = {0};
        for (int k = 0; k < n; k++) {
            vector next = x[k];
            if (pass == 0)
                next = a[k] * ((const vector *)b)[k];
            take(&next, &s, &s2, &taken);
            x[k] = next;
        }
        bool rest = false;
        for (int lane = 0; lane < LANES; lane++)
            rest |= taken.left[lane] != 0;
        *left = taken.left;
        for (int i = 0; i < 2; i++)
            ((vector *)sum)[2 * pass + i] = taken.sum[i];
        if (!rest) {
            const size_t done = (size_t)(pass + 1) * 2 * LANES;
            memset(sum + done, 0, ((size_t)VJP_EXTRACT_PARTS * LANES - done) * sizeof *sum);
            return;
        }
    }
}

/* name_suffix: the bodies as functions with the given attribute, and their table. */
#define INSTANTIATE(suffix, attribute)                                                             \
    attribute static double multiply_##suffix(const double *a, const double *b, double *p, int n)  \
    {                                                                                              \
        return multiply(a, b, p, n);                                                               \
    }                                                                                              \
    attribute static bool multiply_error_##suffix(const double *a, const double *b, double *p,     \
                                                  double *r, int n, double magnitude[2])           \
    {                                                                                              \
        return multiply_error(a, b, p, r, n, magnitude);                                           \
    }                                                                                              \
    attribute static void split_##suffix(double *p, int n, double *magnitude, double sum[2])       \
    {                                                                                              \
        split(p, n, magnitude, sum);                                                               \
    }                                                                                              \
    attribute static void split_columns_##suffix(const double *a, const double *b, int n,          \
                                                 double *room, double *magnitude, double *sum)     \
    {                                                                                              \
        split_columns(a, b, n, room, magnitude, sum);                                              \
    }                                                                                              \
    static const struct vjp_extract extract_##suffix = {                                           \
        multiply_##suffix, multiply_error_##suffix, split_##suffix, split_columns_##suffix};

INSTANTIATE(portable, )
#ifdef __x86_64__
INSTANTIATE(avx2, __attribute__((target("avx2,fma"))))
INSTANTIATE(avx512, __attribute__((target("avx512f,avx512dq,avx2,fma"))))
#endif

const struct vjp_extract *vjp_extract_get(bool portable)
{
#ifdef __x86_64__
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (!portable && has_avx2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq"))
        return &extract_avx512;
    if (!portable && has_avx2)
        return &extract_avx2;
#endif
    (void)portable;
    return &extract_portable;
}
