/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_RIVAL_KIND_H
#define VJP_ORACLE_RIVAL_KIND_H

#include "oracle/rival/rival.h"

/* What a rival is made of: for the files of this folder, and its modules, only. */

/* A matrix in row-major order, or the transposed one of such: element [i, k] is at[i ld + k], turned at[k ld + i]. */
struct vjp_rival_matrix {
    const double *at; /* NULL where the kind has no use for doubles */
    int64_t ld;
    bool turned;
};

static inline double vjp_rival_at(const struct vjp_rival_matrix *m, int64_t i, int64_t k)
{
    return m->at[m->turned ? k * m->ld + i : i * m->ld + k];
}

/* A gradient: rows x cols elements, each a sum of terms products, left (rows x terms) times right (terms x cols).
 * A run computes the first part_rows x part_cols elements of it. */
struct vjp_rival_product {
    int64_t rows, cols, terms;
    struct vjp_rival_matrix left, right;
    int64_t part_rows, part_cols;
};

/* What a kind is given; all of it outlives what it makes. */
struct vjp_rival_task {
    const struct vjp_case *c;
    const struct vjp_data *data;
    int jobs;
    struct vjp_rival_product product[2]; /* by input: dx, dw */
};

#define VJP_RIVAL_LABEL 96

struct vjp_rival_kind {
    int64_t products_max; /* about as many in the part of a gradient; 0: it computes all of it */
    bool wants_doubles;
    /* Writes a label of VJP_RIVAL_LABEL characters at most. */
    enum vjp_status (*create)(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error);
    enum vjp_status (*run)(void *self, struct vjp_error *error);
    void (*forget)(void *self); /* NULL: nothing to free between runs */
    /* Of the part, after a run. */
    double (*get)(const void *self, int input, int64_t row, int64_t col);
    double (*scale)(const void *self, int input, int64_t row, int64_t col); /* NULL: it has no S */
    void (*destroy)(void *self);
};

extern const struct vjp_rival_kind vjp_rival_exact;
extern const struct vjp_rival_kind vjp_rival_openblas;
extern const struct vjp_rival_kind vjp_rival_mpfr_dot;

/* FLINT loads a C++ library and others of its own: it is in a module, flint.so, that is loaded where it is
 * wanted, so that the program needs none of them. The module's symbol. */
#define VJP_RIVAL_FLINT_SYMBOL "vjp_rival_flint"

#endif
