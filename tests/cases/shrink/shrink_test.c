/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/shrink.h"

#include "tests/cases/shrink/synthetic.h"

#include <math.h>

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

static void expect_line(const struct vjp_case *c, const char *line)
{
    char *text = line_text(c);
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

static bool always(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return true;
}

static bool never(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return false;
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

Test(shrink, what_always_fails_becomes_the_smallest_case)
{
    static const char shape[] = "linear dtype=f32 N=0 D=0 M=0 x=const:0 w=const:0 dy=const:0";
    expect_shrunk(always, large_linear, shape, "linear dtype=f32 N=0 D=0 M=0 x=[] w=[] dy=[]");
    expect_shrunk(always,
                  "conv2d dtype=f16 stride=2 padding=3 dilation=2 groups=2 bias=1 N=3 C=4 "
                  "H=9 W=8 K=6 R=3 S=2 x.ld=+2 threads=2 seed=3",
                  "conv2d dtype=f16 N=0 C=0 H=1 W=1 K=0 R=1 S=1 x=const:0 w=const:0 dy=const:0",
                  "conv2d dtype=f16 N=0 C=0 H=1 W=1 K=0 R=1 S=1 x=[] w=[] dy=[]");
}

Test(shrink, what_never_fails_again_stays_as_it_is)
{
    struct synthetic s = {.rule = never};
    struct vjp_shrunk out = shrink_with(&s, large_linear, ENOUGH);
    expect_line(&out.shape, large_linear);
    expect_line(&out.literal, large_linear);
    cr_expect(out.complete);
    vjp_shrunk_clear(&out);
}

Test(shrink, only_what_matters_is_left)
{
    expect_shrunk(tail_of_padded, large_linear,
                  "linear dtype=f32 N=2 D=0 M=1 x=const:0 w=const:0 dy=const:0 w.ld=+1",
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
                  "linear dtype=f32 N=5 D=5 M=5 x=const:0 w=const:0 dy=const:0",
                  "linear dtype=f32 N=5 D=5 M=5 x=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
                  "0] w=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0] "
                  "dy=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]");
    expect_shrunk(equal_two, "linear dtype=f32 N=7 D=37 M=37 seed=9",
                  "linear dtype=f32 N=0 D=3 M=3 x=const:0 w=const:0 dy=const:0",
                  "linear dtype=f32 N=0 D=3 M=3 x=[] w=[0,0,0,0,0,0,0,0,0] dy=[]");
    expect_shrunk(
        twice, "linear dtype=f64 N=7 D=48 M=24",
        "linear dtype=f64 N=0 D=6 M=3 x=const:0 w=const:0 dy=const:0",
        "linear dtype=f64 N=0 D=6 M=3 x=[] w=[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0] dy=[]");
    expect_shrunk(one_more, "linear dtype=f64 N=18 D=48 M=17",
                  "linear dtype=f64 N=4 D=0 M=3 x=const:0 w=const:0 dy=const:0",
                  "linear dtype=f64 N=4 D=0 M=3 x=[] w=[] dy=[0,0,0,0,0,0,0,0,0,0,0,0]");
    expect_shrunk(whole_blocks, "linear dtype=f64 N=18 D=331 M=1024",
                  "linear dtype=f64 N=0 D=3 M=64 x=const:0 w=const:0 dy=const:0",
                  "linear dtype=f64 N=0 D=3 M=64 x=[] w=const:0 dy=[]");
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
                  "conv2d dtype=f32 groups=2 N=0 C=2 H=3 W=1 K=0 R=3 S=1 x=const:0 w=const:0 "
                  "dy=const:0",
                  "conv2d dtype=f32 groups=2 N=0 C=2 H=3 W=1 K=0 R=3 S=1 x=[] w=[] dy=[]");
    expect_shrunk(stride,
                  "conv2d dtype=f32 groups=4 stride=5 N=3 C=8 H=9 W=7 K=12 R=5 S=3 padding=1",
                  "conv2d dtype=f32 stride=2 N=0 C=0 H=4 W=1 K=0 R=1 S=1 x=const:0 w=const:0 "
                  "dy=const:0",
                  "conv2d dtype=f32 stride=2 N=0 C=0 H=4 W=1 K=0 R=1 S=1 x=[] w=[] dy=[]");
    expect_shrunk(queries, "attention dtype=f64 causal=1 scale=0.5 B=2 H=3 T=9 S=9 D=8 E=4",
                  "attention dtype=f64 causal=1 B=0 H=0 T=3 S=3 D=1 E=0 q=const:0 k=const:0 "
                  "v=const:0 dy=const:0",
                  "attention dtype=f64 causal=1 B=0 H=0 T=3 S=3 D=1 E=0 q=[] k=[] v=[] dy=[]");
    expect_shrunk(features, "rope dtype=f64 layout=interleaved N=3 H=2 D=34",
                  "rope dtype=f64 N=0 H=0 D=6 x=const:0 cos=const:0 sin=const:0 dy=const:0",
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
                  "3.M=1 1.x=const:0 1.w=const:0 3.w=const:0 5.t=labels dy=const:0",
                  "linear | relu | linear | softmax | cross_entropy dtype=f32 1.N=0 1.D=0 1.M=3 "
                  "3.M=1 1.x=[] 1.w=[] 3.w=[0,0,0] 5.t=[] dy=[0]");
    expect_shrunk(turned, "linear | rope dtype=f64 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6",
                  "linear | rope dtype=f64 1.N=0 1.D=1 1.M=0 2.N=0 2.H=0 2.D=4 1.x=const:0 "
                  "1.w=const:0 2.cos=const:0 2.sin=const:0 dy=const:0",
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
                  "linear | rope dtype=f64 1.N=2 1.D=0 1.M=2 2.N=1 2.H=1 2.D=4 1.x=const:0 "
                  "1.w=const:0 2.cos=const:0 2.sin=const:0 dy=const:0",
                  "linear | rope dtype=f64 1.N=2 1.D=0 1.M=2 2.N=1 2.H=1 2.D=4 1.x=[] 1.w=[] "
                  "2.cos=[0,0] 2.sin=[0,0] dy=[0,0,0,0]");
}

Test(shrink, layouts_and_attributes_that_matter_stay)
{
    expect_shrunk(ranked, "relu dtype=f32 rank=4 N=2 M=3 P=2 Q=2 x.align=4 x.ld=+3 dx.align=8",
                  "relu dtype=f32 rank=3 N=0 M=0 P=0 x=const:0 dy=const:0 x.align=4",
                  "relu dtype=f32 rank=3 N=0 M=0 P=0 x=[] dy=[] x.align=4");
}
