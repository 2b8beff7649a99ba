/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/kill.h"

#include "cases/gen/suite.h"
#include "reports/cli/account.h"
#include "reports/cli/jury.h"
#include "reports/cli/reduce.h"
#include "reports/cli/trial.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vjp_victim_clear(struct vjp_victim *victim)
{
    vjp_kill_clear(&victim->kill);
    vjp_case_clear(&victim->c);
    free(victim->path);
    *victim = (struct vjp_victim){0};
}

static enum vjp_status open_plant(struct vjp_victim *victim, const struct vjp_kill_plan *plan,
                                  struct vjp_targets *out, struct vjp_error *error)
{
    char *path = NULL;
    if (!victim->path && asprintf(&path, "%s/%s.so", plan->folder, victim->kill.plant->name) < 0)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    victim->path = victim->path ? victim->path : path;
    const char *const names[] = {victim->path};
    return vjp_targets_open(names, 1, false, VJP_KILL_TIMEOUT, out, error);
}

struct hearing {
    struct vjp_ballot *ballot;
    struct vjp_target *target;
};

static enum vjp_status ask_jury(void *env, int kernel, const struct vjp_question *question,
                                const struct vjp_finding *finding, struct vjp_error *error)
{
    const struct hearing *hearing = env;
    return vjp_jury_defect(hearing->ballot, hearing->target, kernel, question, finding, error);
}

/* The first failure that catches the plant stays. */
static void take_over(struct vjp_victim *victim, struct vjp_trial *trial)
{
    struct vjp_kill *kill = &victim->kill;
    if (trial->has_other && !kill->has_other) {
        kill->has_other = true;
        kill->other = trial->other;
    }
    if (!trial->result.caught || victim->c.spec)
        return;
    victim->c = trial->c;
    victim->kernel = trial->kernel;
    victim->ratio = trial->ratio;
    free(kill->replay);
    kill->replay = trial->replay;
    trial->c = (struct vjp_case){0};
    trial->replay = NULL;
}

static enum vjp_status list_pinned(const struct vjp_plant *plant, struct vjp_case_list *out,
                                   struct vjp_error *error)
{
    return plant->cases ? vjp_case_list_read_text(out, plant->name, plant->cases, error)
                        : vjp_suite_add_corpus(out, error);
}

static enum vjp_status try_pinned(struct vjp_victim *victim, const struct vjp_trial *base,
                                  double seconds, struct vjp_error *error)
{
    struct vjp_case_list cases = {0};
    struct vjp_trial trial = *base;
    enum vjp_status status = list_pinned(victim->kill.plant, &cases, error);
    if (status == VJP_OK)
        status = vjp_trial_list(&trial, &cases, seconds, error);
    victim->kill.pinned = trial.result.caught;
    victim->kill.pinned_verdict = trial.result.verdict;
    take_over(victim, &trial);
    vjp_trial_clear(&trial);
    vjp_case_list_clear(&cases);
    return status;
}

/* What asks the same again, for who is told that it found nothing. */
static enum vjp_status set_replay(struct vjp_kill *kill, const struct vjp_target *target,
                                  const struct vjp_campaign *campaign, int64_t cases,
                                  struct vjp_error *error)
{
    struct vjp_text text = {0};
    vjp_text_add(&text, "vjpcheck fuzz ");
    vjp_escape_shell(&text, target->name);
    vjp_text_add(&text,
                 " --seed 0x%" PRIx64 " --cases %" PRId64 " --max-dim %" PRId64
                 " --climb 0 --timeout %g",
                 campaign->seed, cases, campaign->dim_max, VJP_KILL_TIMEOUT);
    if (text.failed) {
        vjp_text_clear(&text);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    free(kill->replay);
    kill->replay = text.data;
    return VJP_OK;
}

enum vjp_status vjp_victim_try(struct vjp_victim *victim, const struct vjp_kill_plan *plan,
                               double seconds, struct vjp_ballot *ballot, struct vjp_error *error)
{
    struct vjp_kill *kill = &victim->kill;
    struct vjp_targets targets = {0};
    const int number = kill->tries++;
    if (!(seconds > 0))
        return VJP_OK;
    enum vjp_status status = open_plant(victim, plan, &targets, error);
    if (status != VJP_OK)
        return status;
    struct hearing hearing = {ballot, &targets.target[0]};
    const struct vjp_trial base = {.targets = &targets,
                                   .named = kill->plant->verdict,
                                   .witness = victim->c.spec ? NULL : ask_jury,
                                   .env = &hearing};
    struct vjp_trial trial = base;
    struct vjp_campaign campaign = plan->campaign;
    campaign.seed += (uint64_t)number;
    status = vjp_trial_campaign(&trial, &campaign, plan->cases, seconds, error);
    kill->attempt[number] = trial.result;
    take_over(victim, &trial);
    vjp_trial_clear(&trial);
    if (status == VJP_OK && !kill->replay)
        status =
            set_replay(kill, &targets.target[0], &campaign, kill->attempt[number].cases, error);
    if (status == VJP_OK && number == 0 && !kill->attempt[0].caught)
        status = try_pinned(victim, &base, seconds, error);
    vjp_targets_close(&targets);
    return status;
}

static enum vjp_status measure(struct vjp_victim *victim, const struct vjp_reduced *reduced,
                               const struct vjp_target *target, struct vjp_error *error)
{
    struct vjp_kill *kill = &victim->kill;
    const struct vjp_case *c = &reduced->shrunk.literal;
    struct vjp_account account = {0};
    const enum vjp_status status =
        vjp_account_make(c, target, victim->kernel, NULL, &account, error);
    if (status != VJP_OK)
        return status;
    kill->has_size = true;
    kill->elements = account.record.elements;
    kill->dims = 0;
    for (int d = 0; d < c->spec->n_dims; d++)
        kill->dims += vjp_case_has_dim(c, d) ? c->dim[d] : 0;
    free(kill->replay);
    kill->replay = strdup(account.record.replay);
    vjp_account_clear(&account);
    return kill->replay ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

enum vjp_status vjp_victim_shrink(struct vjp_victim *victim, const struct vjp_kill_plan *plan,
                                  double seconds, struct vjp_error *error)
{
    struct vjp_targets targets = {0};
    struct vjp_reduced reduced = {.has_explanation = false};
    if (!victim->c.spec || !(seconds > 0))
        return VJP_OK;
    enum vjp_status status = open_plant(victim, plan, &targets, error);
    if (status != VJP_OK)
        return status;
    const struct vjp_failure failure = {.targets = &targets,
                                        .target = &targets.target[0],
                                        .kernel = victim->kernel,
                                        .verdict = vjp_kill_verdict(&victim->kill),
                                        .ratio = victim->ratio};
    status = vjp_reduce(&failure, &victim->c, seconds, 0, &reduced, error);
    if (status == VJP_OK && reduced.shrunk.literal.spec)
        status = measure(victim, &reduced, &targets.target[0], error);
    vjp_reduced_clear(&reduced);
    vjp_targets_close(&targets);
    return status;
}
