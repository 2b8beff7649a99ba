/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/pipeline.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const struct vjp_pipeline *pipeline(const char *name)
{
    const struct vjp_spec *spec = NULL;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_pipeline_find(name, &spec, &error), VJP_OK, "%s: %s", name, error.text);
    cr_assert_not_null(vjp_pipeline_of(spec));
    return vjp_pipeline_of(spec);
}

/* Writes "1.N 1.D ..." and returns text. */
static char *join(const char *const *names, int n, size_t stride, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        const char *name = *(const char *const *)((const char *)names + (size_t)i * stride);
        snprintf(text + strlen(text), size - strlen(text), "%s%s", i ? " " : "", name);
    }
    return text;
}

static void expect_fields(const char *name, const char *dims, const char *attrs, const char *inputs)
{
    char text[512];
    const struct vjp_spec *spec = &pipeline(name)->spec;
    cr_expect_str_eq(join(spec->dim, spec->n_dims, sizeof *spec->dim, text, sizeof text), dims,
                     "%s", name);
    cr_expect_str_eq(
        join(&spec->attr[0].name, spec->n_attrs, sizeof *spec->attr, text, sizeof text), attrs,
        "%s", name);
    cr_expect_str_eq(
        join(&spec->input[0].name, spec->n_inputs, sizeof *spec->input, text, sizeof text), inputs,
        "%s", name);
}

/* What the chain decides is no field: the first input of a later stage, its dimensions, its rank. */
Test(pipeline, fields_are_those_that_the_chain_does_not_decide)
{
    expect_fields("linear | relu | linear | softmax | cross_entropy", "1.N 1.D 1.M 3.M",
                  "1.bias 3.bias 5.reduction", "1.x 1.w 1.b 3.w 3.b 5.t");
    expect_fields("relu | square", "1.N 1.M 1.P 1.Q", "1.rank", "1.x");
    expect_fields("linear | linear", "1.N 1.D 1.M 2.M", "1.bias 2.bias", "1.x 1.w 1.b 2.w 2.b");
    /* Rank 4 into rank 2: rows. */
    expect_fields("conv2d | linear", "1.N 1.C 1.H 1.W 1.K 1.R 1.S 2.M",
                  "1.stride 1.padding 1.dilation 1.groups 1.bias 2.bias", "1.x 1.w 1.b 2.w 2.b");
    /* Rank 2 into rank 4: what the four are, the line must say. */
    expect_fields("linear | attention", "1.N 1.D 1.M 2.B 2.H 2.T 2.S 2.D 2.E",
                  "1.bias 2.causal 2.scale", "1.x 1.w 1.b 2.k 2.v");
    /* Rank 4 into rank 3. */
    expect_fields("attention | matmul", "1.B 1.H 1.T 1.S 1.D 1.E 2.B 2.M 2.K 2.N",
                  "1.causal 1.scale 2.trans_a 2.trans_b", "1.q 1.k 1.v 2.b");
    /* Rank 1 to 4 into rank 2: rank 1 is no matrix, and then 2.N and 2.D are fields. */
    expect_fields("relu | linear", "1.N 1.M 1.P 1.Q 2.N 2.D 2.M", "1.rank 2.bias", "1.x 2.w 2.b");
    /* A scalar is no vector, but one element of it. */
    expect_fields("mse | exp | tanh", "1.N 1.D 2.N", "1.reduction", "1.x 1.t");
}

/* As softmax and mul, which have no attribute for their rank. */
Test(pipeline, every_layer_of_any_shape_takes_a_loss)
{
    int count = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        char name[64];
        if (vjp_attr_find(*spec, "rank") < 0)
            continue;
        snprintf(name, sizeof name, "softmax_cross_entropy | %s", (*spec)->name);
        struct vjp_case c = {.spec = &pipeline(name)->spec, .dtype = VJP_F32, .threads = 1};
        const int n = vjp_dim_find(c.spec, "2.N");
        const char *field;
        cr_assert_geq(n, 0, "%s", name);
        cr_expect_lt(vjp_dim_find(c.spec, "2.M"), 0, "%s", name);
        for (int d = 0; d < c.spec->n_dims; d++)
            c.dim[d] = 3;
        c.dim[n] = 1;
        cr_expect_eq(c.spec->check(&c, &field, NULL), VJP_OK, "%s", name);
        c.dim[n] = 3;
        cr_expect_eq(c.spec->check(&c, &field, NULL), VJP_ERR_USAGE, "%s", name);
        cr_expect_str_eq(field, "2.N");
        count++;
    }
    cr_expect_geq(count, 10);
}

