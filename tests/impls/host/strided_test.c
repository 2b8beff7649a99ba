/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/strided.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROOM 4096

/* A shape with strides, and what its layout is, worked out by hand. */
struct layout_case {
    struct vjp_shape shape;
    int64_t strides[VJP_RANK_MAX];
    int64_t extent; /* in elements */
    int spans;
    int rank;
};

static const struct layout_case cases[] = {
    {{0, {0}}, {0}, 1, 1, 1},
    {{1, {5}}, {1}, 5, 1, 1},
    {{1, {0}}, {1}, 0, 0, 1},
    {{2, {3, 4}}, {4, 1}, 12, 1, 1}, /* contiguous */
    {{2, {3, 4}}, {6, 1}, 16, 3, 2}, /* padded rows */
    {{2, {3, 4}}, {1, 3}, 12, 4, 2}, /* transposed */
    {{2, {3, 4}}, {1, 5}, 18, 4, 2}, /* transposed, padded */
    {{2, {1, 4}}, {9, 1}, 4, 1, 1},  /* one row: its stride does not matter */
    {{2, {4, 1}}, {3, 1}, 10, 4, 2}, /* one column, padded */
    {{2, {3, 0}}, {2, 1}, 0, 0, 2},
    {{3, {2, 3, 4}}, {15, 5, 1}, 29, 6, 2}, /* padded innermost rows: the outer two merge */
    {{3, {2, 3, 4}}, {20, 5, 1}, 34, 6, 3},
    {{4, {2, 1, 3, 2}}, {6, 100, 2, 1}, 12, 1, 1},
};
#define N_CASES (sizeof cases / sizeof cases[0])

/* The place of element i in memory, from its index alone. */
static int64_t place(const struct layout_case *c, int64_t i)
{
    int64_t at = 0;
    for (int d = c->shape.rank - 1; d >= 0; d--) {
        at += i % c->shape.dim[d] * c->strides[d];
        i /= c->shape.dim[d];
    }
    return at;
}

Test(strided, init_knows_extent_and_merges)
{
    for (size_t k = 0; k < N_CASES; k++) {
        struct vjp_strided s;
        struct vjp_span span = {0};
        int spans = 0;
        int64_t last = -1;
        vjp_strided_init(&s, &cases[k].shape, cases[k].strides, 4);
        cr_expect_eq(s.extent, 4 * cases[k].extent, "case %d: %d", (int)k, (int)s.extent);
        cr_expect_eq(s.rank, cases[k].rank, "case %d: %d", (int)k, s.rank);
        while (vjp_strided_next(&s, &span)) {
            cr_expect_gt(span.memory, last, "case %d walks upward", (int)k);
            last = span.memory;
            spans++;
        }
        cr_expect_eq(spans, cases[k].spans, "case %d: %d", (int)k, spans);
    }
}

Test(strided, scatter_puts_every_element_in_its_place_and_gather_takes_it_back)
{
    static const int sizes[] = {2, 4, 8};
    for (size_t k = 0; k < 3 * N_CASES; k++) {
        const struct layout_case *c = &cases[k / 3];
        const int bytes = sizes[k % 3];
        struct vjp_strided s;
        char array[ROOM], back[ROOM], memory[ROOM], expected[ROOM];
        vjp_strided_init(&s, &c->shape, c->strides, bytes);
        for (int i = 0; i < ROOM; i++)
            array[i] = (char)(i * 7 + 1);
        memset(memory, 0x55, sizeof memory);
        memset(expected, 0x55, sizeof expected);
        for (int64_t i = 0; i < s.count; i++)
            memcpy(expected + place(c, i) * bytes, array + i * bytes, (size_t)bytes);
        vjp_strided_scatter(&s, array, memory);
        cr_expect_eq(memcmp(memory, expected, ROOM), 0, "case %d", (int)k);
        cr_expect_eq(vjp_strided_difference(&s, memory, array), -1);
        memset(back, 0, sizeof back);
        vjp_strided_gather(&s, memory, back);
        cr_expect_eq(memcmp(back, array, (size_t)(s.count * bytes)), 0, "case %d", (int)k);
        for (int64_t i = 0; i < s.count; i++) {
            const int64_t at = place(c, i) * bytes + bytes - 1;
            memory[at] ^= 1;
            cr_expect_eq(vjp_strided_difference(&s, memory, array), at);
            memory[at] ^= 1;
        }
    }
}

Test(strided, fill_sets_the_elements_and_nothing_else)
{
    for (size_t k = 0; k < N_CASES; k++) {
        struct vjp_strided s;
        char memory[ROOM], expected[ROOM];
        const uint32_t bits = UINT32_C(0x12345678);
        vjp_strided_init(&s, &cases[k].shape, cases[k].strides, 4);
        memset(memory, 0x55, sizeof memory);
        memset(expected, 0x55, sizeof expected);
        for (int64_t i = 0; i < s.count; i++)
            memcpy(expected + 4 * place(&cases[k], i), &bits, 4);
        vjp_strided_fill(&s, UINT64_C(0xffffffff12345678), memory);
        cr_expect_eq(memcmp(memory, expected, ROOM), 0, "case %d", (int)k);
    }
}

/* Every byte of the extent is in an element or, counted from the row before it, in a gap. */
Test(strided, gap_counts_from_the_end_of_the_row)
{
    for (size_t k = 0; k < N_CASES; k++) {
        struct vjp_strided s;
        bool in_element[ROOM] = {0};
        int64_t run = 0;
        vjp_strided_init(&s, &cases[k].shape, cases[k].strides, 2);
        for (int64_t i = 0; i < s.count; i++)
            in_element[2 * place(&cases[k], i)] = in_element[2 * place(&cases[k], i) + 1] = true;
        for (int64_t at = 0; at < s.extent; at++) {
            run = in_element[at] ? 0 : run + 1;
            cr_expect_eq(vjp_strided_gap(&s, at), run, "case %d byte %d: %d", (int)k, (int)at,
                         (int)vjp_strided_gap(&s, at));
        }
    }
}

/* Along a stride of 0 the first element stands for all. */
Test(strided, what_is_expanded_lies_in_one_place)
{
    const struct vjp_shape shape = {3, {2, 3, 2}};
    const int64_t strides[] = {0, 2, 0};
    const float array[] = {1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3};
    float memory[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    const float expected[8] = {1, 9, 2, 9, 3, 9, 9, 9};
    struct vjp_strided s;
    vjp_strided_init(&s, &shape, strides, 4);
    cr_expect_eq(s.count, 12);
    cr_expect_eq(s.extent, 5 * 4);
    vjp_strided_scatter(&s, array, memory);
    cr_expect_eq(memcmp(memory, expected, sizeof memory), 0);
    cr_expect_eq(vjp_strided_difference(&s, memory, array), -1);
    memory[2] = 5;
    cr_expect_eq(vjp_strided_difference(&s, memory, array), 2 * 4 + 2);
    cr_expect_eq(vjp_strided_gap(&s, 0), 0);
    cr_expect_eq(vjp_strided_gap(&s, 4), 1);
}

Test(strided, an_empty_tensor_that_is_expanded)
{
    const struct vjp_shape shape = {2, {0, 3}};
    const int64_t strides[] = {0, 1};
    struct vjp_strided s;
    struct vjp_span span = {0};
    vjp_strided_init(&s, &shape, strides, 4);
    cr_expect_eq(s.count, 0);
    cr_expect_eq(s.extent, 0);
    cr_expect_not(vjp_strided_next(&s, &span));
}
