/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/stages.h"

#include "tests/cases/lines.h"

static void expect_shape(const struct vjp_case *c, const char *slot, const char *expected)
{
    struct vjp_shape shape;
    char text[64];
    const int found = vjp_slot_find(c->spec, slot);
    cr_assert_geq(found, 0, "%s", slot);
    vjp_case_slot_shape(c, found, &shape);
    cr_expect_str_eq(vjp_shape_text(&shape, text, sizeof text), expected, "%s of %s", slot,
                     c->spec->name);
}

Test(stages, shapes_follow_from_stage_to_stage)
{
    struct vjp_case c = parse_case("linear | relu | linear | softmax | cross_entropy dtype=f32 "
                                   "1.N=4 1.D=2 1.M=5 3.M=3 1.bias=1 3.bias=1");
    expect_shape(&c, "1.x", "4x2");
    expect_shape(&c, "1.w", "2x5");
    expect_shape(&c, "3.w", "5x3");
    expect_shape(&c, "3.db", "3");
    expect_shape(&c, "5.t", "4x3");
    expect_shape(&c, "dy", "scalar");
    vjp_case_clear(&c);
}

/* C=3, H=9, W=8 with a 2x3 filter: 8x6; pooled by 2x2 with stride 2: 4x3; K=5 channels make rows of
 * 5 4 3 = 60. */
Test(stages, images_become_rows)
{
    struct vjp_case c = parse_case("conv2d | maxpool2d | linear dtype=f32 1.N=2 1.C=3 1.H=9 1.W=8 "
                                   "1.K=5 1.R=2 1.S=3 3.M=7");
    expect_shape(&c, "3.w", "60x7");
    expect_shape(&c, "dy", "2x7");
    vjp_case_clear(&c);
}

Test(stages, ranks_are_handed_on)
{
    struct vjp_case c = parse_case("relu | square | tanh dtype=f32 1.rank=3 1.N=2 1.M=3 1.P=4");
    struct vjp_case stage;
    expect_shape(&c, "dy", "2x3x4");
    vjp_pipeline_stage(&c, 2, &stage);
    cr_expect_eq(stage.spec, vjp_spec_find("tanh"));
    cr_expect_eq(vjp_case_attr(&stage, "rank"), 3);
    cr_expect_eq(stage.dim[2], 4);
    cr_expect_eq(stage.dim[3], 1);
    vjp_case_clear(&c);
    c = parse_case("relu | square dtype=f32 1.rank=1 1.N=2");
    expect_shape(&c, "dy", "2");
    vjp_case_clear(&c);
    c = parse_case("mse | dropout | square dtype=f32 1.N=4 1.D=2 2.N=1");
    expect_shape(&c, "2.mask", "1");
    expect_shape(&c, "dy", "1");
    vjp_pipeline_stage(&c, 1, &stage);
    cr_expect_eq(vjp_case_attr(&stage, "rank"), 1);
    vjp_case_clear(&c);
}

/* 4 rows of 6 are 2 x 3 x 2 x 2 elements; or with rank 4 the chain decides. */
Test(stages, elements_are_counted_where_ranks_differ)
{
    struct vjp_case c = parse_case("linear | attention dtype=f32 1.N=4 1.D=1 1.M=6 2.B=2 2.H=3 "
                                   "2.T=2 2.D=2 2.S=5 2.E=7");
    expect_shape(&c, "2.k", "2x3x5x2");
    expect_shape(&c, "dy", "2x3x2x7");
    vjp_case_clear(&c);
    c = parse_case("relu | attention dtype=f32 1.rank=4 1.N=2 1.M=3 1.P=2 1.Q=6 2.S=5 2.E=7");
    expect_shape(&c, "2.k", "2x3x5x6");
    vjp_case_clear(&c);
}

Test(stages, a_stage_is_a_case_of_its_layer)
{
    struct vjp_case c = parse_case("linear | relu | linear dtype=f64 1.N=4 1.D=2 1.M=5 3.M=3 "
                                   "3.bias=1 3.w.ld=+1 seed=3");
    struct vjp_case stage;
    vjp_pipeline_stage(&c, 2, &stage);
    cr_expect_eq(stage.spec, vjp_spec_find("linear"));
    cr_expect_eq(stage.dtype, VJP_F64);
    cr_expect_eq(stage.dim[0], 4);
    cr_expect_eq(stage.dim[1], 5);
    cr_expect_eq(stage.dim[2], 3);
    cr_expect_eq(stage.attr[0], 1);
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        cr_expect_null(stage.slot[slot].text);
        cr_expect_eq(stage.slot[slot].layout.ld_pad, 0);
        cr_expect_eq(stage.slot[slot].layout.align, -1);
    }
    vjp_pipeline_stage(&c, 0, &stage);
    cr_expect_eq(stage.attr[0], 0);
    vjp_case_clear(&c);
}

