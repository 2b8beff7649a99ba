/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/shrink.h"

#include "tests/cases/line/random_case.h"
#include "tests/cases/shrink/synthetic.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define ENOUGH 4000

typedef bool rule(const struct vjp_case *c, const struct vjp_data *data);

static struct vjp_shrunk shrink_with(struct synthetic *s, const char *line, int64_t runs)
{
    struct vjp_case c = parse_case(line);
    struct vjp_shrunk out = {0};
    struct vjp_error error = {""};
    const struct vjp_shrink how = synthetic_how(s, runs);
    cr_assert_eq(vjp_shrink_case(&how, &c, &out, &error), VJP_OK, "%s: %s", line, error.text);
    cr_expect_eq(out.runs, s->calls);
    cr_expect_leq(s->calls, runs);
    vjp_case_clear(&c);
    vjp_text_clear(&s->asked);
    return out;
}

/* An expected line that ends with '*' stands for all that begin so. */
static void expect_line(const struct vjp_case *c, const char *line)
{
    char *text = line_text(c);
    if (line[strlen(line) - 1] == '*')
        cr_expect_eq(strncmp(text, line, strlen(line) - 1), 0, "found    %s\nexpected %s", text,
                     line);
    else
        cr_expect_str_eq(text, line, "found    %s\nexpected %s", text, line);
    free(text);
}

/* The smallest cases, of the two kinds, that fail by the rule. */
static void expect_shrunk(rule *fails, const char *from, const char *shape, const char *literal)
{
    struct synthetic s = {.rule = fails};
    struct vjp_shrunk out = shrink_with(&s, from, ENOUGH);
    expect_line(&out.shape, shape);
    expect_line(&out.literal, literal);
    cr_expect(out.complete);
    vjp_shrunk_clear(&out);
}

static bool tail_of_padded(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] % 8 != 0 && c->dim[0] >= 2 && c->slot[W].layout.ld_pad > 0;
}

static const char large_linear[] =
    "linear dtype=f32 bias=1 N=57 D=91 M=129 x=normal w=cancel:1e8 b=wide dy=pow2 dx=normal "
    "dw=normal db=uniform x.ld=+3 w.ld=+17 dy.ld=+1 x.align=4 dw.align=8 accumulate=1 threads=7 "
    "seed=0x1234";

static const char padded_linear[] =
    "linear dtype=f32 bias=1 N=7 D=9 M=12 x=normal w=cancel:1e8 b=wide dy=pow2 x.ld=+3 dw.align=8 "
    "threads=7 seed=0x1234";

Test(shrink, what_always_fails_becomes_the_smallest_case)
{
    static const char shape[] = "linear dtype=f32 N=0 D=0 M=0 x=const w=const dy=const";
    expect_shrunk(always, large_linear, shape, "linear dtype=f32 N=0 D=0 M=0 x=[] w=[] dy=[]");
    expect_shrunk(always,
                  "conv2d dtype=f16 stride=2 padding=3 dilation=2 groups=2 bias=1 N=3 C=4 "
                  "H=9 W=8 K=6 R=3 S=2 x.ld=+2 threads=2 seed=3",
                  "conv2d dtype=f16 N=0 C=0 H=1 W=1 K=0 R=1 S=1 x=const w=const dy=const",
                  "conv2d dtype=f16 N=0 C=0 H=1 W=1 K=0 R=1 S=1 x=[] w=[] dy=[]");
}

Test(shrink, what_never_fails_again_stays_as_it_is)
{
    struct synthetic s = {.rule = never};
    struct vjp_shrunk out = shrink_with(&s, padded_linear, ENOUGH);
    expect_line(&out.shape, padded_linear);
    expect_line(&out.literal, padded_linear);
    cr_expect(out.complete);
    vjp_shrunk_clear(&out);
}

Test(shrink, only_what_matters_is_left)
{
    expect_shrunk(tail_of_padded, large_linear,
                  "linear dtype=f32 N=2 D=0 M=1 x=const w=const dy=const w.ld=+1",
                  "linear dtype=f32 N=2 D=0 M=1 x=[] w=[] dy=[0,0] w.ld=+1");
}

