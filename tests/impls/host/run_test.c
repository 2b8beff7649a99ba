/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run sees of answers: that right ones come back whole from any layout, and what is wrong
 * with those that depend on more than the operands. */
#include "tests/impls/host/plant.h"

#include <math.h>

/* A small deterministic source of layouts and sizes. */
static uint32_t next(uint32_t *state, uint32_t below)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 8) % below;
}

static void scramble(struct vjp_case *c, uint32_t *state)
{
    const int element = vjp_format(c->dtype)->bytes;
    c->accumulate = next(state, 3) == 0;
    c->attr[0] = next(state, 2);
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const bool matrix = slot != BED_B && slot != BED_DB;
        c->slot[slot].layout.ld_pad = matrix ? next(state, 4) : 0;
        c->slot[slot].layout.trans = matrix && next(state, 2);
        c->slot[slot].layout.align =
            next(state, 2) ? -1 : (int64_t)next(state, 64 / (uint32_t)element) * element;
    }
}

Test(run, right_answers_come_back_from_any_layout_and_size)
{
    struct bed bed;
    uint32_t state = 1;
    bed_open(&bed, "answer();");
    for (int round = 0; round < 4; round++) {
        for (uint32_t size = 0; size <= 20; size++) {
            bed.c.dtype = next(&state, 2) ? VJP_F32 : VJP_F64;
            bed.c.dim[round % 3] = size;
            bed.c.dim[(round + 1) % 3] = round == 3 ? size : next(&state, 21);
            bed.c.dim[(round + 2) % 3] = round == 3 ? size : 1 + next(&state, 9);
            scramble(&bed.c, &state);
            bed_run(&bed);
            bed_expect_right(&bed);
        }
    }
    bed_close(&bed);
}

Test(run, right_answers_come_back_from_windows_that_grow_and_shrink)
{
    static const int sizes[] = {1, 100, 3, 60, 200, 0, 33};
    struct bed bed;
    bed_open(&bed, "answer();");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        bed.c.dim[0] = 5;
        bed.c.dim[1] = bed.c.dim[2] = sizes[i];
        bed_run(&bed);
        bed_expect_right(&bed);
    }
    cr_expect_eq(vjp_worker_age(bed.worker), 7);
    bed_close(&bed);
}

