/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_shapes.h"

#include "cases/base/text.h"
#include "cases/gen/small.h"
#include "cases/line/parse.h"

#include <stdio.h>
#include <stdlib.h>
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

/* Shapes while it is decided which are timed. */
struct sorting {
    const struct vjp_bench_shapes_ask *ask;
    struct vjp_bench_shapes *out;
    int of_layer; /* shapes of the layers that are asked for */
    int count[VJP_SKIP_COUNT];
};

/* Of a shape that nobody serves *knows_layer says whether it is for its dtype only. */
static bool is_served(const struct vjp_targets *targets, const struct vjp_case *c,
                      bool *knows_layer)
{
    *knows_layer = false;
    for (int t = 0; t < targets->count; t++) {
        const struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels; k++) {
            if (vjp_target_serves(target, k, c))
                return true;
            *knows_layer |=
                target->selected[k] && strcmp(target->info->kernel[k].layer, c->spec->name) == 0;
        }
    }
    return false;
}

/* With --threads the threads of a line count for nothing. */
static enum vjp_status is_repeated(const struct sorting *sorting, const struct vjp_case *c,
                                   bool *out, struct vjp_error *error)
{
    struct vjp_text line = {0}, other = {0};
    bool found = false;
    vjp_case_print(c, &line);
    for (size_t i = 0; i < sorting->out->cases.count && !found; i++) {
        struct vjp_case kept = sorting->out->cases.cases[i]; /* no more than looked at */
        if (sorting->ask->threads_given)
            kept.threads = c->threads;
        vjp_text_clear(&other);
        vjp_case_print(&kept, &other);
        found = !line.failed && !other.failed && strcmp(line.data, other.data) == 0;
    }
    const bool failed = line.failed || other.failed;
    vjp_text_clear(&line);
    vjp_text_clear(&other);
    *out = found;
    return failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

static enum vjp_status skip(struct sorting *sorting, const struct vjp_case *c,
                            enum vjp_skip_kind kind, const char *reason, struct vjp_error *error)
{
    struct vjp_bench_shapes *out = sorting->out;
    struct vjp_text line = {0};
    struct vjp_bench_skip *grown = realloc(out->skip, (out->n_skips + 1) * sizeof *grown);
    if (grown)
        out->skip = grown;
    vjp_case_print(c, &line);
    if (!grown || line.failed) {
        vjp_text_clear(&line);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    struct vjp_bench_skip *new = &grown[out->n_skips++];
    *new = (struct vjp_bench_skip){.kind = kind, .line = line.data};
    snprintf(new->reason, sizeof new->reason, "%s", reason);
    sorting->count[kind]++;
    return VJP_OK;
}

/* Takes a case to those that are timed (it is zeroed then), or to those that are not. Built-in shapes that nobody
 * serves are nobody's wish: they are passed over. */
static enum vjp_status sort(struct sorting *sorting, struct vjp_case *c, struct vjp_error *error)
{
    const struct vjp_bench_shapes_ask *ask = sorting->ask;
    char reason[VJP_BENCH_SKIP_REASON];
    bool knows_layer, repeated;
    if (ask->layer && c->spec != ask->layer)
        return VJP_OK;
    sorting->of_layer++;
    if (c->accumulate)
        return skip(sorting, c, VJP_SKIP_ACCUMULATE,
                    "accumulate is not timed: a result that grows is another case in each call",
                    error);
    if (c->in_place)
        return skip(sorting, c, VJP_SKIP_IN_PLACE,
                    "inplace is not timed: after a call its dy is no longer there", error);
    if (!is_served(ask->targets, c, &knows_layer)) {
        snprintf(reason, sizeof reason, "no selected kernel is for %s%s%s", c->spec->name,
                 knows_layer ? " in " : "", knows_layer ? vjp_format(c->dtype)->name : "");
        return ask->file ? skip(sorting, c, VJP_SKIP_UNSUPPORTED, reason, error) : VJP_OK;
    }
    enum vjp_status status = VJP_OK;
    repeated = false;
    if (ask->file)
        status = is_repeated(sorting, c, &repeated, error);
    if (status == VJP_OK && repeated)
        return skip(sorting, c, VJP_SKIP_REPEATED, "it stands there twice", error);
    return status == VJP_OK ? vjp_case_list_add(&sorting->out->cases, c, error) : status;
}

/* Why no shape is left of so many. */
static enum vjp_status tell_nothing(const struct sorting *sorting, size_t all,
                                    struct vjp_error *error)
{
    const struct vjp_bench_shapes_ask *ask = sorting->ask;
    const char *layer = ask->layer ? ask->layer->name : "";
    const char *of = ask->layer ? " of " : "";
    const int n = sorting->of_layer;
    const int grows = sorting->count[VJP_SKIP_ACCUMULATE];
    if (ask->sizes && all == 0)
        return vjp_fail(
            error, VJP_ERR_USAGE,
            "nothing to time: %s takes no combination of these sizes, or each is too long", layer);
    if (all == 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: no case in it: nothing to time", ask->file);
    if (n == 0)
        return vjp_fail(error, VJP_ERR_USAGE, "nothing to time: %s has no shape of %s", ask->file,
                        layer);
    if (grows == n)
        return vjp_fail(
            error, VJP_ERR_USAGE,
            "nothing to time: every shape%s%s has accumulate=1, and a result that grows "
            "is another case in each call",
            of, layer);
    return vjp_fail(
        error, VJP_ERR_USAGE, "nothing to time: no selected kernel serves %s shape%s%s%s",
        n == 1 ? "the one" : "any", of, layer, grows > 0 ? " that does not accumulate" : "");
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

/* All that could be timed. */
static enum vjp_status read_all(const struct vjp_bench_shapes_ask *ask, struct vjp_case_list *out,
                                struct vjp_error *error)
{
    struct vjp_case_list list = {0};
    enum vjp_status status = VJP_OK;
    if (ask->sizes)
        return vjp_bench_sizes_add(ask->sizes, out, error);
    if (ask->file)
        status = vjp_case_list_read_file(&list, ask->file, error);
    else
        status = read_built_in(&list, error);
    for (size_t i = 0; i < list.count && status == VJP_OK; i++)
        status = vjp_bench_sizes_add_case(&list.cases[i], ask->apart, out, error);
    vjp_case_list_clear(&list);
    return status;
}

enum vjp_status vjp_bench_shapes_read(const struct vjp_bench_shapes_ask *ask,
                                      struct vjp_bench_shapes *out, struct vjp_error *error)
{
    struct vjp_case_list list = {0};
    struct vjp_bench_shapes shapes = {0};
    struct sorting sorting = {.ask = ask, .out = &shapes};
    enum vjp_status status = read_all(ask, &list, error);
    for (size_t i = 0; i < list.count && status == VJP_OK; i++)
        status = sort(&sorting, &list.cases[i], error);
    if (status == VJP_OK && shapes.cases.count == 0)
        status = tell_nothing(&sorting, list.count, error);
    vjp_case_list_clear(&list);
    if (status == VJP_OK)
        *out = shapes;
    else
        vjp_bench_shapes_clear(&shapes);
    return status;
}

void vjp_bench_shapes_clear(struct vjp_bench_shapes *shapes)
{
    for (size_t i = 0; i < shapes->n_skips; i++)
        free(shapes->skip[i].line);
    free(shapes->skip);
    vjp_case_list_clear(&shapes->cases);
    *shapes = (struct vjp_bench_shapes){0};
}
