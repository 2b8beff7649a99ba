/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_sizes.h"

#include "oracle/metric/flops.h"
#include "reports/cli/options.h"

#define COMBINATIONS_MAX 1000000

enum vjp_status vjp_bench_sizes_read(const char *text, struct vjp_bench_sizes *sizes,
                                     struct vjp_error *error)
{
    return vjp_option_integers("sizes", text, 1, VJP_DIM_MAX, VJP_BENCH_SIZES_MAX, sizes->size,
                               &sizes->count, error);
}

static bool is_short(const struct vjp_case *c)
{
    const double flops = vjp_flops_count(c);
    return flops > 0 ? flops <= VJP_BENCH_SIZES_FLOPS : vjp_case_work(c) <= VJP_BENCH_SIZES_WORK;
}

/* A copy of the case that asks for the gradient of one input. */
static enum vjp_status add_alone(const struct vjp_case *c, int input, struct vjp_case_list *out,
                                 struct vjp_error *error)
{
    struct vjp_case alone = {0};
    enum vjp_status status = vjp_case_copy(&alone, c, error);
    if (status == VJP_OK) {
        alone.left_out = ~(UINT32_C(1) << input);
        status = vjp_case_settle(&alone, error);
    }
    if (status == VJP_OK)
        status = vjp_case_list_add(out, &alone, error);
    vjp_case_clear(&alone);
    return status;
}

enum vjp_status vjp_bench_sizes_add_case(struct vjp_case *c, bool apart, struct vjp_case_list *out,
                                         struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (!apart)
        return vjp_case_list_add(out, c, error);
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (vjp_case_has_gradient(c, i))
            status = add_alone(c, i, out, error);
    }
    vjp_case_clear(c);
    return status;
}

/* Combination number i, in which the last dimension changes with every one. *valid: the layer takes it. */
static enum vjp_status make_case(const struct vjp_bench_sizes *sizes, int64_t i,
                                 struct vjp_case *out, bool *valid, struct vjp_error *error)
{
    struct vjp_error unused;
    enum vjp_status status = vjp_case_init(out, sizes->layer, sizes->dtype, error);
    if (status != VJP_OK)
        return status;
    for (int d = sizes->layer->n_dims - 1; d >= 0; d--) {
        if (!vjp_case_has_dim(out, d))
            continue;
        out->dim[d] = sizes->size[i % sizes->count];
        i /= sizes->count;
    }
    *valid = vjp_case_validate(out, &unused) == VJP_OK;
    return VJP_OK;
}

static enum vjp_status count_combinations(const struct vjp_bench_sizes *sizes, int64_t *out,
                                          struct vjp_error *error)
{
    struct vjp_case c;
    int64_t n = 1;
    const enum vjp_status status = vjp_case_init(&c, sizes->layer, sizes->dtype, error);
    if (status != VJP_OK)
        return status;
    for (int d = 0; d < sizes->layer->n_dims && n <= COMBINATIONS_MAX; d++)
        n *= vjp_case_has_dim(&c, d) ? sizes->count : 1;
    vjp_case_clear(&c);
    *out = n;
    return n <= COMBINATIONS_MAX
               ? VJP_OK
               : vjp_fail(
                     error, VJP_ERR_LIMIT,
                     "--sizes: so many sizes for the dimensions of %s make more than a million "
                     "cases",
                     sizes->layer->name);
}

enum vjp_status vjp_bench_sizes_add(const struct vjp_bench_sizes *sizes, struct vjp_case_list *out,
                                    struct vjp_error *error)
{
    int64_t n = 0;
    enum vjp_status status = count_combinations(sizes, &n, error);
    for (int64_t i = 0; i < n && status == VJP_OK; i++) {
        struct vjp_case_list few = {0};
        struct vjp_case c = {0};
        bool valid = false;
        status = make_case(sizes, i, &c, &valid, error);
        if (status == VJP_OK && valid)
            status = vjp_bench_sizes_add_case(&c, sizes->apart, &few, error);
        for (size_t k = 0; k < few.count && status == VJP_OK; k++) {
            if (is_short(&few.cases[k]))
                status = vjp_case_list_add(out, &few.cases[k], error);
        }
        vjp_case_list_clear(&few);
        vjp_case_clear(&c);
    }
    return status;
}
