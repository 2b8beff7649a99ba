/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/suite.h"

#include "tests/cases/gen/exact_sum.h"

static struct vjp_case suite_case(enum vjp_dtype dtype, uint64_t seed, int64_t i)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_suite_case(vjp_spec_find("linear"), dtype, seed, i, &c, &error), VJP_OK, "%s",
                 error.text);
    return c;
}

static int64_t cost(const struct vjp_case *c)
{
    return c->dim[0] * c->dim[1] * c->dim[2];
}

Test(suite, a_case_is_a_pure_function_of_its_arguments)
{
    for (int64_t i = 0; i < 50; i++) {
        struct vjp_case a = suite_case(VJP_F32, 1, i);
        struct vjp_case again = suite_case(VJP_F32, 1, i);
        struct vjp_case next = suite_case(VJP_F32, 1, i + 1);
        struct vjp_case seeded = suite_case(VJP_F32, 2, i);
        struct vjp_case wide = suite_case(VJP_F64, 1, i);
        cr_expect(vjp_case_is_equal(&a, &again));
        cr_expect_neq(a.seed, next.seed);
        cr_expect_neq(a.seed, seeded.seed);
        cr_expect_neq(a.seed, wide.seed);
        vjp_case_clear(&a);
        vjp_case_clear(&again);
        vjp_case_clear(&next);
        vjp_case_clear(&seeded);
        vjp_case_clear(&wide);
    }
}

Test(suite, cases_are_valid_and_cheap)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        int large = 0;
        int64_t total = 0;
        for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
            struct vjp_case c = suite_case((enum vjp_dtype)dtype, 0, i);
            cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
            cr_expect_leq(cost(&c), 40000);
            large += cost(&c) > 8000;
            total += cost(&c);
            vjp_case_clear(&c);
        }
        cr_expect_leq(large, VJP_SUITE_COUNT / 20, "%d", large);
        cr_expect_leq(total, 4000 * VJP_SUITE_COUNT, "%lld", (long long)total);
    }
}

Test(suite, every_third_case_is_exact_and_no_other)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
            struct vjp_case c = suite_case((enum vjp_dtype)dtype, 3, i);
            for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
                if (c.slot[slot].text)
                    cr_expect_eq(c.slot[slot].generator == VJP_GEN_EXACT, i % 3 == 0);
            }
            vjp_case_clear(&c);
        }
    }
}

Test(suite, every_other_case_is_plain)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        for (int64_t i = 1; i < VJP_SUITE_COUNT; i += 2) {
            struct vjp_case c = suite_case((enum vjp_dtype)dtype, 4, i);
            cr_expect(c.attr[0] == 0 && !c.accumulate && c.threads == 1);
            for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
                const struct vjp_layout *layout = &c.slot[slot].layout;
                cr_expect(layout->ld_pad == 0 && layout->align == -1 && !layout->trans);
            }
            vjp_case_clear(&c);
        }
    }
}

Test(suite, exact_cases_are_exact)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        for (int64_t i = 0; i < VJP_SUITE_COUNT; i += 3) {
            struct vjp_case c = suite_case((enum vjp_dtype)dtype, 0, i);
            struct vjp_data data;
            cr_assert_eq(vjp_data_generate(&c, &data, NULL), VJP_OK);
            cr_expect_leq(largest_sum(&c, &data),
                          INT64_C(1) << vjp_format((enum vjp_dtype)dtype)->precision);
            vjp_data_clear(&data);
            vjp_case_clear(&c);
        }
    }
}

struct tally {
    int generator[VJP_GEN_NAMED];
    int bias, accumulate, threads, ld, align, trans, square, empty, far;
    int size[3][2048];
};

static void count(const struct vjp_case *c, struct tally *tally)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_field *field = &c->slot[slot];
        if (field->text)
            tally->generator[field->generator]++;
        tally->ld += field->layout.ld_pad > 0;
        tally->align += field->layout.align >= 0;
        tally->trans += field->layout.trans;
    }
    for (int d = 0; d < 3; d++)
        tally->size[d][c->dim[d]]++;
    tally->bias += c->attr[0] == 1;
    tally->accumulate += c->accumulate;
    tally->threads += c->threads == 2;
    tally->square += c->dim[0] == c->dim[1] && c->dim[1] == c->dim[2];
    tally->empty += cost(c) == 0;
    for (int d = 0; d < 3; d++)
        tally->far += c->dim[d] > 256;
}

