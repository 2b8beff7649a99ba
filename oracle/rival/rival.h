/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_RIVAL_RIVAL_H
#define VJP_ORACLE_RIVAL_RIVAL_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* Ways to compute dx and dw of a linear layer without bias, y = x w with x: N x D, w: D x M, dy: N x M,
 *
 *     dx = dy w^T   and   dw = x^T dy,
 *
 * which are timed against each other: the oracle's own, and what it is held against. None of them is a witness of
 * a verdict. */
enum vjp_rival_kind_name {
    VJP_RIVAL_EXACT,    /* the exact contraction: every element correctly rounded, with S */
    VJP_RIVAL_OPENBLAS, /* two f64 GEMMs of OpenBLAS, one thread: fast, and rounded in some order */
    VJP_RIVAL_MPFR_DOT, /* mpfr_dot for each element, correctly rounded to the case's dtype */
    VJP_RIVAL_FLINT,    /* arb_mat_mul at 128 bits: balls that hold the exact elements */
};
#define VJP_RIVAL_COUNT 4

struct vjp_rival;

struct vjp_rival_request {
    enum vjp_rival_kind_name kind;
    const struct vjp_case *c; /* both must outlive the rival */
    const struct vjp_data *data;
    int jobs;            /* threads of EXACT; the others have one */
    const char *modules; /* the folder of modules that the build made: rivals/ */
};

/* Makes a rival with operands in its own format: so that is no part of what a run takes. VJP_ERR_IO, with the
 * reason ("not built: libopenblas-dev was not found"), where the library is not there: then nothing is wrong.
 * VJP_ERR_USAGE for another layer, a bias, or accumulate. Sets OPENBLAS_NUM_THREADS for OPENBLAS: no other thread
 * may run that reads the environment. */
VJP_MUST_CHECK enum vjp_status vjp_rival_create(const struct vjp_rival_request *request,
                                                struct vjp_rival **out, struct vjp_error *error);
void vjp_rival_destroy(struct vjp_rival *rival);

/* Computes once: this is what is timed. */
VJP_MUST_CHECK enum vjp_status vjp_rival_run(struct vjp_rival *rival, struct vjp_error *error);

/* Frees the results of a run where the next one makes them anew, so that it does not pay for that. */
void vjp_rival_forget(struct vjp_rival *rival);

/* The part of all products of two numbers that one run forms, 0 < share <= 1: the whole takes about 1 / share as
 * long. Slow rivals compute a block of either gradient, the same part of both but for rounding to whole rows
 * and columns. For mpfr_dot each element is as much work as any other of its gradient; arb_mat_mul gains from
 * larger matrices, so its whole is overestimated rather than underestimated. */
double vjp_rival_share(const struct vjp_rival *rival);

/* Its name, version and code path: "OpenBLAS 0.3.21 dgemm (SkylakeX)". Belongs to the rival. */
const char *vjp_rival_label(const struct vjp_rival *rival);

/* S, the sum of the magnitudes of its terms, of an element of EXACT's; false as vjp_rival_element, and of others. */
VJP_MUST_CHECK bool vjp_rival_scale(const struct vjp_rival *rival, int input, int64_t row,
                                    int64_t col, double *out);

/* Element [row, col] of the gradient by input 0 (x) or 1 (w) that the last run found, as a double: rounded to nearest
 * where it is wider. False where it is not in the part that is computed, or there was no run. */
VJP_MUST_CHECK bool vjp_rival_element(const struct vjp_rival *rival, int input, int64_t row,
                                      int64_t col, double *out);

/* The instructions of the exact contraction: "avx512". */
const char *vjp_rival_exact_instructions(void);

#endif
