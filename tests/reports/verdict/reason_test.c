/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/reason.h"

#include "tests/reports/scene.h"

#include <string.h>

#define expect_in(text, part)                                                                      \
    cr_expect(strstr(text, part) != NULL, "\"%s\" is not in \"%s\"", part, text)

enum { SIZE = 512 };

Test(reason, touches_are_told_apart)
{
    struct scene s;
    char text[SIZE];
    struct vjp_touch touch = {.slot = DW, .side = VJP_BETWEEN, .bytes = 12, .wrote = true};
    scene_set_small(&s);
    vjp_reason_touch(&s.c, &touch, text, sizeof text);
    expect_in(text, "wrote 12 bytes past the end of a row of dw");
    touch = (struct vjp_touch){.slot = DW, .side = VJP_BEFORE, .bytes = 1, .wrote = true};
    vjp_reason_touch(&s.c, &touch, text, sizeof text);
    expect_in(text, "wrote 1 byte before the first element of dw");
    touch = (struct vjp_touch){.slot = X, .side = VJP_AFTER, .bytes = 4};
    vjp_reason_touch(&s.c, &touch, text, sizeof text);
    expect_in(text, "read 4 bytes past the end of x");
    scene_clear(&s);
}

/* bytes is the offset of the first changed byte, plus 1. */
Test(reason, a_changed_input_is_named_with_the_byte)
{
    struct scene s;
    char text[SIZE];
    scene_set_small(&s);
    vjp_reason_input(&s.c, &(struct vjp_touch){.slot = W, .bytes = 9}, text, sizeof text);
    expect_in(text, "w");
    expect_in(text, "byte 8");
    vjp_reason_input(&s.c, &(struct vjp_touch){.slot = DY, .bytes = 1, .wrote = true}, text,
                     sizeof text);
    expect_in(text, "write");
    expect_in(text, "dy");
    expect_in(text, "byte 0");
    scene_clear(&s);
}

Test(reason, unwritten_elements_are_counted_and_the_first_is_named)
{
    struct scene s;
    char text[SIZE];
    scene_set_small(&s);
    s.seen.unwritten_slot = DW;
    s.seen.unwritten_index = 2;
    s.seen.unwritten_count = 3;
    vjp_reason_unwritten(&s.c, &s.seen, text, sizeof text);
    expect_in(text, "3 elements of dw were never written, the first is dw[0,2]");
    s.seen.unwritten_count = 1;
    vjp_reason_unwritten(&s.c, &s.seen, text, sizeof text);
    expect_in(text, "dw[0,2] was never written");
    s.seen.unwritten_count = 6;
    vjp_reason_unwritten(&s.c, &s.seen, text, sizeof text);
    expect_in(text, "no element of dw was ever written");
    scene_clear(&s);
}

Test(reason, an_old_value_that_leaks_is_named)
{
    struct scene s;
    char text[SIZE];
    const double dw[] = {2, 2, 2, 3, NAN, 3};
    scene_set_small(&s);
    vjp_reason_old_output(&s.c, s.reference, &s.seen, text, sizeof text);
    expect_in(text, "held before the call");
    cr_expect_null(strstr(text, "NaN"), "%s", text);
    scene_answer(&s, 1, DW, dw);
    vjp_reason_old_output(&s.c, s.reference, &s.seen, text, sizeof text);
    expect_in(text, "reads what dw held before the call: dw[1,1] is NaN");
    scene_clear(&s);
}

/* dw[0] is NaN because x is: nothing leaked. */
Test(reason, a_nan_that_must_be_there_is_no_leak)
{
    struct scene s;
    char text[SIZE];
    const double nan[] = {NAN};
    const double dx[] = {3};
    scene_set(&s, "linear dtype=f32 N=1 D=1 M=1 x=[nan] w=[3] dy=[1]");
    scene_answer(&s, -1, DW, nan);
    scene_answer(&s, -1, DX, dx);
    vjp_reason_old_output(&s.c, s.reference, &s.seen, text, sizeof text);
    cr_expect_null(strstr(text, "dw["), "%s", text);
    scene_clear(&s);
}