/* 2,200,000 elements of f64: larger than an ordinary window; then a small case again. */
Test(run, right_answers_come_back_from_big_windows)
{
    struct bed bed;
    bed_open(&bed, "answer();");
    bed.c.dtype = VJP_F64;
    bed.c.dim[0] = bed.c.dim[2] = 1;
    bed.c.dim[1] = 2200000;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed.c.dim[1] = 3;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

/* Rows 2^30 elements apart: the last begins at byte 2^33, its element index is past 2^31. */
Test(run, rows_may_lie_gigabytes_apart)
{
    struct bed bed;
    bed_open(&bed, "answer();");
    bed.c.slot[BED_X].layout.ld_pad = INT64_C(1) << 30;
    bed.c.slot[BED_DX].layout.ld_pad = INT64_C(1) << 30;
    bed.c.dim[0] = 3;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

Test(run, the_kernel_is_told_what_the_case_says)
{
    struct bed bed;
    bed_open(&bed, "answer();"
                   "const DLTensor *x = IN(\"x\");"
                   "printf(\"%d %d %d %d %d %s=%d %g;\", call->accumulate, call->threads,"
                   "       call->n_inputs, call->n_outputs, call->n_attrs, call->attrs[0]->name,"
                   "       (int)call->attrs[0]->i, call->attrs[0]->f);"
                   "printf(\" %d %d %d %d %d\\n\", x->ndim, (int)x->strides[0],"
                   "       (int)x->strides[1], x->dtype.bits, x->device.device_type);");
    bed.c.accumulate = true;
    bed.c.threads = 3;
    bed.c.attr[0] = 1;
    bed.c.slot[BED_X].layout.ld_pad = 5;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_str_eq(bed.seen.log, "1 3 4 3 1 bias=1 1; 2 8 1 32 1 1 3 4 3 1 bias=1 1; 2 8 1 32 1 "
                                   "1 3 4 3 1 bias=1 1; 2 8 1 32 1");
    bed_close(&bed);
}

Test(run, an_element_that_is_not_written_is_found)
{
    struct bed bed;
    bed_open(&bed, "float a = F(OUT(\"dw\"))[5], b = F(OUT(\"dw\"))[7]; answer();"
                   "F(OUT(\"dw\"))[5] = a; F(OUT(\"dw\"))[7] = b;");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_eq(bed.seen.unwritten_slot, BED_DW);
    cr_expect_eq(bed.seen.unwritten_index, 5);
    cr_expect_eq(bed.seen.unwritten_count, 2);
    cr_expect_eq(bed.seen.repeat_slot, -1);
    cr_expect_not(bed.seen.reads_old_output);
    cr_expect(isnan(bed_value(&bed.seen.answer[0][BED_DW], 5)));
    bed_close(&bed);
}

/* beta = 0 done as a product: NaN where the output held NaN. */
Test(run, an_answer_that_depends_on_the_old_output_is_found)
{
    struct bed bed;
    bed_open(&bed, "float old = F(OUT(\"dx\"))[1]; answer(); F(OUT(\"dx\"))[1] += 0 * old;");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect(bed.seen.reads_old_output);
    cr_expect_eq(bed.seen.repeat_slot, -1);
    cr_expect_eq(bed.seen.unwritten_slot, -1);
    cr_expect_str_eq(bed.seen.reason,
                     "element 1 of dx depends on what the outputs held before the call");
    bed_close(&bed);
}

Test(run, accumulation_by_mistake_is_found)
{
    struct bed bed;
    bed_open(&bed, "struct vjp_abi_call other = *call; other.accumulate = 1; call = &other;"
                   "answer();");
    bed_run(&bed);
    cr_expect(bed.seen.reads_old_output);
    cr_expect_eq(bed.seen.unwritten_slot, -1);
    bed.c.accumulate = true;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

Test(run, a_call_that_gives_other_bits_when_repeated_is_found)
{
    struct bed bed;
    bed_open(&bed, "static int n; answer(); F(OUT(\"dw\"))[3] += 1e-3f * n++;");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_eq(bed.seen.repeat_slot, BED_DW);
    cr_expect_eq(bed.seen.repeat_index, 3);
    cr_expect_not(bed.seen.reads_old_output);
    bed.c.accumulate = true;
    bed_run(&bed);
    cr_expect_eq(bed.seen.repeat_slot, BED_DW);
    cr_expect_eq(bed.seen.repeat_index, 3);
    bed_close(&bed);
}

/* In step with two patterns that take turns, so that it looks like their doing. */
Test(run, answers_that_alternate_are_not_laid_to_the_old_output)
{
    struct bed bed;
    bed_open(&bed, "static int n; answer(); F(OUT(\"dw\"))[3] += n++ % 2;");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_not(bed.seen.reads_old_output);
    cr_expect_eq(bed.seen.repeat_slot, BED_DW);
    cr_expect_eq(bed.seen.repeat_index, 3);
    bed_close(&bed);
}

Test(run, nan_of_another_payload_is_no_difference)
{
    struct bed bed;
    bed_open(&bed, "static uint32_t n; uint32_t nan = 0x7fc00000 + n++; answer();"
                   "memcpy(&F(OUT(\"dx\"))[0], &nan, 4);");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
    cr_expect_eq(bed.seen.repeat_slot, -1);
    cr_expect_not(bed.seen.reads_old_output);
    bed_close(&bed);
}

Test(run, a_kernel_may_decline)
{
    struct bed bed;
    bed_open(&bed, "static const char *ask(void) {"
                   "    return IN(\"x\")->data ? \"it has\\tdata\" : \"this \\x01 machine\"; }\n"
                   "static void act(void) { abort(); }");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "this ? machine");
    cr_expect_null(bed.seen.answer[0][BED_DX].data);
    bed.c.dtype = VJP_F16;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "the kernel declares no model for f16");
    bed_close(&bed);
}

Test(run, what_run_returns_is_seen)
{
    struct bed bed;
    bed_open(&bed, "answer(); result = IN(\"x\")->shape[0];");
    bed.c.dim[0] = 1;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "run returned VJP_ABI_UNSUPPORTED");
    bed.c.dim[0] = 7;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
    cr_expect_eq(bed.seen.code, 7);
    cr_expect_str_eq(bed.seen.reason, "run returned 7");
    cr_expect_null(bed.seen.answer[1][BED_DX].data);
    bed_close(&bed);
}

