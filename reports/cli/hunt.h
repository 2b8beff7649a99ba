/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_HUNT_H
#define VJP_REPORTS_CLI_HUNT_H

#include "cases/gen/campaign.h"
#include "reports/cli/targets.h"
#include "reports/cli/truth.h"
#include "reports/fuzz/census.h"
#include "reports/fuzz/corpus.h"
#include "reports/fuzz/pool.h"
#include "reports/render/report.h"

/* A fuzzing campaign: case after case, until time or cases have ended or somebody interrupts. */

/* After so many failed cases a kernel is asked no more: they tell no more, and each costs a process. */
#define VJP_HUNT_FAILURES_MAX 200

struct vjp_hunt_plan {
    struct vjp_campaign campaign;
    const struct vjp_spec *layer; /* NULL: all that a selected kernel serves */
    int dtype;                    /* -1: the same */
    int64_t shard, shards;        /* this one, from 0, of so many */
    int64_t cases;                /* of the campaign, all shards together; -1: no limit */
    double seconds;               /* 0: no limit */
    int climb; /* of 100 cases of the campaign, so many more near those with the largest errors */
    int jobs;
    enum vjp_oracle oracle;
};

/* The first failure of a kernel with one verdict in one dtype. */
struct vjp_hunt_find {
    int target, kernel;
    enum vjp_verdict verdict;
    struct vjp_case c;
    char *reason;
    double ratio;   /* of its worst error to the bound; 0 where nothing was measured */
    int64_t cases;  /* that the campaign had asked before, this one with them */
    double seconds; /* since its beginning */
};

/* What came of it. A zeroed struct is empty; to be cleared. */
struct vjp_hunt {
    struct vjp_census census; /* of the campaign's cases; not of those from the corpus */
    int64_t replayed;         /* cases from the corpus */
    int64_t tiled;            /* cases at the sizes of tiles that kernels declare */
    int64_t climbed;          /* cases near those with the largest errors */
    struct vjp_pool worst;    /* the largest errors that were inside their bounds */
    int64_t scaled, unscaled; /* answers asked, or not, for a multiple of dy (scaling.h) */
    int64_t discarded;        /* cases for which no sizes were found that fit */
    double seconds;
    int interrupted; /* the signal that ended it, or 0 */
    struct vjp_hunt_find *find;
    int n_finds;
    char **given_up; /* kernels that failed too often: their labels, which are the targets' */
    int n_given_up;
};

/* Asks the cases of the corpus first, given in replays, and then the campaign's. Records go to the report; a failure
 * that is the first of its kind goes to the corpus. VJP_ERR_USAGE where no selected kernel serves anything that the
 * plan asks for. *out is set in any case: what was found before something else failed is found. */
VJP_MUST_CHECK enum vjp_status
vjp_hunt_run(const struct vjp_hunt_plan *plan, struct vjp_targets *targets,
             const struct vjp_case_list *replays, struct vjp_corpus_folder *corpus,
             struct vjp_report *report, struct vjp_hunt *out, struct vjp_error *error);
void vjp_hunt_clear(struct vjp_hunt *hunt);

/* Keeps a failure that is the first of its kind; c and reason are those of *find, which has none. */
VJP_MUST_CHECK enum vjp_status vjp_hunt_keep(struct vjp_hunt *hunt,
                                             const struct vjp_hunt_find *find,
                                             const struct vjp_case *c, const char *reason,
                                             bool *is_new, struct vjp_error *error);

/* The largest ratio of an error to its bound. */
double vjp_hunt_ratio(const struct vjp_record *record);

/* Adds the record's case to the corpus, in the file of its kernel, behind the comment. On disk when it returns. */
VJP_MUST_CHECK enum vjp_status vjp_hunt_remember(struct vjp_corpus_folder *corpus,
                                                 const struct vjp_record *record,
                                                 const char *comment, struct vjp_error *error);

#endif
