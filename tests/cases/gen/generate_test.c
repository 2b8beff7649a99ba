/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/generate.h"

#include "tests/cases/lines.h"
#include "tests/cases/spec/sample.h"

#include <stdio.h>
#include <unistd.h>

static bool is_same(const struct vjp_data *a, const struct vjp_data *b, int slot)
{
    const struct vjp_tensor *s = &a->slot[slot];
    const struct vjp_tensor *t = &b->slot[slot];
    return s->count == t->count && s->dtype == t->dtype &&
           memcmp(s->data, t->data, (size_t)(s->count * vjp_format(s->dtype)->bytes)) == 0;
}

Test(generate, slots_with_values_have_their_shape_and_the_others_are_empty)
{
    static const int64_t count[] = {6, 15, 0, 10, 0, 0, 0};
    static const int64_t count_all[] = {6, 15, 5, 10, 6, 15, 5};
    struct vjp_data data = generate_line("linear dtype=f32 N=2 D=3 M=5");
    struct vjp_data all = generate_line("linear dtype=f16 bias=1 N=2 D=3 M=5 accumulate=1");
    for (int slot = X; slot <= DB; slot++) {
        cr_expect_eq(data.slot[slot].count, count[slot]);
        cr_expect_eq(data.slot[slot].data != NULL, count[slot] > 0);
        cr_expect_eq(all.slot[slot].count, count_all[slot]);
        cr_expect_eq(all.slot[slot].dtype, VJP_F16);
        cr_expect_not_null(all.slot[slot].data);
    }
    vjp_data_clear(&data);
    vjp_data_clear(&all);
}

Test(generate, an_empty_tensor_is_present)
{
    struct vjp_data data = generate_line("linear dtype=f32 N=0 D=3 M=5");
    cr_expect_not_null(data.slot[X].data);
    cr_expect_eq(data.slot[X].count, 0);
    vjp_data_clear(&data);
}

Test(generate, the_same_line_gives_the_same_values)
{
    static const char line[] = "linear dtype=f32 bias=1 N=9 D=8 M=7 x=cancel w=wide b=zeros "
                               "dy=special dx=exact dw=shifted "
                               "db=uniform accumulate=1 seed=0xabc";
    struct vjp_data a = generate_line(line);
    struct vjp_data b = generate_line(line);
    for (int slot = X; slot <= DB; slot++)
        cr_expect(is_same(&a, &b, slot), "slot %d", slot);
    vjp_data_clear(&a);
    vjp_data_clear(&b);
}

/* Layout, threads and the values of other slots are no part of a slot's stream. */
Test(generate, a_slot_depends_on_its_own_field_and_the_seed_only)
{
    struct vjp_data a = generate_line("linear dtype=f32 N=4 D=4 M=4 seed=9");
    struct vjp_data b = generate_line("linear dtype=f32 bias=1 N=4 D=4 M=4 w=uniform b=pow2 "
                                      "x.ld=+3 dy.align=8 threads=2 accumulate=1 seed=9");
    struct vjp_data other = generate_line("linear dtype=f32 N=4 D=4 M=4 seed=10");
    cr_expect(is_same(&a, &b, X));
    cr_expect(is_same(&a, &b, DY));
    cr_expect_not(is_same(&a, &b, W));
    cr_expect_not(is_same(&a, &other, X));
    cr_expect_not(is_same(&a, &other, DY));
    vjp_data_clear(&a);
    vjp_data_clear(&b);
    vjp_data_clear(&other);
}

/* All seven slots, as normal deviates: no two streams begin alike, and they are uncorrelated. */
Test(generate, slots_have_independent_streams)
{
    struct vjp_data data =
        generate_line("linear dtype=f64 bias=1 N=64 D=64 M=64 accumulate=1 seed=5");
    for (int a = X; a <= DB; a++) {
        for (int b = X; b < a; b++) {
            const int64_t n =
                data.slot[a].count < data.slot[b].count ? data.slot[a].count : data.slot[b].count;
            double product = 0;
            for (int64_t i = 0; i < n; i++) {
                cr_assert_neq(element(&data, a, i), element(&data, b, i));
                product += element(&data, a, i) * element(&data, b, i) / (double)n;
            }
            /* 4096 or 64 terms of variance 1: five standard deviations */
            cr_expect_float_eq(product, 0, n == 64 ? 0.7 : 0.08, "%d %d: %g", a, b, product);
        }
    }
    vjp_data_clear(&data);
}

