/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/corpus.h"

#include "cases/line/list.h"
#include "tests/cases/lines.h"

#include <dirent.h>
#include <stdio.h>

static const char *text_of(const char *name)
{
    const struct vjp_corpus *corpus = vjp_corpora;
    while (corpus->name && strcmp(corpus->name, name) != 0)
        corpus++;
    cr_assert_not_null(corpus->name, "%s", name);
    return corpus->text;
}

static struct vjp_case_list read_corpus(const char *name)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_list_read_text(&list, name, text_of(name), &error), VJP_OK, "%s",
                 error.text);
    return list;
}

Test(corpus, every_file_of_the_folder_is_built_in_in_order)
{
    DIR *folder = opendir(TEST_SOURCE_DIR "/cases/corpus");
    const struct dirent *entry;
    int files = 0;
    cr_assert_not_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".cases") != 0 || strcmp(entry->d_name, "production.cases") == 0)
            continue;
        files++;
        cr_expect_gt(strlen(text_of(entry->d_name)), 0);
    }
    closedir(folder);
    for (int i = 0; i < files; i++) {
        cr_assert_not_null(vjp_corpora[i].name);
        cr_expect(i == 0 || strcmp(vjp_corpora[i - 1].name, vjp_corpora[i].name) < 0);
    }
    cr_expect_null(vjp_corpora[files].name);
}

/* What is not built in can be read all the same. */
Test(corpus, production_shapes_are_cases)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(
        vjp_case_list_read_file(&list, TEST_SOURCE_DIR "/cases/corpus/production.cases", &error),
        VJP_OK, "%s", error.text);
    cr_expect_geq(list.count, 10);
    vjp_case_list_clear(&list);
}

/* Every line that is a case, is the canonical one. */
Test(corpus, every_line_is_canonical)
{
    for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name; corpus++) {
        struct vjp_case_list list = read_corpus(corpus->name);
        size_t i = 0;
        for (const char *p = corpus->text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
            const size_t length = strcspn(p, "\n");
            if (length == 0 || *p == '#')
                continue;
            struct vjp_text printed = {0};
            cr_assert_lt(i, list.count);
            vjp_case_print(&list.cases[i++], &printed);
            cr_expect(printed.length == length && memcmp(printed.data, p, length) == 0,
                      "%s:\n%.*s\n%s", corpus->name, (int)length, p, printed.data);
            vjp_text_clear(&printed);
        }
        cr_expect_eq(i, list.count);
        vjp_case_list_clear(&list);
    }
}

Test(corpus, no_line_stands_twice)
{
    for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name; corpus++) {
        struct vjp_case_list list = read_corpus(corpus->name);
        for (size_t i = 0; i < list.count; i++) {
            for (size_t j = 0; j < i; j++)
                cr_expect_not(vjp_case_is_equal(&list.cases[i], &list.cases[j]),
                              "cases %zu and %zu of %s", j, i, corpus->name);
        }
        vjp_case_list_clear(&list);
    }
}

/* A layer without pinned cases has nobody who thought about its edges. */
Test(corpus, every_layer_has_pinned_cases)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        int found = 0;
        for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name && !found; corpus++) {
            struct vjp_case_list list = read_corpus(corpus->name);
            for (size_t i = 0; i < list.count; i++)
                found += list.cases[i].spec == *spec;
            vjp_case_list_clear(&list);
        }
        cr_expect_gt(found, 0, "%s", (*spec)->name);
    }
}

/* y = x w by the definition of the derivative: dy_nm is the coefficient of L in y_nm, so dL/dx_nd
 * collects dy_nm w_dm and dL/dw_dm collects dy_nm x_nd. Small integers: exact in a double. */
static double gradient(const struct vjp_case *c, const struct vjp_data *data, int slot, int64_t i)
{
    const int64_t n_size = c->dim[0], d_size = c->dim[1], m_size = c->dim[2];
    double sum = 0;
    for (int64_t n = 0; n < n_size; n++) {
        for (int64_t d = 0; d < d_size; d++) {
            for (int64_t m = 0; m < m_size; m++) {
                const double dy = element(data, DY, n * m_size + m);
                if (slot == DX && n * d_size + d == i)
                    sum += dy * element(data, W, d * m_size + m);
                if (slot == DW && d * m_size + m == i)
                    sum += dy * element(data, X, n * d_size + d);
            }
        }
    }
    return sum;
}