Test(stages, operands_take_part_as_in_their_layer)
{
    struct vjp_case c = parse_case("linear | relu | linear dtype=f32 1.N=1 1.D=1 1.M=1 3.M=1 "
                                   "3.bias=1");
    cr_expect_not(vjp_stages_has_input(&c, vjp_slot_find(c.spec, "1.b")));
    cr_expect(vjp_stages_has_input(&c, vjp_slot_find(c.spec, "3.b")));
    cr_expect(vjp_stages_has_input(&c, vjp_slot_find(c.spec, "3.w")));
    vjp_case_clear(&c);
    c = parse_case("relu | linear dtype=f32 1.rank=1 1.N=6 2.N=2 2.D=3 2.M=1");
    cr_expect_not(vjp_stages_has_dim(&c, vjp_dim_find(c.spec, "1.M")));
    cr_expect(vjp_stages_has_dim(&c, vjp_dim_find(c.spec, "2.D")));
    vjp_case_clear(&c);
    c = parse_case("relu | linear dtype=f32 1.N=6 1.M=3 2.M=1");
    cr_expect(vjp_stages_has_dim(&c, vjp_dim_find(c.spec, "1.M")));
    cr_expect_not(vjp_stages_has_dim(&c, vjp_dim_find(c.spec, "2.D")));
    cr_expect(vjp_stages_has_dim(&c, vjp_dim_find(c.spec, "2.M")));
    vjp_case_clear(&c);
}

/* Axes that the line decides are named, the others are not. */
Test(stages, axes_name_the_dimensions_of_the_pipeline)
{
    struct vjp_case c = parse_case("linear | linear dtype=f32 1.N=4 1.D=2 1.M=5 2.M=3");
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    vjp_stages_shape(&c, vjp_slot_find(c.spec, "1.w"), &shape, axis_dim);
    cr_expect_eq(axis_dim[0], vjp_dim_find(c.spec, "1.D"));
    cr_expect_eq(axis_dim[1], vjp_dim_find(c.spec, "1.M"));
    vjp_stages_shape(&c, vjp_slot_find(c.spec, "2.w"), &shape, axis_dim);
    cr_expect_eq(axis_dim[0], -1);
    cr_expect_eq(axis_dim[1], vjp_dim_find(c.spec, "2.M"));
    vjp_case_clear(&c);
}

Test(stages, indices_are_bounded_by_their_stage)
{
    struct vjp_case c = parse_case("embedding | softmax_cross_entropy dtype=f32 2.target=index "
                                   "1.N=3 1.V=10 1.D=4");
    cr_expect_eq(vjp_stages_index_bound(&c, vjp_slot_find(c.spec, "1.t")), 10);
    cr_expect_eq(vjp_stages_index_bound(&c, vjp_slot_find(c.spec, "2.t")), 4);
    vjp_case_clear(&c);
}

/* linear: N D M operations, relu and softmax N M. */
Test(stages, work_is_the_sum_of_the_stages)
{
    struct vjp_case c =
        parse_case("linear | relu | linear dtype=f32 1.N=4 1.D=2 1.M=5 3.M=3 1.bias=1");
    cr_expect_eq(vjp_stages_work(&c), 4 * 2 * 5 + 4 * 5 + 4 * 5 * 3);
    vjp_case_clear(&c);
}

/* dw of the first layer of two: sum over the batch N and the 3 features of the second. */
Test(stages, reduction_bounds_the_products_that_a_gradient_sums)
{
    struct vjp_case c = parse_case("linear | linear dtype=f16 1.N=500 1.D=2 1.M=5 2.M=3");
    cr_expect_geq(vjp_stages_reduction(&c), 500 * 3);
    vjp_case_clear(&c);
    c = parse_case("linear | linear dtype=f16 1.N=1 1.D=1 1.M=1 2.M=3000");
    cr_expect_geq(vjp_stages_reduction(&c), 3000);
    vjp_case_clear(&c);
    c = parse_case("square | square dtype=f32 1.N=1 1.M=1");
    cr_expect_geq(vjp_stages_reduction(&c), 1 << 22);
    vjp_case_clear(&c);
    c = parse_case("relu | relu | relu dtype=f32 1.N=65536 1.M=65536");
    cr_expect_eq(vjp_stages_reduction(&c), INT64_C(1) << 60, "saturated");
    vjp_case_clear(&c);
}

/* With the generator exact every operand is 1 or -1, so that a value of a chain of products is an
 * integer no larger than the number of products. */
Test(stages, exact_data_is_small)
{
    struct vjp_data data = generate_line("square | square | square dtype=f32 1.N=3 1.M=5 "
                                         "1.x=exact");
    for (int64_t i = 0; i < 15; i++)
        cr_expect_eq(element(&data, 0, i) * element(&data, 0, i), 1);
    vjp_data_clear(&data);
}