static bool equal_sizes(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[0] == c->dim[1] && c->dim[1] == c->dim[2] && c->dim[0] > 4;
}

static bool equal_two(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[1] == c->dim[2] && c->dim[1] > 2;
}

static bool twice(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[1] == 2 * c->dim[2] && c->dim[2] >= 3;
}

static bool one_more(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[0] == c->dim[2] + 1 && c->dim[2] >= 3;
}

static bool whole_blocks(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] > 0 && c->dim[2] % 64 == 0 && c->dim[1] % 8 == 3;
}

Test(shrink, sizes_that_are_tied_to_each_other_shrink_together)
{
    expect_shrunk(equal_sizes, "linear dtype=f32 N=33 D=33 M=33 seed=9",
                  "linear dtype=f32 N=5 D=5 M=5 x=const w=const dy=const",
                  "linear dtype=f32 N=5 D=5 M=5 x=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
                  "0] w=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0] "
                  "dy=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]");
    expect_shrunk(equal_two, "linear dtype=f32 N=7 D=37 M=37 seed=9",
                  "linear dtype=f32 N=0 D=3 M=3 x=const w=const dy=const",
                  "linear dtype=f32 N=0 D=3 M=3 x=[] w=[0,0,0,0,0,0,0,0,0] dy=[]");
    expect_shrunk(
        twice, "linear dtype=f64 N=7 D=48 M=24",
        "linear dtype=f64 N=0 D=6 M=3 x=const w=const dy=const",
        "linear dtype=f64 N=0 D=6 M=3 x=[] w=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0] dy=[]");
    expect_shrunk(one_more, "linear dtype=f64 N=18 D=48 M=17",
                  "linear dtype=f64 N=4 D=0 M=3 x=const w=const dy=const",
                  "linear dtype=f64 N=4 D=0 M=3 x=[] w=[] dy=[0,0,0,0,0,0,0,0,0,0,0,0]");
    expect_shrunk(whole_blocks, "linear dtype=f64 N=18 D=331 M=1024",
                  "linear dtype=f64 N=0 D=3 M=64 x=const w=const dy=const",
                  "linear dtype=f64 N=0 D=3 M=64 x=[] w=const dy=[]");
}

/* conv2d: C, K multiples of groups; the filter no larger than the image. */
static bool two_groups_of_height_3(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_attr(c, "groups") > 1 && vjp_case_dim(c, "C") > 0 && vjp_case_dim(c, "R") >= 3;
}

static bool stride(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_attr(c, "stride") >= 2 && vjp_case_dim(c, "H") >= 4;
}

/* attention: a key for every query; rope: pairs of features. */
static bool queries(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_dim(c, "T") >= 3 && vjp_case_attr(c, "causal") == 1;
}

static bool features(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_dim(c, "D") >= 5;
}

static bool ranked(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_attr(c, "rank") >= 3 && c->slot[0].layout.align == 4;
}

Test(shrink, sizes_that_a_check_ties_follow)
{
    expect_shrunk(two_groups_of_height_3,
                  "conv2d dtype=f32 groups=4 stride=2 N=3 C=8 H=9 W=7 K=12 R=5 S=3 padding=1",
                  "conv2d dtype=f32 groups=2 N=0 C=2 H=3 W=1 K=0 R=3 S=1 x=const w=const "
                  "dy=const",
                  "conv2d dtype=f32 groups=2 N=0 C=2 H=3 W=1 K=0 R=3 S=1 x=[] w=[] dy=[]");
    expect_shrunk(stride,
                  "conv2d dtype=f32 groups=4 stride=5 N=3 C=8 H=9 W=7 K=12 R=5 S=3 padding=1",
                  "conv2d dtype=f32 stride=2 N=0 C=0 H=4 W=1 K=0 R=1 S=1 x=const w=const "
                  "dy=const",
                  "conv2d dtype=f32 stride=2 N=0 C=0 H=4 W=1 K=0 R=1 S=1 x=[] w=[] dy=[]");
    expect_shrunk(queries, "attention dtype=f64 causal=1 scale=0.5 B=2 H=3 T=9 S=9 D=8 E=4",
                  "attention dtype=f64 causal=1 B=0 H=0 T=3 S=3 D=1 E=0 q=const k=const "
                  "v=const dy=const",
                  "attention dtype=f64 causal=1 B=0 H=0 T=3 S=3 D=1 E=0 q=[] k=[] v=[] dy=[]");
    expect_shrunk(features, "rope dtype=f64 layout=interleaved N=3 H=2 D=34",
                  "rope dtype=f64 N=0 H=0 D=6 x=const cos=const sin=const dy=const",
                  "rope dtype=f64 N=0 H=0 D=6 x=[] cos=[] sin=[] dy=[]");
}

