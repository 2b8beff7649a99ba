/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/account.h"

#include "cases/line/parse.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <stdlib.h>

/* Elements of all tensors of the case. The case is valid: the products fit. */
static int64_t count_elements(const struct vjp_case *c)
{
    int64_t elements = 0;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        int64_t count;
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        if (vjp_shape_count(&shape, &count, NULL) == VJP_OK)
            elements += count;
    }
    return elements;
}

static void add_gradients(struct vjp_record *record, const struct vjp_case *c,
                          const struct vjp_judgement *judgement)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (!judgement->measured[slot])
            continue;
        const struct vjp_measure *m = &judgement->measure[slot];
        struct vjp_record_gradient *gradient = &record->gradient[record->n_gradients++];
        *gradient = (struct vjp_record_gradient){.count = m->count,
                                                 .compared = m->compared,
                                                 .correct = m->correct,
                                                 .outside = m->outside,
                                                 .excused = m->excused,
                                                 .unresolved = m->unresolved,
                                                 .trivial = m->trivial,
                                                 .worst_ulp = m->worst_ulp,
                                                 .worst_relative = m->worst_relative,
                                                 .worst_backward = m->worst_backward,
                                                 .worst_ratio = m->worst_ratio};
        for (int by = 0; by < VJP_SETTLED_COUNT; by++)
            gradient->settled[by] = m->settled[by];
        vjp_slot_name(c->spec, slot, gradient->name, sizeof gradient->name);
    }
}

enum vjp_status vjp_account_make(const struct vjp_case *c, const struct vjp_target *target,
                                 int kernel, const struct vjp_finding *finding,
                                 struct vjp_account *out, struct vjp_error *error)
{
    struct vjp_account account = {0};
    vjp_case_print(c, &account.line);
    if (!account.line.failed) {
        vjp_text_add(&account.replay, "vjpcheck run ");
        vjp_escape_shell(&account.replay, account.line.data);
        vjp_text_add(&account.replay, " --kernel ");
        vjp_escape_shell(&account.replay, target->label[kernel]);
        /* A process that is asked once is a fresh one. */
        if (finding && finding->judgement.verdict == VJP_VERDICT_STATE_DEPENDENT)
            vjp_text_add(&account.replay, " --repeat %" PRId64, finding->age + 1);
    }
    if (account.line.failed || account.replay.failed) {
        vjp_account_clear(&account);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    account.record = (struct vjp_record){.line = account.line.data,
                                         .target = target->label[kernel],
                                         .plugin = target->info->name,
                                         .kernel = target->info->kernel[kernel].name,
                                         .layer = c->spec->name,
                                         .dtype = vjp_format(c->dtype)->name,
                                         .ran = finding != NULL,
                                         .reason = "the kernel hung too often",
                                         .replay = account.replay.data,
                                         .elements = count_elements(c)};
    if (finding) {
        account.record.verdict = finding->judgement.verdict;
        account.record.reason = finding->judgement.reason;
        account.record.scaled = finding->scaling.scaled == VJP_SCALED_ASKED;
        account.record.unscaled = finding->scaling.scaled == VJP_SCALED_SKIPPED;
        account.record.rows = finding->rows[0] ? finding->rows : NULL;
        add_gradients(&account.record, c, &finding->judgement);
    }
    *out = account;
    return VJP_OK;
}

enum vjp_status vjp_account_add_evidence(struct vjp_account *account,
                                         const struct vjp_question *question,
                                         struct vjp_target *target, int kernel,
                                         const struct vjp_finding *finding, struct vjp_error *error)
{
    if (!account->record.ran || !vjp_verdict_is_failure(account->record.verdict))
        return VJP_OK;
    return vjp_evidence_add(question, &target->info->kernel[kernel], finding,
                            &target->mapped[kernel], &account->record, &account->evidence, error);
}

void vjp_account_clear(struct vjp_account *account)
{
    free(account->evidence);
    vjp_text_clear(&account->line);
    vjp_text_clear(&account->replay);
    *account = (struct vjp_account){0};
}
