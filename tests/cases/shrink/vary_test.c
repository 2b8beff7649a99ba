/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/vary.h"

#include "tests/cases/shrink/synthetic.h"

#include <stdio.h>

/* The one line that was asked. */
static void expect_asked(const char *line, struct vjp_vary vary, const char *asked)
{
    struct synthetic s = {.rule = always};
    const struct vjp_shrink how = synthetic_how(&s, 10);
    struct vjp_ask ask;
    struct vjp_case c = parse_case(line);
    char framed[512];
    vjp_ask_init(&ask, &how);
    cr_expect_eq(vjp_vary_ask(&ask, &c, &vary), asked ? VJP_ANSWER_YES : VJP_ANSWER_NONE);
    snprintf(framed, sizeof framed, "\n%s\n", asked ? asked : "");
    cr_expect_str_eq(s.asked.data ? s.asked.data : "\n\n", framed);
    char *text = line_text(&c);
    cr_expect_str_eq(text, line, "the case is as it was");
    free(text);
    vjp_case_clear(&c);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

#define HEAD   "linear dtype=f32 "
#define SIZES  "N=2 D=1 M=1 "
#define VALUES "x=const w=const dy=const"

static const char line[] = HEAD SIZES VALUES;

Test(vary, one_field_is_another)
{
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_DIM, .index = 0, .value = 7},
                 HEAD "N=7 D=1 M=1 " VALUES);
    expect_asked(line,
                 (struct vjp_vary){
                     .kind = VJP_VARY_PAIR, .index = 1, .value = 3, .other = 2, .other_value = 4},
                 HEAD "N=2 D=3 M=4 " VALUES);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_ATTR, .index = 0, .value = 1},
                 "linear dtype=f32 bias=1 " SIZES "x=const w=const b=normal dy=const");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_ACCUMULATE, .value = 1},
                 HEAD SIZES VALUES " dx=normal dw=normal accumulate=1");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_GRADS, .value = 1 << W},
                 HEAD SIZES VALUES " grads=dx");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_GRADS, .value = 1 << X | 1 << W}, NULL);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_THREADS, .value = 3},
                 HEAD SIZES VALUES " threads=3");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_LD, .index = W, .value = 3},
                 HEAD SIZES VALUES " w.ld=+3");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_ALIGN, .index = DX, .value = 8},
                 HEAD SIZES VALUES " dx.align=8");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_TRANS, .index = X, .value = 1},
                 HEAD SIZES VALUES " x.trans=1");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_EXPAND, .index = X, .value = 3},
                 HEAD SIZES VALUES " x.expand=0,1");
    expect_asked("relu dtype=f32 N=2 M=1 x=const dy=const",
                 (struct vjp_vary){.kind = VJP_VARY_IN_PLACE, .value = 1},
                 "relu dtype=f32 N=2 M=1 x=const dy=const inplace=1");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_VALUES, .index = W, .text = "wide"},
                 HEAD SIZES "x=const w=wide dy=const");
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_DTYPE, .value = VJP_F16},
                 "linear dtype=f16 " SIZES VALUES);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_SEED, .value = 6},
                 HEAD SIZES VALUES " seed=0x6");
    expect_asked("rmsnorm dtype=f32 N=1 D=1 x=const w=const dy=const",
                 (struct vjp_vary){.kind = VJP_VARY_REAL, .index = 0, .real = 0.25},
                 "rmsnorm dtype=f32 eps=0.25 N=1 D=1 x=const w=const dy=const");
}

Test(vary, what_is_not_valid_has_no_answer)
{
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_DIM, .index = 0, .value = -1}, NULL);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_ALIGN, .index = X, .value = 2}, NULL);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_VALUES, .index = X, .text = "mask"},
                 NULL);
    expect_asked(line, (struct vjp_vary){.kind = VJP_VARY_VALUES, .index = X, .text = "nonsense"},
                 NULL);
}

Test(vary, lists_follow_the_sizes)
{
    expect_asked("linear dtype=f32 N=2 D=1 M=1 x=[3,4] w=const dy=const",
                 (struct vjp_vary){.kind = VJP_VARY_DIM, .index = 0, .value = 4},
                 "linear dtype=f32 N=4 D=1 M=1 x=[3,4,4,4] w=const dy=const");
}
