/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/product.h"

#include <stdlib.h>

void vjp_product_vector(const struct vjp_jacobian *j, const struct vjp_real *v,
                        struct vjp_real *out)
{
    struct vjp_real term;
    vjp_real_init(&term, j->precision);
    for (int64_t row = 0; row < j->rows; row++) {
        vjp_real_set_si(&out[row], 0);
        for (int64_t e = j->start[row]; e < j->start[row + 1]; e++) {
            vjp_real_mul(&term, &j->entry[e], &v[j->column[e]]);
            vjp_real_add(&out[row], &out[row], &term);
        }
    }
    vjp_real_clear(&term);
}

enum vjp_status vjp_product_transposed(const struct vjp_jacobian *j, const struct vjp_real *u,
                                       struct vjp_gradient *out, struct vjp_error *error)
{
    if (out->count != j->columns)
        return vjp_fail(error, VJP_ERR_INTERNAL, "a gradient and its Jacobian differ in size");
    struct vjp_real term;
    vjp_real_init(&term, j->precision);
    for (int64_t row = 0; row < j->rows; row++) {
        for (int64_t e = j->start[row]; e < j->start[row + 1]; e++) {
            vjp_real_mul(&term, &j->entry[e], &u[row]);
            vjp_gradient_add(out, j->column[e], &term);
        }
    }
    vjp_real_clear(&term);
    return VJP_OK;
}

/* A row of a product while it is summed: dense values, and which columns are in use. */
struct accumulator {
    struct vjp_limbs limbs;
    struct vjp_real *value;
    bool *used;
    struct vjp_real term;
};

static enum vjp_status multiply_row(const struct vjp_jacobian *a, const struct vjp_jacobian *b,
                                    int64_t row, struct accumulator *sum, struct vjp_jacobian *out,
                                    struct vjp_error *error)
{
    for (int64_t e = a->start[row]; e < a->start[row + 1]; e++) {
        const int64_t k = a->column[e];
        for (int64_t f = b->start[k]; f < b->start[k + 1]; f++) {
            const int64_t column = b->column[f];
            vjp_real_mul(&sum->term, &a->entry[e], &b->entry[f]);
            vjp_real_add(&sum->value[column], &sum->value[column], &sum->term);
            sum->used[column] = true;
        }
    }
    for (int64_t column = 0; column < b->columns; column++) {
        if (!sum->used[column])
            continue;
        enum vjp_status status = vjp_jacobian_append(out, column, &sum->value[column], error);
        if (status != VJP_OK)
            return status;
        vjp_real_set_si(&sum->value[column], 0);
        sum->used[column] = false;
    }
    out->start[row + 1] = out->entries;
    return VJP_OK;
}

enum vjp_status vjp_product_matrix(const struct vjp_jacobian *dz_dy,
                                   const struct vjp_jacobian *dy_dx, struct vjp_jacobian *out,
                                   struct vjp_error *error)
{
    if (!vjp_shape_is_equal(&dz_dy->x, &dy_dx->y))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "generalized matrix product: the inner shapes differ");
    const mpfr_prec_t precision =
        dz_dy->precision > dy_dx->precision ? dz_dy->precision : dy_dx->precision;
    struct vjp_jacobian product = {0};
    struct accumulator sum = {.used = calloc((size_t)dy_dx->columns + 1, sizeof *sum.used)};
    sum.value = vjp_reals_create(dy_dx->columns, precision, &sum.limbs);
    vjp_real_init(&sum.term, precision);
    enum vjp_status status = VJP_OK;
    if (!sum.value || !sum.used)
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    if (status == VJP_OK)
        status = vjp_jacobian_init(&product, &dz_dy->y, &dy_dx->x, precision, error);
    for (int64_t row = 0; row < dz_dy->rows && status == VJP_OK; row++)
        status = multiply_row(dz_dy, dy_dx, row, &sum, &product, error);
    free(sum.value);
    vjp_limbs_clear(&sum.limbs);
    free(sum.used);
    vjp_real_clear(&sum.term);
    if (status == VJP_OK)
        *out = product;
    else
        vjp_jacobian_clear(&product);
    return status;
}