/* What the comments of seeds.cases say, worked by hand. */
static const struct {
    const char *line;
    int slot;
    double expected[6];
} worked[] = {
    {"linear dtype=f64 N=1 D=2 M=3 x=[7,11] w=[1,10,100,1000,10000,100000] dy=[2,3,5]",
     DX,
     {532, 532000}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[7,11] w=[1,10,100,1000,10000,100000] dy=[2,3,5]",
     DW,
     {14, 21, 35, 22, 33, 55}},
    {"linear dtype=f16 N=1 D=2 M=3 x=[7,11] w=[1,8,64,2,16,128] dy=[1,2,3]", DX, {0321, 0642}},
    {"linear dtype=bf16 N=1 D=2 M=3 x=[5,7] w=[1,4,16,2,8,32] dy=[1,2,3]",
     DX,
     {1 + 2 * 4 + 3 * 16, 2 * (1 + 2 * 4 + 3 * 16)}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]", DX, {6, 15}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]", DW, {2, 2, 2, 3, 3, 3}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[7,11] w=[1,10,100,1000,10000,100000] dy=onehot:1",
     DX,
     {10, 10000}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[7,11] w=[1,10,100,1000,10000,100000] dy=onehot:1",
     DW,
     {0, 7, 0, 0, 11, 0}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,100,10,1000] w=[1,10,100,1000,10000,100000] "
     "dy=[2,3,5,5,7,9]",
     DX,
     {532, 532000, 975, 975000}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,100,10,1000] w=[1,10,100,1000,10000,100000] "
     "dy=[2,3,5,5,7,9]",
     DW,
     {52, 73, 95, 5200, 7300, 9500}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,100,10,1000] w=[1,10,100,1000,10000,100000] dy=onehot:5",
     DX,
     {0, 0, 100, 100000}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,100,10,1000] w=[1,10,100,1000,10000,100000] dy=onehot:5",
     DW,
     {0, 0, 10, 0, 0, 1000}},
    /* The slips; what the printed formula would give is another answer. */
    {"linear dtype=f64 N=2 D=2 M=2 x=[1,2,3,4] w=[5,6,7,8] dy=[1,10,100,1000]",
     DX,
     {65, 87, 6500, 8700}},
    {"linear dtype=f64 N=1 D=2 M=2 x=[2,3] w=[0,0,1,0] dy=[1,10]", DX, {0, 1}},
    {"linear dtype=f64 N=1 D=3 M=3 x=[2,3,5] w=[1,2,3,4,5,6,7,8,9] dy=[1,10,100]",
     DX,
     {321, 654, 987}},
    {"linear dtype=f64 N=1 D=2 M=3 x=[7,11] w=[0,0,0,1,0,0] dy=[2,3,5]", DX, {0, 2}},
    {"linear dtype=f64 N=2 D=2 M=2 x=[1,10,100,1000] w=[5,6,7,8] dy=[1,2,3,4]",
     DW,
     {301, 402, 3010, 4020}},
    {"linear dtype=f64 N=2 D=2 M=2 x=[1,10,100,1000] w=[5,6,7,8] dy=[1,2,3,4]",
     DX,
     {17, 23, 39, 53}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,2,3,4] w=[1,10,100,1000,10000,100000] dy=onehot:0",
     DW,
     {1, 0, 0, 2, 0, 0}},
    {"linear dtype=f64 N=2 D=2 M=3 x=[1,10,100,1000] w=[1,2,3,4,5,6] dy=[0,1,0,0,1,0]",
     DW,
     {0, 101, 0, 0, 1010, 0}},
};

Test(corpus, the_worked_examples_are_there_with_the_answers_worked_by_hand)
{
    for (size_t k = 0; k < sizeof worked / sizeof *worked; k++) {
        char line[256];
        snprintf(line, sizeof line, "\n%s\n", worked[k].line);
        cr_expect_not_null(strstr(text_of("seeds.cases"), line), "%s", worked[k].line);
        struct vjp_case c = parse_case(worked[k].line);
        struct vjp_data data = generate_line(worked[k].line);
        struct vjp_shape shape;
        int64_t count = 0;
        vjp_case_slot_shape(&c, worked[k].slot, &shape);
        cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
        for (int64_t i = 0; i < count; i++)
            cr_expect_eq(gradient(&c, &data, worked[k].slot, i), worked[k].expected[i], "%s [%d]",
                         worked[k].line, (int)i);
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
}

/* In all four dtypes every answer of a worked example is a number of the dtype. */
Test(corpus, the_worked_examples_are_exact_in_their_dtype)
{
    struct vjp_case_list list = read_corpus("seeds.cases");
    int seen[VJP_DTYPE_COUNT] = {0};
    for (size_t k = 0; k < list.count; k++) {
        const struct vjp_case *c = &list.cases[k];
        struct vjp_data data;
        cr_assert_eq(vjp_data_generate(c, &data, NULL), VJP_OK);
        for (int slot = DX; slot <= DW; slot++) {
            struct vjp_shape shape;
            int64_t count = 0;
            vjp_case_slot_shape(c, slot, &shape);
            cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
            for (int64_t i = 0; i < count; i++) {
                const double value = gradient(c, &data, slot, i);
                cr_expect_eq(vjp_bits_to_double(c->dtype, vjp_bits_from_double(c->dtype, value)),
                             value);
            }
        }
        seen[c->dtype]++;
        vjp_data_clear(&data);
    }
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++)
        cr_expect_geq(seen[dtype], 11); /* the two examples, and each output element of them */
    vjp_case_list_clear(&list);
}