Test(reason, every_way_to_end_has_its_words)
{
    static const struct {
        struct vjp_observation seen;
        const char *part;
    } cases[] = {
        {{.outcome = VJP_CRASHED, .code = 11, .address = 0x10},
         "signal 11 (SIGSEGV) at address "
         "0x10"},
        {{.outcome = VJP_CRASHED, .code = 6}, "signal 6 (SIGABRT)"},
        {{.outcome = VJP_HUNG}, "did not return"},
        {{.outcome = VJP_REFUSED, .code = 7}, "run returned 7"},
        {{.outcome = VJP_EXITED, .code = 3, .reason = "host words"}, "3"},
        {{.outcome = (enum vjp_outcome)99}, "99"},
        {{.outcome = VJP_HUNG, .reason = "host words"}, "host words"},
        {{.outcome = VJP_HUNG, .log = "bye"}, "it wrote: bye"},
        {{.outcome = VJP_EXITED, .conduct = "it forked"},
         "inside the call; before that, it forked"},
    };
    char text[SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vjp_reason_outcome(&cases[i].seen, text, sizeof text);
        expect_in(text, cases[i].part);
    }
    vjp_reason_outcome(&cases[1].seen, text, sizeof text);
    cr_expect_null(strstr(text, "address"), "%s", text);
    cr_expect_null(strstr(text, "wrote"), "%s", text);
    text[10] = '#';
    vjp_reason_outcome(&cases[7].seen, text, 10);
    cr_expect_eq(strlen(text), 9);
    cr_expect_eq(text[10], '#');
}

/* dw[1,1] = x[0,1] dy[0,1] = 3: one term. */
Test(reason, numbers_say_what_where_and_how_far)
{
    struct scene s;
    struct vjp_measure measure;
    char text[SIZE];
    const double dw[] = {2, 2, 2, 3, 3.5, 3};
    scene_set_small(&s);
    scene_answer(&s, 0, DW, dw);
    const struct vjp_tensor *got = &s.seen.answer[0][DW];
    vjp_measure_gradient(s.reference, DW, &s.kernel.model[VJP_F32], got, &measure);
    vjp_reason_numbers(&s.c, &s.kernel, s.reference, DW, &measure, got, text, sizeof text);
    expect_in(text, "dw[1,1] = 0x1.cp+1 (3.5), exact 3");
    expect_in(text, "error 0.5");
    expect_in(text, "1 term");
    expect_in(text, "1 of 6 elements is outside the bound");
    scene_clear(&s);
}

Test(reason, a_vacuous_case_says_why)
{
    struct scene s;
    char text[SIZE];
    struct vjp_judgement judgement = {.measured = {[DX] = true, [DW] = true}};
    scene_set_small(&s);
    vjp_reason_vacuous(&s.c, &judgement, text, sizeof text);
    expect_in(text, "every gradient is empty");
    judgement.measure[DX] = (struct vjp_measure){.count = 2, .compared = 2};
    judgement.measure[DB] = (struct vjp_measure){.count = 5, .excused = 5}; /* not measured */
    vjp_reason_vacuous(&s.c, &judgement, text, sizeof text);
    expect_in(text, "zero");
    cr_expect_null(strstr(text, "5"), "%s", text);
    judgement.measure[DX] = (struct vjp_measure){.count = 2, .excused = 2};
    judgement.measure[DW] = (struct vjp_measure){.count = 6, .excused = 2, .unresolved = 4};
    vjp_reason_vacuous(&s.c, &judgement, text, sizeof text);
    expect_in(text, "4 may overflow");
    expect_in(text, "could not settle 4");
    scene_clear(&s);
}

Test(reason, elements_are_named_by_their_indices)
{
    struct scene s;
    char text[64];
    char few[4];
    scene_set(&s, "linear dtype=f32 N=1 D=2 M=3 bias=1 b=[1,2,3]");
    cr_expect_str_eq(vjp_reason_element_name(&s.c, DW, 5, text, sizeof text), "dw[1,2]");
    cr_expect_str_eq(vjp_reason_element_name(&s.c, DX, 0, text, sizeof text), "dx[0,0]");
    cr_expect_str_eq(vjp_reason_element_name(&s.c, DB, 2, text, sizeof text), "db[2]");
    cr_expect_str_eq(vjp_reason_element_name(&s.c, DB, 2, few, sizeof few), "db[");
    scene_clear(&s);
}
