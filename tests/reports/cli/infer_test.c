/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/infer.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* A case in the making, and what is known of it. */
struct inferring {
    struct vjp_case c;
    struct vjp_known known;
    bool given[VJP_MAX_ATTRS];
    struct vjp_error error;
};

static void begin(struct inferring *f, const char *layer)
{
    const struct vjp_spec *spec = vjp_spec_find(layer);
    *f = (struct inferring){0};
    cr_assert_not_null(spec, "%s", layer);
    cr_assert_eq(vjp_case_init(&f->c, spec, VJP_F32, &f->error), VJP_OK, "%s", f->error.text);
}

static void set_attr(struct inferring *f, const char *name, int64_t value)
{
    const int a = vjp_attr_find(f->c.spec, name);
    cr_assert_geq(a, 0, "%s", name);
    f->c.attr[a] = value;
    f->given[a] = true;
}

static void set_shape(struct inferring *f, const char *name, struct vjp_shape shape)
{
    const int slot = vjp_slot_find(f->c.spec, name);
    cr_assert_geq(slot, 0, "%s", name);
    f->known.has_shape[slot] = true;
    f->known.shape[slot] = shape;
}

#define SHAPE(...)                                                                                 \
    ((struct vjp_shape){.rank = (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)),                 \
                        .dim = {__VA_ARGS__}})

static void expect_dims(struct inferring *f, const char *names, const int64_t *sizes)
{
    char name[8];
    int at = 0;
    int n = 0;
    cr_assert_eq(vjp_infer_rank(&f->c, f->given, &f->known, &f->error), VJP_OK, "%s",
                 f->error.text);
    cr_assert_eq(vjp_infer_dims(&f->c, &f->known, &f->error), VJP_OK, "%s", f->error.text);
    for (int k = 0; sscanf(names + at, " %7s%n", name, &n) == 1; k++, at += n)
        cr_expect_eq(vjp_case_dim(&f->c, name), sizes[k], "%s is %d", name,
                     (int)vjp_case_dim(&f->c, name));
    vjp_case_clear(&f->c);
}

static void expect_message(struct inferring *f, const char *message)
{
    enum vjp_status status = vjp_infer_rank(&f->c, f->given, &f->known, &f->error);
    if (status == VJP_OK)
        status = vjp_infer_dims(&f->c, &f->known, &f->error);
    cr_expect_eq(status == VJP_OK, false, "%s", message);
    cr_expect_str_eq(f->error.text, message);
    vjp_case_clear(&f->c);
}

Test(infer, sizes_follow_from_the_shapes)
{
    struct inferring f;
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(2, 3));
    set_shape(&f, "w", SHAPE(3, 5));
    set_shape(&f, "dy", SHAPE(2, 5));
    expect_dims(&f, "N D M", (int64_t[]){2, 3, 5});
    /* C/groups is an axis without a name; 7 = (8 + 2 - 4) / 1 + 1, 4 = (9 + 2 - 4) / 2 + 1 with
     * padding=1 and stride 1; the filter is 4 x 4. */
    begin(&f, "conv2d");
    set_attr(&f, "groups", 2);
    set_attr(&f, "padding", 1);
    set_attr(&f, "stride", 2);
    set_shape(&f, "x", SHAPE(1, 6, 8, 9));
    set_shape(&f, "w", SHAPE(10, 3, 4, 4));
    set_shape(&f, "dy", SHAPE(1, 10, 4, 4));
    expect_dims(&f, "N C H W K R S", (int64_t[]){1, 6, 8, 9, 10, 4, 4});
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(0, 3));
    set_shape(&f, "w", SHAPE(3, 5));
    set_shape(&f, "dy", SHAPE(0, 5));
    expect_dims(&f, "N D M", (int64_t[]){0, 3, 5});
}

Test(infer, an_attribute_rank_is_that_of_the_first_operand)
{
    struct inferring f;
    begin(&f, "square");
    set_shape(&f, "x", SHAPE(2, 3, 4));
    set_shape(&f, "dy", SHAPE(2, 3, 4));
    expect_dims(&f, "N M P Q", (int64_t[]){2, 3, 4, 1});
    begin(&f, "square");
    set_attr(&f, "rank", 2);
    set_shape(&f, "x", SHAPE(2, 3, 4));
    set_shape(&f, "dy", SHAPE(2, 3, 4));
    expect_message(&f, "x is 2x3x4: expected NxM");
}