Test(pipeline, fields_keep_what_the_stage_says_of_them)
{
    const struct vjp_spec *spec =
        &pipeline("linear | relu | linear | softmax | cross_entropy")->spec;
    const struct vjp_attr_spec *reduction = &spec->attr[vjp_attr_find(spec, "5.reduction")];
    cr_expect_eq(reduction->kind, VJP_ATTR_CHOICE);
    cr_expect_str_eq(reduction->choices[0], "mean");
    cr_expect(spec->input[0].differentiable);
    cr_expect_eq(spec->input[vjp_slot_find(spec, "5.t")].domain, VJP_DOMAIN_ONEHOT);
    cr_expect_not(spec->input[vjp_slot_find(spec, "5.t")].differentiable);
    cr_expect_str_eq(spec->output, "y");
    cr_expect_eq(spec->n_saved, 0);
}

/* In y = x w the factors of the first stage are both operands; those of any other are not. */
Test(pipeline, partners_are_the_factors_of_the_first_stage)
{
    const struct vjp_spec *spec = &pipeline("linear | relu | linear")->spec;
    const int x = vjp_slot_find(spec, "1.x"), w = vjp_slot_find(spec, "1.w");
    for (int slot = 0; slot < vjp_slot_count(spec); slot++)
        cr_expect_eq(vjp_slot_partner(spec, slot), slot == x ? w : slot == w ? x : -1, "%d", slot);
    spec = &pipeline("relu | linear")->spec;
    for (int slot = 0; slot < vjp_slot_count(spec); slot++)
        cr_expect_eq(vjp_slot_partner(spec, slot), -1);
}

Test(pipeline, a_name_has_one_spec_however_it_is_written)
{
    const struct vjp_spec *a = NULL, *b = NULL, *c = NULL;
    cr_assert_eq(vjp_pipeline_find("linear | relu", &a, NULL), VJP_OK);
    cr_assert_eq(vjp_pipeline_find(" linear|\trelu ", &b, NULL), VJP_OK);
    cr_assert_eq(vjp_pipeline_find("relu | linear", &c, NULL), VJP_OK);
    cr_expect_eq(a, b);
    cr_expect_neq(a, c);
    cr_expect_str_eq(a->name, "linear | relu");
    cr_expect_eq(vjp_spec_find("linear|relu"), a);
    cr_expect_null(vjp_spec_find("linear | nothing"));
    cr_expect_null(vjp_pipeline_of(vjp_spec_find("linear")));
}

static void *find_many(void *out)
{
    const struct vjp_spec **specs = out;
    static const char *const names[] = {"tanh | relu", "relu | tanh", "tanh | tanh", "exp | tanh"};
    for (int i = 0; i < 400; i++) {
        if (vjp_pipeline_find(names[i % 4], &specs[i % 4], NULL) != VJP_OK)
            return NULL;
    }
    return out;
}

Test(pipeline, threads_share_the_table)
{
    enum { THREADS = 4 };
    const struct vjp_spec *found[THREADS][4] = {{NULL}};
    pthread_t thread[THREADS];
    for (int t = 0; t < THREADS; t++)
        cr_assert_eq(pthread_create(&thread[t], NULL, find_many, found[t]), 0);
    for (int t = 0; t < THREADS; t++) {
        void *result;
        pthread_join(thread[t], &result);
        cr_expect_not_null(result);
        cr_expect_eq(memcmp(found[t], found[0], sizeof found[0]), 0);
    }
}

