/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/window.h"

#include <criterion/criterion.h>
#include <string.h>

#include "impls/host/holes.h"
#include "impls/host/pattern.h"

enum { X, W, B, DY, DX, DW, DB };
#define PAGE 4096

static struct vjp_case make_case(enum vjp_dtype dtype, int64_t rows, int64_t columns)
{
    struct vjp_case c;
    struct vjp_error error;
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), dtype, &error), VJP_OK);
    c.dim[0] = rows;
    c.dim[1] = columns;
    return c;
}

static struct vjp_window plan(const struct vjp_case *c, int slot, int alignment)
{
    struct vjp_window window;
    struct vjp_error error;
    cr_assert_eq(vjp_window_plan(&window, c, slot, alignment, PAGE, &error), VJP_OK, "%s",
                 error.text);
    return window;
}

Test(window, every_slot_has_its_own)
{
    const struct vjp_spec *spec = vjp_spec_find("linear");
    bool taken[VJP_WINDOWS] = {0};
    /* Beyond the last slot: as many saved values as a layer can have. */
    for (int slot = 0; slot < vjp_slot_count(spec) + VJP_MAX_SAVED; slot++) {
        const int w = vjp_window_index(spec, slot);
        cr_assert(w >= 0 && w < VJP_WINDOWS);
        cr_expect_not(taken[w]);
        cr_expect_eq(w >= VJP_INPUT_WINDOWS, vjp_slot_is_gradient(spec, slot));
        taken[w] = true;
    }
}

Test(window, a_tensor_lies_at_either_end)
{
    struct vjp_case c = make_case(VJP_F32, 3, 5);
    struct vjp_window w = plan(&c, X, 1);
    cr_expect_eq(w.bytes, PAGE);
    cr_expect_eq(w.offset[VJP_LEFT], 0);
    cr_expect_eq(w.offset[VJP_RIGHT], PAGE - 60);
    c.slot[X].layout.ld_pad = 2;
    w = plan(&c, X, 1);
    cr_expect_eq(w.offset[VJP_RIGHT], PAGE - 4 * (7 + 7 + 5));
    c.dim[0] = 1024;
    c.dim[1] = 1;
    c.slot[X].layout.ld_pad = 0;
    w = plan(&c, X, 1);
    cr_expect_eq(w.bytes, PAGE);
    cr_expect_eq(w.offset[VJP_RIGHT], 0);
    c.dim[0] = 1025;
    w = plan(&c, X, 1);
    cr_expect_eq(w.bytes, 2 * PAGE);
    cr_expect_eq(w.offset[VJP_RIGHT], PAGE - 4);
    vjp_case_clear(&c);
}

/* For every align, alignment and size: the address is as asked, the tensor is inside, and no higher
 * address on the right would do. */
Test(window, alignment_is_kept_at_both_ends)
{
    struct vjp_case c = make_case(VJP_F64, 1, 1);
    for (int columns = 500; columns < 530; columns++) {
        for (int align = -1; align < 64; align += align < 0 ? 1 : 8) {
            for (int alignment = 1; alignment <= 64; alignment *= 2) {
                c.dim[1] = columns;
                c.slot[X].layout.align = align;
                if (align > 0 && align % alignment != 0)
                    continue;
                const struct vjp_window w = plan(&c, X, alignment);
                const int64_t step = align >= 0 ? 64 : alignment > 8 ? alignment : 8;
                for (int p = 0; p < 2; p++) {
                    cr_expect_eq(w.offset[p] % step, align > 0 ? align : 0);
                    cr_expect_geq(w.offset[p], 0);
                    cr_expect_leq(w.offset[p] + 8 * columns, w.bytes);
                }
                cr_expect_lt(w.offset[VJP_LEFT], step);
                cr_expect_gt(w.offset[VJP_RIGHT] + step + 8 * columns, w.bytes);
                cr_expect_eq(w.bytes % PAGE, 0);
            }
        }
    }
    vjp_case_clear(&c);
}

Test(window, an_empty_tensor_takes_no_page)
{
    struct vjp_case c = make_case(VJP_F32, 0, 5);
    c.slot[X].layout.align = 12;
    const struct vjp_window w = plan(&c, X, 1);
    struct vjp_touch touch = {0};
    cr_expect_eq(w.bytes, 0);
    cr_expect_eq(w.offset[VJP_LEFT], 12);
    cr_expect_eq(w.offset[VJP_RIGHT], 12);
    cr_expect(vjp_window_locate(&w, VJP_LEFT, 12, &touch));
    cr_expect_eq(touch.side, VJP_AFTER);
    cr_expect_eq(touch.bytes, 1);
    cr_expect(vjp_window_locate(&w, VJP_LEFT, 8, &touch));
    cr_expect_eq(touch.side, VJP_BEFORE);
    cr_expect_eq(touch.bytes, 4);
    vjp_case_clear(&c);
}