/* Attributes and sizes may be asked about before they are validated. */
Test(stages, attributes_beyond_their_limits_do_no_harm)
{
    struct vjp_case c = parse_case("conv2d | relu | linear dtype=f32 1.N=1 1.C=1 1.H=1 1.W=1 1.K=1 "
                                   "1.R=1 1.S=1 3.M=1");
    struct vjp_error error = {""};
    c.attr[vjp_attr_find(c.spec, "1.stride")] = 0;
    c.attr[vjp_attr_find(c.spec, "1.groups")] = 0;
    c.dim[vjp_dim_find(c.spec, "1.H")] = INT64_MAX;
    cr_expect_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "1.stride=0: expected 1 to 8");
    vjp_case_clear(&c);
}

Test(stages, what_does_not_fit_names_the_stage)
{
    static const struct {
        const char *line, *error;
    } refused[] = {
        {"linear | attention dtype=f32 1.N=4 1.D=1 1.M=5 2.B=2 2.H=1 2.T=5 2.D=3 2.S=1 2.E=1",
         "column 48: stage 2 (attention): q is 2x1x5x3, 30 elements; the output before is 4x5, 20 "
         "elements"},
        {"mse | exp dtype=f32 1.N=1 1.D=2 2.N=2",
         "column 33: stage 2 (exp): x is 2, 2 elements; the output before is scalar, 1 elements"},
        {"conv2d | relu dtype=f32 1.N=1 1.C=1 1.H=2 1.W=2 1.K=1 1.R=3 1.S=1",
         "column 55: stage 1 (conv2d): R=3: expected a filter that fits"},
        {"relu | maxpool2d dtype=f32 1.rank=4 1.N=1 1.M=1 1.P=2 1.Q=2 2.kernel=3",
         "column 1: stage 2 (maxpool2d): H=2: expected room for a window"},
        {"conv2d | conv2d dtype=f32 1.N=1 1.C=1 1.H=2 1.W=2 1.K=3 1.R=1 1.S=1 2.groups=2 2.K=2 "
         "2.R=1 2.S=1",
         "column 69: stage 2 (conv2d): groups=2: expected a divisor of C=3 and of K=2"},
        {"relu | linear dtype=f32 1.rank=4 1.N=1 1.M=65536 1.P=65536 1.Q=65536 2.M=1",
         "column 1: stage 2 (linear): D=281474976710656 from the output before: expected 0 to "
         "4294967296"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct vjp_case c;
        struct vjp_error error = {""};
        cr_expect_neq(vjp_case_parse(refused[i].line, &c, &error), VJP_OK, "%s", refused[i].line);
        cr_expect_eq(strncmp(error.text, refused[i].error, strlen(refused[i].error)), 0,
                     "%s\n  says %s", refused[i].line, error.text);
    }
}

/* The pooling fits, the filter of 5 behind it does not. */
Test(stages, stages_that_fit_are_counted)
{
    struct vjp_case c = parse_case("conv2d | maxpool2d | conv2d | relu dtype=f32 1.N=1 1.C=1 1.H=9 "
                                   "1.W=9 1.K=1 1.R=1 1.S=1 3.K=1 3.R=4 3.S=1");
    const char *field = NULL;
    struct vjp_error error = {""};
    int fitting = -1;
    cr_expect_eq(vjp_stages_check_each(&c, &fitting, &field, &error), VJP_OK);
    cr_expect_eq(fitting, 4);
    c.dim[vjp_dim_find(c.spec, "3.R")] = 5;
    cr_expect_eq(vjp_stages_check_each(&c, &fitting, &field, &error), VJP_ERR_USAGE);
    cr_expect_eq(fitting, 2);
    cr_expect_str_eq(field, "3.R");
    cr_expect_eq(strncmp(error.text, "stage 3 (conv2d): R=5: ", 23), 0, "%s", error.text);
    vjp_case_clear(&c);
}

Test(stages, dimensions_that_count_elements_are_listed)
{
    struct vjp_case c = parse_case("linear | rope | rope dtype=f32 1.N=4 1.D=1 1.M=6 2.N=2 2.H=3 "
                                   "2.D=4");
    int field[VJP_RANK_MAX];
    int64_t count = -1;
    cr_assert_eq(vjp_stages_counted(&c, 1, field, &count), 3);
    cr_expect_eq(count, 24);
    cr_expect_str_eq(c.spec->dim[field[0]], "2.N");
    cr_expect_str_eq(c.spec->dim[field[1]], "2.H");
    cr_expect_str_eq(c.spec->dim[field[2]], "2.D");
    cr_expect_eq(vjp_stages_counted(&c, 0, field, &count), 0, "nothing is given");
    cr_expect_eq(vjp_stages_counted(&c, 2, field, &count), 0, "axis by axis");
    vjp_case_clear(&c);
}
