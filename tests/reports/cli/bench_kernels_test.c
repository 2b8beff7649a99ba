/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_kernels.h"

#include "tests/reports/cli/bench_bed.h"

/* What a bench of one case said. */
struct said {
    char *text, *json;
    int64_t timed, failed;
    int tallied; /* rows of the tally */
};

/* The limits are set, not measured: the test is none of the machine. */
static struct said bench_case(struct vjp_targets *targets, struct vjp_targets *peers,
                              const struct vjp_case *c, const int *threads, int n_threads)
{
    struct said said = {0};
    size_t text_size = 0, json_size = 0;
    struct vjp_error error = {""};
    struct vjp_sink sink = {.file = open_memstream(&said.json, &json_size), .path = (char *)"m"};
    struct vjp_bench bench = {.targets = targets,
                              .peers = peers,
                              .seconds = 1e-3,
                              .out = open_memstream(&said.text, &text_size),
                              .json = &sink};
    vjp_machine_init(&bench.machine);
    for (int f = 0; f < 2; f++) {
        for (int t = 1; t <= 2; t++)
            bench.machine.peak[f][t] = 1e9;
    }
    cr_assert_eq(vjp_bench_case(&bench, c, threads, n_threads, &error), VJP_OK, "%s", error.text);
    said.tallied = bench.tally.count;
    vjp_tally_clear(&bench.tally);
    fclose(bench.out);
    fclose(sink.file);
    said.timed = bench.timed;
    said.failed = bench.failed;
    return said;
}

