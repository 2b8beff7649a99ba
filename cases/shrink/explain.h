/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_EXPLAIN_H
#define VJP_CASES_SHRINK_EXPLAIN_H

#include "cases/shrink/remark.h"
#include "cases/shrink/shrink.h"

/* Which fields of a failing case matter, best first. */
struct vjp_explanation {
    struct vjp_remarks remarks;
    int64_t runs;  /* calls of fails */
    bool complete; /* everything that was to be varied was; false: the search was ended before */
};

/* Changes one field of the case at a time, the others as they are, and says for which values it still
 * fails; two dimensions where it might be that they are equal, or which is larger, that matters. c is a
 * case made small (vjp_shrunk.shape): what is said holds for the others as they are there. It is asked
 * first; where it does not fail, that is all that is found.
 *
 * Where a single choice fails, or a single one does not, all are tried in a second case as well, with another size or seed:
 * where it does not say the same, or there is none, the sentence is one about this case only, "here only with accumulate=1".
 *
 * What does not fail is asked twice. Where it fails the second time, failures are a matter of chance, of time or of the
 * calls before: that is said first, with how often the case itself fails. If it is every other time at least, the fields
 * are varied anew, and what does not fail is asked ten times; if not, nothing is said of them.
 *
 * Tried are: dimensions 0 to 40, and around 64, 128 and 256; paddings +0 to +3 and +8; offsets; both
 * transpositions; accumulate; all gradients and each alone; 1, 2, 3, 4 and 8 threads; attributes near their fallbacks; every dtype; the
 * generators of the domain; seeds 0 to 7. A case that is not valid, or has no answer, is no observation.
 *
 * On failure (VJP_ERR_IO, VJP_ERR_MEMORY, VJP_ERR_INTERNAL) *out is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_explain_case(const struct vjp_shrink *how,
                                                const struct vjp_case *c,
                                                struct vjp_explanation *out,
                                                struct vjp_error *error);

#endif
