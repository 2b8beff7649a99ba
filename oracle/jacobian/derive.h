/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_DERIVE_H
#define VJP_ORACLE_JACOBIAN_DERIVE_H

#include "cases/base/model.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/jacobian/gradient.h"

/* A tensor of enclosures. Owns its numbers. */
struct vjp_reals {
    struct vjp_shape shape;
    int64_t count;
    struct vjp_real *value;
    struct vjp_limbs limbs;
};

/* What a case's formula gives, at one working precision. A zeroed struct is empty. */
struct vjp_derivation {
    bool has_gradient[VJP_MAX_INPUTS]; /* of every differentiable input that is present */
    struct vjp_gradient gradient[VJP_MAX_INPUTS];
    struct vjp_reals y;
    struct vjp_reals saved[VJP_MAX_SAVED]; /* by the spec's saved[] */
    bool on_kink;                          /* another convention may give other gradients */
};

/* The largest vjp_case_work that vjp_derive_check lets pass. */
double vjp_derive_work_max(void);

/* VJP_ERR_LIMIT for a case that is too large: one that exceeds VJP_GRAPH_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_derive_check(const struct vjp_case *c, struct vjp_error *error);

/* VJP_ERR_USAGE for a pipeline's case in which a stage gives the next what is surely outside of its
 * domain, as in vjp_derive; the forward pass alone is recorded. Costs nothing where no stage can
 * (vjp_pipeline_doubtful). */
VJP_MUST_CHECK enum vjp_status vjp_derive_check_domains(const struct vjp_case *c,
                                                        const struct vjp_data *data,
                                                        mpfr_prec_t precision,
                                                        struct vjp_error *error);

/* Records the forward formula and derives the gradients of every differentiable input that is present:
 * where they are sums of products of operands, by the explicit generalized Jacobians, contracted with
 * the cotangent; else by the recorded backward pass (program.h). Under accumulate what the outputs held
 * before is added. first, where it is not NULL, has the gradients of an earlier
 * derivation of the same with less precision: their error analysis is taken over, not made again; an
 * input without one has no S, k and sensitivities. */
VJP_MUST_CHECK enum vjp_status vjp_derive(const struct vjp_case *c, const struct vjp_data *data,
                                          mpfr_prec_t precision, struct vjp_kinks kinks,
                                          struct vjp_gradient *const first[VJP_MAX_INPUTS],
                                          struct vjp_derivation *out, struct vjp_error *error);
void vjp_derivation_clear(struct vjp_derivation *derivation);

#endif
