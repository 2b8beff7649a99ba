/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_SHRINK_H
#define VJP_CASES_SHRINK_SHRINK_H

#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* How a case is asked about: for vjp_shrink_case and vjp_explain_case. */
struct vjp_shrink {
    /* Sets *out to whether the case, which is valid, fails as the first one did (the same class of
     * verdict, the error still large). A vacuous case does not fail.
     * VJP_ERR_USAGE and VJP_ERR_LIMIT are for a case that has no
     * answer: the oracle refuses it, or the kernel does not support it. Everything else but VJP_OK
     * ends the search. */
    enum vjp_status (*fails)(void *env, const struct vjp_case *c, bool *out,
                             struct vjp_error *error);
    /* The values of the case's operands: what vjp_data_generate gives. The caller clears *out. Only
     * vjp_shrink_case asks for them. */
    enum vjp_status (*values)(void *env, const struct vjp_case *c, struct vjp_data *out,
                              struct vjp_error *error);
    /* Whether to end now, with the best until then; NULL: never. Asked before each call of fails. */
    bool (*stop)(void *env);
    void *env;
    int64_t runs; /* at most so many calls of fails */
};

/* Slots of at most so many elements become lists: with a few operands a line that can still be read. */
#define VJP_SHRINK_LIST_MAX 64

/* What a case was made smaller to. Clear it with vjp_shrunk_clear. */
struct vjp_shrunk {
    struct vjp_case shape;   /* the smallest that draws its values */
    struct vjp_case literal; /* the smallest of all, with lists where they fail as well */
    int64_t runs;            /* calls of fails */
    bool complete;           /* no step makes it smaller; false: the search was ended before */
};

/* Finds a smaller case that fails as c does: greedily, from the step that promises most to the one that
 * promises least, round and round until none succeeds. Every case that is asked about is valid; none is
 * asked twice. c is not asked: it is known to fail. The result is a pure function of c and of the answers.
 *
 * The steps: dimensions to 0, 1, by halves, to any smaller number up to 40, alone or with those that have
 * the same size or that a check ties to them; attributes to their fallbacks (also where that takes larger dimensions); no accumulate; all gradients; one thread;
 * layouts away; simpler generators (vjp_simpler_texts); a seed of 0 to 7. Then lists for operands of few
 * elements: as many zeros as possible, small integers, powers of two, few significant bits; and without
 * the rows, columns and planes that are not needed.
 *
 * On failure (VJP_ERR_IO, VJP_ERR_MEMORY, VJP_ERR_INTERNAL, of fails or of the search) *out is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_shrink_case(const struct vjp_shrink *how,
                                               const struct vjp_case *c, struct vjp_shrunk *out,
                                               struct vjp_error *error);
void vjp_shrunk_clear(struct vjp_shrunk *shrunk);

#endif
