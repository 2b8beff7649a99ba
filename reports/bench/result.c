/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/result.h"

#include <math.h>
#include <stdio.h>

double vjp_bench_rate(const struct vjp_bench_result *result)
{
    return result->flops > 0 ? result->flops / result->time.median : NAN;
}

double vjp_bench_of_peak(const struct vjp_bench_result *result)
{
    return vjp_bench_rate(result) / result->peak;
}

double vjp_bench_intensity(const struct vjp_bench_result *result)
{
    return result->flops > 0 && result->bytes > 0 ? result->flops / result->bytes : NAN;
}

double vjp_bench_of_roof(const struct vjp_bench_result *result)
{
    const double compute = result->flops / result->peak;
    const double move = result->bytes / result->bandwidth;
    return (compute > move ? compute : move) / result->time.median;
}

char *vjp_bench_note(const struct vjp_bench_result *result, char *text, int size)
{
    const double own = vjp_sample_spread(&result->time);
    const double limit = VJP_BENCH_NOISE;
    text[0] = '\0';
    if (isnan(result->noise) || isnan(own))
        snprintf(text, (size_t)size, "machine too noisy: its noise is not known");
    else if (result->noise > limit)
        snprintf(text, (size_t)size,
                 "machine too noisy: fixed work took times that spread by %.1f %% (limit %.0f %%)",
                 100 * result->noise, 100 * limit);
    else if (own > limit)
        snprintf(text, (size_t)size,
                 "machine too noisy: the kernel's times spread by %.1f %% (limit %.0f %%)",
                 100 * own, 100 * limit);
    return text;
}