static bool late_stage(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_dim(c, "1.M") >= 3 && vjp_case_dim(c, "3.M") % 2 == 1;
}

static bool turned(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_case_dim(c, "2.D") >= 4 && vjp_case_dim(c, "1.D") >= 1;
}

Test(shrink, pipelines_shrink_with_their_chains)
{
    expect_shrunk(late_stage,
                  "linear | relu | linear | softmax | cross_entropy dtype=f32 1.bias=1 3.bias=1 "
                  "1.N=9 1.D=5 1.M=17 3.M=7 1.w.ld=+2 seed=5",
                  "linear | relu | linear | softmax | cross_entropy dtype=f32 1.N=0 1.D=0 1.M=3 "
                  "3.M=1 1.x=const 1.w=const 3.w=const 5.t=labels dy=const",
                  "linear | relu | linear | softmax | cross_entropy dtype=f32 1.N=0 1.D=0 1.M=3 "
                  "3.M=1 1.x=[] 1.w=[] 3.w=[0,0,0] 5.t=[] dy=[0]");
    expect_shrunk(turned, "linear | rope dtype=f64 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6",
                  "linear | rope dtype=f64 1.N=0 1.D=1 1.M=0 2.N=0 2.H=0 2.D=4 1.x=const "
                  "1.w=const 2.cos=const 2.sin=const dy=const",
                  "linear | rope dtype=f64 1.N=0 1.D=1 1.M=0 2.N=0 2.H=0 2.D=4 1.x=[] 1.w=[] "
                  "2.cos=[] 2.sin=[] dy=[]");
}

static bool nonempty_turned(const struct vjp_case *c, const struct vjp_data *data)
{
    return data->slot[vjp_slot_find(c->spec, "dy")].count > 0 && vjp_case_dim(c, "2.D") >= 4;
}

/* The smallest of 2.N + 2.H + 2.D with 2.D >= 4, then of 1.N + 1.M. */
Test(shrink, products_of_elements_shrink)
{
    expect_shrunk(nonempty_turned, "linear | rope dtype=f64 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6",
                  "linear | rope dtype=f64 1.N=2 1.D=0 1.M=2 2.N=1 2.H=1 2.D=4 1.x=const "
                  "1.w=const 2.cos=const 2.sin=const dy=const",
                  "linear | rope dtype=f64 1.N=2 1.D=0 1.M=2 2.N=1 2.H=1 2.D=4 1.x=[] 1.w=[] "
                  "2.cos=[0,0] 2.sin=[0,0] dy=[0,0,0,0]");
}

Test(shrink, layouts_and_attributes_that_matter_stay)
{
    expect_shrunk(ranked, "relu dtype=f32 rank=4 N=2 M=3 P=2 Q=2 x.align=4 x.ld=+3 dx.align=8",
                  "relu dtype=f32 rank=3 N=0 M=0 P=0 x=const dy=const x.align=4",
                  "relu dtype=f32 rank=3 N=0 M=0 P=0 x=[] dy=[] x.align=4");
}

static double at(const struct vjp_data *data, int slot, int64_t i)
{
    return i < data->slot[slot].count ? element(data, slot, i) : 0;
}

/* One element of w that is neither a whole number nor small matters, wherever it is, with any dy. */
static bool fraction_above_2(const struct vjp_case *c, const struct vjp_data *data)
{
    bool found = false;
    for (int64_t i = 0; i < data->slot[W].count; i++)
        found |= at(data, W, i) != floor(at(data, W, i)) && fabs(at(data, W, i)) > 1.5;
    for (int64_t i = 0; i < data->slot[DY].count; i++)
        found &= at(data, DY, i) != 0;
    return found && c->dim[0] > 0;
}

