/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/rows.h"

#include "reports/cli/truth.h"
#include "tests/cases/lines.h"

/* Lists the dimensions that are cut, "N M "; or says why none is. */
static enum vjp_status list_cut(const char *line, char *out, struct vjp_error *error)
{
    struct vjp_case c = parse_case(line);
    struct vjp_excerpt e;
    const enum vjp_status status = vjp_rows_choose(&c, &e, error);
    out[0] = '\0';
    for (int d = 0; d < c.spec->n_dims && status == VJP_OK; d++) {
        if (e.count[d] > 0)
            strcat(strcat(out, c.spec->dim[d]), " ");
    }
    if (status == VJP_OK)
        vjp_excerpt_clear(&e);
    vjp_case_clear(&c);
    return status;
}

/* By the mathematics of each layer: a dimension of y may be cut where every coordinate of it is the same function of
 * its own part of the operands, or of operands that all share. */
Test(rows, dimensions_that_may_be_cut)
{
    static const struct {
        const char *line, *cut;
    } table[] = {
        {"linear dtype=f32 N=5 D=5 M=5", "N M "},
        {"relu dtype=f32 rank=2 N=5 M=5", "N M "},
        {"softmax dtype=f32 N=5 C=5", "N "},
        {"layernorm dtype=f32 N=5 D=5", "N "},
        {"rmsnorm dtype=f64 N=5 D=5", "N "},
        {"batchnorm dtype=f32 N=5 C=5 H=5 W=5", "C "},
        {"attention dtype=f32 B=5 H=5 T=5 S=5 D=5 E=5", "B H T E "},
        {"attention dtype=f32 causal=1 B=5 H=5 T=5 S=5 D=5 E=5", "B H E "},
        {"maxpool2d dtype=f32 N=5 C=5 H=6 W=6 kernel=2", "N C "},
        {"avgpool2d dtype=f32 N=5 C=5 H=6 W=6 kernel=2", "N C "},
        {"embedding dtype=f32 N=5 V=5 D=5", "N D "},
        {"linear dtype=f32 N=5 D=5 M=5 dy.expand=0", "M "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char cut[100];
        struct vjp_error error = {""};
        cr_expect_eq(list_cut(table[i].line, cut, &error), VJP_OK, "%s: %s", table[i].line,
                     error.text);
        cr_expect_str_eq(cut, table[i].cut, "%s: %s", table[i].line, cut);
    }
}

/* The cotangent of a loss over the batch is one number: no sample can be silenced alone. A pipeline has sizes that follow from others. */
Test(rows, where_nothing_may_be_cut)
{
    static const char *const lines[] = {
        "mse dtype=f32 N=5 D=5",
        "softmax_cross_entropy dtype=f32 reduction=mean N=5 C=5",
        "softmax_cross_entropy dtype=f32 reduction=sum N=5 C=5",
        "softmax dtype=f32 N=1 C=5",
        "linear | relu dtype=f32 1.N=5 1.D=5 1.M=5",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char cut[100];
        struct vjp_error error = {""};
        cr_expect_eq(list_cut(lines[i], cut, &error), VJP_ERR_USAGE, "%s: %s", lines[i], cut);
        cr_expect(error.text[0]);
    }
}

/* The ends are among those kept, and others by the seed. */
Test(rows, ends_and_others)
{
    struct vjp_excerpt e[3];
    struct vjp_error error = {""};
    static const char *const lines[] = {"relu dtype=f32 rank=1 N=5000000",
                                        "relu dtype=f32 rank=1 N=5000000",
                                        "relu dtype=f32 rank=1 N=5000000 seed=0x1"};
    int differ = 0;
    for (int i = 0; i < 3; i++) {
        struct vjp_case c = parse_case(lines[i]);
        cr_assert_eq(vjp_rows_choose(&c, &e[i], &error), VJP_OK, "%s", error.text);
        cr_expect_eq(e[i].count[0], VJP_EXCERPT_MAX);
        cr_expect_eq(e[i].at[0][0], 0);
        cr_expect_eq(e[i].at[0][VJP_EXCERPT_MAX - 1], 4999999);
        vjp_case_clear(&c);
    }
    for (int i = 1; i < VJP_EXCERPT_MAX; i++) {
        cr_expect_lt(e[0].at[0][i - 1], e[0].at[0][i]);
        cr_expect_eq(e[0].at[0][i], e[1].at[0][i]);
        differ += e[0].at[0][i] != e[2].at[0][i];
    }
    cr_expect_geq(differ, VJP_EXCERPT_MAX / 2);
    for (int i = 0; i < 3; i++)
        vjp_excerpt_clear(&e[i]);
}

Test(rows, limits)
{
    char cut[100];
    struct vjp_error error = {""};
    cr_expect_eq(list_cut("relu dtype=f32 rank=1 N=1000000000", cut, &error), VJP_ERR_LIMIT);
    cr_expect_not_null(strstr(error.text, "3e+09 elements, more than the 2^27"), "%s", error.text);
    cr_expect_eq(list_cut("softmax dtype=f32 N=2 C=6000000", cut, &error), VJP_ERR_LIMIT);
    cr_expect_not_null(strstr(error.text, "of one row: "), "%s", error.text);
}

Test(rows, operands_must_be_finite)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case("relu dtype=f32 rank=1 N=3 x=[1,2,inf] dy=[1,2,3]");
    struct vjp_data data = generate_line("relu dtype=f32 rank=1 N=3 x=[1,2,inf] dy=[1,2,3]");
    cr_expect_eq(vjp_rows_check_data(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "element 2 of x is not finite"), "%s", error.text);
    vjp_tensor_set(&data.slot[0], 2, 0);
    cr_expect_eq(vjp_rows_check_data(&c, &data, &error), VJP_OK);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* A case of the layer in which every dimension that can be is of that size. */
static bool make_case(const struct vjp_spec *spec, int64_t size, struct vjp_case *out)
{
    struct vjp_error error;
    cr_assert_eq(vjp_case_init(out, spec, VJP_F32, &error), VJP_OK);
    for (int d = 0; d < spec->n_dims; d++)
        out->dim[d] = size;
    out->seed = (uint64_t)size;
    if (vjp_case_settle(out, &error) == VJP_OK && vjp_case_validate(out, &error) == VJP_OK)
        return true;
    vjp_case_clear(out);
    return false;
}

/* Compares what the oracle says of all of the case with what it says of rows, bit for bit. */
static bool compare(const struct vjp_case *c)
{
    struct vjp_error error = {""};
    struct vjp_data data = {0};
    struct vjp_truth rows, whole;
    cr_assert_eq(vjp_data_generate(c, &data, &error), VJP_OK);
    if (vjp_truth_init(&rows, c, &data, VJP_ORACLE_ROWS, 1, &error) != VJP_OK) {
        vjp_data_clear(&data);
        return false;
    }
    const struct vjp_excerpt *e = &rows.rows->excerpt;
    cr_assert_eq(vjp_truth_init(&whole, c, &data, VJP_ORACLE_EXPLICIT, 1, &error), VJP_OK, "%s",
                 error.text);
    for (int slot = vjp_slot_cotangent(c->spec) + 1; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        struct vjp_tensor all, part;
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        cr_assert_eq(vjp_tensor_init(&all, c->dtype, &shape, &error), VJP_OK);
        for (int64_t i = 0; i < all.count; i++)
            vjp_tensor_set(&all, i, vjp_reference_rounded(whole.reference[0], slot, i));
        cr_expect_eq(vjp_excerpt_find_stray(e, c, slot, &all, NULL), -1, "%s", c->spec->name);
        cr_assert_eq(vjp_excerpt_cut(e, c, slot, &all, &part, &error), VJP_OK);
        for (int64_t i = 0; i < part.count; i++) {
            const uint64_t bits = vjp_reference_rounded(rows.reference[0], slot, i);
            cr_expect_eq(vjp_bits_to_double(c->dtype, vjp_tensor_get(&part, i)),
                         vjp_bits_to_double(c->dtype, bits), "%s: slot %d, element %ld",
                         c->spec->name, slot, (long)i);
        }
        vjp_tensor_clear(&part);
        vjp_tensor_clear(&all);
    }
    vjp_truth_clear(&whole);
    vjp_truth_clear(&rows);
    vjp_data_clear(&data);
    return true;
}

/* At other sizes than those at which it is found out that a dimension may be cut. */
Test(rows, the_truth_about_rows_is_that_about_all)
{
    int compared = 0;
    for (int i = 0; vjp_specs[i]; i++) {
        for (int64_t size = 5; size <= 6; size++) {
            struct vjp_case c;
            if (!make_case(vjp_specs[i], size, &c))
                continue;
            compared += compare(&c);
            vjp_case_clear(&c);
        }
    }
    cr_expect_geq(compared, 40, "%d", compared);
}
