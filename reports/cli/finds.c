/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/finds.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"
#include "reports/cli/account.h"
#include "reports/cli/inquiry.h"
#include "reports/cli/one_hot.h"
#include "reports/cli/picture.h"
#include "reports/cli/reduce.h"
#include "reports/fuzz/interrupt.h"
#include "reports/render/reproduce.h"

#include <inttypes.h>
#include <string.h>

/* Kernels and dtypes whose largest error is told with its case. */
#define WORST_SHOWN 5

/* The group with the largest error of those that are not shown yet; NULL: none is left. */
static const struct vjp_pool_group *next_worst(const struct vjp_pool *pool,
                                               const struct vjp_pool_group *const *shown, int n)
{
    const struct vjp_pool_group *next = NULL;
    for (int i = 0; i < pool->n_groups; i++) {
        const struct vjp_pool_group *group = &pool->group[i];
        bool is_shown = false;
        for (int k = 0; k < n; k++)
            is_shown |= shown[k] == group;
        if (!is_shown && (!next || group->entry[0].ratio > next->entry[0].ratio))
            next = group;
    }
    return next;
}

/* How close right answers came to their bounds. */
void vjp_finds_print_worst(const struct vjp_pool *pool, FILE *out)
{
    const struct vjp_pool_group *shown[WORST_SHOWN];
    for (int n = 0; n < WORST_SHOWN && (shown[n] = next_worst(pool, shown, n)); n++) {
        struct vjp_text line = {0};
        vjp_case_print(&shown[n]->entry[0].c, &line);
        fprintf(out, "%s  %s %s %.3g: %s\n", n == 0 ? "\nlargest errors, of their bounds:\n" : "",
                shown[n]->target, vjp_format(shown[n]->dtype)->name, shown[n]->entry[0].ratio,
                line.failed ? "(out of memory)" : line.data);
        vjp_text_clear(&line);
    }
}

/* So many seconds for making a failure small, and as many for what it depends on. */
#define REDUCE_SECONDS 15

/* And so many for the kernel's Jacobian. */
#define ONE_HOT_SECONDS 6

/* Remarks that say the least are left out. */
#define REMARKS_SHOWN 8

/* What is told of a failure, and the texts that it points to. */
struct telling {
    struct vjp_find_record record;
    struct vjp_text line;       /* the case that failed first */
    struct vjp_account account; /* of the smallest one */
    struct vjp_text program;    /* the command that makes a C file of it */
    struct vjp_one_hot seen;
};

static void clear_telling(struct telling *t)
{
    vjp_text_clear(&t->line);
    vjp_text_clear(&t->program);
    vjp_account_clear(&t->account);
    vjp_one_hot_clear(&t->seen);
}

static void print_reduced(const struct vjp_reduced *reduced, struct vjp_find_record *record,
                          FILE *out)
{
    fprintf(out, "  smallest case%s, after %" PRId64 " runs:\n      %s\n",
            record->complete ? "" : " in this time", record->runs, record->replay);
    if (reduced->reason)
        fprintf(out, "      %s\n", reduced->reason);
    const struct vjp_remarks *remarks = &reduced->explanation.remarks;
    for (int i = 0; i < remarks->count && reduced->has_explanation; i++) {
        if (remarks->at[i].rank == VJP_REMARK_ALWAYS || record->n_near == REMARKS_SHOWN)
            continue;
        fprintf(out, "%s%s\n", record->n_near == 0 ? "  near it: " : "           ",
                remarks->at[i].text);
        record->near[record->n_near++] = remarks->at[i].text;
    }
}

static bool is_about_numbers(enum vjp_verdict verdict)
{
    return verdict == VJP_VERDICT_WRONG || verdict == VJP_VERDICT_INACCURATE;
}

