/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "check --json" and "fuzz --json" wrote, as "merge" reads it, line by line: a record that is read is whole, a
 * campaign can be added to others, and what is refused is told on one line. */
#include "reports/render/stream.h"
#include "tests/fuzz/fuzz.h"

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

static void read_line(const char *text, size_t length)
{
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_stream_read(text, length, &line, &error);
    if (status != VJP_OK)
        fuzz_expect_refused(status, &error);
    else if (line.type == VJP_STREAM_CHECK)
        check_record(&line.record);
    else if (line.type == VJP_STREAM_CAMPAIGN)
        check_campaign(&line.campaign);
    else if (line.type == VJP_STREAM_FIND)
        FUZZ_EXPECT(line.find.line && line.find.reason && line.find.n_near <= VJP_FIND_TEXTS,
                    "a find");
    else if (line.type == VJP_STREAM_RUN)
        FUZZ_EXPECT(line.has_run && line.run.command, "a run");
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
