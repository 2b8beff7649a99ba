/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explain.h"

#include "tests/cases/shrink/synthetic.h"

#include <stdio.h>

#define ENOUGH 4000

typedef bool rule(const struct vjp_case *c, const struct vjp_data *data);

static struct vjp_explanation explain_with(struct synthetic *s, const char *line, int64_t runs)
{
    struct vjp_case c = parse_case(line);
    struct vjp_explanation out = {.runs = -1};
    struct vjp_error error = {""};
    const struct vjp_shrink how = synthetic_how(s, runs);
    cr_assert_eq(vjp_explain_case(&how, &c, &out, &error), VJP_OK, "%s: %s", line, error.text);
    cr_expect_eq(out.runs, s->calls);
    cr_expect_leq(s->calls, runs);
    vjp_case_clear(&c);
    vjp_text_clear(&s->asked);
    return out;
}

static void show(const struct vjp_explanation *out)
{
    for (int i = 0; i < out->findings.count; i++)
        fprintf(stderr, "   %d %s\n", (int)out->findings.at[i].rank, out->findings.at[i].text);
}

static bool tail_of_padded(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] % 8 != 0 && c->dim[0] >= 2 && c->slot[W].layout.ld_pad > 0;
}
static bool unequal(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[1] != c->dim[2] && c->accumulate && c->dtype != VJP_F64;
}
Test(explain, x)
{
    struct synthetic s = {.rule = tail_of_padded};
    struct vjp_explanation out = explain_with(&s, "linear dtype=f32 N=2 D=0 M=1 x=const:0 w=normal dy=const:0 w.ld=+1", ENOUGH);
    show(&out);
    fprintf(stderr, "%d\n", (int)out.runs);
    s = (struct synthetic){.rule = unequal};
    out = explain_with(&s, "linear dtype=f32 N=0 D=0 M=1 x=const:0 w=const:0 dy=const:0 accumulate=1", ENOUGH);
    show(&out);
    fprintf(stderr, "%d\n", (int)out.runs);
}