/* A sum that cancels: a positive number before a negative one in a row. */
static bool signs_in_a_row(const struct vjp_case *c, const struct vjp_data *data)
{
    const int64_t D = c->dim[1];
    for (int64_t i = 0; i < data->slot[X].count; i++) {
        for (int64_t j = i + 1; j < data->slot[X].count && j / D == i / D; j++) {
            if (at(data, X, i) > 0 && at(data, X, j) < 0)
                return true;
        }
    }
    return false;
}

/* A NaN anywhere. */
static bool is_nan_in_dy(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    for (int64_t i = 0; i < data->slot[DY].count; i++) {
        if (isnan(at(data, DY, i)))
            return true;
    }
    return false;
}

Test(shrink, lists_keep_the_numbers_that_matter)
{
    expect_shrunk(fraction_above_2, "linear dtype=f32 N=3 D=4 M=5 seed=77",
                  "linear dtype=f32 N=1 D=1 M=1 x=const *",
                  "linear dtype=f32 N=1 D=1 M=1 x=[0] w=[1.75] dy=[1]");
    expect_shrunk(signs_in_a_row, "linear dtype=f32 N=3 D=4 M=5 seed=77",
                  "linear dtype=f32 N=1 D=2 M=0 x=*",
                  "linear dtype=f32 N=1 D=2 M=0 x=[1,-1] w=[] dy=[]");
    expect_shrunk(is_nan_in_dy, "linear dtype=bf16 N=3 D=4 M=5 dy=special:0.5 seed=77",
                  "linear dtype=bf16 N=1 D=0 M=1 x=const w=const dy=special*",
                  "linear dtype=bf16 N=1 D=0 M=1 x=[] w=[] dy=[nan]");
}

static bool repeated_index(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    for (int64_t i = 1; i < data->slot[1].count; i++) {
        if (at(data, 1, i) == at(data, 1, i - 1) && at(data, 1, i) > 0)
            return true;
    }
    return false;
}

static bool class_after_another(const struct vjp_case *c, const struct vjp_data *data)
{
    const int t = vjp_slot_find(c->spec, "t");
    for (int64_t i = 0; i < data->slot[t].count; i++) {
        if (at(data, t, i) == 1 && i % c->dim[1] >= 2)
            return true;
    }
    return false;
}

static bool small_logarithm(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    for (int64_t i = 0; i < data->slot[0].count; i++) {
        if (at(data, 0, i) < 0.125)
            return true;
    }
    return false;
}

/* Indices, one-hot rows and positive numbers: a list that leaves the domain is no valid case, which the
 * rule's caller asserts. */
Test(shrink, lists_stay_within_the_domains)
{
    expect_shrunk(repeated_index, "embedding dtype=f32 N=9 V=7 D=3 t=repeats seed=3",
                  "embedding dtype=f32 N=2 V=2 D=0 w=const t=repeats dy=const*",
                  "embedding dtype=f32 N=2 V=2 D=0 w=[] t=[1,1] dy=[]");
    expect_shrunk(class_after_another, "cross_entropy dtype=f64 N=5 C=9 seed=3",
                  "cross_entropy dtype=f64 N=1 C=3 x=const t=labels dy=const*",
                  "cross_entropy dtype=f64 N=1 C=3 x=[1,1,1] t=[0,0,1] dy=[0]");
    expect_shrunk(small_logarithm, "log dtype=f64 N=5 M=9 seed=3",
                  "log dtype=f64 N=1 M=1 x=positive dy=const*",
                  "log dtype=f64 N=1 M=1 x=[0.0625] dy=[0]");
}

/* A row and a column in the middle, of lists that are given: they are cut out. */
static bool seven_beside_nine(const struct vjp_case *c, const struct vjp_data *data)
{
    const int64_t D = c->dim[1];
    for (int64_t i = 0; i + 1 < data->slot[X].count; i++) {
        if (at(data, X, i) == 7 && at(data, X, i + 1) == 9 && (i + 1) % D != 0)
            return true;
    }
    return false;
}

