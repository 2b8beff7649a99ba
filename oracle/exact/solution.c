/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/solution.h"

#include "cases/base/memory.h"
#include "oracle/exact/kernel.h"
#include "oracle/exact/solution_parts.h"

#include <pthread.h>
#include <stdlib.h>

/* Vectors of a panel: as many as a second-level cache of 1 MiB has room for on the larger side, some
 * times that on the smaller one, whose panels are packed once and stay; in whole tiles. */
#define LARGER_BYTES  (INT64_C(5) << 18)
#define SMALLER_BYTES (INT64_C(3) << 20)
#define LARGER_MIN    6
#define LARGER_MAX    48 /* fewer than the bits of open (solution_parts.h) */
#define SMALLER_MIN   (INT64_C(1) * VJP_TILE_NARROW_COLS * VJP_TILE_PANELS_MAX)
#define SMALLER_MAX   512
#define PACKED_BYTES  12 /* of an element: a double and a float */

/* Where the smaller side has less than a panel, and the least panel is of so many bytes, it is not packed: every element
 * is summed on its own. */
#define THIN_BYTES (INT64_C(64) << 20)

/* As many of the vectors as fit. */
static int64_t panel_size(int64_t bytes, int64_t terms, int64_t vectors, int64_t min, int64_t max)
{
    const int64_t fit = bytes / (PACKED_BYTES * (terms + 1)) / min * min;
    const int64_t size = fit < min ? min : fit > max ? max : fit;
    return size < vectors ? size : vectors > 0 ? vectors : 1;
}

/* Packs the smaller side of the batch. scratch holds a vector. */
static void pack_smaller(struct vjp_solution_work *w, double *scratch)
{
    for (int64_t j = 0; j < w->smaller && !w->apart; j++) {
        vjp_solution_read(w, false, j, scratch);
        vjp_block_set(&w->panel[j / w->smaller_panel], j % w->smaller_panel, scratch);
    }
}

static void *start_bench(void *env)
{
    vjp_solution_bench_run(env);
    return NULL;
}

/* All batches, by the threads of the first jobs benches; the last thread is this one. */
static void run_all(struct vjp_solution_work *w, struct vjp_solution_bench *bench, int jobs)
{
    pthread_t thread[VJP_SOLUTION_JOBS_MAX];
    for (w->batch = 0; w->batch < w->solution->contraction.batches; w->batch++) {
        int started = 0;
        pack_smaller(w, bench[0].a);
        w->next = 0;
        /* A thread that the system does not give is done without. */
        while (started < jobs - 1 &&
               pthread_create(&thread[started], NULL, start_bench, &bench[started + 1]) == 0)
            started++;
        vjp_solution_bench_run(&bench[0]);
        for (int i = 0; i < started; i++)
            pthread_join(thread[i], NULL);
    }
    for (int i = 0; i < jobs; i++) {
        for (int by = 0; by < VJP_SETTLED_COUNT; by++)
            w->solution->settled[by] += bench[i].settled[by];
    }
}

static void plan(struct vjp_solution_work *w)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    w->swapped = r->cols > r->rows;
    /* Where the results are most of the work the smaller side is the one along which they lie in memory,
     * though it may be the larger one. */
    if (r->terms < r->rows && r->terms < r->cols)
        w->swapped = r->rows > 1 && r->out_row[1] - r->out_row[0] == 1;
    w->larger = w->swapped ? r->cols : r->rows;
    w->smaller = w->swapped ? r->rows : r->cols;
    w->larger_panel = panel_size(LARGER_BYTES, r->terms, w->larger, LARGER_MIN, LARGER_MAX);
    w->smaller_panel = panel_size(SMALLER_BYTES, r->terms, w->smaller, SMALLER_MIN, SMALLER_MAX);
    w->n_smaller_panels = (w->smaller + w->smaller_panel - 1) / w->smaller_panel;
    /* Under accumulate the filter would settle nothing. */
    w->apart =
        w->old || (w->smaller < SMALLER_MIN && SMALLER_MIN * PACKED_BYTES * r->terms > THIN_BYTES);
}

static enum vjp_status solve(struct vjp_solution *s, const struct vjp_tensor *old, int jobs,
                             struct vjp_error *error)
{
    struct vjp_solution_work w = {.solution = s,
                                  .old = old,
                                  .dtype = s->rounded.dtype,
                                  .elements = s->rounded.dtype == VJP_F64 ? VJP_BLOCK_LONG
                                                                          : VJP_BLOCK_SHORT};
    struct vjp_solution_bench bench[VJP_SOLUTION_JOBS_MAX] = {0};
    enum vjp_status status = VJP_OK;
    plan(&w);
    w.panel = calloc((size_t)w.n_smaller_panels + 1, sizeof *w.panel);
    if (!w.panel)
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact contraction");
    for (int64_t p = 0; p < w.n_smaller_panels && !w.apart && status == VJP_OK; p++)
        status = vjp_block_init(&w.panel[p], VJP_BLOCK_RIGHT, w.elements, w.smaller_panel,
                                s->contraction.terms, error);
    for (int i = 0; i < jobs && status == VJP_OK; i++)
        status = vjp_solution_bench_init(&bench[i], &w, error);
    if (status == VJP_OK)
        run_all(&w, bench, jobs);
    for (int i = 0; i < jobs; i++)
        vjp_solution_bench_clear(&bench[i]);
    for (int64_t p = 0; w.panel && p < w.n_smaller_panels; p++)
        vjp_block_clear(&w.panel[p]);
    free(w.panel);
    return status;
}

enum vjp_status vjp_solution_create(const struct vjp_case *c, const struct vjp_data *data, int i,
                                    int jobs, struct vjp_solution *out, struct vjp_error *error)
{
    struct vjp_solution s = {0};
    struct vjp_shape shape;
    const struct vjp_tensor *old = &data->slot[vjp_slot_gradient(c->spec, i)];
    const int threads = jobs < VJP_SOLUTION_JOBS_MAX ? jobs : VJP_SOLUTION_JOBS_MAX;
    vjp_case_slot_shape(c, vjp_slot_gradient(c->spec, i), &shape);
    enum vjp_status status = vjp_contraction_init(&s.contraction, c, data, i, error);
    if (status == VJP_OK)
        status = vjp_tensor_init(&s.rounded, c->dtype, &shape, error);
    if (status == VJP_OK) {
        s.tail = vjp_zeros(s.rounded.count, sizeof *s.tail);
        s.scale = vjp_zeros(s.rounded.count, sizeof *s.scale);
        s.settled_by = vjp_zeros(s.rounded.count, sizeof *s.settled_by);
        if (!s.tail || !s.scale || !s.settled_by)
            status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact gradient");
    }
    if (status == VJP_OK)
        status = solve(&s, old->data ? old : NULL, threads, error);
    if (status == VJP_OK)
        *out = s;
    else
        vjp_solution_clear(&s);
    return status;
}

const char *vjp_solution_instructions(void)
{
    return vjp_kernel_best()->name;
}

double vjp_solution_error(const struct vjp_solution *solution)
{
    /* The accumulator's 64 bits, and the rounding of a tail, are far below either. */
    return solution->rounded.dtype == VJP_F64
               ? 0x1p-62
               : vjp_block_error(solution->contraction.terms) + 0x1p-62;
}

void vjp_solution_clear(struct vjp_solution *solution)
{
    vjp_contraction_clear(&solution->contraction);
    vjp_tensor_clear(&solution->rounded);
    free(solution->tail);
    free(solution->scale);
    free(solution->settled_by);
    *solution = (struct vjp_solution){0};
}
