/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a fault, by the address that it was at; then through a worker. */
#include "impls/host/fault.h"

#include "impls/host/worker.h"
#include "tests/impls/host/plant.h"

#include <signal.h>

/* A call with x (2 x 3 of f32, 24 bytes at the right end of a page of 4096) and its gradient. Windows
 * are at 2^40, 2 * 2^40, ... in the process. */
struct scene {
    struct vjp_case c;
    struct vjp_window window[2];
    struct vjp_call call;
    struct vjp_worker worker;
    struct vjp_observation seen;
};

#define CAPACITY (INT64_C(1) << 24)

static void scene_set(struct scene *s, int64_t ld_pad)
{
    struct vjp_error error = {0};
    *s = (struct scene){0};
    cr_assert_eq(vjp_case_init(&s->c, vjp_spec_find("linear"), VJP_F32, &error), VJP_OK);
    s->c.dim[0] = 2;
    s->c.dim[1] = 3;
    s->c.dim[2] = 4;
    s->c.slot[BED_X].layout.ld_pad = ld_pad;
    cr_assert_eq(vjp_window_plan(&s->window[0], &s->c, BED_X, 1, 4096, &error), VJP_OK);
    cr_assert_eq(vjp_window_plan(&s->window[1], &s->c, BED_DX, 1, 4096, &error), VJP_OK);
    s->call = (struct vjp_call){
        .c = &s->c, .windows = s->window, .n_inputs = 1, .n_outputs = 1, .placement = VJP_RIGHT};
    s->worker.arena.capacity = CAPACITY;
    for (int w = 0; w < VJP_WINDOWS; w++)
        s->worker.window_address[w] = (uint64_t)(w + 1) << 40;
}

/* A fault at so many bytes from the start of a window. */
static void explain(struct scene *s, int window, int64_t offset, int32_t wrote)
{
    const struct vjp_wire_fault fault = {.signal = SIGSEGV,
                                         .has_address = 1,
                                         .wrote = wrote,
                                         .address =
                                             s->worker.window_address[window] + (uint64_t)offset};
    s->seen = (struct vjp_observation){.reason = "SIGSEGV"};
    vjp_fault_explain(&s->worker, &s->call, &fault, &s->seen);
    cr_expect_eq(s->seen.address, fault.address);
}

static void expect_touch(const struct scene *s, int slot, enum vjp_side side, int64_t bytes,
                         bool wrote, const char *reason)
{
    const struct vjp_touch *touch = &s->seen.out_of_bounds;
    cr_expect(touch->found, "%s", reason);
    cr_expect_eq(touch->slot, slot, "%s: slot %d", reason, touch->slot);
    cr_expect_eq(touch->side, side, "%s: side %d", reason, touch->side);
    cr_expect_eq(touch->bytes, bytes, "%s: %d bytes", reason, (int)touch->bytes);
    cr_expect_eq(touch->wrote, wrote, "%s", reason);
    cr_expect_str_eq(s->seen.reason, reason);
    cr_expect_not(s->seen.input_changed.found);
}

Test(fault, a_touch_outside_a_tensor_is_measured)
{
    struct scene s;
    scene_set(&s, 0);
    const int dx = s.window[1].index;
    explain(&s, 0, 4096, 0);
    expect_touch(&s, BED_X, VJP_AFTER, 1, false,
                 "SIGSEGV: read 1 bytes after the last element of x");
    explain(&s, 0, 4096 + 2, 1);
    expect_touch(&s, BED_X, VJP_AFTER, 3, true,
                 "SIGSEGV: wrote 3 bytes after the last element of x");
    /* The first element is at 4096 - 24. */
    explain(&s, dx, -8, 1);
    expect_touch(&s, BED_DX, VJP_BEFORE, 4080, true,
                 "SIGSEGV: wrote 4080 bytes before the first element of dx");
    explain(&s, dx, -8, -1);
    expect_touch(&s, BED_DX, VJP_BEFORE, 4080, false,
                 "SIGSEGV: touched 4080 bytes before the first element of dx");
    vjp_case_clear(&s.c);
}

/* Rows of 3 elements, 5 apart: x ends at the page's end and begins 32 bytes before. */
Test(fault, a_touch_between_rows_is_measured_from_the_row)
{
    struct scene s;
    scene_set(&s, 2);
    explain(&s, 0, 4096 - 32 + 16, 0);
    expect_touch(&s, BED_X, VJP_BETWEEN, 5, false,
                 "SIGSEGV: read 5 bytes after the end of a row of x");
    vjp_case_clear(&s.c);
}