Test(shrink, lists_lose_the_rows_and_columns_that_do_not_matter)
{
    expect_shrunk(seven_beside_nine,
                  "linear dtype=f32 N=3 D=4 M=2 x=[1,2,3,4,5,7,9,8,1,2,3,4] w=normal dy=normal",
                  "linear dtype=f32 N=2 D=3 M=0 x=[1,2,3,5,7,9] w=const dy=const",
                  "linear dtype=f32 N=1 D=2 M=0 x=[7,9] w=[] dy=[]");
}

Test(shrink, runs_and_stop_are_obeyed_and_the_best_until_then_is_kept)
{
    struct synthetic whole = {.rule = tail_of_padded};
    struct vjp_shrunk out = shrink_with(&whole, large_linear, ENOUGH);
    const int64_t needed = out.runs;
    vjp_shrunk_clear(&out);
    for (int64_t runs = 0; runs < needed; runs += 7) {
        struct synthetic limited = {.rule = tail_of_padded};
        struct synthetic stopped = {.rule = tail_of_padded, .stop_at = runs + 1};
        out = shrink_with(&limited, large_linear, runs);
        cr_expect_not(out.complete, "%d", (int)runs);
        cr_expect_geq(out.runs, runs - runs / 4, "what the shape may have: %d", (int)runs);
        cr_expect(tail_of_padded(&out.shape, NULL) && tail_of_padded(&out.literal, NULL));
        vjp_shrunk_clear(&out);
        out = shrink_with(&stopped, large_linear, ENOUGH);
        cr_expect_not(out.complete, "%d", (int)runs);
        cr_expect_eq(out.runs, runs, "%d", (int)runs);
        vjp_shrunk_clear(&out);
    }
}

Test(shrink, the_same_answers_give_the_same_case)
{
    struct synthetic a = {.rule = fraction_above_2}, b = a;
    struct vjp_shrunk first = shrink_with(&a, large_linear, ENOUGH);
    struct vjp_shrunk second = shrink_with(&b, large_linear, ENOUGH);
    cr_expect(vjp_case_is_equal(&first.shape, &second.shape));
    cr_expect(vjp_case_is_equal(&first.literal, &second.literal));
    cr_expect_eq(first.runs, second.runs);
    vjp_shrunk_clear(&first);
    vjp_shrunk_clear(&second);
}

/* From the third call on. */
Test(shrink, a_case_without_an_answer_is_no_failure_and_a_broken_harness_is_one)
{
    static const enum vjp_status refused[] = {VJP_ERR_USAGE, VJP_ERR_LIMIT};
    static const enum vjp_status broken[] = {VJP_ERR_IO, VJP_ERR_MEMORY, VJP_ERR_INTERNAL};
    for (int i = 0; i < 2; i++) {
        struct synthetic s = {.rule = never, .status = refused[i], .fail_at = 3};
        struct vjp_shrunk out = shrink_with(&s, large_linear, ENOUGH);
        expect_line(&out.shape, large_linear);
        vjp_shrunk_clear(&out);
    }
    for (int i = 0; i < 3; i++) {
        struct synthetic s = {.rule = always, .status = broken[i], .fail_at = 3};
        struct vjp_case c = parse_case(large_linear);
        struct vjp_shrunk out = {.runs = -1};
        struct vjp_error error = {""};
        const struct vjp_shrink how = synthetic_how(&s, ENOUGH);
        cr_expect_eq(vjp_shrink_case(&how, &c, &out, &error), broken[i]);
        cr_expect_str_eq(error.text, "no answer 3");
        cr_expect_eq(out.runs, -1, "untouched");
        cr_expect_eq(s.calls, 3);
        vjp_case_clear(&c);
        vjp_text_clear(&s.asked);
    }
}

static bool of_its_size(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[0] == 9 && c->dim[1] == 8 && c->dim[2] == 7;
}

