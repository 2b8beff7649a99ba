/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_cases.h"

#include "oracle/metric/reference.h"

#include <string.h>

/* Of the dimensions that are not looked at: enough for a tile that is not whole beside one that is, in neither of which
 * a sum is long. Tried in turn, since a layer may want a dimension to be even, or to hold a window. */
static const int64_t small[] = {4, 2, 3, 8, 1};
#define N_SMALL (int)(sizeof small / sizeof *small)

/* Scalar operations of a case that is looked at by the way: some hundredths of a second. */
#define MARK_WORK 8192

void vjp_order_cases_default(struct vjp_sweep *out)
{
    *out = (struct vjp_sweep){.name = "K", .count = 4, .size = {8, 33, 64, 257}};
}

/* Sets attributes of 0 or 1 that bring an operand with them: a bias has a gradient, and a sum, of its own. */
static enum vjp_status add_operands(struct vjp_case *c, struct vjp_error *error)
{
    for (int a = 0; a < c->spec->n_attrs && c->spec->has_input; a++) {
        const struct vjp_attr_spec *const attr = &c->spec->attr[a];
        if (attr->kind != VJP_ATTR_INTEGER || attr->min != 0 || attr->max != 1 || c->attr[a] != 0)
            continue;
        int before = 0;
        int after = 0;
        for (int i = 0; i < c->spec->n_inputs; i++)
            before += c->spec->has_input(c, i);
        c->attr[a] = 1;
        for (int i = 0; i < c->spec->n_inputs; i++)
            after += c->spec->has_input(c, i);
        c->attr[a] = after > before;
    }
    return vjp_case_settle(c, error);
}

/* *valid: there is a case with dimension d of that size. */
static enum vjp_status make(const struct vjp_spec *layer, enum vjp_dtype dtype, int d, int64_t size,
                            struct vjp_case *out, bool *valid, struct vjp_error *error)
{
    struct vjp_error unused;
    enum vjp_status status = vjp_case_init(out, layer, dtype, error);
    *valid = false;
    if (status == VJP_OK)
        status = add_operands(out, error);
    if (status != VJP_OK || !vjp_case_has_dim(out, d))
        return status;
    for (int i = 0; i < N_SMALL && !*valid; i++) {
        for (int k = 0; k < layer->n_dims; k++) {
            if (vjp_case_has_dim(out, k))
                out->dim[k] = k == d ? size : small[i];
        }
        *valid = vjp_case_validate(out, &unused) == VJP_OK;
    }
    return VJP_OK;
}

enum vjp_status vjp_order_cases_add(const struct vjp_spec *layer, enum vjp_dtype dtype,
                                    uint64_t seed, const struct vjp_sweep *sweep,
                                    struct vjp_case_list *out, int64_t *left_out,
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int d = 0; d < layer->n_dims && status == VJP_OK; d++) {
        if (strcmp(sweep->name, "K") != 0 && strcmp(sweep->name, layer->dim[d]) != 0)
            continue;
        for (int i = 0; i < sweep->count && status == VJP_OK; i++) {
            struct vjp_error unused;
            struct vjp_case c = {0};
            bool valid;
            status = make(layer, dtype, d, sweep->size[i], &c, &valid, error);
            c.seed = seed;
            if (status == VJP_OK && valid && vjp_reference_check(&c, &unused) != VJP_OK)
                ++*left_out;
            else if (status == VJP_OK && valid)
                status = vjp_case_list_add(out, &c, error);
            vjp_case_clear(&c);
        }
    }
    return status;
}

/* All dimensions of that size; *valid: there is such a case, and the oracle takes it without effort. */
static enum vjp_status make_even(const struct vjp_spec *layer, enum vjp_dtype dtype, int64_t size,
                                 struct vjp_case *out, bool *valid, struct vjp_error *error)
{
    struct vjp_error unused;
    enum vjp_status status = vjp_case_init(out, layer, dtype, error);
    *valid = false;
    if (status == VJP_OK)
        status = add_operands(out, error);
    if (status != VJP_OK)
        return status;
    for (int k = 0; k < layer->n_dims; k++) {
        if (vjp_case_has_dim(out, k))
            out->dim[k] = size;
    }
    *valid = vjp_case_validate(out, &unused) == VJP_OK && vjp_case_work(out) <= MARK_WORK &&
             vjp_reference_check(out, &unused) == VJP_OK;
    return VJP_OK;
}

enum vjp_status vjp_order_cases_mark(const struct vjp_spec *layer, enum vjp_dtype dtype,
                                     struct vjp_case_list *out, struct vjp_error *error)
{
    static const int64_t even[] = {11, 8, 6, 5, 4, 3, 2};
    const struct vjp_sweep long_sums = {.name = "K", .count = 1, .size = {67}};
    enum vjp_status status = VJP_OK;
    bool valid = false;
    int64_t left_out = 0;
    for (size_t i = 0; i < sizeof even / sizeof *even && status == VJP_OK && !valid; i++) {
        struct vjp_case c = {0};
        status = make_even(layer, dtype, even[i], &c, &valid, error);
        if (status == VJP_OK && valid)
            status = vjp_case_list_add(out, &c, error);
        vjp_case_clear(&c);
    }
    if (status == VJP_OK && layer->sums_products && layer->n_dims <= 4)
        status = vjp_order_cases_add(layer, dtype, 0, &long_sums, out, &left_out, error);
    return status;
}