Test(run, a_call_has_the_gradients_that_are_asked_for)
{
    struct bed bed;
    bed_open_with(&bed,
                  "printf(\"%d %s;\", call->n_outputs, call->outputs[0]->name); fflush(stdout);"
                  "const DLTensor *dw = OUT(\"dw\");"
                  "for (int i = 0; i < 4; i++)"
                  "    for (int j = 0; j < 5; j++) {"
                  "        double sum = 0;"
                  "        for (int n = 0; n < 3; n++)"
                  "            sum += get(IN(\"x\"), n, i) * get(IN(\"dy\"), n, j);"
                  "        put(dw, i, j, sum);"
                  "    }",
                  "'-DCAPABILITIES=(VJP_ABI_DETERMINISTIC|VJP_ABI_SOME_GRADIENTS)'",
                  (struct vjp_worker_options){0});
    bed.c.dim[0] = 3;
    bed.c.dim[1] = 4;
    bed.c.dim[2] = 5;
    bed.c.left_out = 1; /* dx */
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    cr_expect_str_eq(bed.seen.log, "1 dw;1 dw;1 dw;");
    cr_expect(!bed.seen.answer[0][BED_DX].data && !bed.seen.answer[1][BED_DX].data);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 5; j++)
            cr_expect_float_eq(bed_value(&bed.seen.answer[1][BED_DW], i * 5 + j),
                               bed_wanted(&bed, BED_DW, i, j), 1e-5);
    }
    bed_close(&bed);
}

Test(run, a_declared_alignment_is_kept)
{
    struct bed bed;
    bed_open_with(&bed,
                  "for (int i = 0; i < 3; i++)"
                  "    if ((uintptr_t)vjp_abi_data(call->inputs[i]->dl) % 32) abort();"
                  "for (int i = 0; i < 2; i++)"
                  "    if ((uintptr_t)vjp_abi_data(call->outputs[i]->dl) % 32) abort();"
                  "answer();",
                  "-DALIGNMENT=32", (struct vjp_worker_options){0});
    bed_run(&bed);
    bed_expect_right(&bed);
    bed.c.slot[BED_W].layout.align = 32;
    bed_run(&bed);
    bed_expect_right(&bed);
    bed.c.slot[BED_W].layout.align = 16;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "the kernel declares alignment 32, the case has w.align=16");
    bed_close(&bed);
}

/* The addresses modulo 64, and that the two placements are two. */
Test(run, a_fixed_align_holds_in_both_placements)
{
    struct bed bed;
    bed_open(&bed,
             "answer(); printf(\"%d,%d \","
             "    (int)((uintptr_t)F(IN(\"x\")) % 64), (int)((uintptr_t)F(IN(\"x\")) / 64 % 64));"
             "fflush(stdout);");
    bed.c.slot[BED_X].layout.align = 20;
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "20,0 20,63 20,63");
    bed_close(&bed);
}

Test(run, data_of_another_case_are_refused)
{
    struct bed bed;
    bed_open(&bed, "answer();");
    bed_values(&bed);
    bed.c.dim[0]++;
    cr_expect_eq(vjp_worker_run(bed.worker, 0, &bed.c, &bed.data, &bed.seen, &bed.error),
                 VJP_ERR_INTERNAL);
    bed.c.dim[0]--;
    cr_expect_eq(vjp_worker_run(bed.worker, 1, &bed.c, &bed.data, &bed.seen, &bed.error),
                 VJP_ERR_INTERNAL);
    bed_close(&bed);
}

