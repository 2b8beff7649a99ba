/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_text.h"

#include "tests/reports/render/fixture.h"

#include <math.h>

/* 4 GFLOP and 128 MB in 0.05 s, where the machine does 160 GFLOP and 8 GB in a second. */
static const struct vjp_bench_result fast = {
    .line = "linear dtype=f32 N=64 D=4096 M=4096",
    .target = "/tmp/mine.so:linear",
    .threads = 1,
    .verdict = "pass",
    .reason = "",
    .replay = "vjpcheck run",
    .timed = true,
    .calls = 9,
    .time = {.n = 9, .median = 0.05, .q1 = 0.0499, .q3 = 0.0501, .low = 0.0499, .high = 0.0501},
    .flops = 4e9,
    .bytes = 128e6,
    .peak = 160e9,
    .peak_name = "AVX2 FMA f32",
    .bandwidth = 8e9,
    .noise = 0.01};

static void expect_case(const struct vjp_bench_result *results, int count, const char *expected)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_bench_print_case(results, count, NULL, capture.file);
    cr_expect_str_eq(capture_end(&capture), expected, "%s", capture.text);
    free(capture.text);
}

Test(bench_text, a_kernel_has_a_row_and_the_machine_a_line)
{
    expect_case(&fast, 1,
                "linear dtype=f32 N=64 D=4096 M=4096\n"
                "  128 MB, 4.00 GFLOP, 31.2 flop/byte; machine: 8.00 GB/s, 160 GFLOP/s (AVX2 FMA "
                "f32)\n"
                "                   median  quar-             of          of\n"
                "  kernel             time  tiles  GFLOP/s  peak  GB/s  roof\n"
                "  mine.so:linear  50.0 ms   0.4%     80.0   50%  2.56   50%\n"
                "\n");
}

Test(bench_text, a_peer_a_wrong_kernel_and_a_noisy_one_are_told)
{
    struct vjp_bench_result r[3] = {fast, fast, fast};
    r[0].target = "naive:linear";
    r[0].peak = 80e9;
    r[0].peak_name = "AVX2 FMA f64";
    r[0].time =
        (struct vjp_sample){.n = 3, .median = 2, .q1 = 1.9, .q3 = 2.3, .low = NAN, .high = NAN};
    r[1].against = "naive:linear";
    r[1].ratio =
        (struct vjp_sample){.n = 9, .median = 40, .q1 = 39, .q3 = 41, .low = 39.5, .high = 40.6};
    r[2] = (struct vjp_bench_result){.line = fast.line,
                                     .target = "bad:linear",
                                     .verdict = "wrong",
                                     .reason = "dx[0,0] = 1\033[1m",
                                     .replay = "vjpcheck run 'linear' --kernel bad:linear",
                                     .against = "naive:linear"};
    expect_case(
        r, 3,
        "linear dtype=f32 N=64 D=4096 M=4096\n"
        "  128 MB, 4.00 GFLOP, 31.2 flop/byte; machine: 8.00 GB/s, 80.0 GFLOP/s (AVX2 FMA "
        "f64), 160 GFLOP/s (AVX2 FMA f32)\n"
        "  speed: of naive:linear, pair by pair\n"
        "                   median  quar-             of          of\n"
        "  kernel             time  tiles  GFLOP/s  peak  GB/s  roof  speed       95 %\n"
        "  naive:linear     2.00 s    20%     2.00  2.5%  0.06  2.5%\n"
        "  mine.so:linear  50.0 ms   0.4%     80.0   50%  2.56   50%  40.0x  39.5-40.6\n"
        "  bad:linear        wrong\n"
        "  naive:linear: machine too noisy: the kernel's times spread by 20.0 % (limit 10 %)\n"
        "  bad:linear: wrong, so it has no number: dx[0,0] = 1?[1m\n"
        "      vjpcheck run 'linear' --kernel bad:linear\n"
        "\n");
}