Test(suite, everything_that_may_vary_does_in_every_dtype)
{
    static const int sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33};
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        struct tally tally = {.bias = 0};
        for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
            struct vjp_case c = suite_case((enum vjp_dtype)dtype, 0, i);
            count(&c, &tally);
            vjp_case_clear(&c);
        }
        for (int g = 0; g < VJP_GEN_LARGE; g++) /* those for sums of products */
            cr_expect_gt(tally.generator[g], 0, "%s in %s",
                         vjp_generator_info((enum vjp_generator)g)->name,
                         vjp_format((enum vjp_dtype)dtype)->name);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            cr_expect_gt(tally.size[0][sizes[s]] + tally.size[1][sizes[s]] +
                             tally.size[2][sizes[s]],
                         0, "size %d", sizes[s]);
        /* Half of the cases are plain; bias in half of the others, and so on. */
        cr_expect(tally.bias > 30 && tally.bias < 70, "%d", tally.bias);
        cr_expect(tally.accumulate > 15 && tally.accumulate < 55, "%d", tally.accumulate);
        cr_expect(tally.threads > 15 && tally.threads < 55, "%d", tally.threads);
        cr_expect(tally.ld > 30, "%d", tally.ld);
        cr_expect(tally.align > 30, "%d", tally.align);
        cr_expect(tally.far > 5, "%d", tally.far);
        cr_expect(tally.trans > 0 && tally.trans < 30, "%d", tally.trans);
        cr_expect(tally.square > 5, "%d", tally.square);
        cr_expect(tally.empty > 0 && tally.empty < 30, "%d", tally.empty);
    }
}

Test(suite, the_corpus_is_added_after_what_is_there)
{
    struct vjp_case_list list = {0};
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=1 seed=0x123456789");
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_list_add(&list, &c, NULL), VJP_OK);
    cr_expect_eq(vjp_suite_add_corpus(&list, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(list.cases[0].seed, 0x123456789);
    cr_expect_gt(list.count, 300);
    vjp_case_list_clear(&list);
}

/* Whatever the layer, a case costs what its oracle can do in some milliseconds: the limits of suite.c,
 * and for a layer whose smallest cases are above them those. */
Test(suite, cases_of_every_layer_are_cheap)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        const double limit = (*spec)->sums_products ? 8000 : 1000;
        int large = 0;
        for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
            struct vjp_case c = {0};
            cr_assert_eq(vjp_suite_case(*spec, VJP_F64, 5, i, &c, NULL), VJP_OK);
            cr_expect_leq(vjp_case_work(&c), (*spec)->sums_products ? 40000 : 8000, "%s",
                          (*spec)->name);
            large += vjp_case_work(&c) > limit;
            vjp_case_clear(&c);
        }
        cr_expect_leq(large, VJP_SUITE_COUNT / 10, "%s: %d", (*spec)->name, large);
    }
}

/* Every choice and every small integer is drawn, and the case list is not all alike. */
Test(suite, attributes_of_every_layer_vary)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        for (int a = 0; a < (*spec)->n_attrs; a++) {
            int other = 0;
            for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
                struct vjp_case c = {0};
                cr_assert_eq(vjp_suite_case(*spec, VJP_F32, 6, i, &c, NULL), VJP_OK);
                const struct vjp_attr_spec *attr = &(*spec)->attr[a];
                other += attr->kind == VJP_ATTR_REAL ? c.real[a] != attr->real_fallback
                                                     : c.attr[a] != attr->fallback;
                vjp_case_clear(&c);
            }
            cr_expect_gt(other, 5, "%s %s", (*spec)->name, (*spec)->attr[a].name);
        }
    }
}

Test(suite, a_pipeline_is_a_layer)
{
    static const char *const names[] = {"linear | relu", "conv2d | relu | maxpool2d | linear",
                                        "linear | relu | linear | softmax | cross_entropy"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const struct vjp_spec *spec = vjp_spec_find(names[k]);
        cr_assert_not_null(spec, "%s", names[k]);
        double largest = 0;
        for (int64_t i = 0; i < 50; i++) {
            struct vjp_case c = {0};
            struct vjp_data data = {0};
            struct vjp_error error = {""};
            cr_assert_eq(vjp_suite_case(spec, VJP_F32, 7, i, &c, &error), VJP_OK, "%s: %s",
                         names[k], error.text);
            cr_expect_eq(vjp_data_generate(&c, &data, &error), VJP_OK, "%s", error.text);
            largest = vjp_case_work(&c) > largest ? vjp_case_work(&c) : largest;
            vjp_data_clear(&data);
            vjp_case_clear(&c);
        }
        cr_expect(largest > 100 && largest <= 40000, "%s: %g", names[k], largest);
    }
}

static enum vjp_status refuse_all(const struct vjp_case *c, const char **field,
                                  struct vjp_error *error)
{
    (void)c;
    *field = "N";
    return vjp_fail(error, VJP_ERR_USAGE, "expected nothing");
}

/* Only squares of 6 and more, whose sides are divisible by 3: as good as never drawn. */
static enum vjp_status refuse_most(const struct vjp_case *c, const char **field,
                                   struct vjp_error *error)
{
    *field = "N";
    if (c->dim[0] == c->dim[1] && c->dim[1] == c->dim[2] && c->dim[0] == 6)
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_USAGE, "expected 6");
}

