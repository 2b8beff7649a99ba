/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/parse.h"

#include "tests/cases/line/random_case.h"
#include "tests/cases/lines.h"

static void expect_printed(const char *line, const char *expected)
{
    struct vjp_case c = parse_case(line);
    struct vjp_text text = {0};
    vjp_case_print(&c, &text);
    cr_assert_not(text.failed);
    cr_expect_str_eq(text.data, expected);
    vjp_text_clear(&text);
    vjp_case_clear(&c);
}

Test(print, a_canonical_line_is_given_back_byte_for_byte)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=7 D=33 M=65 x=normal w=normal dy=cancel:1e8 w.ld=+3 x.align=4 "
        "seed=0x1f",
        "linear dtype=f64 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]",
        "linear dtype=f16 bias=1 N=0 D=2 M=3 x=normal w=normal b=zeros dy=normal dx=exact "
        "dw=wide:2 "
        "db=@d.npy dx.ld=+1 x.align=0 db.align=62 w.trans=1 dw.trans=1 accumulate=1 threads=64 "
        "seed=0xffffffffffffffff",
        "linear dtype=bf16 N=1 D=1 M=1 x=[nan] w=[-inf] dy=[0x1p-133]",
        "linear dtype=f32 bias=1 N=1 D=1 M=1 x=normal w=normal b=normal dy=normal dx=normal "
        "db=normal db.align=4 "
        "accumulate=1 grads=dx,db threads=2",
        "linear | linear dtype=f32 1.N=1 1.D=1 1.M=1 2.M=1 1.x=normal 1.w=normal 2.w=normal "
        "dy=normal "
        "grads=1.dx,2.dw",
        "relu dtype=f32 N=2 M=3 x=normal dy=normal",
        "relu dtype=f32 N=2 M=3 x=normal dy=normal dx.ld=+1 inplace=1 seed=0x1",
        "relu dtype=f32 rank=3 N=2 M=3 P=2 x=normal dy=normal x.ld=+1 x.expand=0,2 dy.expand=1 "
        "threads=2",
        "relu dtype=f32 rank=1 N=2 x=normal dy=normal",
        "relu dtype=f32 rank=4 N=2 M=3 P=1 Q=0 x=normal dy=normal",
        "cross_entropy dtype=f32 reduction=sum N=2 C=3 x=simplex t=[1,0,0,0,0,1] dy=normal",
        "attention dtype=f32 scale=-0 B=1 H=1 T=1 S=1 D=1 E=1 q=normal k=normal v=normal dy=normal",
        "layernorm dtype=f64 eps=0.1 N=2 D=3 x=normal w=normal b=normal dy=normal",
        "linear | relu | linear dtype=f32 3.bias=1 1.N=4 1.D=2 1.M=8 3.M=2 1.x=normal 1.w=exact "
        "3.w=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16] 3.b=normal dy=normal 1.dx=normal 1.dw=zeros "
        "3.dw=normal 3.db=normal 3.w.ld=+2 3.dw.align=4 1.dw.trans=1 accumulate=1 seed=0x7",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_printed(lines[i], lines[i]);
}

Test(print, defaults_and_order_are_made_canonical)
{
    expect_printed("  linear\tseed=31 threads=1 accumulate=0 bias=0 x.trans=0 w.ld=0 dy.ld=5 M=3 "
                   "D=002 N=1 dtype=f32  ",
                   "linear dtype=f32 N=1 D=2 M=3 x=normal w=normal dy=normal dy.ld=+5 seed=0x1f");
    expect_printed(
        "linear dtype=f32 grads=db,dx bias=1 N=1 D=1 M=1",
        "linear dtype=f32 bias=1 N=1 D=1 M=1 x=normal w=normal b=normal dy=normal grads=dx,db");
    expect_printed("linear dtype=f32 N=1 D=1 M=1 grads=dw,dx",
                   "linear dtype=f32 N=1 D=1 M=1 x=normal w=normal dy=normal");
    expect_printed("linear dtype=f32 N=1 D=1 M=1 bias=1 accumulate=1 seed=0X0",
                   "linear dtype=f32 bias=1 N=1 D=1 M=1 x=normal w=normal b=normal dy=normal "
                   "dx=normal dw=normal db=normal accumulate=1");
}