/* Computed by a program that shares nothing with this one: the Mersenne Twister of Python's random
 * module, seeded as MT19937's init_genrand does, and the definitions in cases/gen. */
Test(generate, values_are_those_of_an_independent_computation)
{
    static const struct {
        const char *line;
        int slot, count;
        double values[6];
    } golden[] = {
        {"linear dtype=f64 N=2 D=2 M=3 x=uniform seed=0x1f",
         X,
         3,
         {0x1.4f81da6fa0356p-2, -0x1.de1e236f43d61p-1, -0x1.480599cbc870fp-2}},
        {"linear dtype=f32 N=2 D=2 M=3 x=uniform:3 seed=0x1f",
         X,
         3,
         {0x1.f742c8p-1, -0x1.66969ap+1, -0x1.ec0864p-1}},
        {"linear dtype=f64 N=2 D=2 M=3 w=normal seed=0x1f",
         W,
         3,
         {-0x1.15a64cf6c9a1ep-1, 0x1.bff31e5832b13p-1, -0x1.ed9d47f2d8748p+0}},
        {"linear dtype=f32 N=2 D=2 M=3 w=normal seed=0x1f",
         W,
         3,
         {-0x1.15a64cp-1, 0x1.bff31ep-1, -0x1.ed9d48p+0}},
        {"linear dtype=f32 N=2 D=2 M=3 dy=integers seed=0x1f", DY, 6, {-1, 4, 5, 8, -1, 6}},
        {"linear dtype=f32 N=2 D=3 M=3 x=pow2 seed=0x1f", X, 6, {16, -1, 16, -2, -4, 0.0625}},
        {"linear dtype=f32 N=2 D=2 M=3 x=exact seed=0x1f", X, 4, {220, -1880, 1034, -1409}},
        {"linear dtype=f32 N=2 D=2 M=3 dy=exact seed=0x1f",
         DY,
         6,
         {-1317, -1228, -307, 503, -1055, 738}},
        {"linear dtype=f64 N=2 D=2 M=3 x=wide seed=0x1f",
         X,
         3,
         {0x1.d0f58413a900bp+91, 0x1.fb08ec09b9c68p+242, -0x1.91895bcf7f26ap-431}},
    };
    for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
        struct vjp_data data = generate_line(golden[g].line);
        for (int i = 0; i < golden[g].count; i++)
            cr_expect_eq(element(&data, golden[g].slot, i), golden[g].values[i], "%s [%d]: %a",
                         golden[g].line, i, element(&data, golden[g].slot, i));
        vjp_data_clear(&data);
    }
}

Test(generate, lists_are_taken_as_they_stand)
{
    struct vjp_data data = generate_line(
        "linear dtype=f16 N=1 D=2 M=3 x=[2,-0] w=[1,2,3,4,5,0x1p-24] dy=[inf,-inf,nan]");
    cr_expect_eq(element(&data, X, 0), 2);
    cr_expect_eq(vjp_tensor_get(&data.slot[X], 1), 0x8000);
    cr_expect_eq(element(&data, W, 4), 5);
    cr_expect_eq(vjp_tensor_get(&data.slot[W], 5), 1);
    cr_expect_eq(vjp_tensor_get(&data.slot[DY], 1), 0xfc00);
    cr_expect(vjp_bits_is_nan(VJP_F16, vjp_tensor_get(&data.slot[DY], 2)));
    vjp_data_clear(&data);
}