Test(pipeline, what_is_no_pipeline_is_refused)
{
    static const struct {
        const char *name, *error;
        enum vjp_status status;
    } refused[] = {
        {"", "stage 1 is empty; expected a layer", VJP_ERR_USAGE},
        {"linear", "'linear' is no pipeline; expected layers with '|' between them", VJP_ERR_USAGE},
        {"|", "stage 1 is empty; expected a layer", VJP_ERR_USAGE},
        {"linear |", "stage 2 is empty; expected a layer", VJP_ERR_USAGE},
        {"linear || relu", "stage 2 is empty; expected a layer", VJP_ERR_USAGE},
        {"linear | rleu", "stage 2: unknown layer 'rleu'", VJP_ERR_USAGE},
        {"linear relu | relu", "found 'relu | relu' after stage 1; expected '|'", VJP_ERR_USAGE},
        {"exp|exp|exp|exp|exp|exp|exp|exp|exp", "found more than 8 stages; expected at most 8",
         VJP_ERR_LIMIT},
        {"linear|linear|linear|linear|linear|linear|linear",
         "the stages have 15 operands together; expected at most 12", VJP_ERR_LIMIT},
        {"conv2d|conv2d|conv2d|conv2d|conv2d",
         "the stages have 25 attributes together; expected at most 24", VJP_ERR_LIMIT},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct vjp_spec *spec = NULL;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_pipeline_find(refused[i].name, &spec, &error), refused[i].status, "%s",
                     refused[i].name);
        cr_expect_str_eq(error.text, refused[i].error, "%s: %s", refused[i].name, error.text);
        cr_expect_null(spec);
    }
}

/* softmax, sigmoid, exp and softplus give positive numbers only; the others may give any. */
Test(pipeline, a_stage_that_may_be_given_what_it_does_not_take_is_doubtful)
{
    static const struct {
        const char *name;
        int stage;
    } table[] = {
        {"linear | log", 1},
        {"linear | relu", 0},
        {"softmax | log", 0},
        {"sigmoid | log", 0},
        {"exp | log", 0},
        {"softplus | log", 0},
        {"relu | log", 1},
        {"linear | log | exp | log", 1},
        {"exp | log | log", 2},
        {"linear | relu | linear | softmax | cross_entropy", 0},
        {"linear | relu | cross_entropy", 2},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_pipeline_doubtful(&pipeline(table[i].name)->spec), table[i].stage, "%s",
                     table[i].name);
    cr_expect_eq(vjp_pipeline_doubtful(vjp_spec_find("log")), 0);
}

Test(pipeline, what_the_chain_decides_has_its_decider)
{
    static const struct {
        const char *field;
        int stage;
    } table[] = {{"2.N", 1},   {"2.rank", 1}, {"2.x", 1}, {"2.dx", 1}, {"3.D", 2},
                 {"3.N", 2},   {"3.x", 2},    {"3.M", 0}, {"3.w", 0},  {"3.dw", 0},
                 {"1.N", 0},   {"1.x", 0},    {"4.N", 0}, {"0.N", 0},  {"-2.N", 0},
                 {"2.wat", 0}, {"2", 0},      {"2.", 0},  {"x", 0},    {"", 0}};
    const struct vjp_spec *spec = &pipeline("linear | relu | linear")->spec;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_pipeline_decider(spec, table[i].field), table[i].stage, "%s",
                     table[i].field);
    cr_expect_eq(vjp_pipeline_decider(vjp_spec_find("linear"), "2.N"), 0);
}

/* 2.N and 2.D are fields after a relu of one dimension, which linear takes by the number of its elements. */
Test(pipeline, what_the_chain_decides_may_hang_on_the_case)
{
    const struct vjp_spec *spec = &pipeline("relu | linear")->spec;
    static const char *const decided[] = {"2.N", "2.D"}, *const free_ones[] = {"1.N", "2.M"};
    for (int rank = 1; rank <= 2; rank++) {
        struct vjp_case c = {.spec = spec};
        c.attr[vjp_attr_find(spec, "1.rank")] = rank;
        for (int i = 0; i < 2; i++) {
            cr_expect_eq(vjp_pipeline_dim_decider(&c, vjp_dim_find(spec, decided[i])), rank - 1);
            cr_expect_eq(vjp_pipeline_dim_decider(&c, vjp_dim_find(spec, free_ones[i])), 0);
        }
    }
    const struct vjp_case single = {.spec = vjp_spec_find("linear")};
    cr_expect_eq(vjp_pipeline_dim_decider(&single, 0), 0);
}