/* layernorm saves mean and rstd, one of each row; the layout of no slot is theirs. */
Test(window, a_saved_value_is_contiguous)
{
    struct vjp_case c;
    struct vjp_error error;
    const struct vjp_spec *spec = vjp_spec_find("layernorm");
    cr_assert_eq(vjp_case_init(&c, spec, VJP_F64, &error), VJP_OK);
    c.dim[0] = 600;
    c.dim[1] = 3;
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        c.slot[slot].layout = (struct vjp_layout){.ld_pad = 5, .align = 8};
    const int slot = vjp_slot_saved(spec, vjp_saved_find(spec, "rstd"));
    const struct vjp_window w = plan(&c, slot, 1);
    cr_expect_eq(w.slot, slot);
    cr_expect_lt(w.index, VJP_INPUT_WINDOWS);
    cr_expect_eq(w.dtype, VJP_F64);
    cr_expect_eq(w.shape.rank, 1);
    cr_expect_eq(w.shape.dim[0], 600);
    cr_expect_eq(w.strides[0], 1);
    cr_expect_eq(w.bytes, 2 * PAGE);
    cr_expect_eq(w.offset[VJP_LEFT], 0);
    cr_expect_eq(w.offset[VJP_RIGHT], 2 * PAGE - 4800);
    cr_expect_eq(w.canary, vjp_pattern_canary(VJP_F64, false));
    c.dim[0] = 0;
    cr_expect_eq(plan(&c, slot, 1).bytes, 0);
    vjp_case_clear(&c);
}

Test(window, a_saved_value_has_the_dtype_of_its_kind)
{
    struct vjp_case c;
    const struct vjp_spec *pool = vjp_spec_find("maxpool2d"),
                          *loss = vjp_spec_find("softmax_cross_entropy");
    cr_assert_eq(vjp_case_init(&c, pool, VJP_F16, NULL), VJP_OK);
    c.dim[2] = c.dim[3] = 4;
    struct vjp_window w = plan(&c, vjp_slot_saved(pool, vjp_saved_find(pool, "argmax")), 1);
    cr_expect_eq(w.dtype, VJP_I32);
    cr_expect_eq(w.offset[VJP_RIGHT], w.bytes - 4 * 4);
    vjp_case_clear(&c);
    cr_assert_eq(vjp_case_init(&c, loss, VJP_F16, NULL), VJP_OK);
    c.dim[0] = 3;
    w = plan(&c, vjp_slot_saved(loss, vjp_saved_find(loss, "lse")), 1);
    cr_expect_eq(w.dtype, VJP_F32);
    cr_expect_eq(w.offset[VJP_RIGHT], w.bytes - 3 * 4);
    vjp_case_clear(&c);
}

/* softmax saves y, which has the shape of x. */
Test(window, a_saved_value_has_the_limit_of_every_tensor)
{
    struct vjp_case c;
    struct vjp_window w;
    struct vjp_error error = {0};
    const struct vjp_spec *spec = vjp_spec_find("softmax");
    cr_assert_eq(vjp_case_init(&c, spec, VJP_F32, &error), VJP_OK);
    c.dim[0] = 1 << 20;
    c.dim[1] = 1 << 17;
    cr_expect_eq(vjp_window_plan(&w, &c, vjp_slot_saved(spec, 0), 1, PAGE, &error), VJP_ERR_LIMIT);
    cr_expect_str_eq(error.text,
                     "y: 1048576x131072 elements exceed the limit of 274877906944 bytes");
    c.dim[0] /= 2;
    cr_expect_eq(plan(&c, vjp_slot_saved(spec, 0), 1).strides[0], 1 << 17);
    vjp_case_clear(&c);
}

/* Indices stay i32 in a case of f64; the output of a mean over the batch has no dimensions. */
Test(window, indices_and_scalars_have_their_place)
{
    struct vjp_case c;
    struct vjp_error error;
    const struct vjp_spec *spec = vjp_spec_find("embedding");
    cr_assert_eq(vjp_case_init(&c, spec, VJP_F64, &error), VJP_OK);
    int slot = 0;
    while (spec->input[slot].domain != VJP_DOMAIN_INDEX)
        slot++;
    struct vjp_window w = plan(&c, slot, 1);
    cr_expect_eq(w.dtype, VJP_I32);
    cr_expect_eq(w.offset[VJP_RIGHT], PAGE - 4);
    cr_expect_eq(w.canary, vjp_pattern_canary(VJP_I32, false));
    vjp_case_clear(&c);
    spec = vjp_spec_find("mse");
    cr_assert_eq(vjp_case_init(&c, spec, VJP_F64, &error), VJP_OK);
    w = plan(&c, vjp_slot_cotangent(spec), 1);
    cr_expect_eq(w.shape.rank, 0);
    cr_expect_eq(w.bytes, PAGE);
    cr_expect_eq(w.offset[VJP_RIGHT], PAGE - 8);
    cr_expect_eq(w.strided.count, 1);
    vjp_case_clear(&c);
}

