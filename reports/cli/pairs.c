/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/pairs.h"

#include <stdlib.h>

void vjp_pairs_clear(struct vjp_pairs *pairs)
{
    free(pairs->pair);
    *pairs = (struct vjp_pairs){0};
}

static bool is_listed(const struct vjp_pairs *pairs, const struct vjp_spec *spec)
{
    for (int i = 0; i < pairs->count; i++) {
        if (pairs->pair[i].spec == spec)
            return true;
    }
    return false;
}

static enum vjp_status add_layer(const struct vjp_targets *targets, const struct vjp_spec *spec,
                                 int only, struct vjp_pairs *pairs, struct vjp_error *error)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        if ((only >= 0 && only != dtype) ||
            !vjp_targets_serve(targets, spec, (enum vjp_dtype)dtype))
            continue;
        struct vjp_pair *grown = realloc(pairs->pair, ((size_t)pairs->count + 1) * sizeof *grown);
        if (!grown)
            return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a campaign");
        pairs->pair = grown;
        grown[pairs->count++] = (struct vjp_pair){spec, (enum vjp_dtype)dtype};
    }
    return VJP_OK;
}

enum vjp_status vjp_pairs_list(const struct vjp_targets *targets, const struct vjp_spec *layer,
                               int dtype, struct vjp_pairs *out, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    *out = (struct vjp_pairs){0};
    for (int t = 0; t < targets->count; t++) {
        const struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            const struct vjp_spec *spec = vjp_spec_find(target->info->kernel[k].layer);
            if (target->selected[k] && spec && (!layer || layer == spec) && !is_listed(out, spec))
                status = add_layer(targets, spec, dtype, out, error);
        }
    }
    if (status == VJP_OK && out->count == 0)
        status =
            vjp_fail(error, VJP_ERR_USAGE,
                     "nothing to test: no selected kernel serves the layers and dtypes asked for");
    return status;
}

enum vjp_status vjp_pairs_draw(const struct vjp_pairs *pairs, const struct vjp_campaign *campaign,
                               int64_t n, enum vjp_oracle oracle, struct vjp_case *out,
                               struct vjp_error *error)
{
    const struct vjp_pair *pair = &pairs->pair[n % pairs->count];
    struct vjp_case c = {0};
    enum vjp_status status =
        vjp_campaign_case(campaign, pair->spec, pair->dtype, n / pairs->count, &c, error);
    if (status == VJP_OK)
        status = vjp_truth_check(&c, oracle, error);
    if (status == VJP_OK)
        *out = c;
    else
        vjp_case_clear(&c);
    return status;
}
