/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/lost.h"

#include "oracle/metric/measure.h"
#include "tests/cases/lines.h"

#include <math.h>

/* Answers to dx of linear with N=2 D=3, of which each sum has the terms from to to - 1 times times. */
struct wrong {
    int64_t from, to;
    int times;
    double noise; /* of each term, relative */
};

static bool find(const char *line, const struct wrong *wrong, struct vjp_lost *out)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const int64_t N = c.dim[0], D = c.dim[1], M = c.dim[2];
    const struct vjp_model model = {.accumulate = c.dtype, .ulps = 4};
    struct vjp_reference *reference;
    struct vjp_shape shape;
    struct vjp_tensor got;
    bool found = true;
    vjp_case_slot_shape(&c, DX, &shape);
    cr_assert_eq(vjp_tensor_init(&got, c.dtype, &shape, &error), VJP_OK);
    for (int64_t n = 0; n < N; n++) {
        for (int64_t d = 0; d < D; d++) {
            double sum = data.slot[DX].data ? element(&data, DX, n * D + d) : 0;
            for (int64_t m = 0; m < M; m++) {
                const double term = element(&data, DY, n * M + m) * element(&data, W, d * M + m);
                const int times = m >= wrong->from && m < wrong->to ? wrong->times : 1;
                sum += times * term * (1 + (m % 2 ? wrong->noise : -wrong->noise));
            }
            vjp_tensor_set(&got, n * D + d, vjp_bits_from_double(c.dtype, sum));
        }
    }
    cr_assert_eq(vjp_reference_create(&c, &data, (struct vjp_kinks){0}, &reference, &error), VJP_OK,
                 "%s", error.text);
    cr_assert_eq(vjp_lost_find(&c, &data, reference, DX, &model, &got, &found, out, &error),
                 VJP_OK);
    vjp_reference_destroy(reference);
    vjp_tensor_clear(&got);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return found;
}

Test(lost, a_block_is_named)
{
    static const struct {
        const char *line;
        struct wrong wrong;
    } table[] = {
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=1", {32, 40, 0, 0}},
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=2", {7, 8, 0, 0}},
        {"linear dtype=f64 N=2 D=3 M=300 x=normal w=normal dy=normal seed=3", {0, 31, 0, 0}},
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=4", {0, 1, 2, 0}},
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal dx=normal dw=normal "
         "accumulate=1 seed=5",
         {16, 32, 2, 0}},
        {"linear dtype=f32 N=1 D=1 M=9 x=normal w=normal dy=normal seed=6", {8, 9, 0, 0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct wrong *wrong = &table[i].wrong;
        struct vjp_lost lost = {0};
        cr_assert(find(table[i].line, wrong, &lost), "%s", table[i].line);
        cr_expect(lost.from == wrong->from && lost.to == wrong->to, "%zu: %d:%d", i, (int)lost.from,
                  (int)lost.to);
        cr_expect_eq(lost.twice, wrong->times == 2);
    }
}

/* Nothing outside; errors of rounding; all terms; terms of a single element, which may be chance; integers, among which
 * blocks are like one another. */
Test(lost, what_is_no_block_is_not_named)
{
    static const struct {
        const char *line;
        struct wrong wrong;
    } table[] = {
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=1", {0, 0, 1, 0}},
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=2", {0, 0, 1, 0x1p-9}},
        {"linear dtype=f32 N=2 D=3 M=40 x=normal w=normal dy=normal seed=3", {0, 40, 0, 0}},
        {"linear dtype=f32 N=1 D=1 M=400 x=normal w=normal dy=normal seed=4", {17, 30, 0, 0}},
        {"linear dtype=f32 N=1 D=1 M=9 x=[1] w=[1,1,1,1,1,1,1,1,1] dy=[1,1,1,1,1,1,1,1,1]",
         {3, 4, 0, 0}},
        {"linear dtype=f32 N=1 D=1 M=60 x=normal w=normal dy=normal seed=7", {59, 60, 0, 0}},
        {"linear dtype=f32 N=1 D=1 M=60 x=normal w=normal dy=normal seed=8", {0, 1, 0, 0}},
        {"linear dtype=f32 N=1 D=1 M=60 x=normal w=normal dy=normal seed=9", {30, 60, 0, 0}},
        {"linear dtype=f16 N=1 D=1 M=40 x=normal w=normal dy=normal seed=5", {30, 40, 0, 0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_lost lost = {0};
        cr_expect_not(find(table[i].line, &table[i].wrong, &lost), "%zu: %d:%d", i, (int)lost.from,
                      (int)lost.to);
    }
}

/* No sum of products. */
Test(lost, other_layers_have_no_terms)
{
    static const char line[] = "relu dtype=f32 N=1 M=2 x=[1,2] dy=[1,1]";
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const struct vjp_model model = {.accumulate = VJP_F32, .ulps = 4};
    struct vjp_reference *reference;
    struct vjp_lost lost;
    bool found = true;
    cr_assert_eq(vjp_reference_create(&c, &data, (struct vjp_kinks){0}, &reference, &error),
                 VJP_OK);
    cr_assert_eq(
        vjp_lost_find(&c, &data, reference, 2, &model, &data.slot[0], &found, &lost, &error),
        VJP_OK);
    cr_expect_not(found);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
