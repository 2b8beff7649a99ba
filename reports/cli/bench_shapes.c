/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_shapes.h"

#include "cases/gen/small.h"
#include "cases/line/parse.h"

#include <string.h>

/* Products that fill the machine, at one row of them, and at sizes that no block divides. */
static const char production[] = "linear dtype=f32 N=64 D=4096 M=4096\n"
                                 "linear dtype=f64 N=64 D=4096 M=4096\n"
                                 "linear dtype=f32 N=1 D=4096 M=4096\n"
                                 "linear dtype=f32 bias=1 N=128 D=768 M=3072\n"
                                 "linear dtype=f32 bias=1 N=128 D=3072 M=768\n"
                                 "linear dtype=f32 N=33 D=257 M=65\n"
                                 "linear dtype=f64 N=33 D=257 M=65\n"
                                 "matmul dtype=f32 B=12 M=128 K=64 N=128\n"
                                 "matmul dtype=f64 B=12 M=128 K=64 N=128\n";

/* Scalar operations of a layer's formula for which the explicit oracle derives gradients and bounds in a few
 * seconds, also where every element depends on a whole row. */
#define WORK_MAX 16384.0

static bool is_served(const struct vjp_targets *targets, const struct vjp_case *c)
{
    for (int t = 0; t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++) {
            if (vjp_target_serves(&targets->target[t], k, c))
                return true;
        }
    }
    return false;
}

/* Takes out the cases of other layers, and those that nobody serves. */
static void keep_served(const struct vjp_spec *layer, const struct vjp_targets *targets,
                        struct vjp_case_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct vjp_case *c = &list->cases[i];
        if ((layer && c->spec != layer) || !is_served(targets, c)) {
            vjp_case_clear(c);
        } else if (kept++ != i) {
            list->cases[kept - 1] = *c;
            *c = (struct vjp_case){0};
        }
    }
    list->count = kept;
}

static bool is_listed(const struct vjp_case_list *list, const struct vjp_spec *spec)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->cases[i].spec == spec)
            return true;
    }
    return false;
}

/* Doubles the dimensions of the smallest case in turn, as long as it is one and the explicit oracle needs no
 * more than some seconds for it. */
static void grow(struct vjp_case *c)
{
    struct vjp_error unused;
    bool grew = true;
    while (grew) {
        grew = false;
        for (int d = 0; d < c->spec->n_dims; d++) {
            const int64_t before = c->dim[d];
            if (!vjp_case_has_dim(c, d))
                continue;
            c->dim[d] = 2 * before;
            if (before > 0 && vjp_case_work(c) <= WORK_MAX &&
                vjp_case_validate(c, &unused) == VJP_OK)
                grew = true;
            else
                c->dim[d] = before;
        }
    }
}

static enum vjp_status add_grown(const struct vjp_spec *spec, struct vjp_case_list *out,
                                 struct vjp_error *error)
{
    struct vjp_case c = {0};
    enum vjp_status status = vjp_small_case(spec, VJP_F32, &c, error);
    if (status == VJP_OK) {
        grow(&c);
        status = vjp_case_list_add(out, &c, error);
    }
    vjp_case_clear(&c);
    return status;
}

static enum vjp_status read_built_in(struct vjp_case_list *out, struct vjp_error *error)
{
    enum vjp_status status = vjp_case_list_read_text(out, "built in", production, error);
    for (const struct vjp_spec *const *spec = vjp_specs; *spec && status == VJP_OK; spec++) {
        if (!is_listed(out, *spec))
            status = add_grown(*spec, out, error);
    }
    return status;
}

enum vjp_status vjp_bench_shapes_read(const char *file, const struct vjp_spec *layer,
                                      const struct vjp_targets *targets, struct vjp_case_list *out,
                                      struct vjp_error *error)
{
    struct vjp_case_list list = {0};
    enum vjp_status status =
        file ? vjp_case_list_read_file(&list, file, error) : read_built_in(&list, error);
    const size_t all = list.count;
    for (size_t i = 0; i < list.count && status == VJP_OK; i++) {
        if (!list.cases[i].accumulate)
            continue;
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "a timed call is repeated on the same outputs: expected accumulate=0");
        vjp_case_prefix(&list.cases[i], error);
    }
    if (status == VJP_OK)
        keep_served(layer, targets, &list);
    if (status == VJP_OK && list.count == 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "nothing to time: no selected kernel serves any of the %zu shapes%s", all,
                          layer ? " of that layer" : "");
    if (status == VJP_OK)
        *out = list;
    else
        vjp_case_list_clear(&list);
    return status;
}
