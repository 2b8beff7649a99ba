/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run sees of memory that must not be touched. */
#include "tests/impls/host/plant.h"

#include <signal.h>

struct touch_case {
    const char *act;
    int slot;
    enum vjp_side side;
    int64_t bytes;
    bool wrote;
    enum vjp_outcome outcome;
};

static void expect_touch(const struct touch_case *t, int64_t ld_pad)
{
    struct bed bed;
    bed_open(&bed, t->act);
    bed.c.slot[BED_X].layout.ld_pad = ld_pad;
    bed.c.slot[BED_DX].layout.ld_pad = ld_pad;
    bed_run(&bed);
    const struct vjp_touch *got = &bed.seen.out_of_bounds;
    cr_expect_eq(bed.seen.outcome, t->outcome, "%s: %s", t->act, bed.seen.reason);
    cr_expect(got->found, "%s", t->act);
    cr_expect_eq(got->slot, t->slot, "%s: slot %d", t->act, got->slot);
    cr_expect_eq(got->side, t->side, "%s: side %d", t->act, got->side);
    cr_expect_eq(got->bytes, t->bytes, "%s: %d bytes", t->act, (int)got->bytes);
    cr_expect_eq(got->wrote, t->wrote, "%s: wrote %d", t->act, got->wrote);
    cr_expect_not(bed.seen.input_changed.found);
    cr_expect_eq(bed.seen.answer[0][BED_DX].data != NULL, t->outcome == VJP_COMPLETED);
    bed_close(&bed);
}

