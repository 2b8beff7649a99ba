/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_TAPE_H
#define VJP_ORACLE_TAPE_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/model.h"
#include "cases/base/status.h"
#include "oracle/num/real.h"

/* A forward formula, recorded as scalar operations with their partial derivatives. A node is known
 * by its number; arguments have smaller numbers than the node that uses them. Partial derivatives
 * are recorded as nodes too, in the form in which a backward pass computes them: exp' is the value
 * of exp itself, tanh' is 1 - y y. */
struct vjp_tape;

/* What a recording function returns when memory has ended; accepted as an argument everywhere, so
 * that a formula needs no checks of its own. */
#define VJP_NO_NODE INT64_C(-1)

/* Every value has the given precision in bits. At kinks the partial derivatives are those that kinks
 * names, or the interval of all. NULL when memory ends. */
struct vjp_tape *vjp_tape_create(mpfr_prec_t precision, struct vjp_kinks kinks);
void vjp_tape_destroy(struct vjp_tape *tape);

/* VJP_ERR_MEMORY if any recording function failed. */
VJP_MUST_CHECK enum vjp_status vjp_tape_status(const struct vjp_tape *tape,
                                               struct vjp_error *error);

/* A variable: an element of an operand. Leaves are what one differentiates by. */
int64_t vjp_tape_leaf(struct vjp_tape *tape, enum vjp_dtype dtype, uint64_t bits);

/* The same for a value that is known through an enclosure: the output of an earlier stage. */
int64_t vjp_tape_leaf_real(struct vjp_tape *tape, const struct vjp_real *value);

/* Numbers that depend on nothing. A number is an attribute's value, exactly; a kernel may have to
 * round it. A ratio is a / b, b not 0. */
int64_t vjp_tape_constant(struct vjp_tape *tape, long value);
int64_t vjp_tape_number(struct vjp_tape *tape, double value);
int64_t vjp_tape_ratio(struct vjp_tape *tape, long a, long b);
int64_t vjp_tape_pi(struct vjp_tape *tape);