Test(bench_text, who_is_above_the_peak_is_told_and_why_there_is_no_ratio)
{
    struct vjp_bench_result r = fast;
    r.timed = false;
    r.above_peak = true;
    r.reason = "above the peak: much";
    r.no_ratio = "/tmp/peer.so:linear has no number";
    expect_case(&r, 1,
                "linear dtype=f32 N=64 D=4096 M=4096\n"
                "                      median  quar-             of          of\n"
                "  kernel                time  tiles  GFLOP/s  peak  GB/s  roof\n"
                "  mine.so:linear  above peak\n"
                "  no speed: peer.so:linear has no number\n"
                "  mine.so:linear: no number: above the peak: much\n"
                "\n");
}

/* Of a layer whose operations nobody counts, bytes and time are known. */
Test(bench_text, what_is_not_known_is_a_dash)
{
    struct vjp_bench_result r = fast;
    r.flops = 0;
    r.time.median = 2.5e-8;
    r.bytes = 100;
    expect_case(
        &r, 1,
        "linear dtype=f32 N=64 D=4096 M=4096\n"
        "  100 B; machine: 8.00 GB/s, 160 GFLOP/s (AVX2 FMA f32)\n"
        "                   median    quar-             of          of\n"
        "  kernel             time    tiles  GFLOP/s  peak  GB/s  roof\n"
        "  mine.so:linear  25.0 ns  800000%        -     -  4.00   50%\n"
        "  mine.so:linear: machine too noisy: the kernel's times spread by 800000.0 % (limit "
        "10 %)\n"
        "\n");
}

Test(bench_text, a_comparison_tells_what_changed)
{
    struct vjp_bench_result slow = fast, other = fast, wrong = fast;
    slow.time.median = 0.1;
    other.line = "linear dtype=f32 N=1 D=1 M=1";
    wrong.timed = false;
    wrong.verdict = "wrong";
    const struct vjp_comparison c[] = {
        {&fast, &slow, 0.5, 0.4, 0.6, 0.5, VJP_CHANGE_SLOWER},
        {&slow, &fast, 2, 1.9, 2.1, 2, VJP_CHANGE_FASTER},
        {&fast, &wrong, NAN, NAN, NAN, NAN, VJP_CHANGE_LOST},
        {NULL, &other, NAN, NAN, NAN, NAN, VJP_CHANGE_GAINED},
    };
    struct capture capture;
    capture_begin(&capture);
    vjp_bench_print_comparison(c, 4, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "linear dtype=f32 N=64 D=4096 M=4096\n"
                     "                                                      speed by\n"
                     "  kernel              old      new  speed       90 %  the peak\n"
                     "  mine.so:linear  50.0 ms   100 ms  0.50x  0.40-0.60     0.50x  SLOWER\n"
                     "  mine.so:linear   100 ms  50.0 ms  2.00x  1.90-2.10     2.00x  faster\n"
                     "  mine.so:linear  50.0 ms    wrong      -          -         -  NO NUMBER\n"
                     "\n"
                     "linear dtype=f32 N=1 D=1 M=1\n"
                     "                                                 speed by\n"
                     "  kernel              old      new  speed  90 %  the peak\n"
                     "  mine.so:linear  missing  50.0 ms      -     -         -  new\n"
                     "\n",
                     "%s", capture.text);
    free(capture.text);
}

Test(bench_text, what_is_not_timed_has_a_line_for_each_reason)
{
    const struct vjp_bench_skip skips[] = {
        {VJP_SKIP_UNSUPPORTED, (char *)"relu N=1", "nobody serves it"},
        {VJP_SKIP_ACCUMULATE, (char *)"linear", "it grows"},
        {VJP_SKIP_UNSUPPORTED, (char *)"relu N=2", "nobody serves it"}};
    struct capture capture;
    capture_begin(&capture);
    vjp_bench_print_skips(skips, 3, capture.file);
    vjp_bench_print_skips(skips, 0, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "not timed: 2 shapes: nobody serves it: relu N=1; relu N=2\n"
                     "not timed: 1 shape: it grows: linear\n",
                     "%s", capture.text);
    free(capture.text);
}