Test(run_memory, a_read_on_either_side_faults)
{
    static const struct touch_case cases[] = {
        {"answer(); sink = F(IN(\"x\"))[6];", BED_X, VJP_AFTER, 1, false, VJP_CRASHED},
        {"answer(); sink = F(IN(\"w\"))[-1];", BED_W, VJP_BEFORE, 4, false, VJP_CRASHED},
        {"answer(); sink = F(IN(\"dy\"))[1000000];", BED_DY, VJP_AFTER, 4000000 - 31, false,
         VJP_CRASHED},
        {"answer(); sink = F(IN(\"dy\"))[-3000000000];", BED_DY, VJP_BEFORE, INT64_C(12000000000),
         false, VJP_CRASHED},
        {"answer(); sink = F(OUT(\"dw\"))[12];", BED_DW, VJP_AFTER, 1, false, VJP_CRASHED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_touch(&cases[i], 0);
}

/* On the left there is room behind the tensor: the canary shows the write, and the next call, on
 * the right, faults. Where the kernel writes there only once, it completes. */
Test(run_memory, a_write_on_either_side_is_seen)
{
    static const struct touch_case cases[] = {
        {"answer(); F(OUT(\"dx\"))[6] = 1;", BED_DX, VJP_AFTER, 1, true, VJP_CRASHED},
        {"static int n; answer(); if (n++ == 0) F(OUT(\"dx\"))[8] = 1;", BED_DX, VJP_AFTER, 9, true,
         VJP_COMPLETED},
        {"static int n; answer(); if (n++ == 1) F(OUT(\"dw\"))[-2] = 1;", BED_DW, VJP_BEFORE, 8,
         true, VJP_COMPLETED},
        {"answer(); F(OUT(\"dw\"))[-2] = 1;", BED_DW, VJP_BEFORE, 8, true, VJP_CRASHED},
        {"answer(); F(IN(\"x\"))[6] = 1;", BED_X, VJP_AFTER, 1, true, VJP_CRASHED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_touch(&cases[i], 0);
}

Test(run_memory, a_write_between_rows_is_seen)
{
    static const struct touch_case cases[] = {
        {"answer(); F(OUT(\"dx\"))[3] = 1;", BED_DX, VJP_BETWEEN, 1, true, VJP_COMPLETED},
        {"answer(); F(OUT(\"dx\"))[4] = 1;", BED_DX, VJP_BETWEEN, 5, true, VJP_COMPLETED},
        {"answer(); F(IN(\"x\"))[4] = 1;", BED_X, VJP_BETWEEN, 5, true, VJP_CRASHED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_touch(&cases[i], 2);
}

/* 2^20 elements between rows: pages that hold nothing. Of a read only the page is known, here the
 * 490th. */
Test(run_memory, a_touch_far_between_rows_is_seen)
{
    static const struct touch_case cases[] = {
        {"static int n; answer(); if (n++ == 0) F(OUT(\"dx\"))[500000] = 1;", BED_DX, VJP_BETWEEN,
         4 * 499997 + 3, true, VJP_COMPLETED},
        {"answer(); sink = F(IN(\"x\"))[501759];", BED_X, VJP_BETWEEN, 489 * 4096 - 12 + 1, false,
         VJP_COMPLETED},
    };
    struct bed bed;
    expect_touch(&cases[1], 1 << 20);
    /* The lowest byte of 1.0f that is not zero is its third. */
    expect_touch(&cases[0], 1 << 20);
    bed_open(&bed, "answer();");
    bed.c.slot[BED_DX].layout.ld_pad = 1 << 20;
    bed_run(&bed);
    bed_expect_right(&bed);
    cr_expect_eq(vjp_worker_age(bed.worker), 1);
    bed.c.slot[BED_DX].layout.ld_pad = 0;
    bed_run(&bed);
    bed_expect_right(&bed);
    cr_expect_eq(vjp_worker_age(bed.worker), 1, "a sparse arena is used once");
    bed_close(&bed);
}

/* A vector of inputs that was read from behind a row, and a sum with what is there, are written
 * behind a row of the output: neither leaves its canary as it was. */
Test(run_memory, a_nan_that_is_passed_on_does_not_pass_for_the_canary)
{
    static const struct touch_case cases[] = {
        {"answer(); F(OUT(\"dx\"))[3] = F(IN(\"x\"))[3] * 2;", BED_DX, VJP_BETWEEN, 1, true,
         VJP_COMPLETED},
        {"answer(); F(OUT(\"dx\"))[3] += F(IN(\"x\"))[3];", BED_DX, VJP_BETWEEN, 1, true,
         VJP_COMPLETED},
        {"answer(); F(OUT(\"dx\"))[3] += 1;", BED_DX, VJP_BETWEEN, 1, true, VJP_COMPLETED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_touch(&cases[i], 2);
}

Test(run_memory, a_write_to_an_input_faults)
{
    struct bed bed;
    bed_open(&bed, "volatile float *w = F(IN(\"w\")); answer(); w[2] = w[2];");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect(bed.seen.input_changed.found);
    cr_expect_eq(bed.seen.input_changed.slot, BED_W);
    cr_expect_eq(bed.seen.input_changed.bytes, 9);
    cr_expect(bed.seen.input_changed.wrote);
    cr_expect_not(bed.seen.out_of_bounds.found);
    cr_expect_str_eq(bed.seen.reason, "SIGSEGV in run: wrote to w, which is read-only");
    bed_close(&bed);
}

/* Whoever asks for write access to an input's pages does not get it. */
Test(run_memory, the_protection_of_inputs_cannot_be_taken_away)
{
    struct bed bed;
    bed_open(&bed,
             "void *page = IN(\"w\")->data; answer();"
             "if (mprotect(page, 4096, PROT_READ | PROT_WRITE)) printf(\"refused\");"
             "if (mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, 4, 0)"
             "    == MAP_FAILED) printf(\" twice\");"
             "if (ftruncate(4, 0) && ftruncate(5, 0) && ftruncate(3, 0)) puts(\" and more\");");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_str_eq(bed.seen.log, "refused twice and more refused twice and more refused twice "
                                   "and more");
    bed_close(&bed);
}

Test(run_memory, an_empty_tensor_has_no_memory)
{
    static const char *const acts[] = {"answer(); sink = F(IN(\"x\"))[0];",
                                       "answer(); F(OUT(\"dx\"))[0] = 0;"};
    for (int i = 0; i < 2; i++) {
        struct bed bed;
        bed_open(&bed, acts[i]);
        bed.c.dim[0] = 0;
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
        cr_expect(bed.seen.out_of_bounds.found);
        cr_expect_eq(bed.seen.out_of_bounds.slot, i == 0 ? BED_X : BED_DX);
        cr_expect_eq(bed.seen.out_of_bounds.side, VJP_AFTER);
        cr_expect_eq(bed.seen.out_of_bounds.bytes, 1);
        cr_expect_eq(bed.seen.out_of_bounds.wrote, i == 1);
        bed_close(&bed);
    }
}

Test(run_memory, a_pointer_that_was_kept_faults_when_its_tensor_is_gone)
{
    struct bed bed;
    bed_open(&bed, "static float *kept; answer(); if (OUT(\"db\")) kept = F(OUT(\"db\"));"
                   "if (kept) kept[0] = 0;");
    bed.c.attr[0] = 1;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    bed.c.attr[0] = 0;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_not(bed.seen.out_of_bounds.found);
    cr_expect_str_eq(bed.seen.reason,
                     "SIGSEGV in run: wrote memory of a tensor that an earlier call had");
    bed_close(&bed);
}

Test(run_memory, a_canary_that_a_crashed_call_changed_is_seen)
{
    struct bed bed;
    bed_open(&bed, "F(OUT(\"dx\"))[7] = 1; abort();");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGABRT);
    cr_expect(bed.seen.out_of_bounds.found);
    cr_expect_eq(bed.seen.out_of_bounds.bytes, 5);
    cr_expect(bed.seen.out_of_bounds.wrote);
    bed_close(&bed);
}

/* The contract: when run returns, no thread of the kernel may still write. */
Test(run_memory, a_write_between_two_calls_is_seen)
{
    struct bed bed;
    bed_open(&bed, "static float *at;\n"
                   "static void *late(void *p) { usleep(150000); *at = 1; return p; }\n"
                   "static void act(void) { static int n; pthread_t t; answer();"
                   "    at = F(OUT(\"dw\")) + 3; if (n++ == 2) pthread_create(&t, 0, late, 0); }");
    bed_run(&bed);
    bed_expect_right(&bed);
    usleep(300000);
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
    cr_expect_str_eq(bed.seen.reason,
                     "wrote to the memory of dw after an earlier call had returned");
    cr_expect_eq(vjp_worker_age(bed.worker), 0);
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* Of a thread that is left after a kernel's first case it is awaited for a little what it does: in that case, and again
 * in a fresh process. */
Test(run_memory, a_write_soon_after_the_first_case_is_laid_to_it)
{
    struct bed bed;
    bed_open(&bed, "static float *at;\n"
                   "static void *late(void *p) { usleep(10000); *at = 1; return p; }\n"
                   "static void act(void) { static int n; pthread_t t; answer();"
                   "    at = F(OUT(\"dw\")) + 3; if (n++ == 2) pthread_create(&t, 0, late, 0); }");
    for (int i = 0; i < 2; i++) {
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
        cr_expect_str_eq(bed.seen.reason,
                         "wrote to the memory of dw after an earlier call had returned");
        cr_expect_eq(vjp_worker_age(bed.worker), 0);
    }
    bed_close(&bed);
}