Test(window, a_misaligned_element_is_refused)
{
    struct vjp_case c = make_case(VJP_F32, 1, 1);
    struct vjp_window w;
    struct vjp_error error;
    c.slot[X].layout.align = 6;
    cr_expect_eq(vjp_window_plan(&w, &c, X, 1, PAGE, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "x.align=6 is no multiple of the 4 bytes of an element");
    vjp_case_clear(&c);
}

/* A window in an arena; every byte outside the elements is changed in turn. */
Test(window, strip_finds_every_changed_byte)
{
    struct vjp_case c = make_case(VJP_F32, 2, 3);
    struct vjp_arena arena;
    struct vjp_error error;
    cr_assert_eq(vjp_arena_init(&arena, 0, &error), VJP_OK);
    c.slot[DX].layout.ld_pad = 2;
    struct vjp_window w = plan(&c, DX, 1);
    vjp_window_bind(&w, &arena);
    for (int p = 0; p < 2; p++) {
        const int64_t first = w.offset[p];
        for (int64_t at = 0; at < w.bytes; at++) {
            struct vjp_touch touch = {0};
            const int64_t from = at - first;
            const bool row = (from >= 0 && from < 12) || (from >= 20 && from < 32);
            vjp_strided_fill(&w.strided, 0, vjp_window_first(&w, (enum vjp_placement)p));
            w.start[at] ^= 0x40;
            const bool pure = vjp_window_strip(&w, (enum vjp_placement)p, &touch);
            cr_assert_eq(pure, row, "byte %d", (int)at);
            cr_assert_eq(touch.found, !row);
            if (row)
                continue;
            cr_assert_eq(touch.slot, DX);
            cr_assert(touch.wrote);
            cr_assert_eq(touch.side, from < 0 ? VJP_BEFORE : from >= 32 ? VJP_AFTER : VJP_BETWEEN);
            /* The distance is that of the element the byte is in. */
            const int64_t distance = from < 0     ? (-from + 3) / 4 * 4
                                     : from >= 32 ? (from - 32) / 4 * 4 + 1
                                                  : (from - 12) / 4 * 4 + 1;
            cr_assert_eq(touch.bytes, distance, "byte %d: %d", (int)from, (int)touch.bytes);
        }
    }
    struct vjp_touch touch = {0};
    cr_expect(vjp_window_strip(&w, VJP_LEFT, &touch), "the canary is back");
    vjp_arena_clear(&arena);
    vjp_case_clear(&c);
}

Test(window, strip_prefers_what_is_closest_and_outside)
{
    struct vjp_case c = make_case(VJP_F32, 2, 3);
    struct vjp_arena arena;
    struct vjp_error error;
    struct vjp_touch touch = {0};
    cr_assert_eq(vjp_arena_init(&arena, 0, &error), VJP_OK);
    c.slot[DX].layout.ld_pad = 2;
    struct vjp_window w = plan(&c, DX, 1);
    vjp_window_bind(&w, &arena);
    w.start[13] = 0;
    w.start[32 + 100] = 0;
    w.start[32 + 40] = 0;
    cr_expect_not(vjp_window_strip(&w, VJP_LEFT, &touch));
    cr_expect_eq(touch.side, VJP_AFTER);
    cr_expect_eq(touch.bytes, 41);
    vjp_arena_clear(&arena);
    vjp_case_clear(&c);
}

/* The pattern follows the dtype of the case that is bound. */
Test(window, binding_dresses_the_window)
{
    struct vjp_arena arena;
    struct vjp_error error;
    cr_assert_eq(vjp_arena_init(&arena, 0, &error), VJP_OK);
    for (int round = 0; round < 3; round++) {
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            struct vjp_case c = make_case((enum vjp_dtype)d, 1, round == 1 ? 5000 : 3);
            struct vjp_window w = plan(&c, X, 1);
            vjp_window_bind(&w, &arena);
            cr_expect(vjp_pattern_is_spread(c.dtype, vjp_pattern_canary(c.dtype, false), w.start,
                                            w.bytes));
            vjp_case_clear(&c);
        }
    }
    vjp_arena_clear(&arena);
}

Test(window, rows_that_lie_far_apart_take_only_their_pages)
{
    struct vjp_case c = make_case(VJP_F32, 4, 3);
    c.slot[X].layout.ld_pad = INT64_C(1) << 28;
    const struct vjp_window w = plan(&c, X, 1);
    struct vjp_live live = {0};
    int64_t end = -1;
    int n = 0;
    cr_expect(w.sparse);
    while (vjp_window_next_live(&w, VJP_RIGHT, &live)) {
        const int64_t row = w.offset[VJP_RIGHT] + n * 4 * (3 + (INT64_C(1) << 28));
        cr_expect_gt(live.from, end);
        cr_expect_leq(live.from, row);
        cr_expect_geq(live.to, row + 12);
        cr_expect_leq(live.to - live.from, 4 * PAGE);
        cr_expect_leq(live.to, w.bytes);
        end = live.to;
        n++;
    }
    cr_expect_eq(n, 4);
    cr_expect_eq(end, w.bytes);
    cr_expect_leq(w.live, 32 * PAGE);
    c.slot[X].layout.ld_pad = 100;
    cr_expect_not(plan(&c, X, 1).sparse);
    vjp_case_clear(&c);
}
