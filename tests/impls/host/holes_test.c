/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/holes.h"

#include <criterion/criterion.h>
#include <sys/mman.h>

enum { X = 0, DX = 4 };
#define PAGE 4096

struct setting {
    struct vjp_case c;
    struct vjp_arena arena;
    struct vjp_window windows[2];
    struct vjp_holes before;
    unsigned char *foreign[2]; /* the windows as another process would map them */
};

static void set_up(struct setting *s)
{
    struct vjp_error error;
    *s = (struct setting){0};
    cr_assert_eq(vjp_case_init(&s->c, vjp_spec_find("linear"), VJP_F32, &error), VJP_OK);
    s->c.dim[0] = 3;
    for (int i = 0; i < 2; i++) {
        s->c.slot[i ? DX : X].layout.ld_pad = 1 << 20;
        cr_assert_eq(vjp_window_plan(&s->windows[i], &s->c, i ? DX : X, 1, PAGE, &error), VJP_OK);
    }
    cr_assert_eq(vjp_arena_init(&s->arena, s->windows[0].bytes, &error), VJP_OK);
    for (int i = 0; i < 2; i++) {
        const off_t at = i ? (vjp_window_index(s->c.spec, DX) - VJP_INPUT_WINDOWS) : 0;
        vjp_window_bind(&s->windows[i], &s->arena);
        s->foreign[i] =
            mmap(NULL, (size_t)s->windows[i].bytes, i ? PROT_READ | PROT_WRITE : PROT_READ,
                 MAP_SHARED, i ? s->arena.output_fd : s->arena.input_fd, at * s->arena.capacity);
        cr_assert_neq(s->foreign[i], MAP_FAILED);
    }
    vjp_holes_note(&s->arena, &s->before);
}

static bool is_untouched(const struct setting *s, struct vjp_touch *touch)
{
    *touch = (struct vjp_touch){0};
    return vjp_holes_check(&s->arena, &s->before, s->windows, 2, VJP_LEFT, touch);
}

static void clear(struct setting *s)
{
    for (int i = 0; i < 2; i++)
        munmap(s->foreign[i], (size_t)s->windows[i].bytes);
    vjp_arena_clear(&s->arena);
    vjp_case_clear(&s->c);
}

Test(holes, pages_in_use_may_be_touched)
{
    struct setting s;
    struct vjp_touch touch;
    set_up(&s);
    for (int row = 0; row < 3; row++) {
        s.foreign[1][(INT64_C(4) + (4 << 20)) * row] = 1;
        cr_expect_neq(s.foreign[0][(INT64_C(4) + (4 << 20)) * row], 0);
    }
    cr_expect(is_untouched(&s, &touch));
    cr_expect_not(touch.found);
    clear(&s);
}

Test(holes, a_read_is_found_by_its_page)
{
    struct setting s;
    struct vjp_touch touch;
    set_up(&s);
    cr_expect_eq(s.foreign[0][100 * PAGE + 77], 0);
    cr_expect_not(is_untouched(&s, &touch));
    cr_expect(touch.found);
    cr_expect_eq(touch.slot, X);
    cr_expect_eq(touch.side, VJP_BETWEEN);
    cr_expect_eq(touch.bytes, 100 * PAGE - 4 + 1);
    cr_expect_not(touch.wrote);
    clear(&s);
}

Test(holes, a_write_is_found_by_its_byte)
{
    struct setting s;
    struct vjp_touch touch;
    set_up(&s);
    s.foreign[1][(8 << 20) - 5 * PAGE + 33] = 1;
    cr_expect_not(is_untouched(&s, &touch));
    cr_expect_eq(touch.slot, DX);
    cr_expect_eq(touch.side, VJP_BETWEEN);
    cr_expect_eq(touch.bytes, (8 << 20) - 5 * PAGE + 33 - (4 << 20) - 8 + 1);
    cr_expect(touch.wrote);
    clear(&s);
}
