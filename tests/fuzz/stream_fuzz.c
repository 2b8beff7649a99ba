/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "check --json", "fuzz --json", studies, self-tests and "coverage" wrote, as "merge" and "report" read it, line by
 * line: what is read is whole, and reads the same when it is written again; a campaign can be added to others; and what is
 * refused is told on one line. */
#include "reports/render/json.h"
#include "reports/render/stream.h"
#include "reports/study/tree.h"
#include "tests/fuzz/memory.h"

static void check_record(const struct vjp_record *r)
{
    FUZZ_EXPECT(r->line && r->target && r->plugin && r->kernel && r->layer && r->dtype, "a name");
    FUZZ_EXPECT(r->reason && r->replay, "a text");
    FUZZ_EXPECT(r->n_gradients >= 0 && r->n_gradients <= VJP_MAX_INPUTS, "%d", r->n_gradients);
    FUZZ_EXPECT(r->ran ? !r->left_out && r->verdict < VJP_VERDICT_COUNT : true, "a verdict");
    FUZZ_EXPECT(vjp_record_verdict(r), "a word");
    for (int i = 0; i < r->n_gradients; i++) {
        const struct vjp_record_gradient *g = &r->gradient[i];
        FUZZ_EXPECT(strnlen(g->name, sizeof g->name) < sizeof g->name, "a name");
        FUZZ_EXPECT(g->count >= 0 && g->compared >= 0 && g->outside >= 0, "counts");
        FUZZ_EXPECT(!g->map.cells || strlen(g->map.cells) <= 24 * 48, "a map");
        FUZZ_EXPECT(!g->worst.element || (g->worst.got && g->worst.exact), "an element");
    }
}

static void check_campaign(const struct vjp_campaign_record *c)
{
    struct vjp_census both = {0};
    struct vjp_error error = {""};
    FUZZ_EXPECT(c->shard >= 0 && c->shard < c->shards, "shard");
    for (int i = 0; i < c->census->n_layers; i++) {
        const struct vjp_census_layer *layer = &c->census->layer[i];
        for (int d = 0; d < layer->spec->n_dims; d++)
            FUZZ_EXPECT(vjp_census_visited(layer, d) <= VJP_CENSUS_CELLS, "cells");
    }
    FUZZ_EXPECT(vjp_census_merge(&both, c->census, &error) == VJP_OK, "%s", error.text);
    FUZZ_EXPECT(both.n_layers == c->census->n_layers, "layers");
    vjp_census_clear(&both);
}

static void check_order(const struct vjp_order_record *o)
{
    FUZZ_EXPECT(o->kernel && o->layer && o->dtype && o->gradient && o->line, "a name");
    FUZZ_EXPECT(o->failure && o->certificate, "a text");
    FUZZ_EXPECT(o->elements >= 0 && o->certified >= 0 && o->calls >= 0, "counts");
    for (int i = 0; i < o->n_trees; i++) {
        const struct vjp_order_tree_record *t = &o->tree[i];
        struct vjp_tree tree = {0};
        struct vjp_error error = {""};
        FUZZ_EXPECT(t->element && t->outcome && t->reason && t->differs, "a text");
        FUZZ_EXPECT(!t->replayed || t->arithmetic, "an arithmetic");
        if (!t->tree)
            continue;
        FUZZ_EXPECT(t->name && t->rounding && t->subnormals, "a text");
        FUZZ_EXPECT(vjp_tree_parse(t->tree, (int)t->terms, &tree, &error) == VJP_OK, "%s",
                    error.text);
        vjp_tree_clear(&tree);
    }
}

static void check_point(const struct vjp_study_point *p)
{
    FUZZ_EXPECT(p->key && p->kernel && p->layer && p->dtype && p->accumulate, "a name");
    FUZZ_EXPECT(p->gradient && p->values && p->axis, "a name");
    FUZZ_EXPECT(p->why || (p->dim && p->example && p->model), "a text");
    FUZZ_EXPECT(p->figures.elements >= 0 && p->figures.lost >= 0 && p->outside >= 0, "counts");
}

static void check_selftest(const struct vjp_stream_line *line)
{
    const struct vjp_plant_record *p = &line->plant;
    if (line->type == VJP_STREAM_PLANT || line->type == VJP_STREAM_PLANT_SO_FAR)
        FUZZ_EXPECT(p->name && p->replay && p->kill.tries <= VJP_TRIES_MAX &&
                        vjp_fate_name(vjp_kill_fate(&p->kill)) &&
                        vjp_kill_verdict(&p->kill) < VJP_VERDICT_COUNT,
                    "a plant");
    else if (line->type == VJP_STREAM_RULE)
        FUZZ_EXPECT(line->rule.rule && line->rule.source && line->rule.right.accept >= 0, "a rule");
    else if (line->type == VJP_STREAM_ALARM)
        FUZZ_EXPECT(line->alarm.target && line->alarm.reason && line->alarm.replay, "an alarm");
    else if (line->type == VJP_STREAM_CORRECT_SO_FAR)
        FUZZ_EXPECT(line->selftest.correct_verdicts >= 0 && line->selftest.false_alarms >= 0,
                    "counts");
    else
        FUZZ_EXPECT(line->selftest.version && line->selftest.seeds >= 0, "a conclusion");
}

static void check_coverage(const struct vjp_coverage *c)
{
    const struct vjp_coverage_totals t = vjp_coverage_count(c);
    FUZZ_EXPECT(t.ran >= 0 && t.ran <= t.lines && t.taken >= 0 && t.taken <= t.branches, "counts");
    for (int f = 0; f < c->count; f++) {
        const struct vjp_coverage_file *file = &c->file[f];
        FUZZ_EXPECT(file->path, "a path");
        for (int i = 0; i < file->count; i++) {
            FUZZ_EXPECT(file->line[i].number > 0, "line %d", file->line[i].number);
            FUZZ_EXPECT(i == 0 || file->line[i - 1].number <= file->line[i].number, "order");
            FUZZ_EXPECT(vjp_coverage_text(file, file->line[i].number), "a text");
        }
        for (int i = 0; i < file->n_gaps; i++)
            FUZZ_EXPECT(vjp_coverage_text(file, file->gap[i].guard), "a text");
    }
}

