/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/truth.h"

#include "cases/base/stream.h"

#include <stdlib.h>
#include <string.h>

static const struct vjp_kinks any_side = {VJP_POINT_ANY, VJP_TIE_ANY};

enum vjp_status vjp_truth_oracle(const char *text, enum vjp_oracle *out, struct vjp_error *error)
{
    static const char *const names[] = {[VJP_ORACLE_AUTO] = "auto",
                                        [VJP_ORACLE_EXPLICIT] = "explicit",
                                        [VJP_ORACLE_EXACT] = "exact",
                                        [VJP_ORACLE_ROWS] = "rows"};
    *out = VJP_ORACLE_AUTO;
    if (!text)
        return VJP_OK;
    for (int i = VJP_ORACLE_AUTO; i <= VJP_ORACLE_ROWS; i++) {
        *out = (enum vjp_oracle)i;
        if (strcmp(text, names[i]) == 0)
            return VJP_OK;
    }
    return vjp_fail(error, VJP_ERR_USAGE, "--oracle %s: expected auto, explicit, exact or rows",
                    text);
}

static enum vjp_status check_rows(const struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_excerpt excerpt;
    const enum vjp_status status = vjp_rows_choose(c, &excerpt, error);
    if (status == VJP_OK)
        vjp_excerpt_clear(&excerpt);
    return status;
}

/* The explicit oracle adds up so many terms in about a minute. Above that, rows say much in less time. */
#define TERMS_MAX 0x1p28

static bool is_lengthy(const struct vjp_case *c)
{
    struct vjp_error unused;
    return vjp_rows_terms(c) > TERMS_MAX && check_rows(c, &unused) == VJP_OK;
}

/* Up to so many scalar operations the explicit oracle takes as long as the exact one, or less; and up to so many a tenth of
 * a second, for which there is another derivation of the truth than in a campaign. */
#define TINY_WORK  0x1p9
#define SMALL_WORK 0x1p16

enum vjp_oracle vjp_truth_choose(const struct vjp_case *c, enum vjp_oracle oracle)
{
    struct vjp_error unused;
    const bool rows_do = oracle == VJP_ORACLE_AUTO || oracle == VJP_ORACLE_SWIFT;
    if (!rows_do && oracle != VJP_ORACLE_WHOLE)
        return oracle;
    const enum vjp_status contracted = vjp_reference_check_contracted(c, &unused);
    const double small = oracle == VJP_ORACLE_SWIFT ? TINY_WORK : SMALL_WORK;
    if (contracted == VJP_OK && vjp_case_work(c) > small)
        return VJP_ORACLE_EXACT;
    if (vjp_reference_check(c, &unused) == VJP_OK)
        return rows_do && is_lengthy(c) ? VJP_ORACLE_ROWS : VJP_ORACLE_EXPLICIT;
    /* Of a sum of products that is too long for the exact oracle a few terms would say little. */
    return rows_do && contracted == VJP_ERR_USAGE ? VJP_ORACLE_ROWS : VJP_ORACLE_EXPLICIT;
}

/* No oracle takes the case: the first that was asked why says so, and the others are told after it. */
static enum vjp_status tell_all(const struct vjp_case *c, enum vjp_oracle oracle,
                                struct vjp_error *error)
{
    struct vjp_error why;
    const enum vjp_status status = vjp_reference_check(c, error);
    if (vjp_reference_check_contracted(c, &why) == VJP_ERR_LIMIT)
        vjp_error_prefix(error, "%.400s; and ", why.text);
    else if (oracle != VJP_ORACLE_WHOLE && check_rows(c, &why) != VJP_OK)
        vjp_error_prefix(error, "%.400s; and ", why.text);
    return status;
}

enum vjp_status vjp_truth_check(const struct vjp_case *c, enum vjp_oracle oracle,
                                struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    switch (vjp_truth_choose(c, oracle)) {
    case VJP_ORACLE_EXACT:
        return vjp_reference_check_contracted(c, error);
    case VJP_ORACLE_ROWS:
        status = check_rows(c, error);
        break;
    case VJP_ORACLE_AUTO:
    case VJP_ORACLE_EXPLICIT:
    case VJP_ORACLE_WHOLE:
    case VJP_ORACLE_SWIFT:
    default:
        status = vjp_reference_check(c, error);
    }
    const bool asked_for = oracle == VJP_ORACLE_EXPLICIT || oracle == VJP_ORACLE_ROWS;
    return status == VJP_OK || asked_for ? status : tell_all(c, oracle, error);
}

