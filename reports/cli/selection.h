/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_SELECTION_H
#define VJP_REPORTS_CLI_SELECTION_H

#include "cases/line/list.h"
#include "reports/cli/targets.h"

/* Which cases a check runs. */
struct vjp_selection {
    const struct vjp_spec *layer; /* NULL: all */
    int dtype;                    /* -1: all */
    const char *file;             /* a file of cases in place of the built-in ones, which holds at
                                     least one; NULL: none */
    uint64_t seed;                /* of the generated cases */
    int64_t count;                /* generated cases per layer and dtype */
};

/* Generated cases that are not there: no sizes were found with which a pipeline's stages fit together. */
struct vjp_gap {
    struct vjp_case c;    /* of the pipeline and dtype; its sizes, 1, are none that fit */
    struct vjp_error why; /* how many of how many, and of the first the stage that does not fit */
};

struct vjp_gaps {
    struct vjp_gap *gap;
    size_t count;
};

void vjp_gaps_clear(struct vjp_gaps *gaps);

/* Reads or generates all of them: when this fails, nothing has run. Of the generated ones there may be some
 * in which a stage gives the next what it does not take: who derives the truth finds out. In a file such a
 * case is an error. Cases are generated for the
 * layers and dtypes that a selected kernel serves; for all where targets is NULL. What cannot be generated
 * goes to *gaps, which is to be cleared, with one entry for each pipeline and dtype; where gaps is NULL
 * that is an error. */
VJP_MUST_CHECK enum vjp_status vjp_selection_read(const struct vjp_selection *selection,
                                                  const struct vjp_targets *targets,
                                                  struct vjp_case_list *out, struct vjp_gaps *gaps,
                                                  struct vjp_error *error);

#endif