static void check_line(const struct vjp_stream_line *line)
{
    switch (line->type) {
    case VJP_STREAM_CHECK:
        check_record(&line->record);
        break;
    case VJP_STREAM_CAMPAIGN:
        check_campaign(&line->campaign);
        break;
    case VJP_STREAM_FIND:
        FUZZ_EXPECT(line->find.line && line->find.reason && line->find.n_near <= VJP_FIND_TEXTS,
                    "a find");
        break;
    case VJP_STREAM_RUN:
        FUZZ_EXPECT(line->has_run && line->run.command, "a run");
        break;
    case VJP_STREAM_STUDY:
        FUZZ_EXPECT(line->study, "a study");
        break;
    case VJP_STREAM_POINT:
    case VJP_STREAM_GAP:
        check_point(&line->point);
        break;
    case VJP_STREAM_ORDER:
        check_order(&line->order);
        break;
    case VJP_STREAM_ORDER_GAP:
        FUZZ_EXPECT(line->order_gap.gradient && line->order_gap.why, "words");
        break;
    case VJP_STREAM_PLANT:
    case VJP_STREAM_PLANT_SO_FAR:
    case VJP_STREAM_RULE:
    case VJP_STREAM_ALARM:
    case VJP_STREAM_CORRECT_SO_FAR:
    case VJP_STREAM_SELFTEST:
        check_selftest(line);
        break;
    case VJP_STREAM_COVERAGE:
        check_coverage(&line->coverage);
        break;
    case VJP_STREAM_HEADER:
    case VJP_STREAM_SUMMARY:
    case VJP_STREAM_FIT:
    case VJP_STREAM_OTHER:
        break;
    }
}

/* What a line says, as its writer writes it; NULL for those that are only read. To be freed. */
static char *write_again(const struct vjp_stream_line *line)
{
    struct fuzz_memory memory;
    struct vjp_error error = {""};
    enum vjp_status status = VJP_OK;
    fuzz_memory_open(&memory);
    if (line->type == VJP_STREAM_CHECK)
        status = vjp_json_write_record(&memory.sink, &line->record, &error);
    else if (line->type == VJP_STREAM_CAMPAIGN)
        status = vjp_campaign_write(&memory.sink, &line->campaign, &error);
    else if (line->type == VJP_STREAM_FIND)
        status = vjp_find_write(&memory.sink, &line->find, &error);
    else if (line->type == VJP_STREAM_RUN)
        status = vjp_json_write_run(&memory.sink, &line->run, &error);
    else if (line->type == VJP_STREAM_POINT || line->type == VJP_STREAM_GAP)
        status = vjp_study_point_write(&memory.sink, &line->point, &error);
    else if (line->type == VJP_STREAM_ORDER_GAP)
        status = vjp_order_json_gap(&memory.sink, line->order_gap.gradient, line->order_gap.why,
                                    line->order_gap.shapes, &error);
    else if (line->type == VJP_STREAM_COVERAGE)
        status = vjp_coverage_write(&memory.sink, &line->coverage, &error);
    FUZZ_EXPECT(status == VJP_OK, "%s", error.text);
    char *text = fuzz_memory_close(&memory);
    if (*text)
        return text;
    free(text);
    return NULL;
}

/* The line as a stream of several has it, read again. Its writer, of what was read of it, says the same. */
static void check_again(const struct vjp_stream_line *line)
{
    struct vjp_stream_line again, third;
    struct vjp_text text = {0}, twice = {0};
    struct vjp_error error = {""};
    FUZZ_EXPECT(vjp_stream_text(line, &text, &error) == VJP_OK, "%s", error.text);
    FUZZ_EXPECT(vjp_stream_read(text.data, strlen(text.data), &again, &error) == VJP_OK, "%s: %s",
                text.data, error.text);
    FUZZ_EXPECT(again.type == line->type, "%s", text.data);
    FUZZ_EXPECT(vjp_stream_text(&again, &twice, &error) == VJP_OK, "%s", error.text);
    FUZZ_EXPECT(strcmp(text.data, twice.data) == 0, "%s%s", text.data, twice.data);
    char *written = write_again(line);
    if (written) {
        FUZZ_EXPECT(vjp_stream_read(written, strlen(written), &third, &error) == VJP_OK, "%s: %s",
                    written, error.text);
        char *last = write_again(&third);
        FUZZ_EXPECT(third.type == line->type && last && strcmp(last, written) == 0, "%s%s", written,
                    last ? last : "");
        free(last);
        vjp_stream_line_clear(&third);
    }
    free(written);
    vjp_stream_line_clear(&again);
    vjp_text_clear(&text);
    vjp_text_clear(&twice);
}

static void read_line(const char *text, size_t length)
{
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_stream_read(text, length, &line, &error);
    if (status == VJP_OK) {
        check_line(&line);
        check_again(&line);
    } else {
        fuzz_expect_refused(status, &error);
    }
    vjp_stream_line_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        const size_t length = end ? (size_t)(end - text) + 1 : size;
        char *copy = malloc(length); /* reading past its end is seen */
        FUZZ_EXPECT(copy, "no memory");
        memcpy(copy, text, length);
        if (fuzz_may_know(copy, length))
            read_line(copy, length);
        free(copy);
        text += length;
        size -= length;
    }
    return 0;
}