/* The documents' own size: N = 64, D = M = 4096, in binary32. 256 GiB, not 256 GB. */
Test(corpus, the_jacobian_of_the_documents_takes_256_gib)
{
    const struct vjp_shape y = {.rank = 2, .dim = {64, 4096}};
    const struct vjp_shape x = {.rank = 2, .dim = {64, 4096}};
    struct vjp_shape jacobian;
    int64_t entries = 0;
    cr_assert_eq(vjp_shape_concat(&y, &x, &jacobian, NULL), VJP_OK);
    cr_assert_eq(vjp_shape_count(&jacobian, &entries, NULL), VJP_OK);
    cr_expect_eq(entries, INT64_C(68719476736));
    cr_expect_eq(4 * entries, INT64_C(274877906944));
    cr_expect_eq(4 * entries, INT64_C(256) << 30);
    cr_expect_neq(4 * entries, INT64_C(256000000000));
}

struct cover {
    bool size[3][66];
    bool ld[7], align[7], trans[7];
    bool generator[VJP_GEN_NPY + 1];
    bool dtype[VJP_DTYPE_COUNT];
    bool bias, accumulate, threads;
    int64_t cost;
};

static void add_cover(const struct vjp_case *c, struct cover *cover)
{
    int64_t cost = 1;
    for (int d = 0; d < 3; d++) {
        if (c->dim[d] < 66)
            cover->size[d][c->dim[d]] = true;
        cost *= c->dim[d];
    }
    for (int slot = X; slot <= DB; slot++) {
        const struct vjp_field *field = &c->slot[slot];
        cover->ld[slot] |= field->layout.ld_pad > 0;
        cover->align[slot] |= field->layout.align > 0;
        cover->trans[slot] |= field->layout.trans;
        if (field->text)
            cover->generator[field->generator] = true;
    }
    cover->dtype[c->dtype] = true;
    cover->bias |= c->attr[0] == 1;
    cover->accumulate |= c->accumulate;
    cover->threads |= c->threads > 1;
    cover->cost += cost;
}

Test(corpus, the_edges_cover_what_they_promise)
{
    static const int sizes[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};
    struct vjp_case_list list = read_corpus("edges.cases");
    struct cover cover = {.cost = 0};
    for (size_t i = 0; i < list.count; i++)
        add_cover(&list.cases[i], &cover);
    for (int d = 0; d < 3; d++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            cr_expect(cover.size[d][sizes[s]], "dimension %d, size %d", d, sizes[s]);
    }
    for (int slot = X; slot <= DB; slot++) {
        const bool vector = slot == B || slot == DB;
        cr_expect(cover.ld[slot] || vector, "slot %d", slot);
        cr_expect(cover.trans[slot] || vector, "slot %d", slot);
        cr_expect(cover.align[slot], "slot %d", slot);
    }
    for (int g = 0; g < VJP_GEN_LARGE; g++) /* those that matter to sums of products */
        cr_expect(cover.generator[g], "generator %d", g);
    cr_expect(cover.generator[VJP_GEN_LITERAL]);
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++)
        cr_expect(cover.dtype[dtype]);
    cr_expect(cover.bias && cover.accumulate && cover.threads);
    cr_expect_leq(cover.cost, 3000000, "%lld", (long long)cover.cost);
    vjp_case_list_clear(&list);
}

/* The values of every pinned case can be made. */
Test(corpus, every_case_has_values)
{
    for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name; corpus++) {
        struct vjp_case_list list = read_corpus(corpus->name);
        for (size_t i = 0; i < list.count; i++) {
            struct vjp_data data = {0};
            struct vjp_error error = {""};
            cr_expect_eq(vjp_data_generate(&list.cases[i], &data, &error), VJP_OK, "%s: %s",
                         corpus->name, error.text);
            vjp_data_clear(&data);
        }
        vjp_case_list_clear(&list);
    }
}