Test(fault, a_write_to_an_element_of_an_input_is_told)
{
    struct scene s;
    scene_set(&s, 0);
    explain(&s, 0, 4096 - 24 + 8, 1);
    cr_expect(s.seen.input_changed.found);
    cr_expect_eq(s.seen.input_changed.slot, BED_X);
    cr_expect_eq(s.seen.input_changed.bytes, 9);
    cr_expect_not(s.seen.out_of_bounds.found);
    cr_expect_str_eq(s.seen.reason, "SIGSEGV: wrote to x, which is read-only");
    /* No write is known, or it is an output: no input was changed. */
    explain(&s, 0, 4096 - 24 + 8, 0);
    cr_expect_not(s.seen.input_changed.found);
    explain(&s, s.window[1].index, 4096 - 24 + 8, 1);
    cr_expect_not(s.seen.input_changed.found);
    cr_expect_str_eq(s.seen.reason, "SIGSEGV: wrote dx");
    vjp_case_clear(&s.c);
}

/* 2^34 bytes on either side belong to a window, and no more. */
Test(fault, the_guards_belong_to_their_window)
{
    static const int64_t guard = INT64_C(1) << 34;
    struct scene s;
    scene_set(&s, 0);
    explain(&s, 0, -guard, 0);
    expect_touch(&s, BED_X, VJP_BEFORE, guard + 4096 - 24, false,
                 "SIGSEGV: read 17179873256 bytes before the first element of x");
    explain(&s, 0, CAPACITY + guard - 1, 0);
    expect_touch(&s, BED_X, VJP_AFTER, CAPACITY + guard - 4096, false,
                 "SIGSEGV: read 17196642304 bytes after the last element of x");
    explain(&s, 0, -guard - 1, 0);
    cr_expect_not(s.seen.out_of_bounds.found);
    cr_expect_str_eq(s.seen.reason, "SIGSEGV: read address 0xfbffffffff");
    explain(&s, 0, CAPACITY + guard, 1);
    cr_expect_not(s.seen.out_of_bounds.found);
    cr_expect_str_eq(s.seen.reason, "SIGSEGV: wrote address 0x10401000000");
    vjp_case_clear(&s.c);
}

Test(fault, a_window_that_the_call_does_not_use_is_an_earlier_one_s)
{
    struct scene s;
    scene_set(&s, 0);
    explain(&s, 1, 0, 0);
    cr_expect_not(s.seen.out_of_bounds.found);
    cr_expect_str_eq(s.seen.reason, "SIGSEGV: read memory of a tensor that an earlier call had");
    vjp_case_clear(&s.c);
}

/* What the canaries had shown before stays. */
Test(fault, the_first_finding_is_kept)
{
    struct scene s;
    const struct vjp_wire_fault fault = {
        .signal = SIGBUS, .has_address = 1, .address = (UINT64_C(1) << 40) + 4096};
    scene_set(&s, 0);
    s.seen.out_of_bounds = (struct vjp_touch){.found = true, .slot = BED_DX, .bytes = 99};
    vjp_fault_explain(&s.worker, &s.call, &fault, &s.seen);
    cr_expect_eq(s.seen.out_of_bounds.slot, BED_DX);
    cr_expect_eq(s.seen.out_of_bounds.bytes, 99);
    cr_expect_not_null(strstr(s.seen.reason, " of x"), "%s", s.seen.reason);
    vjp_case_clear(&s.c);
}

Test(fault, nothing_is_made_up_without_an_address)
{
    struct scene s;
    scene_set(&s, 0);
    vjp_fault_explain(&s.worker, &s.call, &(struct vjp_wire_fault){.signal = SIGSEGV}, &s.seen);
    cr_expect_not_null(strstr(s.seen.reason, "no address is known"), "%s", s.seen.reason);
    cr_expect_eq(s.seen.address, 0);
    s.seen.reason[0] = '\0';
    const struct vjp_wire_fault other = {.signal = SIGFPE, .has_address = 1, .address = 4096};
    vjp_fault_explain(&s.worker, &s.call, &other, &s.seen);
    cr_expect_str_eq(s.seen.reason, "");
    cr_expect_eq(s.seen.address, 0);
    cr_expect_not(s.seen.out_of_bounds.found);
    vjp_case_clear(&s.c);
}

Test(fault, an_overflow_of_the_stack_is_a_crash)
{
    struct bed bed;
    bed_open(&bed, "static int deep(int n) { volatile char a[4096]; a[n % 4096] = 1;"
                   "    return n < 0 ? 0 : deep(n + 1) + a[n % 4096]; }\n"
                   "static void act(void) { sink = deep(0); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, SIGSEGV);
    cr_expect_neq(bed.seen.address, 0);
    cr_expect_not(bed.seen.out_of_bounds.found);
    bed_close(&bed);
}

Test(fault, a_handler_from_loading_time_hides_nothing)
{
    struct bed bed;
    bed_open(&bed, "static void act(void) { answer(); sink = F(IN(\"x\"))[6]; }\n"
                   "__attribute__((constructor)) static void at_load(void)"
                   "{ signal(SIGSEGV, SIG_IGN); signal(SIGABRT, SIG_IGN); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect(bed.seen.out_of_bounds.found);
    bed_close(&bed);
}
