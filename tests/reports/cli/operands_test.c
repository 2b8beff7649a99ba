/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/operands.h"

#include "cases/gen/npy.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder with .npy files, in which the test runs: files are named as in a shell. */
static char folder[] = "/tmp/vjpcheck-test-XXXXXX";

static void save(const char *name, enum vjp_dtype dtype, int rows, int columns,
                 const double *values)
{
    const struct vjp_shape shape = {.rank = rows ? 2 : 1, .dim = {rows ? rows : columns, columns}};
    struct vjp_tensor tensor = {0};
    cr_assert_eq(vjp_tensor_init(&tensor, dtype, &shape, NULL), VJP_OK);
    for (int64_t i = 0; i < tensor.count; i++)
        vjp_tensor_set(&tensor, i, vjp_bits_from_double(dtype, values[i]));
    FILE *file = fopen(name, "w");
    cr_assert_not_null(file);
    cr_assert_eq(vjp_npy_write(file, &tensor, NULL), VJP_OK);
    fclose(file);
    vjp_tensor_clear(&tensor);
}

static const double six[] = {1, 2, 3, 4, 5, 6};

static void enter(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    save("x.npy", VJP_F32, 1, 2, six);
    save("w.npy", VJP_F32, 2, 3, six);
    save("b.npy", VJP_F32, 0, 3, six);
    save("dy.npy", VJP_F32, 1, 3, six);
    /* 2^-24 is the last bit of 1 + 2^-24 in f64; f32 ends at 2^-23. 1e300 is far above f32. */
    save("x64.npy", VJP_F64, 1, 2, (double[]){1 + 0x1p-24, 2});
    save("huge.npy", VJP_F64, 1, 2, (double[]){INFINITY, 1e300});
    save("t.npy", VJP_I32, 0, 2, (double[]){0, 1});
    save("bad.npy", VJP_I32, 0, 2, (double[]){0, 3});
    save("two.npy", VJP_F32, 0, 2, six);
    save("with blank.npy", VJP_F32, 1, 2, six);
}

