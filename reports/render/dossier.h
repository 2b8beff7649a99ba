/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_DOSSIER_H
#define VJP_REPORTS_RENDER_DOSSIER_H

#include "reports/render/find.h"
#include "reports/render/record.h"

/* What a page shows beyond counts: failures, what campaigns say of them, what ran where. Each is kept as its line of
 * the stream and read from it again, so that a page is the same from a run and from what the run saved. */

/* Failures of one kernel, dtype and verdict that are shown in full: the smallest cases. The others are counted; the
 * stream has them all. */
#define VJP_DOSSIER_SHOWN 12

struct vjp_dossier_failure {
    char *line; /* of the stream */
    int64_t elements;
};

/* The failures of one kernel in one dtype with one verdict. */
struct vjp_dossier_group {
    char *target;
    char *layer;
    char *dtype;
    enum vjp_verdict verdict;
    int64_t count;
    int n_shown;
    struct vjp_dossier_failure shown[VJP_DOSSIER_SHOWN]; /* smallest case first */
};

/* Lines of a type that no report shows. */
struct vjp_dossier_other {
    char *type;
    int64_t count;
};

/* A zeroed struct is empty; to be cleared. */
struct vjp_dossier {
    struct vjp_dossier_group *group; /* in the order of their first failures */
    int n_groups;
    char **run; /* lines of type "run" */
    int n_runs;
    char **find; /* lines of type "find", each kind of failure once */
    int n_finds;
    struct vjp_dossier_other *other;
    int n_others;
};

/* Records that are no failure are not kept. */
VJP_MUST_CHECK enum vjp_status vjp_dossier_add(struct vjp_dossier *dossier,
                                               const struct vjp_record *record,
                                               struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_dossier_add_run(struct vjp_dossier *dossier,
                                                   const struct vjp_run_info *run,
                                                   struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_dossier_add_find(struct vjp_dossier *dossier,
                                                    const struct vjp_find_record *find,
                                                    struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_dossier_add_other(struct vjp_dossier *dossier, const char *type,
                                                     struct vjp_error *error);
void vjp_dossier_clear(struct vjp_dossier *dossier);

#endif