/* What is wrong in the kernel's Jacobian, for a verdict that is about numbers. */
static enum vjp_status tell_jacobian(const struct vjp_failure *failure,
                                     const struct vjp_case *shape, struct telling *t, FILE *out,
                                     struct vjp_error *error)
{
    struct vjp_find_record *record = &t->record;
    if (!is_about_numbers(failure->verdict))
        return VJP_OK;
    const enum vjp_status status =
        vjp_one_hot_look(failure, shape, ONE_HOT_SECONDS, &t->seen, error);
    if (status != VJP_OK)
        return status;
    if (t->seen.line.data) {
        fprintf(out, "  its Jacobian, of %s:\n", t->seen.line.data);
        record->jacobian_of = t->seen.line.data;
    }
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        if (!t->seen.found[i].data)
            continue;
        fprintf(out, "      %s\n", t->seen.found[i].data);
        record->jacobian[record->n_jacobian++] = t->seen.found[i].data;
    }
    return VJP_OK;
}

/* How the smallest case becomes a C file: where one may hold it, the words of the replay but for the command. */
static void tell_program(const struct vjp_case *c, struct telling *t, FILE *out)
{
    static const char run[] = "vjpcheck run ";
    const char *replay = t->record.replay;
    struct vjp_error unused;
    if (strncmp(replay, run, strlen(run)) != 0 || vjp_reproduce_check(c, &unused) != VJP_OK)
        return;
    vjp_text_add(&t->program, "vjpcheck reproduce %s --out fault.c", replay + strlen(run));
    if (t->program.failed)
        return;
    fprintf(out, "  as one C file: %s\n", t->program.data);
    t->record.program = t->program.data;
}

