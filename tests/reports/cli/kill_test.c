/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/kill.h"

#include "tests/impls/host/plant.h"
#include "tests/reports/cli/beside.h"

#include <string.h>

struct setup {
    struct plant compiled;
    struct vjp_plant plant;
    struct vjp_kill_plan plan;
    struct vjp_victim victim;
    struct vjp_ballot ballot;
};

static void open_setup(struct setup *s, const char *act, enum vjp_verdict named, const char *cases)
{
    find_parts();
    memset(s, 0, sizeof *s);
    plant_kernel(&s->compiled, act, "");
    s->plant = (struct vjp_plant){
        .name = (char *)"plant", .verdict = named, .cases = (char *)cases, .classes = 2};
    s->plan = (struct vjp_kill_plan){
        .folder = s->compiled.folder, .campaign = {.seed = 5, .dim_max = 8}, .cases = 15};
    s->victim.kill.plant = &s->plant;
}

static void close_setup(struct setup *s)
{
    vjp_victim_clear(&s->victim);
    plant_remove(&s->compiled);
}

static void try_once(struct setup *s, double seconds)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_victim_try(&s->victim, &s->plan, seconds, &s->ballot, &error), VJP_OK, "%s",
                 error.text);
}

#define HAS_DX "OUT(\"dx\")->shape[0] > 0 && OUT(\"dx\")->shape[1] > 0"

Test(kill, is_caught_and_made_small)
{
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "answer(); if (" HAS_DX ") put(OUT(\"dx\"), 0, 0, 1e30);", VJP_VERDICT_WRONG,
               NULL);
    try_once(&s, 60);
    try_once(&s, 60);
    try_once(&s, 0);
    const struct vjp_kill *kill = &s.victim.kill;
    cr_expect_eq(vjp_kill_fate(kill), VJP_FATE_CAUGHT);
    cr_expect(kill->tries == 3 && kill->attempt[1].caught && !kill->attempt[2].ran);
    /* The jury heard of the first. */
    cr_expect_eq(s.ballot.defects[0].refuse, 1);
    cr_assert_eq(vjp_victim_shrink(&s.victim, &s.plan, 60, &error), VJP_OK, "%s", error.text);
    /* 1 x 1 times 1 x 1: six tensors of one element; or M = 0, where dx is 0. */
    cr_expect(kill->has_size && kill->dims <= 3 && kill->dims >= 2, "%d", (int)kill->dims);
    cr_expect_eq(strncmp(kill->replay, "vjpcheck run 'linear dtype=", 27), 0, "%s", kill->replay);
    close_setup(&s);
}

/* Only where dy is 123: no campaign draws that. */
#define RARE "answer(); if (F(IN(\"dy\"))[0] == 123 && " HAS_DX ") put(OUT(\"dx\"), 0, 0, 1e30);"

Test(kill, its_own_cases_are_asked_where_the_campaign_finds_nothing)
{
    struct setup s;
    open_setup(&s, RARE, VJP_VERDICT_WRONG,
               "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]\n"
               "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[123]\n");
    try_once(&s, 60);
    cr_expect_eq(vjp_kill_fate(&s.victim.kill), VJP_FATE_PINNED);
    cr_expect(strstr(s.victim.kill.replay, "dy=[123]"), "%s", s.victim.kill.replay);
    cr_expect_eq(s.ballot.defects[0].refuse, 1);
    close_setup(&s);
}

/* What asked it in vain can be asked again. */
Test(kill, a_correct_kernel_is_missed)
{
    struct setup s;
    open_setup(&s, "answer();", VJP_VERDICT_WRONG, NULL);
    try_once(&s, 60);
    cr_expect_eq(vjp_kill_fate(&s.victim.kill), VJP_FATE_MISSED);
    cr_expect(strstr(s.victim.kill.replay, "/plant.so --seed 0x5 --cases 15 --max-dim 8 --climb 0"),
              "%s", s.victim.kill.replay);
    cr_expect_eq(s.victim.c.spec, NULL);
    close_setup(&s);
}

Test(kill, another_verdict_is_not_its_own)
{
    struct setup s;
    open_setup(&s, "abort();", VJP_VERDICT_WRONG, "linear dtype=f32 N=1 D=1 M=1\n");
    try_once(&s, 60);
    cr_expect_eq(vjp_kill_fate(&s.victim.kill), VJP_FATE_OTHER);
    cr_expect_eq(vjp_kill_verdict(&s.victim.kill), VJP_VERDICT_CRASHED);
    close_setup(&s);
}
