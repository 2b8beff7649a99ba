/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ONE_HOT_H
#define VJP_REPORTS_CLI_ONE_HOT_H

#include "cases/base/text.h"
#include "reports/cli/reduce.h"

/* What was recognised in a kernel's own Jacobian. A zeroed struct is nothing; to be cleared. */
struct vjp_one_hot {
    struct vjp_text
        line; /* the case, with what dy stands for: "linear dtype=f32 N=9 D=11 M=13 ..." */
    struct vjp_text
        found[VJP_MAX_INPUTS]; /* by input: a clause (vjp_recognise); data NULL: nothing */
};

/* Finds the kernel's Jacobian on a case like c, by a cotangent of one 1 among zeros for each element of dy, and says
 * what is wrong with it. Operands of a layer of sums and products become 1, 2, 3, ..., so that each is known by its
 * value; sizes are tried a block larger than in c, then a little larger, then as they are, until something is wrong.
 * Under accumulate what is added to is 0, but for one call more, with dy 0: what the outputs held must stay. Nothing is
 * found where each element of dy by itself has the right effect, the kernel does not come back, or in the time, in
 * seconds, no Jacobian was whole. */
VJP_MUST_CHECK enum vjp_status vjp_one_hot_look(const struct vjp_failure *failure,
                                                const struct vjp_case *c, double seconds,
                                                struct vjp_one_hot *out, struct vjp_error *error);
void vjp_one_hot_clear(struct vjp_one_hot *one_hot);

#endif
