/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/simpler.h"

#include "cases/spec/domain.h"
#include "tests/cases/shrink/asking.h"

static bool with_lists(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_simpler_shrink(ask, best, true);
}

static bool without_lists(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_simpler_shrink(ask, best, false);
}

#define RULE(name, condition)                                                                      \
    static bool name(const struct vjp_case *c, const struct vjp_data *data)                        \
    {                                                                                              \
        (void)data;                                                                                \
        return (condition);                                                                        \
    }

RULE(of_exact, c->slot[X].generator == VJP_GEN_EXACT || c->slot[X].generator == VJP_GEN_WIDE)
RULE(of_wide, c->slot[X].generator == VJP_GEN_WIDE && c->seed % 4 == 3)

/* Every text of a list is one that operands of the domain take, in every layer. */
Test(simpler, the_lists_are_of_their_domains)
{
    for (int i = 0; vjp_specs[i]; i++) {
        struct vjp_case c = {0};
        cr_assert_eq(vjp_case_init(&c, vjp_specs[i], VJP_F32, NULL), VJP_OK);
        for (int slot = 0; slot < vjp_slot_count(c.spec); slot++) {
            const char *const *texts = vjp_simpler_texts(c.spec, slot);
            cr_expect_not_null(texts[0]);
            for (int k = 0; texts[k]; k++) {
                cr_expect_eq(vjp_simpler_rank(c.spec, slot, texts[k]), k);
                const int g = vjp_generator_find(texts[k], (int)strcspn(texts[k], ":"));
                cr_expect(g >= 0 && vjp_domain_takes(&c, slot, (enum vjp_generator)g), "%s %d %s",
                          c.spec->name, slot, texts[k]);
            }
        }
        vjp_case_clear(&c);
    }
}

Test(simpler, generators_become_the_simplest_that_fail)
{
    static const char line[] = "linear dtype=f32 N=1 D=1 M=2 x=wide:7 w=normal dy=const seed=0x63";
    expect_part(with_lists, always, line, "linear dtype=f32 N=1 D=1 M=2 x=const w=const dy=const");
    expect_part(with_lists, never, line, line);
    expect_part(with_lists, of_exact, line,
                "linear dtype=f32 N=1 D=1 M=2 x=exact w=const dy=const");
    expect_part(with_lists, of_wide, line,
                "linear dtype=f32 N=1 D=1 M=2 x=wide w=const dy=const seed=0x3");
    expect_part(with_lists, always, "embedding dtype=f32 N=2 V=2 D=1 t=index",
                "embedding dtype=f32 N=2 V=2 D=1 w=const t=const:0 dy=const");
}

Test(simpler, lists_are_replaced_only_where_that_is_wanted)
{
    static const char line[] = "linear dtype=f32 N=1 D=1 M=2 x=[3] w=normal dy=const";
    expect_part(with_lists, always, line, "linear dtype=f32 N=1 D=1 M=2 x=const w=const dy=const");
    expect_part(without_lists, always, line, "linear dtype=f32 N=1 D=1 M=2 x=[3] w=const dy=const");
}

Test(simpler, only_what_is_drawn_depends_on_the_seed)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=1 x=[1] w=const:2 dy=const");
    cr_expect_not(vjp_simpler_is_drawn(&c));
    cr_assert_eq(vjp_case_set_values(&c, DY, "exact", NULL), VJP_OK);
    cr_expect(vjp_simpler_is_drawn(&c));
    vjp_case_clear(&c);
}
