/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/hunt.h"

#include "cases/base/stream.h"
#include "cases/base/text.h"
#include "cases/gen/mutate.h"
#include "cases/gen/random.h"
#include "cases/line/parse.h"
#include "reports/bench/clock.h"
#include "reports/cli/pairs.h"
#include "reports/cli/pipeline.h"
#include "reports/fuzz/interrupt.h"

#include <stdlib.h>
#include <string.h>

/* Cases that are drawn before any of them is asked: enough that the threads which derive the truth always have some. */
#define BATCH 256

/* Where the cases at hand come from. */
enum phase { REPLAYS, CAMPAIGN, TILES, CLIMB };

struct state {
    const struct vjp_hunt_plan *plan;
    struct vjp_targets *targets;
    struct vjp_corpus_folder *corpus;
    struct vjp_hunt *hunt;
    struct vjp_pairs pairs;
    int64_t next;  /* the campaign's next case, as the pairs number them */
    int64_t asked; /* cases, those from the corpus with them */
    enum phase phase;
    double start; /* on the monotonic clock */
    bool over;
};

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a campaign");
}

void vjp_hunt_clear(struct vjp_hunt *hunt)
{
    vjp_census_clear(&hunt->census);
    vjp_pool_clear(&hunt->worst);
    for (int i = 0; i < hunt->n_finds; i++) {
        vjp_case_clear(&hunt->find[i].c);
        free(hunt->find[i].reason);
    }
    free(hunt->find);
    free(hunt->given_up);
    *hunt = (struct vjp_hunt){0};
}

/* Draws the next cases of this shard; none where there are no more. */
static enum vjp_status draw_batch(struct state *s, struct vjp_case_list *out,
                                  struct vjp_error *error)
{
    const struct vjp_hunt_plan *plan = s->plan;
    enum vjp_status status = VJP_OK;
    while (out->count < BATCH && status == VJP_OK) {
        const int64_t i = s->next / s->pairs.count;
        const struct vjp_pair *pair = &s->pairs.pair[s->next % s->pairs.count];
        struct vjp_case c = {0};
        if ((plan->cases >= 0 && s->next >= plan->cases) || i > UINT32_MAX)
            return VJP_OK;
        const int64_t number = s->next++;
        if (i % plan->shards != plan->shard ||
            !vjp_targets_serve(s->targets, pair->spec, pair->dtype))
            continue;
        status = vjp_pairs_draw(&s->pairs, &plan->campaign, number, plan->oracle, &c, error);
        if (status == VJP_OK)
            status = vjp_case_list_add(out, &c, error);
        vjp_case_clear(&c);
        if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
            s->hunt->discarded++;
            status = VJP_OK;
        }
    }
    return status;
}

/* Beside every so many-th case of a layer and dtype there is one at the sizes of tiles, of each kernel that declares
 * some. */
#define TILED_EVERY 10

#define TILES_SALT UINT64_C(0x51f0c6d2a97b384e)

/* Adds case i at the sizes of the kernel's tiles: a pure function of the campaign's seed, the tiles and i. */
static enum vjp_status draw_tiled(const struct state *s, const struct vjp_kernel_info *kernel,
                                  const struct vjp_pair *pair, int64_t i, struct vjp_case_list *out,
                                  struct vjp_error *error)
{
    const struct vjp_campaign campaign = {.seed = s->plan->campaign.seed ^ TILES_SALT,
                                          .dim_max = s->plan->campaign.dim_max,
                                          .tiles = kernel->tiles,
                                          .n_tiles = kernel->n_tiles};
    struct vjp_case c = {0};
    enum vjp_status status = vjp_campaign_case(&campaign, pair->spec, pair->dtype, i, &c, error);
    if (status == VJP_OK)
        status = vjp_truth_check(&c, s->plan->oracle, error);
    if (status == VJP_OK)
        status = vjp_case_list_add(out, &c, error);
    vjp_case_clear(&c);
    if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT) {
        s->hunt->discarded++;
        return VJP_OK;
    }
    return status;
}

/* Those that belong beside case number n of the campaign. */
static enum vjp_status draw_beside(const struct state *s, int64_t n, struct vjp_case_list *out,
                                   struct vjp_error *error)
{
    const int64_t i = n / s->pairs.count;
    const struct vjp_pair *pair = &s->pairs.pair[n % s->pairs.count];
    enum vjp_status status = VJP_OK;
    if (i % TILED_EVERY != 0 || i % s->plan->shards != s->plan->shard)
        return VJP_OK;
    for (int t = 0; t < s->targets->count; t++) {
        const struct vjp_target *target = &s->targets->target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            const struct vjp_kernel_info *kernel = &target->info->kernel[k];
            if (kernel->n_tiles > 0 && target->selected[k] && kernel->has_model[pair->dtype] &&
                vjp_spec_find(kernel->layer) == pair->spec)
                status = draw_tiled(s, kernel, pair, i, out, error);
        }
    }
    return status;
}

/* Cases near those with the largest errors, of every kernel and dtype in turn. What is drawn depends on the campaign's
 * seed, the shard, and what was found so far. */
