/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_terms.h"

#include "cases/gen/generate.h"
#include "oracle/jacobian/explicit.h"
#include "oracle/metric/reference.h"

#include <math.h>
#include <stdlib.h>

/* Bits: operands and their products are exact in it, for all that are probed. */
#define PRECISION 256

static enum vjp_status collect(const struct vjp_explicit *jacobian, int64_t rows, int64_t columns,
                               bool accumulate, struct vjp_order_terms *out,
                               struct vjp_error *error)
{
    const int64_t entries = vjp_explicit_entries(jacobian) + (accumulate ? columns : 0);
    struct vjp_order_terms t = {.elements = columns, .known = true};
    int64_t n = 0;
    t.start = calloc((size_t)columns + 1, sizeof *t.start);
    t.row = calloc((size_t)entries + 1, sizeof *t.row);
    t.factor = calloc((size_t)entries + 1, sizeof *t.factor);
    if (!t.start || !t.row || !t.factor) {
        vjp_order_terms_clear(&t);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    for (int64_t j = 0; j < columns; j++) {
        t.start[j] = n;
        for (int64_t i = 0; i < rows; i++) {
            double low, high;
            if (!vjp_explicit_entry(jacobian, i, j, &low, &high) || (low == 0 && high == 0))
                continue;
            /* Ends that are one double are the number, or NaN or infinite: not finite is not known. */
            t.known = t.known && low == high && isfinite(low);
            t.row[n] = i;
            t.factor[n++] = low;
        }
        if (accumulate) {
            t.row[n] = VJP_ORDER_OLD;
            t.factor[n++] = 1;
        }
    }
    t.start[columns] = n;
    *out = t;
    return VJP_OK;
}

enum vjp_status vjp_order_terms_find(const struct vjp_case *c, const struct vjp_data *data,
                                     int input, struct vjp_order_terms *out,
                                     struct vjp_error *error)
{
    struct vjp_explicit *jacobian = NULL;
    struct vjp_shape y, x;
    int64_t rows = 0, columns = 0;
    enum vjp_status status = VJP_OK;
    vjp_case_slot_shape(c, vjp_slot_cotangent(c->spec), &y);
    vjp_case_slot_shape(c, input, &x);
    status = vjp_shape_count(&y, &rows, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&x, &columns, error);
    if (status == VJP_OK && (double)rows * (double)columns > (double)VJP_ORDER_PLACES_MAX)
        status =
            vjp_fail(error, VJP_ERR_LIMIT, "the Jacobian has more than 2^24 places to look at");
    if (status == VJP_OK)
        status = vjp_explicit_create(c, data, input, PRECISION, &jacobian, error);
    if (status == VJP_OK)
        status = collect(jacobian, rows, columns, c->accumulate, out, error);
    vjp_explicit_destroy(jacobian);
    return status;
}

void vjp_order_terms_clear(struct vjp_order_terms *terms)
{
    free(terms->start);
    free(terms->row);
    free(terms->factor);
    *terms = (struct vjp_order_terms){0};
}

int64_t vjp_order_terms_count(const struct vjp_order_terms *terms, int64_t j)
{
    return terms->start[j + 1] - terms->start[j];
}

int64_t vjp_order_terms_least(const struct vjp_case *c)
{
    return c->accumulate ? 3 : 2;
}

int64_t vjp_order_terms_most(const struct vjp_order_terms *terms)
{
    int64_t most = 0;
    for (int64_t j = 0; j < terms->elements; j++) {
        const int64_t n = vjp_order_terms_count(terms, j);
        most = n > most ? n : most;
    }
    return most;
}

bool vjp_order_terms_same(const struct vjp_order_terms *terms, int64_t j, double *factor)
{
    for (int64_t k = terms->start[j]; k < terms->start[j + 1]; k++) {
        if (terms->row[k] != VJP_ORDER_OLD && terms->factor[k] != terms->factor[terms->start[j]])
            return false;
    }
    *factor = terms->factor[terms->start[j]];
    return terms->known && terms->start[j + 1] > terms->start[j];
}

enum vjp_status vjp_order_save(const struct vjp_case *c, struct vjp_data *data,
                               struct vjp_error *error)
{
    static const struct vjp_kinks any = {VJP_POINT_ANY, VJP_TIE_ANY};
    struct vjp_reference *reference = NULL;
    enum vjp_status status = vjp_reference_create_rounded(c, data, any, false, &reference, error);
    if (status == VJP_OK)
        status = vjp_reference_save(reference, data, error);
    vjp_reference_destroy(reference);
    return status;
}

static void fill(struct vjp_tensor *t, double value)
{
    const uint64_t bits = vjp_bits_from_double(t->dtype, value);
    for (int64_t i = 0; i < t->count; i++)
        vjp_tensor_set(t, i, bits);
}

enum vjp_status vjp_order_constant_data(const struct vjp_case *c, double value, bool saved,
                                        struct vjp_data *out, struct vjp_error *error)
{
    struct vjp_data data = {0};
    enum vjp_status status = vjp_data_generate(c, &data, error);
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        const enum vjp_domain domain = c->spec->input[i].domain;
        if (data.slot[i].data && (domain == VJP_DOMAIN_REAL || domain == VJP_DOMAIN_POSITIVE))
            fill(&data.slot[i], value);
    }
    if (status == VJP_OK)
        fill(&data.slot[vjp_slot_cotangent(c->spec)], 1);
    if (status == VJP_OK && saved)
        status = vjp_order_save(c, &data, error);
    if (status == VJP_OK)
        *out = data;
    else
        vjp_data_clear(&data);
    return status;
}