/* Every layer that takes any shape, and one as the first of a pipeline. */
Test(infer, ranks_that_no_attribute_has_are_told_by_those_that_it_has)
{
    struct inferring f;
    int count = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        if (vjp_attr_find(*spec, "rank") < 0)
            continue;
        begin(&f, (*spec)->name);
        set_shape(&f, "x", (struct vjp_shape){.rank = 0});
        expect_message(&f, "x is scalar: expected 1 to 4 dimensions");
        begin(&f, (*spec)->name);
        set_shape(&f, "x", SHAPE(1, 1, 1, 1, 1));
        expect_message(&f, "x is 1x1x1x1x1: expected 1 to 4 dimensions");
        count++;
    }
    cr_expect_geq(count, 10);
    begin(&f, "square | linear");
    set_shape(&f, "1.x", (struct vjp_shape){.rank = 0});
    expect_message(&f, "1.x is scalar: expected 1 to 4 dimensions");
}

Test(infer, operands_that_contradict_each_other_are_both_named)
{
    struct inferring f;
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(2, 3));
    set_shape(&f, "w", SHAPE(4, 5));
    set_shape(&f, "dy", SHAPE(2, 5));
    expect_message(&f, "x is 2x3, w is 4x5: D cannot be both 3 and 4");
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(2, 3));
    set_shape(&f, "w", SHAPE(3, 5));
    set_shape(&f, "dy", SHAPE(2, 4));
    expect_message(&f, "w is 3x5, dy is 2x4: M cannot be both 5 and 4");
    begin(&f, "linear");
    f.known.has_dim[vjp_dim_find(f.c.spec, "D")] = true;
    f.c.dim[vjp_dim_find(f.c.spec, "D")] = 7;
    set_shape(&f, "x", SHAPE(2, 3));
    expect_message(&f, "D=7, but x is 2x3: D is 3");
}

Test(infer, an_axis_that_has_no_name_is_compared_in_the_end)
{
    struct inferring f;
    begin(&f, "conv2d");
    set_shape(&f, "x", SHAPE(1, 2, 8, 8));
    set_shape(&f, "w", SHAPE(3, 2, 3, 3));
    set_shape(&f, "dy", SHAPE(1, 3, 8, 8));
    expect_message(&f, "dy is 1x3x8x8: expected 1x3x6x6, the shape of y");
}

Test(infer, what_is_missing_is_named_with_its_shape)
{
    struct inferring f;
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(2, 3));
    expect_message(&f, "w is missing: expected w=FILE.npy, of shape 3xM");
    begin(&f, "linear");
    set_shape(&f, "x", SHAPE(2, 3));
    set_shape(&f, "w", SHAPE(3, 5));
    expect_message(&f, "dy is missing: expected dy=FILE.npy, of shape 2x5");
    begin(&f, "conv2d");
    set_shape(&f, "x", SHAPE(1, 2, 8, 8));
    set_attr(&f, "bias", 1);
    expect_message(&f, "w is missing: expected w=FILE.npy, of shape Kx2xRxS");
    begin(&f, "mse");
    set_shape(&f, "x", SHAPE(2, 3));
    set_shape(&f, "t", SHAPE(2, 3));
    expect_message(&f, "dy is missing: expected dy=FILE.npy, of shape scalar");
}

Test(infer, the_layers_own_demands_are_kept)
{
    struct inferring f;
    begin(&f, "conv2d");
    set_attr(&f, "groups", 4);
    set_shape(&f, "x", SHAPE(1, 6, 8, 8));
    set_shape(&f, "w", SHAPE(4, 1, 3, 3));
    set_shape(&f, "dy", SHAPE(1, 4, 6, 6));
    expect_message(&f, "groups=4: expected a divisor of C=6 and of K=4");
    begin(&f, "linear");
    f.known.has_dim[0] = true;
    f.c.dim[0] = INT64_MAX;
    expect_message(&f, "N=9223372036854775807 exceeds the limit of 4294967296");
    begin(&f, "square");
    set_shape(&f, "x", (struct vjp_shape){.rank = 1, .dim = {INT64_C(1) << 33}});
    expect_message(&f, "N=8589934592 exceeds the limit of 4294967296");
}

Test(infer, a_pipeline_has_its_stages_names)
{
    struct inferring f;
    begin(&f, "linear | relu | linear");
    set_shape(&f, "1.x", SHAPE(2, 3));
    set_shape(&f, "1.w", SHAPE(3, 5));
    set_shape(&f, "3.w", SHAPE(5, 4));
    set_shape(&f, "dy", SHAPE(2, 4));
    expect_dims(&f, "1.N 1.D 1.M 3.M", (int64_t[]){2, 3, 5, 4});
    begin(&f, "linear | relu | linear");
    set_shape(&f, "1.x", SHAPE(2, 3));
    set_shape(&f, "1.w", SHAPE(3, 5));
    set_shape(&f, "3.w", SHAPE(6, 4));
    set_shape(&f, "dy", SHAPE(2, 4));
    expect_message(&f, "3.w is 6x4: expected 5x4");
    begin(&f, "square | square");
    set_shape(&f, "1.x", SHAPE(2, 3, 4));
    set_shape(&f, "dy", SHAPE(2, 3, 4));
    expect_dims(&f, "1.N 1.M 1.P", (int64_t[]){2, 3, 4});
}