static void forget(struct said *said)
{
    free(said->text);
    free(said->json);
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

Test(bench_kernels, each_number_of_threads_is_a_case_of_its_own)
{
    struct bench_bed b;
    static const int threads[] = {1, 2};
    bench_bed_open(&b, "one", "answer(); if (call->threads == 2) usleep(3000);");
    struct said said = bench_case(&b.targets, NULL, &b.bed.c, threads, 2);
    cr_expect_eq(said.timed, 2);
    cr_expect_eq(said.failed, 0);
    cr_expect_eq(count(said.text, "linear dtype=f32 N=2 D=3 M=4 "), 2, "%s", said.text);
    cr_expect_eq(count(said.text, " threads=2\n"), 1, "%s", said.text);
    cr_expect_eq(count(said.json, "\n"), 2);
    cr_expect_eq(
        count(said.json, "\"kernel\":\"one:plant\",\"plugin\":\"plant\",\"version\":\"0\""), 2,
        "%s", said.json);
    forget(&said);
    bench_bed_close(&b);
}

Test(bench_kernels, a_peer_has_a_row_unless_it_is_among_the_others)
{
    struct bench_bed a, b;
    bench_bed_open(&a, "one", "answer();");
    bench_bed_open(&b, "two", "answer();");
    struct said said = bench_case(&a.targets, &b.targets, &a.bed.c, NULL, 0);
    cr_expect_eq(said.timed, 2);
    cr_expect_eq(count(said.json, "\"kernel\":\"two:plant\""), 1);
    cr_expect_eq(count(said.json, "\"against\":\"two:plant\""), 1, "%s", said.json);
    forget(&said);
    b.target.path = a.target.path;
    said = bench_case(&a.targets, &b.targets, &a.bed.c, NULL, 0);
    cr_expect_eq(said.timed, 1);
    cr_expect_eq(count(said.json, "\n"), 1);
    cr_expect_eq(count(said.json, "\"against\":\"two:plant\""), 1, "%s", said.json);
    forget(&said);
    bench_bed_close(&a);
    bench_bed_close(&b);
}

/* The wrong one is the fastest, and no peer; of those that are right one sleeps. */
Test(bench_kernels, of_several_peers_the_fastest_that_is_right_is_raced)
{
    struct bench_bed a, slow, wrong, fast;
    bench_bed_open(&a, "one", "answer();");
    bench_bed_open(&slow, "slow", "answer(); usleep(2000);");
    bench_bed_open(&wrong, "wrong", "F(OUT(\"dx\"))[0] = 7;");
    bench_bed_open(&fast, "fast", "answer();");
    struct vjp_target peers[] = {wrong.target, slow.target, fast.target};
    struct vjp_targets several = {
        .target = peers, .count = 3, .n_requests = 3, .options = {.executable = PLANT_WORKER}};
    struct said said = bench_case(&a.targets, &several, &a.bed.c, NULL, 0);
    cr_expect_eq(said.timed, 2);
    cr_expect_eq(said.failed, 0);
    cr_expect_eq(said.tallied, 1);
    cr_expect_eq(count(said.json, "\"against\":\"fast:plant\""), 1, "%s", said.json);
    cr_expect_eq(count(said.text, "\n  peers, alone: wrong:plant "), 1, "%s", said.text);
    cr_expect_eq(count(said.text, ", slow:plant 2."), 1, "%s", said.text);
    cr_expect_eq(count(said.text, ", fast:plant "), 1, "%s", said.text);
    forget(&said);
    several.count = 1; /* the wrong one alone */
    said = bench_case(&a.targets, &several, &a.bed.c, NULL, 0);
    cr_expect_eq(said.tallied, 0);
    cr_expect_eq(count(said.text, "no speed: wrong:plant has no number"), 1, "%s", said.text);
    forget(&said);
    bench_bed_close(&a);
    bench_bed_close(&slow);
    bench_bed_close(&wrong);
    bench_bed_close(&fast);
}

/* Declined is not failed, and has no number either. */
Test(bench_kernels, only_what_was_judged_right_is_timed)
{
    static const struct {
        const char *act, *verdict;
        int failed;
    } cases[] = {
        {"answer(); F(OUT(\"dx\"))[0] += 1;", "wrong", 1},
        {"abort();", "crashed", 1},
        {"static const char *ask(void) { return \"too small\"; }\nstatic void act(void) {}",
         "unsupported", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench_bed b;
        char part[64];
        bench_bed_open(&b, "one", cases[i].act);
        struct said said = bench_case(&b.targets, NULL, &b.bed.c, NULL, 0);
        cr_expect_eq(said.timed, 0);
        cr_expect_eq(said.failed, cases[i].failed);
        snprintf(part, sizeof part, "\"verdict\":\"%s\"", cases[i].verdict);
        cr_expect_eq(count(said.json, part), 1, "%s", said.json);
        cr_expect_eq(count(said.json, "\"timed\":false,\"above_peak\":false}\n"), 1);
        cr_expect_eq(count(said.text, "so it has no number"), 1, "%s", said.text);
        forget(&said);
        bench_bed_close(&b);
    }
}

/* It leaves out the work where its answer is still there from the call before: right, whatever is looked at, but
 * 130,000 operations in some ns. */
#define KNOWS_ITS_ANSWER                                                                           \
    "static float last; static int known; float *dx = F(OUT(\"dx\"));"                             \
    "if (!known || dx[0] != last) answer(); last = dx[0]; known = 1;"

Test(bench_kernels, who_is_faster_than_the_machine_has_no_number_nor_a_ratio_to_it)
{
    struct bench_bed a, b;
    bench_bed_open(&a, "one", KNOWS_ITS_ANSWER);
    bench_bed_open(&b, "two", "answer();");
    for (int d = 0; d < 3; d++)
        a.bed.c.dim[d] = 32;
    struct said said = bench_case(&b.targets, &a.targets, &a.bed.c, NULL, 0);
    cr_expect_eq(said.timed, 1);
    cr_expect_eq(said.failed, 1);
    cr_expect_eq(count(said.text, "one:plant: no number: above the peak: "), 1, "%s", said.text);
    cr_expect_eq(count(said.text, "no speed: one:plant has no number\n"), 1, "%s", said.text);
    cr_expect_eq(count(said.json, "\"timed\":false,\"above_peak\":true,"), 1, "%s", said.json);
    cr_expect_eq(count(said.json, "\"against\":"), 0, "%s", said.json);
    forget(&said);
    bench_bed_close(&a);
    bench_bed_close(&b);
}

Test(bench_kernels, a_peer_that_serves_no_such_case_is_told)
{
    struct bench_bed a, b;
    bench_bed_open(&a, "one", "answer();");
    bench_bed_open(&b, "two", "answer();");
    struct vjp_request request = {.text = "two", .kernel = -1};
    b.target.selected[0] = false;
    b.targets.request = &request;
    struct said said = bench_case(&a.targets, &b.targets, &a.bed.c, NULL, 0);
    cr_expect_eq(said.timed, 1);
    cr_expect_eq(count(said.text, "  no speed: two serves no such case\n"), 1, "%s", said.text);
    forget(&said);
    bench_bed_close(&a);
    bench_bed_close(&b);
}
