/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements that were not compared are counted beside the verdict, whatever it is. The counts are put
 * in by hand: no small case leaves the oracle without an answer. */
#include "reports/cli/detail.h"

#include "tests/reports/render/fixture.h"
#include "tests/reports/scene.h"

/* What is shown of the judgement as it stands; free it. */
static char *show(const struct scene *s)
{
    static char label[] = "a:k";
    const struct vjp_plugin_info info = {.n_kernels = 1, .kernel = {s->kernel}};
    const struct vjp_target target = {.info = &info, .label = {label}};
    const struct vjp_question question = {.c = &s->c, .data = &s->data, .reference = s->reference};
    const struct vjp_finding finding = {.judgement = s->out, .seen = s->seen};
    struct capture capture;
    capture_begin(&capture);
    vjp_detail_print_finding(&question, &target, 0, &finding, capture.file);
    capture_end(&capture);
    return capture.text;
}

Test(detail_counts, what_was_not_compared_is_counted)
{
    struct scene s;
    scene_set_small(&s);
    cr_assert_eq(scene_judge(&s), VJP_VERDICT_EXACT);
    char *text = show(&s);
    expect_not_in(text, "overflow");
    expect_not_in(text, "unresolved");
    free(text);
    s.out.measure[DX].unresolved = 1;
    s.out.measure[DW].excused = 3;
    s.out.measure[DW].unresolved = 2;
    text = show(&s);
    expect_in(text, "\n  dx: 2 of 2 correctly rounded, 0 outside the bound, 1 unresolved\n");
    expect_in(text, "\n  dw: 6 of 6 correctly rounded, 0 outside the bound, 3 may overflow, "
                    "2 unresolved\n");
    free(text);
    scene_clear(&s);
}