static enum vjp_status draw_climb(struct state *s, int64_t count, struct vjp_case_list *out,
                                  struct vjp_error *error)
{
    const struct vjp_pool *pool = &s->hunt->worst;
    const uint64_t seed = vjp_mix64(s->plan->campaign.seed) + (uint64_t)s->plan->shard;
    struct vjp_random random;
    enum vjp_status status =
        vjp_random_init(&random, vjp_stream_seed(seed, (uint32_t)s->next), error);
    if (status != VJP_OK)
        return status;
    for (int64_t i = 0; i < count && pool->n_groups > 0 && status == VJP_OK; i++) {
        const struct vjp_pool_group *group = &pool->group[i % pool->n_groups];
        const int which = (int)vjp_random_below(&random.rng, (uint64_t)group->count);
        struct vjp_case c = {0};
        status = vjp_mutate_case(&random.rng, &group->entry[which].c, s->plan->campaign.dim_max, &c,
                                 error);
        if (status == VJP_OK && vjp_truth_check(&c, s->plan->oracle, error) == VJP_OK)
            status = vjp_case_list_add(out, &c, error);
        vjp_case_clear(&c);
    }
    vjp_random_clear(&random);
    return status;
}

static enum vjp_status before(void *env, const struct vjp_case *c, bool *go_on,
                              struct vjp_error *error)
{
    struct state *s = env;
    struct vjp_text line = {0};
    s->hunt->interrupted = vjp_interrupt_seen();
    s->over = s->hunt->interrupted != 0 || (s->plan->seconds > 0 && s->phase != REPLAYS &&
                                            vjp_clock_now() - s->start >= s->plan->seconds);
    *go_on = !s->over;
    if (s->over)
        return VJP_OK;
    s->asked++;
    vjp_case_print(c, &line);
    enum vjp_status status =
        line.failed ? fail_memory(error) : vjp_corpus_run(s->corpus, line.data, error);
    vjp_text_clear(&line);
    s->hunt->replayed += s->phase == REPLAYS;
    s->hunt->tiled += s->phase == TILES;
    s->hunt->climbed += s->phase == CLIMB;
    if (status == VJP_OK && s->phase == CAMPAIGN)
        status = vjp_census_add(&s->hunt->census, c, error);
    return status;
}

static bool is_found(const struct vjp_hunt *hunt, const struct vjp_hunt_find *find,
                     const struct vjp_case *c)
{
    for (int i = 0; i < hunt->n_finds; i++) {
        const struct vjp_hunt_find *other = &hunt->find[i];
        if (other->target == find->target && other->kernel == find->kernel &&
            other->verdict == find->verdict && other->c.dtype == c->dtype)
            return true;
    }
    return false;
}

