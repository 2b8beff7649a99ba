/* SPDX-License-Identifier: GPL-3.0-or-later */

/* FLINT: arb_mat_mul at 128 bits for a block of either gradient, which has all terms of its elements. Operands are
 * balls without radius, made beforehand. A module: see kind.h. FLINT ends the program where memory ends. */
#include "oracle/rival/kind.h"

#include <arb_mat.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS 128

extern const struct vjp_rival_kind vjp_rival_flint;

struct flint {
    arb_mat_t left[2], right[2], out[2];
};

static enum vjp_status run(void *self, struct vjp_error *error)
{
    struct flint *f = self;
    (void)error;
    for (int g = 0; g < 2; g++)
        arb_mat_mul(f->out[g], f->left[g], f->right[g], BITS);
    return VJP_OK;
}

static double get(const void *self, int input, int64_t row, int64_t col)
{
    const struct flint *f = self;
    return arf_get_d(arb_midref(arb_mat_entry(f->out[input], row, col)), ARF_RND_NEAR);
}

static void destroy(void *self)
{
    struct flint *f = self;
    for (int g = 0; g < 2; g++) {
        arb_mat_clear(f->left[g]);
        arb_mat_clear(f->right[g]);
        arb_mat_clear(f->out[g]);
    }
    free(f);
    flint_cleanup();
}

static void fill(struct flint *f, int g, const struct vjp_rival_product *p)
{
    arb_mat_init(f->left[g], p->part_rows, p->terms);
    arb_mat_init(f->right[g], p->terms, p->part_cols);
    arb_mat_init(f->out[g], p->part_rows, p->part_cols);
    for (int64_t k = 0; k < p->terms; k++) {
        for (int64_t i = 0; i < p->part_rows; i++)
            arb_set_d(arb_mat_entry(f->left[g], i, k), vjp_rival_at(&p->left, i, k));
        for (int64_t j = 0; j < p->part_cols; j++)
            arb_set_d(arb_mat_entry(f->right[g], k, j), vjp_rival_at(&p->right, k, j));
    }
}

static enum vjp_status create(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error)
{
    struct flint *f = malloc(sizeof *f);
    if (!f)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a rival");
    for (int g = 0; g < 2; g++)
        fill(f, g, &task->product[g]);
    snprintf(label, VJP_RIVAL_LABEL, "FLINT %.20s arb_mat_mul, %d bits", FLINT_VERSION, BITS);
    *out = f;
    return VJP_OK;
}

/* Matrices so large that FLINT's ways for large ones are taken, of which the whole is a multiple. */
__attribute__((visibility("default")))
const struct vjp_rival_kind vjp_rival_flint = {.products_max = 1 << 26,
                                               .wants_doubles = true,
                                               .create = create,
                                               .run = run,
                                               .get = get,
                                               .destroy = destroy};
