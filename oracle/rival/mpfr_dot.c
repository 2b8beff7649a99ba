/* SPDX-License-Identifier: GPL-3.0-or-later */

/* mpfr_dot for each element of a block of either gradient: every product exactly, and the correctly rounded
 * sum of them. Operands are MPFR numbers of the dtype's precision, made beforehand. */
#include "oracle/rival/kind.h"

#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>

/* Rows of the left matrix, or columns of the right one. */
struct vectors {
    int64_t count, terms;
    mpfr_t *number; /* count x terms; NULL: none is made yet */
    mpfr_ptr *at;   /* the same, as mpfr_dot takes them */
};

struct mpfr_dot {
    const struct vjp_rival_task *task;
    struct vectors left[2], right[2];
    mpfr_t result;
    double *out[2];
};

static void clear_vectors(struct vectors *v)
{
    for (int64_t i = 0; v->at && i < v->count * v->terms; i++)
        mpfr_clear(v->number[i]);
    free(v->number);
    free(v->at);
}

static enum vjp_status init_vectors(struct vectors *v, int64_t count, int64_t terms,
                                    mpfr_prec_t precision, struct vjp_error *error)
{
    const size_t n = (size_t)(count * terms);
    v->number = malloc(n * sizeof *v->number);
    v->at = v->number ? malloc(n * sizeof *v->at) : NULL;
    if (!v->at)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for operands of mpfr_dot");
    v->count = count;
    v->terms = terms;
    for (size_t i = 0; i < n; i++) {
        mpfr_init2(v->number[i], precision);
        v->at[i] = v->number[i];
    }
    return VJP_OK;
}

static enum vjp_status run(void *self, struct vjp_error *error)
{
    struct mpfr_dot *m = self;
    (void)error;
    for (int g = 0; g < 2; g++) {
        const struct vectors *left = &m->left[g], *right = &m->right[g];
        for (int64_t i = 0; i < left->count; i++) {
            for (int64_t j = 0; j < right->count; j++) {
                mpfr_dot(m->result, left->at + i * left->terms, right->at + j * right->terms,
                         (unsigned long)left->terms, MPFR_RNDN);
                m->out[g][i * right->count + j] = mpfr_get_d(m->result, MPFR_RNDN);
            }
        }
    }
    return VJP_OK;
}

static double get(const void *self, int input, int64_t row, int64_t col)
{
    const struct mpfr_dot *m = self;
    return m->out[input][row * m->right[input].count + col];
}

static void destroy(void *self)
{
    struct mpfr_dot *m = self;
    for (int g = 0; g < 2; g++) {
        clear_vectors(&m->left[g]);
        clear_vectors(&m->right[g]);
        free(m->out[g]);
    }
    mpfr_clear(m->result);
    free(m);
}

static enum vjp_status fill(struct mpfr_dot *m, int g, mpfr_prec_t precision,
                            struct vjp_error *error)
{
    const struct vjp_rival_product *p = &m->task->product[g];
    struct vectors *left = &m->left[g], *right = &m->right[g];
    m->out[g] = malloc((size_t)(p->part_rows * p->part_cols) * sizeof(double));
    enum vjp_status status =
        m->out[g] ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for results of mpfr_dot");
    if (status == VJP_OK)
        status = init_vectors(left, p->part_rows, p->terms, precision, error);
    if (status == VJP_OK)
        status = init_vectors(right, p->part_cols, p->terms, precision, error);
    if (status != VJP_OK)
        return status;
    for (int64_t k = 0; k < p->terms; k++) {
        for (int64_t i = 0; i < p->part_rows; i++)
            mpfr_set_d(left->number[i * p->terms + k], vjp_rival_at(&p->left, i, k), MPFR_RNDN);
        for (int64_t j = 0; j < p->part_cols; j++)
            mpfr_set_d(right->number[j * p->terms + k], vjp_rival_at(&p->right, k, j), MPFR_RNDN);
    }
    return VJP_OK;
}

static enum vjp_status create(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error)
{
    const mpfr_prec_t precision = vjp_format(task->c->dtype)->precision;
    struct mpfr_dot *m = calloc(1, sizeof *m);
    if (!m)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a rival");
    m->task = task;
    mpfr_init2(m->result, precision);
    enum vjp_status status = fill(m, 0, precision, error);
    if (status == VJP_OK)
        status = fill(m, 1, precision, error);
    if (status != VJP_OK) {
        destroy(m);
        return status;
    }
    snprintf(label, VJP_RIVAL_LABEL, "MPFR %.20s mpfr_dot", mpfr_get_version());
    *out = m;
    return VJP_OK;
}

/* Some 70 ns each: 0.3 s for both gradients. */
const struct vjp_rival_kind vjp_rival_mpfr_dot = {.products_max = 1 << 21,
                                                  .wants_doubles = true,
                                                  .create = create,
                                                  .run = run,
                                                  .get = get,
                                                  .destroy = destroy};
