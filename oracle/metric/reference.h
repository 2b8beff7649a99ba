/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_REFERENCE_H
#define VJP_ORACLE_METRIC_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/model.h"
#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/exact/settled.h"

/* The truth about one case: for every gradient element an enclosure that rounds one way, its
 * conditioning S = |J|^T |dy|, and what IEEE 754 leaves no choice about. Knows nothing of any
 * kernel. */
struct vjp_reference;

/* Whether the case is small enough for vjp_reference_create: VJP_ERR_LIMIT if it exceeds
 * VJP_GRAPH_MAX (oracle/forward/graph.h). Costs nothing. */
VJP_MUST_CHECK enum vjp_status vjp_reference_check(const struct vjp_case *c,
                                                   struct vjp_error *error);

/* The largest vjp_case_work that vjp_reference_check lets pass. */
double vjp_reference_work_max(void);

/* VJP_ERR_USAGE for a pipeline's case in which a stage gives the next a number that is surely outside of
 * its domain, with the words that vjp_reference_create ends with. Costs a forward pass, or nothing where
 * no stage can. */
VJP_MUST_CHECK enum vjp_status vjp_reference_check_domains(const struct vjp_case *c,
                                                           const struct vjp_data *data,
                                                           struct vjp_error *error);

/* Derives the explicit generalized Jacobian from the layer's forward formula and contracts it with
 * the cotangent, raising the precision until every element is settled. At kinks the gradient is that
 * of the convention, or the set of all where it says ANY. VJP_ERR_LIMIT as vjp_reference_check, VJP_ERR_USAGE as
 * vjp_reference_check_domains. */
VJP_MUST_CHECK enum vjp_status
vjp_reference_create(const struct vjp_case *c, const struct vjp_data *data, struct vjp_kinks kinks,
                     struct vjp_reference **out, struct vjp_error *error);

/* The same for those who want the numbers themselves: precision is raised until every element is
 * correctly rounded, also where a kernel could be judged long before, or to the end of Ziv's loop.
 * Without bounds there is no error analysis, which takes most of the time where every element depends on
 * many: nothing may then be measured by the reference, or asked for S. */
VJP_MUST_CHECK enum vjp_status vjp_reference_create_rounded(const struct vjp_case *c,
                                                            const struct vjp_data *data,
                                                            struct vjp_kinks kinks, bool bounds,
                                                            struct vjp_reference **out,
                                                            struct vjp_error *error);

/* The same truth for cases of any size whose layer is a sum of products of operands (oracle/exact/form.h), by exact
 * contraction: every element correctly rounded, with S; what else is asked of an element is made when it is asked for,
 * from its terms alone. The forward pass is not known. Some elements are made twice, to check one way against
 * the other: VJP_ERR_INTERNAL where they differ. jobs: threads, 1 or more. data must outlive the reference.
 * Memory: 17 bytes an element of a gradient besides the element itself, 2 for one of an operand, and while it is
 * made 3 times the smaller operand. VJP_ERR_USAGE and VJP_ERR_LIMIT as vjp_reference_check_contracted. */
VJP_MUST_CHECK enum vjp_status vjp_reference_create_contracted(const struct vjp_case *c,
                                                               const struct vjp_data *data,
                                                               int jobs, struct vjp_reference **out,
                                                               struct vjp_error *error);

/* The same by one thread, but nothing is checked against other ways to find it: for small cases of which who asks
 * checks a part himself. */
VJP_MUST_CHECK enum vjp_status vjp_reference_create_unchecked(const struct vjp_case *c,
                                                              const struct vjp_data *data,
                                                              struct vjp_reference **out,
                                                              struct vjp_error *error);

/* VJP_ERR_INTERNAL, naming the element, where two references of one case round to different numbers what both have
 * settled. */
VJP_MUST_CHECK enum vjp_status vjp_reference_check_agreement(const struct vjp_case *c,
                                                             const struct vjp_reference *a,
                                                             const struct vjp_reference *b,
                                                             struct vjp_error *error);

/* VJP_ERR_USAGE for a layer that is no sum of products of operands, VJP_ERR_LIMIT for sums of more terms than the
 * bounds are proved for. Costs nothing. */
VJP_MUST_CHECK enum vjp_status vjp_reference_check_contracted(const struct vjp_case *c,
                                                              struct vjp_error *error);

void vjp_reference_destroy(struct vjp_reference *reference);

/* Frees what the calling thread keeps from one derivation to the next: to be called before a thread that
 * derived ends. References are independent of each other, and may be used in other threads than the one
 * that made them. */
void vjp_reference_end_thread(void);

/* Whether some operand stands on a kink, so that another convention has another truth. */
bool vjp_reference_on_kink(const struct vjp_reference *reference);

/* Whether the gradient's element is a set (see kinks); its ends, rounded to nearest, are *low and
 * *high, which are equal to vjp_reference_rounded otherwise. */
bool vjp_reference_range(const struct vjp_reference *reference, int slot, int64_t i, uint64_t *low,
                         uint64_t *high);

/* Whether the element is known to round to vjp_reference_rounded, or is a set. One that is not is either
 * so narrow an enclosure that answers can be judged by it, and vjp_reference_rounded is about in its
 * middle; or not known at all. */
bool vjp_reference_is_settled(const struct vjp_reference *reference, int slot, int64_t i);

/* Of an exact contraction, how the slot's elements were settled; else zeros. */
void vjp_reference_settled(const struct vjp_reference *reference, int slot,
                           int64_t out[VJP_SETTLED_COUNT]);

/* S of the element, rounded up. */
double vjp_reference_scale(const struct vjp_reference *reference, int slot, int64_t i);

/* The ends of the element's enclosure, rounded outward; NaN or infinity where it is no finite number. */
void vjp_reference_enclosure(const struct vjp_reference *reference, int slot, int64_t i,
                             double *low, double *high);

/* A copy of the forward pass's output, correctly rounded. *out is the caller's to clear. VJP_ERR_INTERNAL for
 * a contraction. */
VJP_MUST_CHECK enum vjp_status vjp_reference_output(const struct vjp_reference *reference,
                                                    struct vjp_tensor *out,
                                                    struct vjp_error *error);

/* Fills data->saved with what the forward pass of the case would have kept: correctly rounded, but
 * that a reference to judge answers by has either neighbour of a value that no precision tells from the
 * middle of them. What is there already is cleared first. */
VJP_MUST_CHECK enum vjp_status vjp_reference_save(const struct vjp_reference *reference,
                                                  struct vjp_data *data, struct vjp_error *error);

/* The correctly rounded result, to nearest even in the case's dtype, of element i of a gradient
 * slot: its bits. NaN and infinities where IEEE 754 says so. Of an element that is not settled a
 * number near by. */
uint64_t vjp_reference_rounded(const struct vjp_reference *reference, int slot, int64_t i);

/* Writes the exact value to text, cut at size: in decimal with digits significant digits, as
 * vjp_decimal_text (oracle/num/decimal.h) does; "nan", "+inf"; the ends of a set; "unresolved". Returns
 * text. */
char *vjp_reference_text(const struct vjp_reference *reference, int slot, int64_t i, int digits,
                         char *text, int size);

/* The working precision, in bits, at which the last element was settled; 0 for a contraction. */
int vjp_reference_precision(const struct vjp_reference *reference);

/* Writes the libraries that the truth is computed with, and their versions, to text, cut at size: "MPFR 4.2.0, ...". */
void vjp_reference_libraries(char *text, int size);

#endif
