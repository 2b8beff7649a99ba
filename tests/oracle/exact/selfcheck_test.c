/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/selfcheck.h"

#include "tests/cases/lines.h"

#include <inttypes.h>

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_solution s;
};

static void start(struct scene *s, const char *line, int input)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_solution_create(&s->c, &s->data, input, 1, &s->s, &error), VJP_OK, "%s",
                 error.text);
}

static void end(struct scene *s)
{
    vjp_solution_clear(&s->s);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static enum vjp_status check_rows(const struct scene *s, int64_t *rows)
{
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_selfcheck_rows(&s->s, rows, &error);
    cr_expect(status == VJP_OK || strstr(error.text, "modulo 2^61 - 1"), "%s", error.text);
    return status;
}

Test(selfcheck, every_row_of_exact_data)
{
    static const struct {
        const char *line;
        int input;
        int64_t rows;
    } table[] = {
        {"linear dtype=f32 N=9 D=30 M=20 x=exact w=exact dy=exact seed=1", 0, 9},
        {"linear dtype=f64 N=9 D=30 M=20 x=integers w=integers dy=integers", 1, 20},
        {"linear dtype=f16 N=9 D=30 M=20 bias=1 b=exact dy=exact seed=1", 2, 20},
        {"matmul dtype=f32 B=3 M=4 K=5 N=6 a=integers b=integers dy=integers", 0, 12},
        {"conv2d dtype=f32 N=2 C=3 H=5 W=4 K=6 R=3 S=2 padding=1 stride=2 x=exact w=exact dy=exact",
         0, 40},
        {"linear dtype=f32 N=9 D=30 M=20 x=normal w=normal dy=normal seed=1", 0, 0},
        {"linear dtype=f32 N=0 D=3 M=2 x=exact w=exact dy=exact", 0, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scene s;
        int64_t rows = -1;
        start(&s, table[i].line, table[i].input);
        cr_expect_eq(check_rows(&s, &rows), VJP_OK, "%s", table[i].line);
        cr_expect_eq(rows, table[i].rows, "%s: %" PRId64, table[i].line, rows);
        end(&s);
    }
}

/* One element off, in its tail or by a bit; and two elements exchanged. */
Test(selfcheck, a_solution_that_is_wrong_is_noticed)
{
    struct scene s;
    int64_t rows;
    start(&s, "linear dtype=f32 N=9 D=30 M=20 x=exact w=exact dy=exact seed=1", 0);
    const uint64_t bits = vjp_tensor_get(&s.s.rounded, 100);
    cr_assert_neq(bits, vjp_tensor_get(&s.s.rounded, 101));
    s.s.tail[100] = 0x1p-60;
    cr_expect_eq(check_rows(&s, &rows), VJP_ERR_INTERNAL, "a tail");
    s.s.tail[100] = 0;
    vjp_tensor_set(&s.s.rounded, 100, bits ^ 1);
    cr_expect_eq(check_rows(&s, &rows), VJP_ERR_INTERNAL, "a bit");
    vjp_tensor_set(&s.s.rounded, 100, vjp_tensor_get(&s.s.rounded, 101));
    vjp_tensor_set(&s.s.rounded, 101, bits);
    cr_expect_eq(check_rows(&s, &rows), VJP_ERR_INTERNAL, "two exchanged");
    vjp_tensor_set(&s.s.rounded, 101, vjp_tensor_get(&s.s.rounded, 100));
    vjp_tensor_set(&s.s.rounded, 100, bits);
    cr_expect_eq(check_rows(&s, &rows), VJP_OK);
    end(&s);
}

/* For sums of every length, of short and of long elements. */
Test(selfcheck, panels_agree)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=1 D=1 M=0 dy=[] w=[]",
        "linear dtype=f32 N=1 D=1 M=1",
        "linear dtype=bf16 N=1 D=1 M=257",
        "linear dtype=f32 N=1 D=1 M=100000",
        "linear dtype=f64 N=1 D=1 M=1",
        "linear dtype=f64 N=1 D=1 M=300",
        "linear dtype=f64 N=1 D=1 M=100000",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct scene s;
        struct vjp_error error = {""};
        start(&s, lines[i], 0);
        cr_expect_eq(vjp_selfcheck_panel(&s.s, &error), VJP_OK, "%s: %s", lines[i], error.text);
        end(&s);
    }
}

/* Kernels that are wrong in every other column, by what stands beside the sums. */
static struct vjp_kernel broken;

static void without_lo(const struct vjp_tile *tile)
{
    vjp_kernel_portable.sum_long(tile);
    for (int64_t i = 0; i < tile->rows; i++) {
        for (int64_t j = 0; j < tile->cols; j += 2)
            tile->lo[i * tile->ld + j] = 0;
    }
}

/* What an addition between chunks loses is not kept. */
static void without_rests(const struct vjp_tile *tile)
{
    double before[VJP_TILE_ROWS][VJP_TILE_COLS], lo[VJP_TILE_ROWS][VJP_TILE_COLS];
    struct vjp_tile alone = *tile;
    for (int64_t i = 0; i < tile->rows; i++) {
        for (int64_t j = 0; j < tile->cols; j++) {
            before[i][j] = tile->first ? 0 : tile->c[i * tile->ld + j];
            lo[i][j] = tile->first ? 0 : tile->lo[i * tile->ld + j];
        }
    }
    alone.first = true;
    vjp_kernel_portable.sum_long(&alone);
    for (int64_t i = 0; i < tile->rows; i++) {
        for (int64_t j = 0; j < tile->cols; j++) {
            tile->c[i * tile->ld + j] += before[i][j];
            tile->lo[i * tile->ld + j] += lo[i][j];
        }
    }
}

static void scaled(const struct vjp_tile *tile, double by)
{
    vjp_kernel_portable.magnitude(tile);
    for (int64_t i = 0; i < tile->rows && tile->first; i++) {
        for (int64_t j = 0; j < tile->cols; j += 2)
            tile->s[i * tile->ld + j] *= by;
    }
}

static void small_s(const struct vjp_tile *tile)
{
    scaled(tile, 0.999);
}

static void large_s(const struct vjp_tile *tile)
{
    scaled(tile, 1.001);
}

Test(selfcheck, a_wrong_kernel_is_noticed)
{
    struct vjp_error error = {""};
    broken = vjp_kernel_portable;
    cr_assert_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_LONG, 20000, &error), VJP_OK);
    broken.sum_long = without_lo;
    cr_expect_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_LONG, 5, &error), VJP_ERR_INTERNAL);
    cr_expect_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_LONG, 2048, &error), VJP_ERR_INTERNAL);
    broken.sum_long = without_rests;
    cr_expect_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_LONG, 20000, &error), VJP_ERR_INTERNAL);
    cr_expect_not_null(strstr(error.text, "modulo 2^61 - 1"), "%s", error.text);
    for (int low = 0; low < 2; low++) {
        broken = vjp_kernel_portable;
        broken.magnitude = low ? small_s : large_s;
        cr_expect_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_SHORT, 100, &error), VJP_ERR_INTERNAL);
        cr_expect_not_null(strstr(error.text, "magnitudes"), "%s", error.text);
        cr_expect_eq(vjp_selfcheck_kernel(&broken, VJP_BLOCK_LONG, 100, &error), VJP_ERR_INTERNAL);
    }
}