/* dy lies in one place and is read-only there; a kernel made for an earlier contract is not asked. */
Test(run, strides_of_zero_are_given_to_who_knows_them)
{
    for (int minor = 3; minor <= 4; minor++) {
        struct bed bed;
        char flags[16];
        snprintf(flags, sizeof flags, "-DMINOR=%d", minor);
        bed_open_with(&bed,
                      "answer(); if (IN(\"dy\")->strides[0] || IN(\"dy\")->strides[1]) result = 7;",
                      flags, (struct vjp_worker_options){0});
        bed.c.slot[BED_DY].layout.expand = 3;
        bed_values(&bed);
        for (int64_t i = 0; i < bed.data.slot[BED_DY].count; i++)
            vjp_tensor_set(&bed.data.slot[BED_DY], i, vjp_bits_from_double(VJP_F32, 3));
        cr_assert_eq(vjp_worker_run(bed.worker, 0, &bed.c, &bed.data, &bed.seen, &bed.error),
                     VJP_OK, "%s", bed.error.text);
        if (minor == 4) {
            bed_expect_right(&bed);
        } else {
            cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
            cr_expect_str_eq(bed.seen.reason, "the plug-in was made for a contract before 1.4, in "
                                              "which no stride is 0");
        }
        bed_close(&bed);
    }
}

#define IN_PLACE "-DMINOR=4 -DCAPABILITIES=VJP_ABI_IN_PLACE -DLAYER='\"square\"'"

/* The answers of a kernel of y = x^2 that does so for each element, on a case in place of which dx is padded. */
static void expect_in_place(const char *act, bool right)
{
    struct bed bed;
    bed_open_with(&bed, act, IN_PLACE, (struct vjp_worker_options){0});
    vjp_case_clear(&bed.c);
    cr_assert_eq(vjp_case_init(&bed.c, vjp_spec_find("square"), VJP_F32, &bed.error), VJP_OK);
    bed.c.dim[0] = 5;
    bed.c.dim[1] = 3;
    bed.c.slot[2].layout.ld_pad = 2;
    bed.c.in_place = true;
    bed_run(&bed);
    cr_assert_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    cr_expect_eq(bed.seen.unwritten_slot, -1);
    cr_expect_not(bed.seen.out_of_bounds.found);
    cr_expect_not(bed.seen.input_changed.found);
    int differ = 0;
    for (int p = 0; p < 2; p++) {
        for (int64_t i = 0; i < 15; i++)
            differ += bed_value(&bed.seen.answer[p][2], i) !=
                      2 * bed_value(&bed.data.slot[0], i) * bed_value(&bed.data.slot[1], i);
    }
    cr_expect_eq(differ == 0, right, "%d", differ);
    bed_close(&bed);
}

Test(run, in_place_dy_is_where_dx_goes)
{
    expect_in_place("if (!call->in_place || vjp_abi_data(IN(\"dy\")) != vjp_abi_data(OUT(\"dx\")))"
                    " { result = 7; return; }"
                    "for (int64_t i = 0; i < 5; i++) for (int64_t j = 0; j < 3; j++)"
                    "put(OUT(\"dx\"), i, j, 2 * get(IN(\"x\"), i, j) * get(IN(\"dy\"), i, j));",
                    true);
    expect_in_place("for (int64_t i = 0; i < 5; i++) for (int64_t j = 0; j < 3; j++)"
                    "put(OUT(\"dx\"), i, j, 0);"
                    "for (int64_t i = 0; i < 5; i++) for (int64_t j = 0; j < 3; j++)"
                    "put(OUT(\"dx\"), i, j, 2 * get(IN(\"x\"), i, j) * get(IN(\"dy\"), i, j));",
                    false);
}

Test(run, in_place_is_declared)
{
    struct bed bed;
    bed_open_with(&bed, "answer();", "-DMINOR=4", (struct vjp_worker_options){0});
    bed.c.dim[0] = bed.c.dim[1] = bed.c.dim[2] = 2;
    bed.c.in_place = true;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "the kernel declares no calls in place");
    bed_close(&bed);
}