Test(print, blanks_around_the_bars_of_a_pipeline_do_not_matter)
{
    static const char expected[] =
        "linear | relu dtype=f32 1.N=1 1.D=1 1.M=1 1.x=normal 1.w=normal dy=normal";
    expect_printed("linear|relu dtype=f32 1.N=1 1.D=1 1.M=1", expected);
    expect_printed(" linear| \trelu 1.M=1 dtype=f32 1.N=1 1.D=1", expected);
    expect_printed("linear |relu dtype=f32 1.N=1 1.D=1 1.M=1", expected);
}

/* 0x1.0c6f7a0b5ed8dp-20 is the double nearest to 1e-6, and 0x1.0c6f7a0b5ed8ep-20 the next: shortest
 * decimals by "How to print floating-point numbers accurately" (Steele and White, 1990), as Python's
 * repr has them. */
Test(print, reals_are_the_shortest_decimals_that_read_back)
{
    static const struct {
        const char *text, *printed;
    } known[] = {
        {"0.5", " slope=0.5"},
        {"1e-2", ""}, /* the fallback */
        {"0.0100", ""},
        {"0x1.47ae147ae147bp-7", ""},
        {"1e-6", " slope=1e-06"},
        {"0x1.0c6f7a0b5ed8dp-20", " slope=1e-06"},
        {"0x1.0c6f7a0b5ed8ep-20", " slope=1.0000000000000002e-06"},
        {"0", " slope=0"},
        {"-0", " slope=-0"},
        {".1e0", " slope=0.1"},
        {"0.30000000000000004", " slope=0.30000000000000004"},
        {"0x1p-1074", " slope=5e-324"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char line[128], expected[160];
        snprintf(line, sizeof line, "leaky_relu dtype=f32 N=1 M=1 slope=%s", known[i].text);
        snprintf(expected, sizeof expected, "leaky_relu dtype=f32%s N=1 M=1 x=normal dy=normal",
                 known[i].printed);
        expect_printed(line, expected);
    }
}

/* 20,000 random cases of all layers and some pipelines, in four tests that can run side by side. */
static void round_trip(uint64_t seed)
{
    struct source source = {seed};
    for (int i = 0; i < 5000; i++) {
        struct vjp_case c = random_case(&source, spec_of((uint64_t)i));
        struct vjp_case parsed = {0};
        struct vjp_text first = {0};
        struct vjp_text second = {0};
        struct vjp_error error = {""};
        vjp_case_print(&c, &first);
        cr_assert_eq(vjp_case_parse(first.data, &parsed, &error), VJP_OK, "%s: %s", first.data,
                     error.text);
        cr_assert(vjp_case_is_equal(&c, &parsed), "%s", first.data);
        for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
            cr_assert_eq(c.slot[slot].generator, parsed.slot[slot].generator);
            cr_assert_eq(c.slot[slot].parameter, parsed.slot[slot].parameter);
        }
        vjp_case_print(&parsed, &second);
        cr_assert_str_eq(first.data, second.data);
        vjp_text_clear(&first);
        vjp_text_clear(&second);
        vjp_case_clear(&c);
        vjp_case_clear(&parsed);
    }
}

Test(print, parsing_gives_the_case_back_first_quarter)
{
    round_trip(1);
}

Test(print, parsing_gives_the_case_back_second_quarter)
{
    round_trip(UINT64_C(1) << 40);
}

Test(print, parsing_gives_the_case_back_third_quarter)
{
    round_trip(UINT64_C(1) << 41);
}

Test(print, parsing_gives_the_case_back_fourth_quarter)
{
    round_trip(UINT64_C(1) << 42);
}

Test(print, a_case_in_front_of_what_is_said_of_it)
{
    struct vjp_case c = {0};
    struct vjp_error error = {"it is too large"};
    cr_assert_eq(vjp_case_parse("relu dtype=f32 rank=1 N=2 x=[1,2] dy=[3,4]", &c, NULL), VJP_OK);
    vjp_case_prefix(&c, &error);
    cr_expect_str_eq(error.text, "relu dtype=f32 rank=1 N=2 x=[1,2] dy=[3,4]: it is too large");
    vjp_case_clear(&c);
}