Test(suite, a_layer_that_is_hard_to_please_gets_cases_and_an_impossible_one_an_error)
{
    struct vjp_spec spec = *vjp_spec_find("linear");
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    spec.check = refuse_most;
    for (int64_t i = 0; i < 10; i++) {
        cr_assert_eq(vjp_suite_case(&spec, VJP_F32, 0, i, &c, &error), VJP_OK, "%s", error.text);
        cr_expect_eq(c.dim[0], 6);
        vjp_case_clear(&c);
    }
    spec.check = refuse_all;
    cr_expect_eq(vjp_suite_case(&spec, VJP_F32, 0, 0, &c, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "expected nothing");
    cr_expect_null(c.spec);
}

/* A softmax of one element has the gradient 0; in a pipeline too, where the layer before decides how many
 * elements there are. Few such cases are left, but some. */
Test(suite, few_sizes_make_every_gradient_zero)
{
    static const struct {
        const char *layer, *dim;
    } table[] = {{"softmax", "C"},
                 {"log_softmax", "C"},
                 {"softmax_cross_entropy", "C"},
                 {"hinge", "C"},
                 {"linear | relu | linear | softmax | cross_entropy", "3.M"}};
    enum { COUNT = 1000 };
    for (size_t l = 0; l < sizeof table / sizeof *table; l++) {
        int flat = 0;
        for (int64_t i = 0; i < COUNT; i++) {
            struct vjp_case c;
            cr_assert_eq(vjp_suite_case(vjp_spec_find(table[l].layer), VJP_F32, 1, i, &c, NULL),
                         VJP_OK);
            flat += vjp_case_dim(&c, table[l].dim) == 1;
            vjp_case_clear(&c);
        }
        cr_expect(flat > 0 && flat < COUNT / 20, "%s: %d", table[l].layer, flat);
    }
}

Test(suite, the_one_cotangent_of_a_loss_is_seldom_zero)
{
    for (int64_t i = 0; i < 500; i++) {
        struct vjp_case c;
        cr_assert_eq(vjp_suite_case(vjp_spec_find("hinge"), VJP_F32, 1, i, &c, NULL), VJP_OK);
        const enum vjp_generator generator = c.slot[vjp_slot_cotangent(c.spec)].generator;
        cr_expect(generator != VJP_GEN_ZEROS && generator != VJP_GEN_TIES);
        vjp_case_clear(&c);
    }
}

/* Condition numbers above those that the sums of a kernel can resolve. */
Test(suite, behind_a_sum_rounding_decides_in_a_share_of_a_pipelines_cases)
{
    static const double unit_roundoff[] = {
        [VJP_F16] = 0x1p-24, [VJP_BF16] = 0x1p-24, [VJP_F32] = 0x1p-24, [VJP_F64] = 0x1p-53};
    const struct vjp_spec *spec = vjp_spec_find("linear | relu | linear");
    enum { COUNT = 600 };
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        int found = 0;
        for (int64_t i = 0; i < COUNT; i++) {
            struct vjp_case c;
            int cancelling = 0;
            cr_assert_eq(vjp_suite_case(spec, (enum vjp_dtype)dtype, 1, i, &c, NULL), VJP_OK);
            for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
                if (!c.slot[slot].text || c.slot[slot].generator != VJP_GEN_CANCEL)
                    continue;
                cancelling = 1;
                cr_expect_gt(c.slot[slot].parameter * unit_roundoff[dtype], 1);
                cr_expect_geq(vjp_slot_partner(spec, slot), 0);
            }
            found += cancelling;
            vjp_case_clear(&c);
        }
        cr_expect(found > COUNT / 5 && found < COUNT / 3, "%d", found);
    }
}

Test(suite, means_of_few_and_of_many_elements_are_far_from_0)
{
    static const char *const layers[] = {"layernorm", "batchnorm"};
    enum { COUNT = 1000 };
    for (int l = 0; l < 2; l++) {
        int few = 0, many = 0;
        for (int64_t i = 0; i < COUNT; i++) {
            struct vjp_case c;
            cr_assert_eq(vjp_suite_case(vjp_spec_find(layers[l]), VJP_F32, 1, i, &c, NULL), VJP_OK);
            const bool shifted = c.slot[0].generator == VJP_GEN_SHIFTED;
            const int64_t elements = l == 0 ? c.dim[1] : c.dim[0] * c.dim[2] * c.dim[3];
            few += shifted && elements > 1 && elements < 64;
            many += shifted && elements >= 64;
            vjp_case_clear(&c);
        }
        cr_expect_gt(few, COUNT / 20, "%s: %d", layers[l], few);
        cr_expect_gt(many, COUNT / 200, "%s: %d", layers[l], many);
    }
}

Test(suite, no_operand_of_a_pipeline_is_zero_alone)
{
    const struct vjp_spec *spec = vjp_spec_find("linear | relu | linear | softmax | cross_entropy");
    for (int64_t i = 0; i < 500; i++) {
        struct vjp_case c;
        cr_assert_eq(vjp_suite_case(spec, VJP_F32, 1, i, &c, NULL), VJP_OK);
        for (int slot = 0; slot < vjp_slot_cotangent(spec); slot++)
            cr_expect(!c.slot[slot].text || strcmp(c.slot[slot].text, "zeros:1") != 0);
        vjp_case_clear(&c);
    }
}
