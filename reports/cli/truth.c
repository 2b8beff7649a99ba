/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/truth.h"

#include <string.h>

static const struct vjp_kinks any_side = {VJP_POINT_ANY, VJP_TIE_ANY};

enum vjp_status vjp_truth_oracle(const char *text, enum vjp_oracle *out, struct vjp_error *error)
{
    static const char *const names[] = {[VJP_ORACLE_AUTO] = "auto",
                                        [VJP_ORACLE_EXPLICIT] = "explicit",
                                        [VJP_ORACLE_EXACT] = "exact"};
    *out = VJP_ORACLE_AUTO;
    if (!text)
        return VJP_OK;
    for (int i = VJP_ORACLE_AUTO; i <= VJP_ORACLE_EXACT; i++) {
        *out = (enum vjp_oracle)i;
        if (strcmp(text, names[i]) == 0)
            return VJP_OK;
    }
    return vjp_fail(error, VJP_ERR_USAGE, "--oracle %s: expected auto, explicit or exact", text);
}

/* EXPLICIT or EXACT. */
static enum vjp_oracle choose(const struct vjp_case *c, enum vjp_oracle oracle)
{
    struct vjp_error unused;
    if (oracle != VJP_ORACLE_AUTO)
        return oracle;
    return vjp_reference_check(c, &unused) != VJP_OK &&
                   vjp_reference_check_contracted(c, &unused) == VJP_OK
               ? VJP_ORACLE_EXACT
               : VJP_ORACLE_EXPLICIT;
}

enum vjp_status vjp_truth_check(const struct vjp_case *c, enum vjp_oracle oracle,
                                struct vjp_error *error)
{
    struct vjp_error why; /* the exact contraction does not take it either */
    if (choose(c, oracle) == VJP_ORACLE_EXACT)
        return vjp_reference_check_contracted(c, error);
    const enum vjp_status status = vjp_reference_check(c, error);
    if (status != VJP_OK && oracle == VJP_ORACLE_AUTO &&
        vjp_reference_check_contracted(c, &why) == VJP_ERR_LIMIT)
        vjp_error_prefix(error, "%.400s; and ", why.text);
    return status;
}

enum vjp_status vjp_truth_init(struct vjp_truth *out, const struct vjp_case *c,
                               struct vjp_data *data, enum vjp_oracle oracle, int jobs,
                               struct vjp_error *error)
{
    struct vjp_truth truth = {.c = c, .data = data, .kinks = {any_side}};
    enum vjp_status status =
        choose(c, oracle) == VJP_ORACLE_EXACT
            ? vjp_reference_create_contracted(c, data, jobs, &truth.reference[0], error)
            : vjp_reference_create(c, data, any_side, &truth.reference[0], error);
    if (status != VJP_OK)
        return status;
    truth.count = 1;
    status = vjp_reference_save(truth.reference[0], data, error);
    if (status == VJP_OK)
        *out = truth;
    else
        vjp_truth_clear(&truth);
    return status;
}

void vjp_truth_clear(struct vjp_truth *truth)
{
    for (int i = 0; i < truth->count; i++)
        vjp_reference_destroy(truth->reference[i]);
    *truth = (struct vjp_truth){0};
}

enum vjp_status vjp_truth_find(struct vjp_truth *truth, struct vjp_kinks kinks,
                               const struct vjp_reference **out, struct vjp_error *error)
{
    int i = 0;
    if (vjp_reference_on_kink(truth->reference[0])) {
        while (i < truth->count && !vjp_kinks_are_equal(truth->kinks[i], kinks))
            i++;
    }
    if (i == truth->count) { /* 4 x 4 conventions exist: there is room for each */
        const enum vjp_status status =
            vjp_reference_create(truth->c, truth->data, kinks, &truth->reference[i], error);
        if (status != VJP_OK)
            return status;
        truth->kinks[truth->count++] = kinks;
    }
    *out = truth->reference[i];
    return VJP_OK;
}
