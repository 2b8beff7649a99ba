/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_SCENE_H
#define VJP_TESTS_REPORTS_SCENE_H

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "impls/host/observation.h"
#include "reports/verdict/verdict.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

/* A case with its truth, a kernel that declares f32 sums in f32 and f64 sums in f64, and what was
 * seen of it, by hand: at first a call that came to its end without answers. */
struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *reference;
    struct vjp_kernel_info kernel;
    struct vjp_observation seen;
    struct vjp_judgement out;
};

/* Slots of linear: x w b dy dx dw db. */
enum { X, W, B, DY, DX, DW, DB };

static inline struct vjp_kernel_info make_kernel(void)
{
    struct vjp_kernel_info kernel = {
        .name = "linear", .layer = "linear", .deterministic = true, .alignment = 1};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        kernel.has_model[d] = true;
        kernel.model[d].accumulate = d == VJP_F64 ? VJP_F64 : VJP_F32;
    }
    return kernel;
}

static inline void scene_set(struct scene *s, const char *line)
{
    const struct vjp_kinks any_side = {.point = VJP_POINT_ANY, .tie = VJP_TIE_ANY};
    struct vjp_error error = {""};
    *s = (struct scene){.kernel = make_kernel(), .seen = {.unwritten_slot = -1, .repeat_slot = -1}};
    cr_assert_eq(vjp_case_parse(line, &s->c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_data_generate(&s->c, &s->data, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_reference_create(&s->c, &s->data, any_side, &s->reference, &error), VJP_OK,
                 "%s", error.text);
}

/* Sets the answer of one placement (0, 1), or of both (-1). */
static inline void scene_answer(struct scene *s, int placement, int slot, const double *values)
{
    struct vjp_shape shape;
    struct vjp_error error;
    vjp_case_slot_shape(&s->c, slot, &shape);
    for (int p = 0; p < 2; p++) {
        struct vjp_tensor *answer = &s->seen.answer[p][slot];
        if (placement >= 0 && placement != p)
            continue;
        vjp_tensor_clear(answer);
        cr_assert_eq(vjp_tensor_init(answer, s->c.dtype, &shape, &error), VJP_OK);
        for (int64_t i = 0; i < answer->count; i++)
            vjp_tensor_set(answer, i, vjp_bits_from_double(s->c.dtype, values[i]));
    }
}

static inline void scene_clear(struct scene *s)
{
    for (int p = 0; p < 2; p++) {
        for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
            vjp_tensor_clear(&s->seen.answer[p][slot]);
    }
    vjp_reference_destroy(s->reference);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static inline enum vjp_verdict scene_judge(struct scene *s)
{
    vjp_judge(&s->c, &s->kernel, s->reference, &s->seen, &s->out);
    return s->out.verdict;
}

/* dx = dy w^T, dw = x^T dy, by hand: 1+2+3, 4+5+6; 2 * 1 and 3 * 1. */
#define SMALL_CASE "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]"
static const double small_dx[] = {6, 15};
static const double small_dw[] = {2, 2, 2, 3, 3, 3};

static inline void scene_set_small(struct scene *s)
{
    scene_set(s, SMALL_CASE);
    scene_answer(s, -1, DX, small_dx);
    scene_answer(s, -1, DW, small_dw);
}

#endif
