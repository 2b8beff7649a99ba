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

/* Reads or generates all of them: when this fails, nothing has run. Of the generated ones there may be some
 * in which a stage gives the next what it does not take: who derives the truth finds out. In a file such a
 * case is an error. Cases are generated for the
 * layers and dtypes that a selected kernel serves; for all where targets is NULL. */
VJP_MUST_CHECK enum vjp_status vjp_selection_read(const struct vjp_selection *selection,
                                                  const struct vjp_targets *targets,
                                                  struct vjp_case_list *out,
                                                  struct vjp_error *error);

#endif
