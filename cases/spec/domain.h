/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_DOMAIN_H
#define VJP_CASES_SPEC_DOMAIN_H

#include "cases/base/tensor.h"
#include "cases/spec/case.h"

/* Which values of a slot make sense: its input's domain; REAL for the cotangent and gradients. */
enum vjp_domain vjp_domain_of(const struct vjp_spec *spec, int slot);

/* What generators draw where nobody says what: the slot's own domain; but in a pipeline POSITIVE for
 * the numbers of stages before one that takes nothing else (vjp_pipeline_doubtful). Products and sums
 * of positive numbers are positive, those of others seldom all are. */
enum vjp_domain vjp_domain_wanted(const struct vjp_spec *spec, int slot);

/* Sets *out to the index that input i of the case may hold beside 0 .. index_bound - 1: the value of
 * the attribute ignore_index, in a pipeline that of the input's own stage. False where there is none. */
bool vjp_domain_ignored(const struct vjp_case *c, int input, int64_t *out);

/* Whether the generator (any but a list or a file) can draw values of the slot's domain, and which
 * do: "index, repeats, const". */
bool vjp_domain_takes(const struct vjp_case *c, int slot, enum vjp_generator generator);
char *vjp_domain_generators(const struct vjp_case *c, int slot, char *text, int size);

/* Whether an element may have this value. For ONEHOT that is one of 0 and 1. */
bool vjp_domain_has(const struct vjp_case *c, int slot, double value);

/* Writes what an element may be, for a message: "an index from 0 to 9, or -100, which is ignored",
 * cut at size, and returns text. */
char *vjp_domain_text(const struct vjp_case *c, int slot, char *text, int size);

/* Checks every element. VJP_ERR_USAGE as vjp_data_check has it. */
VJP_MUST_CHECK enum vjp_status vjp_domain_check(const struct vjp_case *c, int slot,
                                                const struct vjp_tensor *values,
                                                struct vjp_error *error);

#endif
