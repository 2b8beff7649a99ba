/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three steps of a call: what lies in the windows before, what is taken out after. */
#include "impls/host/session.h"

#include "tests/impls/host/plant.h"

static void open_session(struct bed *bed, struct vjp_session *session, struct vjp_answers *answers)
{
    bed_values(bed);
    cr_assert_eq(vjp_session_open(session, bed->worker, 0, &bed->c, &bed->data, &bed->error),
                 VJP_OK);
    cr_assert_eq(session->seen.outcome, VJP_COMPLETED, "%s", session->seen.reason);
    cr_assert_eq(vjp_session_init_answers(session, answers, &bed->error), VJP_OK);
}

/* The plant adds 1 to what dx[0,0] holds: the operands stay, and the outputs are poisoned once. */
Test(session, calls_after_one_preparation_see_what_the_ones_before_left)
{
    struct bed bed;
    struct vjp_session session;
    struct vjp_answers answers = {0};
    bed_open(&bed, "const float old = F(OUT(\"dx\"))[0]; answer();"
                   "F(OUT(\"dx\"))[0] = old == old ? old + 1 : 1;");
    open_session(&bed, &session, &answers);
    for (int placement = 0; placement < 2; placement++) {
        cr_assert(vjp_session_prepare(&session, (enum vjp_placement)placement, VJP_POISON_NAN));
        cr_expect(vjp_session_call(&session, (enum vjp_placement)placement, true, 4));
        cr_expect(vjp_session_call(&session, (enum vjp_placement)placement, false, 3));
        vjp_session_collect(&session, (enum vjp_placement)placement, &answers);
        cr_expect_eq(bed_value(&answers.slot[BED_DX], 0), 7);
        cr_expect_eq(bed_value(&answers.slot[BED_DX], 1), bed_wanted(&bed, BED_DX, 0, 1));
    }
    vjp_session_close(&session);
    cr_expect_eq(vjp_worker_age(bed.worker), 1);
    cr_expect_not(session.seen.out_of_bounds.found);
    vjp_answers_clear(&answers);
    bed_close(&bed);
}

Test(session, a_write_between_two_calls_is_seen_before_the_next)
{
    struct bed bed;
    struct vjp_session session;
    struct vjp_answers answers = {0};
    bed_open(&bed, "static float *at;\n"
                   "static void *late(void *p) { usleep(50000); *at = 3; return p; }\n"
                   "static void act(void) { pthread_t t; answer(); at = F(OUT(\"dx\"));"
                   "    pthread_create(&t, 0, late, 0); }");
    open_session(&bed, &session, &answers);
    cr_assert(vjp_session_prepare(&session, VJP_LEFT, VJP_POISON_NAN));
    cr_expect(vjp_session_call(&session, VJP_LEFT, true, 1));
    vjp_session_collect(&session, VJP_LEFT, &answers);
    usleep(200000);
    cr_expect_not(vjp_session_prepare(&session, VJP_LEFT, VJP_POISON_NAN));
    cr_expect_eq(session.seen.outcome, VJP_REFUSED);
    cr_expect_str_eq(session.seen.reason,
                     "wrote to the memory of dx after an earlier call had returned");
    vjp_session_close(&session);
    vjp_answers_clear(&answers);
    bed_close(&bed);
}

Test(session, a_kernel_that_cannot_be_asked_is_told)
{
    struct bed bed;
    struct vjp_session session;
    bed_open(&bed, "answer();");
    bed_values(&bed);
    cr_expect_eq(vjp_session_open(&session, bed.worker, 1, &bed.c, &bed.data, &bed.error),
                 VJP_ERR_INTERNAL);
    bed.c.dtype = VJP_BF16;
    cr_expect_eq(vjp_session_open(&session, bed.worker, 0, &bed.c, &bed.data, &bed.error), VJP_OK);
    cr_expect_eq(session.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(session.seen.reason, "the kernel declares no model for bf16");
    bed.c.dtype = VJP_F32;
    bed.c.left_out = 1;
    cr_expect_eq(vjp_session_open(&session, bed.worker, 0, &bed.c, &bed.data, &bed.error), VJP_OK);
    cr_expect_eq(session.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(session.seen.reason, "the kernel declares no calls for some of the gradients");
    bed_close(&bed);
}