/* The smallest case is on disk before it is shown. */
static enum vjp_status tell_reduced(const struct vjp_reduced *reduced,
                                    const struct vjp_failure *failure,
                                    struct vjp_corpus_folder *corpus, struct telling *t, FILE *out,
                                    struct vjp_error *error)
{
    struct vjp_text comment = {0};
    enum vjp_status status = vjp_account_make(&reduced->shrunk.literal, failure->target,
                                              failure->kernel, NULL, &t->account, error);
    if (status != VJP_OK)
        return status;
    vjp_text_add(&comment, "made small: %s", reduced->reason ? reduced->reason : "");
    if (comment.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else if (corpus)
        status = vjp_hunt_remember(corpus, &t->account.record, comment.data, error);
    t->record.small = t->account.record.line;
    t->record.reason = reduced->reason;
    t->record.replay = t->account.record.replay;
    t->record.runs = reduced->shrunk.runs;
    t->record.complete = reduced->shrunk.complete;
    print_reduced(reduced, &t->record, out);
    fflush(out);
    if (status == VJP_OK && !vjp_interrupt_seen())
        status = tell_jacobian(failure, &reduced->shrunk.shape, t, out, error);
    tell_program(&reduced->shrunk.literal, t, out);
    vjp_text_clear(&comment);
    return status;
}

/* Where the errors stand, in characters and, where svg is not NULL, in a file of its folder. */
static enum vjp_status draw(const struct vjp_failure *failure, const struct vjp_question *question,
                            const struct vjp_finding *finding, const char *svg, FILE *out,
                            struct vjp_error *error)
{
    const struct vjp_case *c = question->c;
    const struct vjp_model *model = &failure->target->info->kernel[failure->kernel].model[c->dtype];
    struct vjp_text path = {0};
    enum vjp_status status = VJP_OK;
    for (int slot = vjp_slot_cotangent(c->spec) + 1; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_measure *m = &finding->judgement.measure[slot];
        char name[VJP_SLOT_NAME_MAX];
        if (!finding->judgement.measured[slot] || m->outside == 0 || m->count > VJP_PICTURE_MAX)
            continue;
        fprintf(out, "  %s:\n", vjp_slot_name(c->spec, slot, name, sizeof name));
        vjp_picture_print(question, model, finding, slot, "    ", out);
    }
    if (!svg)
        return VJP_OK;
    vjp_text_add(&path, "%s/%s-%s-%s-%s.svg", svg, failure->target->info->name,
                 failure->target->info->kernel[failure->kernel].name, vjp_format(c->dtype)->name,
                 vjp_verdict_name(failure->verdict));
    status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                         : vjp_picture_write(question, failure->target, failure->kernel, finding,
                                             path.data, error);
    if (status == VJP_OK)
        fprintf(out, "  drawn in %s\n", path.data);
    vjp_text_clear(&path);
    return status;
}

/* Of a failure that is about numbers, on the case on which it was first seen: there is more to be seen than on the
 * smallest one. It may not fail this time. */
static enum vjp_status tell_picture(const struct vjp_failure *failure,
                                    const struct vjp_hunt_find *find, const char *svg, FILE *out,
                                    struct vjp_error *error)
{
    struct vjp_inquiry inquiry;
    struct vjp_finding finding = {0};
    const struct vjp_kernel_info *kernel = &failure->target->info->kernel[failure->kernel];
    if (!is_about_numbers(failure->verdict))
        return VJP_OK;
    enum vjp_status status =
        vjp_inquiry_make(&find->c, failure->oracle, kernel->kinks, &inquiry, error);
    inquiry.question.scalings = VJP_SCALINGS_NONE;
    if (status == VJP_OK)
        status = vjp_examine(failure->targets, failure->target, failure->kernel, &inquiry.question,
                             &finding, error);
    if (status == VJP_OK && is_about_numbers(finding.judgement.verdict))
        status = draw(failure, &inquiry.question, &finding, svg, out, error);
    vjp_finding_clear(&finding);
    vjp_inquiry_clear(&inquiry);
    return status;
}

static enum vjp_status tell_find(const struct vjp_hunt_plan *plan, struct vjp_targets *targets,
                                 const struct vjp_hunt_find *find, struct vjp_corpus_folder *corpus,
                                 const char *svg, FILE *out, struct vjp_report *report,
                                 struct vjp_error *error)
{
    struct vjp_target *target = &targets->target[find->target];
    const struct vjp_failure failure = {.targets = targets,
                                        .target = target,
                                        .kernel = find->kernel,
                                        /* A failure gets a second opinion where there is one. */
                                        .oracle = plan->oracle == VJP_ORACLE_SWIFT ? VJP_ORACLE_AUTO
                                                                                   : plan->oracle,
                                        .verdict = find->verdict,
                                        .ratio = find->ratio};
    struct vjp_reduced reduced = {.has_explanation = false};
    struct telling t = {.record = {.target = target->label[find->kernel],
                                   .layer = find->c.spec->name,
                                   .dtype = vjp_format(find->c.dtype)->name,
                                   .verdict = find->verdict,
                                   .cases = find->cases,
                                   .seconds = find->seconds}};
    enum vjp_status status = VJP_OK;
    vjp_case_print(&find->c, &t.line);
    t.record.line = t.line.failed ? "" : t.line.data;
    fprintf(out, "%s: %s %s first seen in case %" PRId64 ", after %.2f s\n", t.record.target,
            t.record.dtype, vjp_verdict_name(find->verdict), find->cases, find->seconds);
    fflush(out);
    if (!vjp_interrupt_seen())
        status = tell_picture(&failure, find, svg, out, error);
    if (status == VJP_OK && !vjp_interrupt_seen())
        status = vjp_reduce(&failure, &find->c, REDUCE_SECONDS, REDUCE_SECONDS, &reduced, error);
    if (status == VJP_OK && reduced.shrunk.literal.spec)
        status = tell_reduced(&reduced, &failure, corpus, &t, out, error);
    if (status == VJP_OK && report)
        status = vjp_report_add_find(report, &t.record, error);
    clear_telling(&t);
    vjp_reduced_clear(&reduced);
    return status;
}

enum vjp_status vjp_finds_tell(const struct vjp_hunt_plan *plan, struct vjp_targets *targets,
                               const struct vjp_hunt *hunt, struct vjp_corpus_folder *corpus,
                               const char *svg, FILE *out, struct vjp_report *report,
                               struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < hunt->n_finds && status == VJP_OK; i++)
        status = tell_find(plan, targets, &hunt->find[i], corpus, svg, out, report, error);
    if (hunt->n_finds > 0 && corpus && !corpus->is_short)
        fprintf(out, "these cases are in %s, and will be asked first the next time\n",
                corpus->path);
    for (int i = 0; i < hunt->n_given_up; i++)
        fprintf(out, "%s failed in %d cases and was asked no more\n", hunt->given_up[i],
                VJP_HUNT_FAILURES_MAX);
    return status;
}