enum vjp_status vjp_hunt_keep(struct vjp_hunt *hunt, const struct vjp_hunt_find *find,
                              const struct vjp_case *c, const char *reason, bool *is_new,
                              struct vjp_error *error)
{
    *is_new = !is_found(hunt, find, c);
    if (!*is_new)
        return VJP_OK;
    struct vjp_hunt_find *grown = realloc(hunt->find, ((size_t)hunt->n_finds + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    hunt->find = grown;
    struct vjp_hunt_find kept = *find;
    kept.c = (struct vjp_case){0};
    kept.reason = strdup(reason);
    const enum vjp_status status =
        kept.reason ? vjp_case_copy(&kept.c, c, error) : fail_memory(error);
    if (status == VJP_OK)
        hunt->find[hunt->n_finds++] = kept;
    else
        free(kept.reason);
    return status;
}

double vjp_hunt_ratio(const struct vjp_record *record)
{
    double ratio = 0;
    for (int i = 0; i < record->n_gradients; i++) {
        if (record->gradient[i].worst_ratio > ratio)
            ratio = record->gradient[i].worst_ratio;
    }
    return ratio;
}

enum vjp_status vjp_hunt_remember(struct vjp_corpus_folder *corpus, const struct vjp_record *record,
                                  const char *comment, struct vjp_error *error)
{
    struct vjp_text name = {0};
    vjp_text_add(&name, "%s-%s", record->plugin, record->kernel);
    const enum vjp_status status =
        name.failed ? fail_memory(error)
                    : vjp_corpus_add(corpus, name.data, comment, record->line, error);
    vjp_text_clear(&name);
    return status;
}

/* A failure that is the first of its kind is on disk before anything else is done with it, and told at the end where the
 * disk is full. */
static enum vjp_status after(void *env, const struct vjp_case *c, struct vjp_target *target,
                             int kernel, const struct vjp_record *record, struct vjp_error *error)
{
    struct state *s = env;
    struct vjp_text comment = {0};
    struct vjp_hunt_find find = {.target = (int)(target - s->targets->target),
                                 .kernel = kernel,
                                 .verdict = record->verdict,
                                 .ratio = vjp_hunt_ratio(record),
                                 .cases = s->asked,
                                 .seconds = vjp_clock_now() - s->start};
    s->hunt->scaled += record->scaled;
    s->hunt->unscaled += record->unscaled;
    if (record->ran && record->verdict == VJP_VERDICT_PASS)
        return vjp_pool_add(&s->hunt->worst, record->target, c, vjp_hunt_ratio(record), error);
    if (!record->ran || !vjp_verdict_is_failure(record->verdict))
        return VJP_OK;
    target->failed[kernel]++;
    if (is_found(s->hunt, &find, c))
        return VJP_OK;
    bool is_new;
    enum vjp_status status = vjp_hunt_keep(s->hunt, &find, c, record->reason, &is_new, error);
    vjp_text_add(&comment, "%s: %s: %s", record->target, vjp_verdict_name(record->verdict),
                 record->reason);
    if (status == VJP_OK)
        status = comment.failed ? fail_memory(error)
                                : vjp_hunt_remember(s->corpus, record, comment.data, error);
    vjp_text_clear(&comment);
    return status;
}

/* Kernels that failed too often. Between batches: threads that derive the truth look at what is selected. */
static enum vjp_status give_up(struct state *s, struct vjp_error *error)
{
    for (int t = 0; t < s->targets->count; t++) {
        struct vjp_target *target = &s->targets->target[t];
        for (int k = 0; k < target->info->n_kernels; k++) {
            if (!target->selected[k] || target->failed[k] < VJP_HUNT_FAILURES_MAX)
                continue;
            char **grown =
                realloc(s->hunt->given_up, ((size_t)s->hunt->n_given_up + 1) * sizeof *grown);
            if (!grown)
                return fail_memory(error);
            s->hunt->given_up = grown;
            grown[s->hunt->n_given_up++] = target->label[k];
            target->selected[k] = false;
        }
    }
    return VJP_OK;
}

static bool any_served(const struct state *s)
{
    bool any = false;
    for (int i = 0; i < s->pairs.count; i++)
        any |= vjp_targets_serve(s->targets, s->pairs.pair[i].spec, s->pairs.pair[i].dtype);
    return any;
}

static enum vjp_status ask(struct state *s, const struct vjp_case_list *cases,
                           struct vjp_report *report, struct vjp_error *error)
{
    const struct vjp_pipeline_watch watch = {before, after, s};
    const struct vjp_pipeline pipeline = {.cases = cases,
                                          .targets = s->targets,
                                          .oracle = s->plan->oracle,
                                          .jobs = s->plan->jobs,
                                          .report = report,
                                          .watch = &watch};
    const enum vjp_status status = vjp_pipeline_run(&pipeline, error);
    return status == VJP_OK ? give_up(s, error) : status;
}

/* The campaign's next cases, and the share of the budget that climbs. */
static enum vjp_status ask_batch(struct state *s, struct vjp_report *report, bool *any,
                                 struct vjp_error *error)
{
    struct vjp_case_list batch = {0}, tiles = {0}, climb = {0};
    const int64_t from = s->next;
    s->phase = CAMPAIGN;
    enum vjp_status status = draw_batch(s, &batch, error);
    *any = batch.count > 0;
    if (status == VJP_OK && *any)
        status = ask(s, &batch, report, error);
    for (int64_t n = from; n < s->next && status == VJP_OK && !s->over; n++)
        status = draw_beside(s, n, &tiles, error);
    s->phase = TILES;
    if (status == VJP_OK && tiles.count > 0)
        status = ask(s, &tiles, report, error);
    if (status == VJP_OK && !s->over)
        status = draw_climb(s, (int64_t)batch.count * s->plan->climb / 100, &climb, error);
    s->phase = CLIMB;
    if (status == VJP_OK && climb.count > 0)
        status = ask(s, &climb, report, error);
    vjp_case_list_clear(&batch);
    vjp_case_list_clear(&tiles);
    vjp_case_list_clear(&climb);
    return status;
}

static enum vjp_status ask_campaign(struct state *s, struct vjp_report *report,
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    bool any = true;
    while (status == VJP_OK && any && !s->over && any_served(s))
        status = ask_batch(s, report, &any, error);
    return status;
}

enum vjp_status vjp_hunt_run(const struct vjp_hunt_plan *plan, struct vjp_targets *targets,
                             const struct vjp_case_list *replays, struct vjp_corpus_folder *corpus,
                             struct vjp_report *report, struct vjp_hunt *out,
                             struct vjp_error *error)
{
    struct state s = {.plan = plan,
                      .targets = targets,
                      .corpus = corpus,
                      .hunt = out,
                      .phase = REPLAYS,
                      .start = vjp_clock_now()};
    *out = (struct vjp_hunt){0};
    enum vjp_status status = vjp_pairs_list(targets, plan->layer, plan->dtype, &s.pairs, error);
    if (status == VJP_OK)
        status = ask(&s, replays, report, error);
    if (status == VJP_OK)
        status = ask_campaign(&s, report, error);
    out->seconds = vjp_clock_now() - s.start;
    vjp_pairs_clear(&s.pairs);
    return status;
}