int64_t vjp_tape_add(struct vjp_tape *tape, int64_t a, int64_t b);
int64_t vjp_tape_sub(struct vjp_tape *tape, int64_t a, int64_t b);
int64_t vjp_tape_mul(struct vjp_tape *tape, int64_t a, int64_t b);
int64_t vjp_tape_div(struct vjp_tape *tape, int64_t a, int64_t b);
int64_t vjp_tape_neg(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_sqrt(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_rsqrt(struct vjp_tape *tape, int64_t a); /* 1 / sqrt(a) */
int64_t vjp_tape_exp(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_log(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_tanh(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_erf(struct vjp_tape *tape, int64_t a);
int64_t vjp_tape_sigmoid(struct vjp_tape *tape, int64_t a);  /* 1 / (1 + exp(-a)) */
int64_t vjp_tape_softplus(struct vjp_tape *tape, int64_t a); /* log(1 + exp(a)) */

/* a where open, else 0: what a mask does. A kernel may select or multiply by 0. */
int64_t vjp_tape_gate(struct vjp_tape *tape, int64_t a, bool open);

/* With kinks at 0. */
int64_t vjp_tape_relu(struct vjp_tape *tape, int64_t a); /* max(a, 0) */
int64_t vjp_tape_abs(struct vjp_tape *tape, int64_t a);

/* Operations on many: open, push the terms, close. Between open and close anything may be recorded,
 * another list among it:
 *
 *     const int64_t terms = vjp_tape_open(tape);
 *     for (int64_t d = 0; d < D; d++)
 *         vjp_tape_push(tape, vjp_tape_mul(tape, x[d], w[d]));
 *     y = vjp_tape_close_sum(tape, terms);
 *
 * A kernel may take them in any order: that is why a sum is one operation and no chain of additions.
 * The sum of no terms is 0; the others need at least one. */
int64_t vjp_tape_open(struct vjp_tape *tape);
void vjp_tape_push(struct vjp_tape *tape, int64_t term);
int64_t vjp_tape_close_sum(struct vjp_tape *tape, int64_t open);
int64_t vjp_tape_close_max(struct vjp_tape *tape, int64_t open); /* with a kink at every tie */

/* a, or 0 for VJP_NO_NODE, beside terms that a mask leaves out: a kernel may skip them, or multiply them by 0.
 * That tells only where something is NaN: where a term is, the node may be, and where the derivative by the
 * node is, those by the terms may be (special.h). */
int64_t vjp_tape_close_masked(struct vjp_tape *tape, int64_t open, int64_t a);

/* The sum of terms mul(d, d), d = sub(x, mean), over all the x that mean is the mean of. Since the d add up
 * to 0, an error of mean enters it as a square (running.c). */
int64_t vjp_tape_close_centred(struct vjp_tape *tape, int64_t open);

/* log of the sum of exp of the terms, with the partial derivatives exp(term - result). */
int64_t vjp_tape_close_logsumexp(struct vjp_tape *tape, int64_t open);

/* The same where the terms are numbers less the constant shift (vjp_tape_close_largest): the result l is
 * that of the terms, as a kernel computes it that has only them; *whole = l + shift, that of the numbers,
 * is what a forward pass saves.
 *
 * A kernel that is given whole computes exp(number - whole), with the error of whole, u |whole| at least,
 * where one that is not given it has that of l, which a large shift leaves small. One formula is to tell
 * both errors. So the l that is returned, and that the partial derivatives exp(term - l) are computed
 * from, is (l + shift) - shift by way of whole, in two additions that nobody rounds: its error is that of
 * l where whole is computed, and that of whole where whole is marked as given (running.h). Then
 *
 *     exp((number - shift) - (whole - shift)),  off by e(number) + u |number - shift| + e(whole) + u |d|
 *
 * in its argument d = number - whole, is recorded for exp(number - whole), off by e(number) + e(whole) +
 * u |d|: no less, and no more than twice as much, since shift is the largest number and so
 * |number - shift| <= |d|. */
int64_t vjp_tape_close_logsumexp_shifted(struct vjp_tape *tape, int64_t open, int64_t shift,
                                         int64_t *whole);

/* The largest term as a number that depends on nothing: for formulas that do not depend on it, as
 * the shift of a softmax. */
int64_t vjp_tape_close_largest(struct vjp_tape *tape, int64_t open);

/* y once more, for a formula in which y is proportional to exp(-l) where all else stays: its derivative
 * by l is -y, which the reverse sweep computes from what lies between y and l, and which a kernel that is
 * given y takes from there (an attention's sum of p dL/dp is the sum of y dL/dy). The node has an edge to l
 * besides, with the partial derivative 0 = y taken - y: off by what y is off by, as it is computed or, where the
 * node is marked as given (running.h), as it is given. The error of the sweep is not taken away for it. */
int64_t vjp_tape_shortcut(struct vjp_tape *tape, int64_t y, int64_t l);

/* The same operation on the same arguments gives the same node: y = exp(z - l) and the partial
 * derivative exp(z - l) of l are one. This holds for sub and the functions of one argument. */

/* Whether the node is exp of so large a number that no format has it, nor an enclosure: it is finite, and rounds
 * to infinity. */
bool vjp_tape_is_huge(const struct vjp_tape *tape, int64_t node);

int64_t vjp_tape_count(const struct vjp_tape *tape);
mpfr_prec_t vjp_tape_precision(const struct vjp_tape *tape);
const struct vjp_real *vjp_tape_value(const struct vjp_tape *tape, int64_t node);

/* One argument of an operation and the partial derivative by it: the value of another node, 1 for
 * VJP_NO_NODE, or -1 for VJP_MINUS_ONE. */
#define VJP_MINUS_ONE INT64_C(-2)
struct vjp_edge {
    int64_t argument;
    int64_t partial;
};

/* The edges of a node; 0 for a leaf or a constant. */
int vjp_tape_edges(const struct vjp_tape *tape, int64_t node, const struct vjp_edge **edges);
bool vjp_tape_is_leaf(const struct vjp_tape *tape, int64_t node);

/* What a kernel's rounding does in the operation of a node, for error analysis. */
enum vjp_rounding {
    VJP_ROUNDING_NONE = 0,   /* leaves, selections, changes of sign */
    VJP_ROUNDING_SCALE,      /* products with powers of two: exact but for underflow */
    VJP_ROUNDING_BASIC,      /* + - * / sqrt, and numbers that are no leaf: u |value| */
    VJP_ROUNDING_SUM,        /* n terms in any order: (n - 1) u (sum of |terms|) */
    VJP_ROUNDING_ELEMENTARY, /* exp and the like: ulps u |value| */
    VJP_ROUNDING_LOGSUMEXP,  /* (n - 1 + ulps) u, and ulps u |value| */
};
enum vjp_rounding vjp_tape_rounding(const struct vjp_tape *tape, int64_t node);

/* Kinks: operations whose derivative jumps. One partial derivative, the value of the constant node
 * partial, may change by width where rounding turns the comparison of margin with other around; other
 * is VJP_NO_NODE for a comparison with 0. */
struct vjp_kink {
    int64_t partial;
    int64_t margin;
    int64_t other;
    int width;
};
int64_t vjp_tape_kinks(const struct vjp_tape *tape, const struct vjp_kink **kinks);

/* Whether the derivatives of a node by leaves need no operation that rounds: each path from a leaf
 * crosses at most one partial derivative other than 1 and -1, and that one is an operand, a selection
 * that is certain, or a short constant. */
bool vjp_tape_is_plain(const struct vjp_tape *tape, int64_t node);

/* Whether some operand stands exactly on a kink: then the derivative is a set, and depends on the
 * convention. */
bool vjp_tape_on_kink(const struct vjp_tape *tape);

#endif
