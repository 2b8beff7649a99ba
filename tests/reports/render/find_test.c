/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/find.h"

#include "reports/render/stream.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct vjp_find_record whole = {.target = "./a.so:k",
                                             .layer = "linear",
                                             .dtype = "f32",
                                             .verdict = VJP_VERDICT_WRONG,
                                             .line = "linear dtype=f32 N=9 D=9 M=9",
                                             .cases = 7,
                                             .seconds = 0.25,
                                             .small = "linear dtype=f32 N=1 D=1 M=1",
                                             .reason = "off by </script>",
                                             .replay = "vjpcheck run 'x'",
                                             .runs = 29,
                                             .complete = true,
                                             .program = "vjpcheck reproduce 'x' --out fault.c",
                                             .n_near = 2,
                                             .near = {"fails iff M % 8 != 0", "whatever dtype"},
                                             .jacobian_of = "linear N=10",
                                             .n_jacobian = 1,
                                             .jacobian = {"dy[:,8:13] has no effect on dx"}};

Test(find, is_read_as_it_was_written)
{
    struct vjp_text text = {0};
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_find_text(&whole, &text, &error), VJP_OK);
    cr_assert_eq(vjp_stream_read(text.data, text.length, &line, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(line.type, VJP_STREAM_FIND);
    const struct vjp_find_record *f = &line.find;
    cr_expect_str_eq(f->target, whole.target);
    cr_expect_str_eq(f->layer, "linear");
    cr_expect_str_eq(f->dtype, "f32");
    cr_expect_eq(f->verdict, VJP_VERDICT_WRONG);
    cr_expect_str_eq(f->line, whole.line);
    cr_expect(f->cases == 7 && f->seconds == 0.25 && f->runs == 29 && f->complete);
    cr_expect_str_eq(f->small, whole.small);
    cr_expect_str_eq(f->reason, whole.reason);
    cr_expect_str_eq(f->replay, whole.replay);
    cr_expect_str_eq(f->program, whole.program);
    cr_assert_eq(f->n_near, 2);
    cr_expect_str_eq(f->near[1], "whatever dtype");
    cr_expect_str_eq(f->jacobian_of, "linear N=10");
    cr_assert_eq(f->n_jacobian, 1);
    cr_expect_str_eq(f->jacobian[0], whole.jacobian[0]);
    vjp_stream_line_clear(&line);
    vjp_text_clear(&text);
}

Test(find, one_that_was_not_made_small)
{
    struct vjp_find_record bare = {
        .target = "t", .layer = "linear", .dtype = "f32", .verdict = VJP_VERDICT_HUNG, .line = "l"};
    struct vjp_text text = {0};
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_find_text(&bare, &text, &error), VJP_OK);
    cr_assert_eq(vjp_stream_read(text.data, text.length, &line, &error), VJP_OK, "%s", error.text);
    cr_expect(!line.find.small && line.find.n_near == 0 && line.find.n_jacobian == 0);
    cr_expect_str_eq(line.find.reason, "");
    vjp_stream_line_clear(&line);
    vjp_text_clear(&text);
}

Test(find, what_is_none_is_refused)
{
    static const char *const lines[] = {
        "{\"type\":\"find\"}",
        "{\"type\":\"find\",\"target\":\"t\",\"layer\":\"l\",\"dtype\":\"d\",\"case\":\"c\","
        "\"verdict\":\"perfect\",\"cases\":1,\"seconds\":1}",
        "{\"type\":\"find\",\"target\":\"t\",\"layer\":\"l\",\"dtype\":\"d\",\"case\":\"c\","
        "\"verdict\":\"wrong\",\"cases\":1,\"seconds\":1,\"small\":{\"case\":\"c\"}}"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_stream_read(lines[i], strlen(lines[i]), &line, &error), VJP_ERR_USAGE);
        vjp_stream_line_clear(&line);
    }
}
