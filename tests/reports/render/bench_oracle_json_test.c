/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_oracle_json.h"

#include "tests/reports/render/bench_oracle_scene.h"
#include "tests/reports/render/fixture.h"

static void expect_ratio(const struct vjp_oracle_ratio *ratio, const char *expected)
{
    struct capture capture;
    struct vjp_error error;
    capture_begin(&capture);
    struct vjp_sink sink = {.file = capture.file, .path = (char *)"memory"};
    cr_assert_eq(vjp_bench_json_ratio(&sink, ratio, &error), VJP_OK);
    cr_expect_str_eq(capture_end(&capture), expected, "%s", capture.text);
    free(capture.text);
}

Test(bench_oracle_json, a_ratio_has_its_goal)
{
    expect_ratio(&ratios[0],
                 "{\"type\":\"oracle_ratio\",\"name\":\"gemm\",\"operands\":\"normal\","
                 "\"own\":\"exact contraction, 1 thread\",\"other\":\"OpenBLAS 1.0 dgemm (Core)\","
                 "\"measured\":true,\"at_most\":3.0,\"goal\":\"missed\",\"unit\":\"s\","
                 "\"own_amount\":0.5,\"other_amount\":0.125,\"share\":1.0,"
                 "\"ratio\":{\"n\":6,\"median\":4.0,\"q1\":3.75,\"q3\":4.25,\"low\":3.5,"
                 "\"high\":4.5},\"spread\":0.0625,\"noise\":0.03125,\"note\":\"\"}\n");
}

Test(bench_oracle_json, one_that_is_not_measured_has_a_reason)
{
    expect_ratio(&ratios[2],
                 "{\"type\":\"oracle_ratio\",\"name\":\"arb_mat_mul\",\"operands\":\"normal\","
                 "\"own\":\"exact contraction, 1 thread\",\"other\":\"FLINT\",\"measured\":false,"
                 "\"at_least\":5.0,\"goal\":\"none\",\"reason\":\"not built: \\u001B\"}\n");
}

Test(bench_oracle_json, operands_say_how_elements_were_settled)
{
    struct capture capture;
    struct vjp_error error;
    capture_begin(&capture);
    struct vjp_sink sink = {.file = capture.file, .path = (char *)"memory"};
    cr_assert_eq(vjp_bench_json_operands(&sink, &operands, &error), VJP_OK);
    cr_expect_str_eq(
        capture_end(&capture),
        "{\"type\":\"oracle_operands\",\"name\":\"cancel\","
        "\"case\":\"linear dtype=f32 N=1 D=1 M=1\",\"change\":\"mirrored\",\"elements\":100,"
        "\"settled\":{\"filter\":10,\"product\":20,\"accumulator\":30,"
        "\"special\":40},\"least\":7.8886090522101181e-31}\n",
        "%s", capture.text);
    free(capture.text);
}
