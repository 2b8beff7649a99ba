/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_oracle_stand.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "oracle/metric/reference.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

_Static_assert(sizeof((struct vjp_oracle_operands *)0)->settled ==
                   VJP_SETTLED_COUNT * sizeof(int64_t),
               "a number for each way to settle an element");

/* cancel: mirrored (mirror). wide: operands over all of f32's normal range; dy's are not, so that few results overflow,
 * which would be settled at once. subnormal: x and w; with dy as well all products are below what f32 has, and nothing
 * is left to find. */
static const struct {
    const char *name;
    const char *dtype;
    const char *values;
} kinds[VJP_STAND_COUNT] = {
    [VJP_STAND_NORMAL] = {"normal", "f32", "x=normal w=normal dy=normal"},
    [VJP_STAND_CANCEL] = {"cancel", "f32", "x=normal w=normal dy=normal"},
    [VJP_STAND_WIDE] = {"wide", "f32", "x=wide:126 w=wide:126 dy=wide:0"},
    [VJP_STAND_SUBNORMAL] = {"subnormal", "f32", "x=subnormal w=subnormal dy=normal"},
    [VJP_STAND_F64] = {"f64", "f64", "x=normal w=normal dy=normal"},
};

void vjp_stand_describe(enum vjp_stand_kind kind, const struct vjp_bench_oracle_plan *plan,
                        struct vjp_oracle_operands *out)
{
    out->name = kinds[kind].name;
    out->change = kind == VJP_STAND_CANCEL
                      ? "rows and columns in pairs of either sign: every sum cancels to 1e-30 of S"
                      : "";
    snprintf(out->line, sizeof out->line,
             "linear dtype=%s N=%" PRId64 " D=%" PRId64 " M=%" PRId64 " %s", kinds[kind].dtype,
             plan->N, plan->D, plan->M, kinds[kind].values);
}

enum vjp_status vjp_stand_rival(const struct vjp_stand *stand, enum vjp_rival_kind_name kind,
                                int jobs, struct vjp_rival **out, struct vjp_error *error)
{
    const struct vjp_rival_request request = {.kind = kind,
                                              .c = &stand->c,
                                              .data = &stand->data,
                                              .jobs = jobs,
                                              .modules = stand->modules};
    return vjp_rival_create(&request, out, error);
}

/* By how much the last pair's factors are smaller: its products by 2^-100, about 1e-30. */
#define REST 0x1p-50F

/* Of a matrix's rows, columns apart by stride, the second half becomes the first times sign; the last of either half
 * stays, times REST. */
static void mirror_rows(float *x, int64_t rows, int64_t row, int64_t cols, int64_t col, float sign)
{
    const int64_t half = rows / 2;
    for (int64_t j = 0; j < cols && half > 0; j++) {
        for (int64_t i = 0; i + 1 < half; i++)
            x[(i + half) * row + j * col] = sign * x[i * row + j * col];
        x[(half - 1) * row + j * col] *= REST;
        x[(2 * half - 1) * row + j * col] *= REST;
    }
}

/* Every element of dw, a sum over rows n, and of dx, over columns m, becomes a sum of products in pairs of either sign
 * and of two that are smaller by 2^-100; where N or M is odd, of one more that is not. */
static void mirror(const struct vjp_case *c, struct vjp_data *data)
{
    const int64_t N = c->dim[0], D = c->dim[1], M = c->dim[2];
    float *x = data->slot[vjp_slot_find(c->spec, "x")].data;
    float *w = data->slot[vjp_slot_find(c->spec, "w")].data;
    float *dy = data->slot[vjp_slot_find(c->spec, "dy")].data;
    mirror_rows(x, N, D, D, 1, 1);
    mirror_rows(w, M, 1, D, M, 1);
    mirror_rows(dy, M, 1, N, M, -1);
    mirror_rows(dy, N, M, M, 1, -1);
}

enum vjp_status vjp_stand_open(enum vjp_stand_kind kind, const char *line, const char *modules,
                               struct vjp_stand *out, struct vjp_error *error)
{
    *out = (struct vjp_stand){.kind = kind, .modules = modules};
    enum vjp_status status = vjp_case_parse(line, &out->c, error);
    if (status == VJP_OK)
        status = vjp_data_generate(&out->c, &out->data, error);
    if (status == VJP_OK && kind == VJP_STAND_CANCEL)
        mirror(&out->c, &out->data);
    if (status == VJP_OK)
        status = vjp_stand_rival(out, VJP_RIVAL_EXACT, 1, &out->exact, error);
    return status;
}

void vjp_stand_close(struct vjp_stand *stand)
{
    vjp_rival_destroy(stand->exact);
    vjp_data_clear(&stand->data);
    vjp_case_clear(&stand->c);
    *stand = (struct vjp_stand){0};
}

/* How far sums cancel: the smallest |g| / S of the elements that are no zeros. */
static enum vjp_status find_least(const struct vjp_stand *stand, double *out,
                                  struct vjp_error *error)
{
    const int64_t rows[2] = {stand->c.dim[0], stand->c.dim[1]};
    const int64_t cols[2] = {stand->c.dim[1], stand->c.dim[2]};
    const enum vjp_status status = vjp_rival_run(stand->exact, error);
    if (status != VJP_OK)
        return status;
    *out = INFINITY;
    for (int g = 0; g < 2; g++) {
        for (int64_t i = 0; i < rows[g] * cols[g]; i++) {
            double value, scale;
            if (vjp_rival_element(stand->exact, g, i / cols[g], i % cols[g], &value) &&
                vjp_rival_scale(stand->exact, g, i / cols[g], i % cols[g], &scale) && value != 0 &&
                fabs(value) / scale < *out)
                *out = fabs(value) / scale;
        }
    }
    vjp_rival_forget(stand->exact);
    return VJP_OK;
}

enum vjp_status vjp_stand_check(const struct vjp_stand *stand, struct vjp_oracle_operands *out,
                                struct vjp_error *error)
{
    const int64_t *dim = stand->c.dim;
    struct vjp_reference *reference = NULL;
    int64_t all = 0;
    const enum vjp_status status =
        vjp_reference_create_contracted(&stand->c, &stand->data, VJP_STAND_JOBS, &reference, error);
    if (status != VJP_OK)
        return status;
    for (int g = 0; g < 2; g++) {
        int64_t settled[VJP_SETTLED_COUNT];
        vjp_reference_settled(reference, vjp_slot_gradient(stand->c.spec, g), settled);
        for (int by = 0; by < VJP_SETTLED_COUNT; by++) {
            out->settled[by] += settled[by];
            all += settled[by];
        }
    }
    vjp_reference_destroy(reference);
    out->elements = dim[0] * dim[1] + dim[1] * dim[2];
    if (all != out->elements)
        return vjp_fail(error, VJP_ERR_INTERNAL,
                        "%" PRId64 " of %" PRId64 " elements were settled: please report this", all,
                        out->elements);
    return find_least(stand, &out->least, error);
}