Test(generate, an_invalid_case_or_a_missing_file_leaves_the_output_alone)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=2 M=3 dy=@no/such/file.npy");
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    data.slot[0].count = 42;
    cr_expect_eq(vjp_data_generate(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "dy=@no/such/file.npy: No such file or directory");
    cr_expect_eq(data.slot[0].count, 42);
    c.dim[0] = -1;
    cr_expect_eq(vjp_data_generate(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "N=-1: expected 0 to 4294967296");
    cr_expect_eq(data.slot[0].count, 42);
    vjp_case_clear(&c);
}

Test(generate, a_file_gives_the_values_of_its_slot)
{
    /* What numpy.save writes for numpy.array([[1.5, -2.0]], dtype='<f4') */
    static const char header[] = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, "
                                 "'shape': (1, 2), }                                              "
                                 "            \n";
    static const unsigned char elements[] = {0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0};
    char path[] = "/tmp/vjp_gen_XXXXXX";
    char line[256];
    const int file = mkstemp(path);
    cr_assert_eq(sizeof header - 1, 128);
    cr_assert_eq(write(file, header, 128), 128);
    cr_assert_eq(write(file, elements, 8), 8);
    close(file);
    snprintf(line, sizeof line, "linear dtype=f32 N=1 D=2 M=3 x=@%s", path);
    struct vjp_data data = generate_line(line);
    cr_expect_eq(element(&data, X, 0), 1.5);
    cr_expect_eq(element(&data, X, 1), -2);
    vjp_data_clear(&data);
    unlink(path);
}

/* What a generator draws obeys; what a file holds may not. */
Test(generate, a_file_outside_the_domain_is_refused)
{
    static const char header[] = "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, "
                                 "'shape': (3,), }                                                "
                                 "            \n";
    static const unsigned char elements[] = {0, 9, 10};
    char path[] = "/tmp/vjp_gen_XXXXXX";
    char text[64];
    const int file = mkstemp(path);
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    cr_assert_eq(sizeof header - 1, 128);
    cr_assert_eq(write(file, header, 128), 128);
    cr_assert_eq(write(file, elements, 3), 3);
    close(file);
    snprintf(text, sizeof text, "@%s", path);
    for (int64_t classes = 10; classes <= 11; classes++) {
        struct vjp_case c = sample_case(3, classes, "index");
        cr_assert_eq(vjp_case_set_values(&c, SAMPLE_T, text, NULL), VJP_OK);
        const enum vjp_status status = vjp_data_generate(&c, &data, &error);
        cr_expect_eq(status, classes == 10 ? VJP_ERR_USAGE : VJP_OK);
        vjp_case_clear(&c);
    }
    cr_expect_str_eq(error.text,
                     "t[2]=10: expected an index from 0 to 9, or -100, which is ignored");
    cr_expect_eq(data.slot[SAMPLE_T].dtype, VJP_I32);
    cr_expect_eq(vjp_tensor_get(&data.slot[SAMPLE_T], 2), 10);
    vjp_data_clear(&data);
    unlink(path);
}

/* Along what is expanded there is one value; others differ. */
Test(generate, elements_that_are_one_are_equal)
{
    struct vjp_data data = generate_line("linear dtype=f32 N=3 D=2 M=2 x.expand=0 dy.expand=0,1");
    for (int64_t n = 0; n < 3; n++) {
        for (int64_t d = 0; d < 2; d++) {
            cr_expect_eq(element(&data, X, 2 * n + d), element(&data, X, d));
            cr_expect_eq(element(&data, DY, 2 * n + d), element(&data, DY, 0));
        }
    }
    cr_expect_neq(element(&data, X, 0), element(&data, X, 1));
    cr_expect_neq(element(&data, W, 0), element(&data, W, 2));
    vjp_data_clear(&data);
}

Test(generate, a_list_has_one_value_for_elements_that_are_one)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=2 D=2 M=1 x=[1,2,1,3] x.expand=0");
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_data_generate(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text,
                     "x[1,1] is not what element [0,1] is, though they are one by its .expand");
    vjp_case_clear(&c);
    data = generate_line("linear dtype=f32 N=2 D=2 M=1 x=[1,2,1,2] x.expand=0");
    cr_expect_eq(element(&data, X, 3), 2);
    vjp_data_clear(&data);
}
