/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PAIRS_H
#define VJP_REPORTS_CLI_PAIRS_H

#include "cases/gen/campaign.h"
#include "reports/cli/targets.h"
#include "reports/cli/truth.h"

/* A layer in a dtype that some selected kernel serves. */
struct vjp_pair {
    const struct vjp_spec *spec;
    enum vjp_dtype dtype;
};

/* What a campaign draws cases of, in turn: its case number n is number n / count of pair n % count. A zeroed struct is
 * empty. */
struct vjp_pairs {
    struct vjp_pair *pair;
    int count;
};

/* The layers that selected kernels serve, pipelines among them, each once, in their dtypes; of these layer alone, where
 * it is not NULL, and dtype alone, where it is not negative. VJP_ERR_USAGE where there is none. *out is to be
 * cleared. */
VJP_MUST_CHECK enum vjp_status vjp_pairs_list(const struct vjp_targets *targets,
                                              const struct vjp_spec *layer, int dtype,
                                              struct vjp_pairs *out, struct vjp_error *error);
void vjp_pairs_clear(struct vjp_pairs *pairs);

/* Draws case n of the campaign over the pairs. VJP_ERR_USAGE or VJP_ERR_LIMIT where no sizes were found that fit, or
 * the oracle does not take them: it is left out. */
VJP_MUST_CHECK enum vjp_status vjp_pairs_draw(const struct vjp_pairs *pairs,
                                              const struct vjp_campaign *campaign, int64_t n,
                                              enum vjp_oracle oracle, struct vjp_case *out,
                                              struct vjp_error *error);

#endif
