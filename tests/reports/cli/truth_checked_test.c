/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What campaigns take for true is held against the other oracle in one of 16 small cases. Here both oracles are made by
 * functions of the test's own, which count, and spoil what the other one says. */
#include "oracle/metric/reference.h"

#include <stdatomic.h>

static enum vjp_status count_rounded(const struct vjp_case *c, const struct vjp_data *data,
                                     struct vjp_kinks kinks, bool saved, struct vjp_reference **out,
                                     struct vjp_error *error);
static enum vjp_status count_contracted(const struct vjp_case *c, const struct vjp_data *data,
                                        int jobs, struct vjp_reference **out,
                                        struct vjp_error *error);

#define vjp_reference_create_rounded    count_rounded
#define vjp_reference_create_contracted count_contracted
#include "reports/cli/truth.c"
#undef vjp_reference_create_rounded
#undef vjp_reference_create_contracted

#include "reports/cli/hunt.h"
#include "tests/cases/lines.h"
#include "tests/reports/cli/planted.h"

static atomic_int rounded, contracted;
static atomic_bool spoils;

/* With 77 for the first cotangent, where it is to be spoilt. */
static enum vjp_status count_rounded(const struct vjp_case *c, const struct vjp_data *data,
                                     struct vjp_kinks kinks, bool saved, struct vjp_reference **out,
                                     struct vjp_error *error)
{
    const int dy = vjp_slot_cotangent(c->spec);
    struct vjp_data other = *data;
    rounded++;
    other.slot[dy] = (struct vjp_tensor){0};
    enum vjp_status status = vjp_tensor_copy(&other.slot[dy], &data->slot[dy], error);
    if (status == VJP_OK && spoils)
        vjp_tensor_set(&other.slot[dy], 0, vjp_bits_from_double(c->dtype, 77));
    if (status == VJP_OK)
        status = vjp_reference_create_rounded(c, &other, kinks, saved, out, error);
    vjp_tensor_clear(&other.slot[dy]);
    return status;
}

static enum vjp_status count_contracted(const struct vjp_case *c, const struct vjp_data *data,
                                        int jobs, struct vjp_reference **out,
                                        struct vjp_error *error)
{
    contracted++;
    return vjp_reference_create_contracted(c, data, jobs, out, error);
}

static enum vjp_status derive(const char *line, struct vjp_error *error)
{
    struct vjp_truth truth = {0};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const enum vjp_status status = vjp_truth_init(&truth, &c, &data, VJP_ORACLE_SWIFT, 1, error);
    vjp_truth_clear(&truth);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return status;
}

/* 12^3 scalar operations, more than 2^9. Of 320 seeds 20 are expected; 5 standard deviations to either side. */
Test(truth_checked, one_in_sixteen)
{
    enum { SEEDS = 320, LEAST = 1, MOST = 41 };
    for (int spoilt = 0; spoilt < 2; spoilt++) {
        int told = 0;
        spoils = spoilt == 1;
        rounded = contracted = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            char line[128];
            struct vjp_error error = {""};
            const int before = rounded;
            snprintf(line, sizeof line, "linear dtype=f32 bias=1 N=12 D=12 M=12 seed=%d", seed);
            const enum vjp_status status = derive(line, &error);
            const bool differs = rounded > before && spoilt;
            cr_expect_eq(status, differs ? VJP_ERR_INTERNAL : VJP_OK, "%s: %s", line, error.text);
            if (differs)
                cr_expect_not_null(strstr(error.text, "have two results"), "%s", error.text);
            told += status == VJP_ERR_INTERNAL;
        }
        cr_expect(rounded > LEAST && rounded < MOST, "%d", rounded);
        cr_expect_eq(rounded, contracted, "%d are checked as large ones are", contracted);
        cr_expect_eq(told, spoilt ? rounded : 0);
    }
}

/* Nor do they cost what they must not: of 2^9 operations all is explicit, and beyond 2^16 nothing. */
Test(truth_checked, others_have_one_oracle)
{
    struct vjp_error error = {""};
    for (int seed = 0; seed < 64; seed++) {
        char line[128];
        snprintf(line, sizeof line, "linear dtype=f32 N=8 D=8 M=8 seed=%d", seed);
        cr_expect_eq(derive(line, &error), VJP_OK, "%s", error.text);
    }
    cr_expect(rounded == 0 && contracted == 0);
    for (int seed = 0; seed < 32; seed++) {
        char line[128];
        snprintf(line, sizeof line, "linear dtype=f32 N=41 D=40 M=40 seed=%d", seed);
        cr_expect_eq(derive(line, &error), VJP_OK, "%s", error.text);
    }
    cr_expect(rounded == 0 && contracted == 32, "%d, %d", rounded, contracted);
}

/* A campaign ends with an error of vjpcheck's own, the case with it: no verdict about the kernel is made of that. */
Test(truth_checked, a_campaign_tells)
{
    char folder[64] = "/tmp/vjpcheck-truth-XXXXXX", command[128];
    const struct vjp_hunt_plan plan = {.campaign = {.seed = 3, .dim_max = 24},
                                       .oracle = VJP_ORACLE_SWIFT,
                                       .dtype = -1,
                                       .shards = 1,
                                       .cases = 400,
                                       .jobs = 1};
    struct vjp_error error = {""};
    struct vjp_case_list replays = {0};
    struct vjp_corpus_folder corpus;
    struct planted planted;
    struct vjp_report report = {0};
    struct vjp_hunt hunt;
    cr_assert_not_null(mkdtemp(folder));
    planted_open(&planted, "answer();", "", 0);
    cr_assert_eq(vjp_corpus_open(folder, &corpus, &replays, &error), VJP_OK, "%s", error.text);
    spoils = true;
    cr_expect_eq(vjp_hunt_run(&plan, &planted.targets, &replays, &corpus, &report, &hunt, &error),
                 VJP_ERR_INTERNAL);
    cr_expect_eq(strncmp(error.text, "linear dtype=", 13), 0, "%s", error.text);
    cr_expect_not_null(strstr(error.text, "have two results"), "%s", error.text);
    cr_expect(rounded == 1 && report.summary.totals.checks > 0);
    cr_expect(hunt.n_finds == 0 && vjp_totals_failed(&report.summary.totals) == 0);
    vjp_hunt_clear(&hunt);
    vjp_report_clear(&report);
    vjp_case_list_clear(&replays);
    vjp_corpus_close(&corpus);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
    planted_close(&planted);
}