/* The saved values of rows, and of the others what might be. */
static enum vjp_status save_rows(const struct vjp_truth *truth, struct vjp_data *data,
                                 struct vjp_error *error)
{
    const struct vjp_excerpt *excerpt = &truth->rows->excerpt;
    enum vjp_status status = vjp_reference_save(truth->reference[0], &truth->rows->data, error);
    for (int k = 0; k < truth->c->spec->n_saved && status == VJP_OK; k++) {
        vjp_tensor_clear(&data->saved[k]);
        status = vjp_excerpt_spread(excerpt, truth->c, k, &truth->rows->data.saved[k],
                                    &data->saved[k], error);
    }
    return status;
}

static enum vjp_status cut_rows(const struct vjp_case *c, struct vjp_data *data,
                                struct vjp_truth_rows *rows, struct vjp_error *error)
{
    const int dy = vjp_slot_cotangent(c->spec);
    enum vjp_status status = vjp_rows_check_data(c, data, error);
    if (status == VJP_OK)
        status = vjp_rows_choose(c, &rows->excerpt, error);
    if (status != VJP_OK)
        return status;
    vjp_excerpt_silence(&rows->excerpt, c, dy, &data->slot[dy]);
    return vjp_excerpt_cut_data(&rows->excerpt, c, data, &rows->data, error);
}

static enum vjp_status init_rows(struct vjp_truth *truth, struct vjp_data *data,
                                 struct vjp_error *error)
{
    truth->rows = calloc(1, sizeof *truth->rows);
    if (!truth->rows)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the rows of a case");
    enum vjp_status status = cut_rows(truth->c, data, truth->rows, error);
    if (status == VJP_OK)
        status = vjp_reference_create(&truth->rows->excerpt.c, &truth->rows->data, any_side,
                                      &truth->reference[0], error);
    if (status == VJP_OK)
        status = save_rows(truth, data, error);
    return status;
}

/* Which of the small cases of a campaign are checked. */
#define SMALL_WORK    0x1p16
#define CHECKED_EVERY 16
#define CHECKED_SALT  UINT64_C(0x7377696674)

/* An exact contraction of a small case. */
static enum vjp_status init_swift(struct vjp_truth *truth, const struct vjp_data *data,
                                  struct vjp_error *error)
{
    const struct vjp_case *c = truth->c;
    struct vjp_reference *other = NULL;
    if (vjp_mix64(c->seed ^ CHECKED_SALT) % CHECKED_EVERY != 0)
        return vjp_reference_create_unchecked(c, data, &truth->reference[0], error);
    enum vjp_status status =
        vjp_reference_create_contracted(c, data, 1, &truth->reference[0], error);
    if (status == VJP_OK)
        status = vjp_reference_create_rounded(c, data, any_side, false, &other, error);
    if (status == VJP_OK)
        status = vjp_reference_check_agreement(c, truth->reference[0], other, error);
    vjp_reference_destroy(other);
    return status;
}

static enum vjp_status init_whole(struct vjp_truth *truth, struct vjp_data *data, bool exact,
                                  int jobs, struct vjp_error *error)
{
    const struct vjp_case *c = truth->c;
    enum vjp_status status =
        exact ? vjp_reference_create_contracted(c, data, jobs, &truth->reference[0], error)
              : vjp_reference_create(c, data, any_side, &truth->reference[0], error);
    return status == VJP_OK ? vjp_reference_save(truth->reference[0], data, error) : status;
}

enum vjp_status vjp_truth_init(struct vjp_truth *out, const struct vjp_case *c,
                               struct vjp_data *data, enum vjp_oracle oracle, int jobs,
                               struct vjp_error *error)
{
    struct vjp_truth truth = {.c = c, .data = data, .count = 1, .kinks = {any_side}};
    enum vjp_status status = vjp_truth_check(c, oracle, error);
    if (status != VJP_OK)
        return status;
    const enum vjp_oracle chosen = vjp_truth_choose(c, oracle);
    const bool small = vjp_case_work(c) <= SMALL_WORK;
    if (chosen == VJP_ORACLE_ROWS)
        status = init_rows(&truth, data, error);
    else if (chosen == VJP_ORACLE_EXACT && oracle == VJP_ORACLE_SWIFT && small)
        status = init_swift(&truth, data, error);
    else
        status = init_whole(&truth, data, chosen == VJP_ORACLE_EXACT, jobs, error);
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
    if (truth->rows) {
        vjp_data_clear(&truth->rows->data);
        vjp_excerpt_clear(&truth->rows->excerpt);
        free(truth->rows);
    }
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
        const struct vjp_truth_rows *rows = truth->rows;
        const enum vjp_status status = vjp_reference_create(rows ? &rows->excerpt.c : truth->c,
                                                            rows ? &rows->data : truth->data, kinks,
                                                            &truth->reference[i], error);
        if (status != VJP_OK)
            return status;
        truth->kinks[truth->count++] = kinks;
    }
    *out = truth->reference[i];
    return VJP_OK;
}