static void leave(void)
{
    char command[64];
    cr_assert_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(operands, .init = enter, .fini = leave);

static enum vjp_status read_words(const char *const *words, int dtype,
                                  struct vjp_operands_case *out, struct vjp_error *error)
{
    int count = 0;
    while (words[count])
        count++;
    return vjp_operands_read(words, count, dtype, out, error);
}

static void expect_message(const char *const *words, int dtype, const char *part)
{
    struct vjp_operands_case o;
    struct vjp_error error = {""};
    const enum vjp_status status = read_words(words, dtype, &o, &error);
    cr_expect(status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT, "%s", part);
    cr_expect(strstr(error.text, part) != NULL, "\"%s\" is not in \"%s\"", part, error.text);
}

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

static double value(const struct vjp_operands_case *o, const char *slot, int i)
{
    const struct vjp_tensor *tensor = &o->data.slot[vjp_slot_find(o->c.spec, slot)];
    return vjp_bits_to_double(tensor->dtype, vjp_tensor_get(tensor, i));
}

Test(operands, files_become_a_case)
{
    struct vjp_operands_case o;
    struct vjp_error error = {""};
    cr_assert_eq(read_words(WORDS("dy=dy.npy", "bias=1", "x=x.npy", "linear", "b=b.npy", "w=w.npy"),
                            -1, &o, &error),
                 VJP_OK, "%s", error.text);
    cr_expect_eq(o.c.dtype, VJP_F32);
    cr_expect_eq(vjp_case_dim(&o.c, "D"), 2);
    cr_expect_eq(vjp_case_dim(&o.c, "M"), 3);
    cr_expect_eq(vjp_case_attr(&o.c, "bias"), 1);
    cr_expect_eq(value(&o, "w", 4), 5);
    cr_expect_eq(value(&o, "dy", 2), 3);
    cr_expect(o.replayable);
    cr_expect_str_eq(o.c.slot[vjp_slot_find(o.c.spec, "b")].text, "@b.npy");
    vjp_operands_clear(&o);
}

Test(operands, a_file_that_a_line_cannot_name_is_read_all_the_same)
{
    struct vjp_operands_case o;
    struct vjp_error error = {""};
    cr_assert_eq(read_words(WORDS("square", "x=with blank.npy", "dy=x.npy"), -1, &o, &error),
                 VJP_OK, "%s", error.text);
    cr_expect_eq(value(&o, "x", 1), 2);
    cr_expect_not(o.replayable);
    vjp_operands_clear(&o);
}

Test(operands, values_are_rounded_to_a_dtype_that_was_asked_for)
{
    struct vjp_operands_case o;
    struct vjp_error error = {""};
    cr_assert_eq(read_words(WORDS("square", "x=x64.npy", "dy=x.npy"), VJP_F32, &o, &error), VJP_OK,
                 "%s", error.text);
    cr_expect_eq(o.c.dtype, VJP_F32);
    cr_expect_eq(value(&o, "x", 0), 1); /* half way: to even */
    cr_expect_eq(value(&o, "x", 1), 2);
    cr_expect_eq(o.converted[0], 1);
    cr_expect_eq(o.converted[1], 0);
    cr_expect_not(o.replayable);
    vjp_operands_clear(&o);
    cr_assert_eq(read_words(WORDS("square", "x=x64.npy", "dy=x.npy"), VJP_F64, &o, &error), VJP_OK,
                 "%s", error.text);
    cr_expect_eq(value(&o, "x", 0), 1 + 0x1p-24);
    cr_expect_eq(value(&o, "dy", 1), 2);
    cr_expect_eq(o.converted[0] + o.converted[1], 0);
    vjp_operands_clear(&o);
    /* An infinity in the file is one still; what is finite is not made infinite. */
    expect_message(WORDS("square", "x=huge.npy", "dy=x.npy"), VJP_F32,
                   "x[0,1]=1e+300: expected a number that f32 holds");
}

Test(operands, dtypes_that_differ_are_both_named)
{
    expect_message(WORDS("square", "x=x64.npy", "dy=x.npy"), -1,
                   "x is f64, dy is f32: expected one dtype, or --dtype T");
    expect_message(WORDS("square", "x=t.npy", "dy=x.npy"), -1,
                   "x=t.npy: elements are whole numbers; expected bf16, f16, f32 or f64");
}

Test(operands, integer_operands_are_integers_in_their_range)
{
    struct vjp_operands_case o;
    struct vjp_error error = {""};
    const char *words[] = {"embedding", "w=w.npy", "t=t.npy", "dy=w.npy", NULL};
    cr_assert_eq(read_words(words, -1, &o, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(o.data.slot[vjp_slot_find(o.c.spec, "t")].dtype, VJP_I32);
    cr_expect_eq(value(&o, "t", 1), 1);
    cr_expect_eq(vjp_case_dim(&o.c, "V"), 2);
    vjp_operands_clear(&o);
    words[2] = "t=bad.npy";
    expect_message(words, -1, "t[1]=3: expected ");
    words[2] = "t=two.npy";
    expect_message(words, -1, "t=two.npy: elements are f32; expected integers");
}

Test(operands, wrong_words_are_told)
{
    expect_message(WORDS("x=x.npy"), -1, "no layer is named");
    expect_message(WORDS("linaer", "x=x.npy"), -1,
                   "no layer is called linaer; did you mean linear?");
    expect_message(WORDS("xyzzy"), -1, "no layer is called xyzzy; \"vjpcheck list\" shows them");
    expect_message(WORDS("linear", "|", "relu"), -1, "|: expected NAME=VALUE; the layer is linear");
    expect_message(WORDS("linear | xyzzy"), -1, "xyzzy");
    expect_message(WORDS("linear", "z=x.npy"), -1,
                   "z is nothing that linear has; expected one of bias x w b dy N D M");
    expect_message(WORDS("linear", "x=x.npy", "x=x.npy"), -1, "x was given twice");
    expect_message(WORDS("linear", "dx=x.npy"), -1, "dx is what is computed");
    expect_message(WORDS("linear", "x=none.npy"), -1, "x=none.npy: No such file");
    expect_message(WORDS("linear", "bias=2", "x=x.npy"), -1, "bias=2: expected 0 to 1");
    expect_message(WORDS("linear", "N=-1", "x=x.npy"), -1, "N=-1: expected a size, 0 or more");
    expect_message(WORDS("linear", "x=x.npy", "w=w.npy", "b=b.npy", "dy=dy.npy"), -1,
                   "b takes no part with these attributes");
    expect_message(WORDS("square", "P=1", "x=x.npy", "dy=x.npy"), -1,
                   "P takes no part with these attributes");
    expect_message(WORDS("linear", "x=x.npy", "w=w.npy"), -1, "dy is missing");
    expect_message(WORDS("linear | linear", "2.D=3"), -1,
                   "found 2.D; expected no such field: it follows from the output of stage 1");
    expect_message(WORDS("linear | relu", "2.x=x.npy"), -1,
                   "found 2.x; expected no such field: it follows from the output of stage 1");
    expect_message(WORDS("relu | linear", "1.x=x.npy", "2.D=2", "2.w=w.npy", "dy=dy.npy"), -1,
                   "found 2.D; expected no such field: it follows from the output of stage 1");
}
