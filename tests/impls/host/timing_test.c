/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timed calls: as many as asked for, with times that can be and answers that are right, and what ends
 * them. */
#include "impls/host/timing.h"

#include "tests/impls/host/plant.h"

#include <signal.h>
#include <time.h>

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct vjp_timing *begin(struct bed *bed)
{
    struct vjp_timing *timing = NULL;
    bed_values(bed);
    cr_assert_eq(vjp_timing_begin(bed->worker, 0, &bed->c, &bed->data, &timing, &bed->error),
                 VJP_OK, "%s", bed->error.text);
    return timing;
}

static void end(struct bed *bed, struct vjp_timing *timing)
{
    vjp_observation_clear(&bed->seen);
    vjp_timing_end(timing, &bed->seen);
}

static void expect_right(const struct bed *bed)
{
    cr_assert_eq(bed->seen.outcome, VJP_COMPLETED, "%s", bed->seen.reason);
    for (int slot = BED_DX; slot <= BED_DW; slot++) {
        const struct vjp_tensor *got = &bed->seen.answer[0][slot];
        cr_assert_not_null(got->data);
        cr_expect_null(bed->seen.answer[1][slot].data);
        for (int64_t i = 0; i < got->count; i++) {
            const int64_t columns = got->shape.dim[1];
            cr_expect_eq(bed_value(got, i), bed_wanted(bed, slot, i / columns, i % columns));
        }
    }
}

/* Each call sleeps 2 ms: shorter no time can be, and all together are no longer than the wait. */
Test(timing, every_call_has_its_own_plausible_time)
{
    struct bed bed;
    int64_t ns[5] = {0};
    bed_open(&bed, "answer(); usleep(2000);");
    struct vjp_timing *timing = begin(&bed);
    const int64_t start = now();
    cr_assert(vjp_timing_block(timing, 5, ns));
    const int64_t waited = now() - start;
    int64_t sum = 0;
    for (int i = 0; i < 5; i++) {
        cr_expect_geq(ns[i], 2000000);
        sum += ns[i];
    }
    cr_expect_leq(sum, waited);
    cr_expect_eq(vjp_timing_bytes_read(timing), 4 * (2 * 3 + 3 * 4 + 2 * 4));
    cr_expect_eq(vjp_timing_bytes_written(timing), 4 * (2 * 3 + 3 * 4));
    end(&bed, timing);
    expect_right(&bed);
    bed_close(&bed);
}

/* The plant counts its calls into dx[0]. */
Test(timing, run_is_called_as_often_as_asked_on_the_same_operands)
{
    struct bed bed;
    int64_t ns[VJP_TIMING_CALLS_MAX];
    bed_open(&bed, "static int n; answer(); F(OUT(\"dx\"))[0] = ++n;");
    struct vjp_timing *timing = begin(&bed);
    cr_assert(vjp_timing_block(timing, 3, ns));
    cr_assert(vjp_timing_block(timing, VJP_TIMING_CALLS_MAX, ns));
    for (int i = 0; i < VJP_TIMING_CALLS_MAX; i++)
        cr_expect_gt(ns[i], 0);
    end(&bed, timing);
    cr_expect_eq(bed_value(&bed.seen.answer[0][BED_DX], 0), 3 + VJP_TIMING_CALLS_MAX);
    cr_expect_eq(bed_value(&bed.seen.answer[0][BED_DX], 1), bed_wanted(&bed, BED_DX, 0, 1));
    bed_run(&bed); /* the windows were left as a run wants them */
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    cr_expect_not(bed.seen.out_of_bounds.found);
    bed_close(&bed);
}

/* The plant writes in its first two calls, in none of the next two, and in the fifth all but the first element of
 * dx. */
Test(timing, a_block_finds_poison_and_no_answer_of_the_block_before)
{
    struct bed bed;
    int64_t ns[2];
    struct vjp_observation seen;
    bed_open(&bed, "static int n; float *dx = F(OUT(\"dx\")), old = dx[0]; n++;"
                   "if (n < 3) answer(); if (n == 5) { answer(); dx[0] = old; }");
    struct vjp_timing *timing = begin(&bed);
    cr_assert(vjp_timing_block(timing, 2, ns));
    vjp_timing_look(timing, &seen);
    vjp_timing_find_unwritten(&seen);
    cr_expect_eq(bed_value(&seen.answer[0][BED_DX], 0), bed_wanted(&bed, BED_DX, 0, 0));
    cr_expect_eq(seen.unwritten_slot, -1);
    cr_assert(vjp_timing_block(timing, 2, ns));
    vjp_timing_look(timing, &seen);
    vjp_timing_find_unwritten(&seen);
    cr_expect_eq(seen.unwritten_slot, BED_DX);
    cr_expect_eq(seen.unwritten_index, 0);
    cr_expect_eq(seen.unwritten_count, 2 * 3 + 3 * 4);
    cr_assert(vjp_timing_block(timing, 1, ns));
    end(&bed, timing);
    vjp_timing_find_unwritten(&bed.seen);
    cr_expect_eq(bed.seen.unwritten_slot, BED_DX);
    cr_expect_eq(bed.seen.unwritten_count, 1);
    cr_expect_eq(bed_value(&bed.seen.answer[0][BED_DX], 1), bed_wanted(&bed, BED_DX, 0, 1));
    bed_close(&bed);
}

