/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_SUITE_H
#define VJP_CASES_GEN_SUITE_H

#include "cases/base/status.h"
#include "cases/line/list.h"

/* What "vjpcheck check" runs where no --cases are given. */

/* Number of generated cases per layer and dtype. */
#define VJP_SUITE_COUNT 200

/* Case i of the generated suite: a pure function of its arguments. Sizes, attributes, layouts and
 * generators vary; every third case is of data that shows which terms are there (suite_values.h),
 * every other one plain: no attribute set, but where no sizes of a pipeline fit without, contiguous,
 * overwriting, one thread. VJP_ERR_USAGE or VJP_ERR_LIMIT where no sizes were found that fit; of a pipeline's
 * the message names the stage. */
VJP_MUST_CHECK enum vjp_status vjp_suite_case(const struct vjp_spec *spec, enum vjp_dtype dtype,
                                              uint64_t seed, int64_t i, struct vjp_case *out,
                                              struct vjp_error *error);

/* Adds the pinned cases that are built in, those of every file of cases/corpus. */
VJP_MUST_CHECK enum vjp_status vjp_suite_add_corpus(struct vjp_case_list *list,
                                                    struct vjp_error *error);

#endif
