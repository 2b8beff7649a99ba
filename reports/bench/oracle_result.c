/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/oracle_result.h"

#include "reports/bench/result.h"

#include <math.h>
#include <stdio.h>

static void scale_sample(struct vjp_sample *sample, double factor)
{
    sample->median *= factor;
    sample->q1 *= factor;
    sample->q3 *= factor;
    sample->low *= factor;
    sample->high *= factor;
}

void vjp_oracle_ratio_take(struct vjp_oracle_ratio *r, const struct vjp_race *race,
                           double own_share, double other_share)
{
    const int own = r->sense == VJP_GOAL_AT_MOST ? 1 : 0;
    r->measured = true;
    r->unit = "s";
    r->own_amount = race->time[own].median / own_share;
    r->other_amount = race->time[1 - own].median / other_share;
    r->share = other_share;
    r->ratio = race->ratio;
    scale_sample(&r->ratio, own ? other_share / own_share : own_share / other_share);
    r->spread = fmax(vjp_sample_spread(&race->time[0]), vjp_sample_spread(&race->time[1]));
    r->noise = vjp_sample_spread(&race->spin);
}

enum vjp_goal_state vjp_oracle_ratio_state(const struct vjp_oracle_ratio *r)
{
    if (!r->measured || isnan(r->goal))
        return VJP_GOAL_NONE;
    const double median = r->ratio.median;
    const bool met = r->sense == VJP_GOAL_AT_MOST ? median <= r->goal : median >= r->goal;
    return met ? VJP_GOAL_MET : VJP_GOAL_MISSED;
}

char *vjp_oracle_ratio_note(const struct vjp_oracle_ratio *r, char *text, int size)
{
    const bool fixed = !(r->noise <= VJP_BENCH_NOISE);
    const double spread = fixed ? r->noise : r->spread;
    text[0] = '\0';
    if (r->measured && !(spread <= VJP_BENCH_NOISE))
        snprintf(text, (size_t)size, "machine too noisy: %s spread by %.1f %% (limit %.0f %%)",
                 fixed ? "times of fixed work" : "the times", 100 * spread, 100 * VJP_BENCH_NOISE);
    return text;
}