/* By the state of our only child: T is stopped (proc(5)). */
static int count_stopped(void)
{
    char command[96];
    int count = -1;
    snprintf(command, sizeof command, "ps -o stat= --ppid %d | grep -c ^T", (int)getpid());
    FILE *ps = popen(command, "r");
    cr_assert_not_null(ps);
    cr_assert_eq(fscanf(ps, "%d", &count), 1);
    pclose(ps);
    return count;
}

Test(timing, a_worker_rests_between_blocks)
{
    struct bed bed;
    int64_t ns[1];
    bed_open(&bed, "answer();");
    struct vjp_timing *timing = begin(&bed);
    for (int i = 0; i < 2; i++) {
        cr_assert(vjp_timing_block(timing, 1, ns));
        usleep(20000);
        cr_expect_eq(count_stopped(), 1);
    }
    end(&bed, timing);
    cr_expect_eq(count_stopped(), 0);
    expect_right(&bed);
    bed_close(&bed);
}

Test(timing, a_call_that_fails_while_timed_has_its_outcome_and_no_answer)
{
    static const struct {
        const char *act;
        enum vjp_outcome outcome;
        int code;
        const char *reason;
    } cases[] = {
        {"static int n; answer(); if (n++ == 4) abort();", VJP_CRASHED, SIGABRT, "SIGABRT in run"},
        {"static int n; answer(); if (n++ == 4) exit(0);", VJP_EXITED, 0,
         "the process ended with exit status 0 in run"},
        {"static int n; answer(); if (n++ == 4) for (;;) pause();", VJP_HUNG, 0,
         "no answer after 0.3 s in run"},
        {"static int n; answer(); result = n++ == 4 ? 7 : 0;", VJP_REFUSED, 7, "run returned 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bed bed;
        int64_t ns[8] = {0};
        bed_open_with(&bed, cases[i].act, "", (struct vjp_worker_options){.call_seconds = 0.3});
        struct vjp_timing *timing = begin(&bed);
        cr_expect(vjp_timing_block(timing, 2, ns));
        cr_expect_not(vjp_timing_block(timing, 8, ns), "%s", cases[i].act);
        cr_expect_not(vjp_timing_block(timing, 1, ns), "%s: called after its end", cases[i].act);
        end(&bed, timing);
        cr_expect_eq(bed.seen.outcome, cases[i].outcome, "%s: %d", cases[i].act, bed.seen.outcome);
        cr_expect_eq(bed.seen.code, cases[i].code);
        cr_expect_str_eq(bed.seen.reason, cases[i].reason, "%s", bed.seen.reason);
        cr_expect_null(bed.seen.answer[0][BED_DX].data);
        bed_close(&bed);
    }
}

Test(timing, what_is_touched_in_timed_calls_is_seen)
{
    struct bed bed;
    int64_t ns[4];
    bed_open(&bed, "static int n; answer(); if (n++ == 2) F(OUT(\"dx\"))[2 * 3] = 1;");
    struct vjp_timing *timing = begin(&bed);
    cr_expect(vjp_timing_block(timing, 4, ns));
    end(&bed, timing);
    cr_expect(bed.seen.out_of_bounds.found);
    cr_expect_eq(bed.seen.out_of_bounds.slot, BED_DX);
    cr_expect_eq(bed.seen.out_of_bounds.side, VJP_AFTER);
    bed_close(&bed);
}

Test(timing, what_cannot_be_timed_says_so)
{
    struct bed bed;
    int64_t ns[1];
    struct vjp_timing *timing;
    bed_open(&bed, "answer();");
    bed.c.dtype = VJP_F16;
    timing = begin(&bed);
    cr_expect_not(vjp_timing_block(timing, 1, ns));
    end(&bed, timing);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "the kernel declares no model for f16");
    bed.c.dtype = VJP_F32;
    bed.c.accumulate = true;
    bed_values(&bed);
    cr_expect_eq(vjp_timing_begin(bed.worker, 0, &bed.c, &bed.data, &timing, &bed.error),
                 VJP_ERR_INTERNAL);
    bed_close(&bed);
}