/* The shape would take all of 40 runs, and has 30 of them; the rest is for the numbers. */
Test(shrink, numbers_become_simpler_even_where_the_shape_takes_long)
{
    struct synthetic s = {.rule = of_its_size};
    struct vjp_shrunk out = shrink_with(&s, "linear dtype=f32 N=9 D=8 M=7 x=wide", 40);
    cr_expect_not(out.complete);
    cr_expect_eq(out.literal.slot[W].generator, VJP_GEN_LITERAL);
    vjp_shrunk_clear(&out);
}

/* No operand is small enough for a list, so that nothing is left to ask after the shape. */
Test(shrink, a_shape_that_ran_out_of_runs_is_not_complete)
{
    static const char line[] = "linear dtype=f32 N=9 D=10 M=11";
    struct synthetic whole = {.rule = never}, limited = whole;
    struct vjp_shrunk out = shrink_with(&whole, line, ENOUGH);
    cr_expect(out.complete);
    const int64_t needed = out.runs;
    vjp_shrunk_clear(&out);
    out = shrink_with(&limited, line, needed);
    cr_expect_lt(out.runs, needed);
    cr_expect_not(out.complete);
    vjp_shrunk_clear(&out);
}

/* A 3 x 4 matrix of numpy.save: the version, 118 bytes of header, the numbers. */
Test(shrink, a_file_becomes_a_list_that_can_be_cut)
{
    static const float numbers[] = {1, 2, 3, 4, 5, 7, 9, 8, 1, 2, 3, 4};
    char path[] = "/tmp/vjp_shrink_XXXXXX", line[256];
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *file = fdopen(fd, "wb");
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, file);
    fprintf(file, "%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }");
    fwrite(numbers, sizeof *numbers, 12, file);
    cr_assert_eq(fclose(file), 0);
    snprintf(line, sizeof line, "linear dtype=f32 N=3 D=4 M=2 x=@%s", path);
    expect_shrunk(seven_beside_nine, line,
                  "linear dtype=f32 N=2 D=3 M=0 x=[1,2,3,5,7,9] w=const dy=const",
                  "linear dtype=f32 N=1 D=2 M=0 x=[7,9] w=[] dy=[]");
    unlink(path);
}

/* Fails for a third of all lines, without any sense. */
static bool senseless(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    uint64_t h = 0;
    char *line = line_text(c);
    for (const char *p = line; *p; p++)
        h = vjp_mix64(h + (unsigned char)*p);
    free(line);
    return h % 3 == 0;
}

/* Whether the case can be generated here, quickly. */
static bool is_handy(const struct vjp_case *c)
{
    struct vjp_shape shape;
    int64_t count, total = 0;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        vjp_case_slot_shape(c, slot, &shape);
        total += vjp_shape_count(&shape, &count, NULL) == VJP_OK ? count : 1000000;
        if (c->slot[slot].text && c->slot[slot].text[0] == '@')
            return false;
    }
    return total < 3000;
}

/* Every layer and pipelines, all fields; that each case asked for is valid and new is asserted by the one
 * who is asked. */
Test(shrink, random_cases_of_every_layer_come_to_an_end)
{
    struct source source = {.state = 5};
    int shrunk = 0;
    for (uint64_t i = 0; i < 120; i++) {
        struct vjp_case c = random_case(&source, spec_of(i));
        struct synthetic s = {.rule = i % 5 == 0 ? always : senseless};
        const struct vjp_shrink how = synthetic_how(&s, 600);
        struct vjp_shrunk out = {0};
        struct vjp_error error = {""};
        if (is_handy(&c)) {
            char *line = line_text(&c);
            cr_assert_eq(vjp_shrink_case(&how, &c, &out, &error), VJP_OK, "%s: %s", line,
                         error.text);
            cr_expect_leq(s.calls, 600);
            cr_expect(s.rule(&out.shape, NULL) || vjp_case_is_equal(&out.shape, &c), "%s", line);
            cr_expect(s.rule(&out.literal, NULL) || vjp_case_is_equal(&out.literal, &c), "%s",
                      line);
            shrunk += !vjp_case_is_equal(&out.shape, &c);
            free(line);
            vjp_shrunk_clear(&out);
            vjp_text_clear(&s.asked);
        }
        vjp_case_clear(&c);
    }
    cr_expect_gt(shrunk, 50, "%d", shrunk);
}
