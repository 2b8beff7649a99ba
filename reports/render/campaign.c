/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/campaign.h"

#include "reports/render/json_line.h"
#include "reports/render/json_read.h"
#include "reports/render/table.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a distribution, "12%"; what is there at all is not "0%". */
static void print_share(char *cell, size_t size, int64_t count, int64_t all)
{
    const double share = all > 0 ? 100 * (double)count / (double)all : 0;
    if (count == 0)
        snprintf(cell, size, "-");
    else if (share < 1)
        snprintf(cell, size, "<1%%");
    else
        snprintf(cell, size, "%.0f%%", share);
}

/* The dimensions of a layer together. */
static void add_layer(struct vjp_table *table, const struct vjp_census_layer *layer)
{
    enum { COLUMNS = 3 + VJP_CENSUS_SIZES };
    char text[COLUMNS][64];
    const char *cells[COLUMNS];
    int64_t size[VJP_CENSUS_SIZES] = {0}, all = 0;
    int visited = 0, cells_all = 0;
    for (int d = 0; d < layer->spec->n_dims; d++) {
        visited += vjp_census_visited(layer, d);
        cells_all += VJP_CENSUS_CELLS;
        for (int i = 0; i < VJP_CENSUS_SIZES; i++) {
            size[i] += layer->size[d][i];
            all += layer->size[d][i];
        }
    }
    snprintf(text[0], sizeof text[0], "%s", layer->spec->name);
    vjp_number_count(layer->cases, text[1], sizeof text[1]);
    snprintf(text[2], sizeof text[2], "%d of %d", visited, cells_all);
    for (int i = 0; i < VJP_CENSUS_SIZES; i++)
        print_share(text[3 + i], sizeof text[3 + i], size[i], all);
    for (int i = 0; i < COLUMNS; i++)
        cells[i] = text[i];
    vjp_table_add(table, cells, NULL);
}

static void print_layers(const struct vjp_census *census, bool colour, FILE *out)
{
    struct vjp_column columns[3 + VJP_CENSUS_SIZES] = {
        {{"", "layer"}, true}, {{"", "cases"}, false}, {{"visited", "cells"}, false}};
    for (int i = 0; i < VJP_CENSUS_SIZES; i++)
        columns[3 + i] =
            (struct vjp_column){{i == 0 ? "sizes:" : "", vjp_census_size_name(i)}, false};
    struct vjp_table table = {.columns = columns, .n_columns = 3 + VJP_CENSUS_SIZES};
    for (int i = 0; i < census->n_layers; i++)
        add_layer(&table, &census->layer[i]);
    vjp_table_print(&table, "  ", colour, out);
    vjp_table_clear(&table);
}

static void print_shares(const struct vjp_census *census, FILE *out)
{
    int64_t drawn = 0;
    char share[16];
    fputs("  layouts:", out);
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++) {
        print_share(share, sizeof share, census->layout[i], census->cases);
        fprintf(out, "%s %s %s", i > 0 ? "," : "",
                vjp_census_layout_name((enum vjp_census_layout)i), share);
    }
    fputs("\n  generators:", out);
    for (int i = 0; i < census->n_generators; i++)
        drawn += census->generator[i].count;
    for (int i = 0; i < census->n_generators; i++) {
        print_share(share, sizeof share, census->generator[i].count, drawn);
        fprintf(out, "%s %s %s", i > 0 ? "," : "", census->generator[i].name, share);
    }
    fputc('\n', out);
}

void vjp_campaign_print(const struct vjp_campaign_record *record, bool colour, FILE *out)
{
    const struct vjp_census *census = record->census;
    char cases[32];
    vjp_number_count(census->cases, cases, sizeof cases);
    fprintf(out, "campaign 0x%" PRIx64, record->seed);
    if (record->shards > 1)
        fprintf(out, ", shard %" PRId64 " of %" PRId64, record->shard + 1, record->shards);
    fprintf(out, ": %s case%s in %.1f s", cases, census->cases == 1 ? "" : "s", record->seconds);
    if (record->seconds > 0)
        fprintf(out, ", %.0f per second",
                (double)(census->cases + record->replayed + record->tiled + record->climbed) /
                    record->seconds);
    if (record->replayed > 0)
        fprintf(out, "; before them %" PRId64 " of the corpus", record->replayed);
    if (record->tiled > 0)
        fprintf(out, "; besides them %" PRId64 " at the sizes of declared tiles", record->tiled);
    if (record->climbed > 0)
        fprintf(out, "; besides them %" PRId64 " near the largest errors", record->climbed);
    if (record->discarded > 0)
        fprintf(out, "; %" PRId64 " draws were discarded, whose sizes did not fit",
                record->discarded);
    fputs("\n\n", out);
    if (census->cases == 0)
        return;
    print_layers(census, colour, out);
    fputs("  cells: residues of each dimension modulo 8, 16 and 32\n", out);
    print_shares(census, out);
    if (record->scaled + record->unscaled > 0)
        fprintf(out,
                "  multiples of dy by powers of two and -1: asked of %" PRId64
                " answers; nothing is known of %" PRId64 "\n",
                record->scaled, record->unscaled);
}

static json_t *make_layer(const struct vjp_census_layer *layer)
{
    struct vjp_json_line object = {.json = json_object()};
    vjp_json_set(&object, "layer", vjp_json_text(layer->spec->name));
    vjp_json_set(&object, "cases", json_integer(layer->cases));
    json_t *dims = json_object();
    for (int d = 0; d < layer->spec->n_dims; d++) {
        struct vjp_json_line dim = {.json = json_object()};
        char visited[32];
        json_t *sizes = json_array();
        for (int i = 0; i < VJP_CENSUS_SIZES; i++)
            dim.failed |= json_array_append_new(sizes, json_integer(layer->size[d][i])) != 0;
        snprintf(visited, sizeof visited, "0x%" PRIx64, layer->visited[d]);
        vjp_json_set(&dim, "sizes", sizes);
        vjp_json_set(&dim, "visited", json_string(visited));
        object.failed |=
            dim.failed || json_object_set_new(dims, layer->spec->dim[d], dim.json) != 0;
    }
    vjp_json_set(&object, "dims", dims);
    if (!object.failed)
        return object.json;
    json_decref(object.json);
    return NULL;
}

enum vjp_status vjp_campaign_write(struct vjp_sink *sink, const struct vjp_campaign_record *record,
                                   struct vjp_error *error)
{
    const struct vjp_census *census = record->census;
    struct vjp_json_line object = vjp_json_begin("campaign");
    char seed[32];
    snprintf(seed, sizeof seed, "0x%" PRIx64, record->seed);
    vjp_json_set(&object, "seed", json_string(seed));
    vjp_json_set(&object, "shard", json_integer(record->shard + 1));
    vjp_json_set(&object, "shards", json_integer(record->shards));
    vjp_json_set(&object, "cases", json_integer(census->cases));
    vjp_json_set(&object, "replayed", json_integer(record->replayed));
    vjp_json_set(&object, "tiled", json_integer(record->tiled));
    vjp_json_set(&object, "climbed", json_integer(record->climbed));
    vjp_json_set(&object, "discarded", json_integer(record->discarded));
    vjp_json_set(&object, "scaled", json_integer(record->scaled));
    vjp_json_set(&object, "unscaled", json_integer(record->unscaled));
    vjp_json_set(&object, "seconds", vjp_json_number(record->seconds));
    json_t *layouts = json_object(), *generators = json_object(), *layers = json_array();
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++)
        object.failed |=
            json_object_set_new(layouts, vjp_census_layout_name((enum vjp_census_layout)i),
                                json_integer(census->layout[i])) != 0;
    for (int i = 0; i < census->n_generators; i++)
        object.failed |= json_object_set_new(generators, census->generator[i].name,
                                             json_integer(census->generator[i].count)) != 0;
    for (int i = 0; i < census->n_layers; i++)
        object.failed |= json_array_append_new(layers, make_layer(&census->layer[i])) != 0;
    vjp_json_set(&object, "layouts", layouts);
    vjp_json_set(&object, "generators", generators);
    vjp_json_set(&object, "layers", layers);
    return vjp_json_end(&object, sink, error);
}

static struct vjp_campaign_union *need_campaign(struct vjp_campaigns *campaigns, uint64_t seed)
{
    for (int i = 0; i < campaigns->count; i++) {
        if (campaigns->campaign[i].seed == seed)
            return &campaigns->campaign[i];
    }
    struct vjp_campaign_union *grown =
        realloc(campaigns->campaign, ((size_t)campaigns->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    campaigns->campaign = grown;
    grown[campaigns->count] = (struct vjp_campaign_union){.seed = seed};
    return &grown[campaigns->count++];
}

enum vjp_status vjp_campaigns_add(struct vjp_campaigns *campaigns,
                                  const struct vjp_campaign_record *part, bool *is_new,
                                  struct vjp_error *error)
{
    char text[96];
    const char *const texts[] = {text};
    snprintf(text, sizeof text, "%" PRIx64 " %" PRId64 " %" PRId64, part->seed, part->shard,
             part->shards);
    enum vjp_status status = vjp_seen_add(&campaigns->parts, texts, 1, is_new, error);
    if (status != VJP_OK || !*is_new)
        return status;
    struct vjp_campaign_union *c = need_campaign(campaigns, part->seed);
    if (!c)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a campaign");
    c->parts++;
    c->replayed += part->replayed;
    c->tiled += part->tiled;
    c->climbed += part->climbed;
    c->discarded += part->discarded;
    c->scaled += part->scaled;
    c->unscaled += part->unscaled;
    c->seconds += part->seconds;
    return vjp_census_merge(&c->census, part->census, error);
}

void vjp_campaigns_clear(struct vjp_campaigns *campaigns)
{
    for (int i = 0; i < campaigns->count; i++)
        vjp_census_clear(&campaigns->campaign[i].census);
    free(campaigns->campaign);
    vjp_seen_clear(&campaigns->parts);
    *campaigns = (struct vjp_campaigns){0};
}

struct vjp_campaign_record vjp_campaigns_record(const struct vjp_campaigns *campaigns, int i)
{
    const struct vjp_campaign_union *c = &campaigns->campaign[i];
    return (struct vjp_campaign_record){.seed = c->seed,
                                        .shards = 1,
                                        .census = &c->census,
                                        .replayed = c->replayed,
                                        .tiled = c->tiled,
                                        .climbed = c->climbed,
                                        .discarded = c->discarded,
                                        .scaled = c->scaled,
                                        .unscaled = c->unscaled,
                                        .seconds = c->seconds};
}

static enum vjp_status read_dim(const json_t *json, struct vjp_census_layer *layer, int dim,
                                struct vjp_error *error)
{
    const json_t *sizes = json_object_get(json, "sizes");
    if (!json_is_array(sizes) || json_array_size(sizes) != VJP_CENSUS_SIZES)
        return vjp_json_fail_key("sizes", "as many counts as there are classes", error);
    for (int i = 0; i < VJP_CENSUS_SIZES; i++) {
        const json_t *count = json_array_get(sizes, (size_t)i);
        if (!vjp_json_is_count(count))
            return vjp_json_fail_key("sizes", "whole numbers from 0 to 2^53", error);
        layer->size[dim][i] = json_integer_value(count);
    }
    const enum vjp_status status = vjp_json_read_bits(json, "visited", &layer->visited[dim], error);
    layer->visited[dim] &= (UINT64_C(1) << VJP_CENSUS_CELLS) - 1;
    return status;
}

static enum vjp_status read_layer(const json_t *json, struct vjp_census *census,
                                  struct vjp_error *error)
{
    const char *name;
    struct vjp_census_layer *layer;
    enum vjp_status status = vjp_json_read_text(json, "layer", &name, error);
    const struct vjp_spec *spec = status == VJP_OK ? vjp_spec_find(name) : NULL;
    if (status != VJP_OK)
        return status;
    if (!spec)
        return vjp_json_fail_key("layer", "a layer that is known", error);
    status = vjp_census_need(census, spec, &layer, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "cases", &layer->cases, error);
    const json_t *dims = json_object_get(json, "dims");
    for (int d = 0; d < spec->n_dims && status == VJP_OK; d++)
        status = read_dim(json_object_get(dims, spec->dim[d]), layer, d, error);
    return status;
}

static enum vjp_status read_census(const json_t *json, struct vjp_census *census,
                                   struct vjp_error *error)
{
    const json_t *layouts = json_object_get(json, "layouts");
    json_t *generators = json_object_get(json, "generators");
    const json_t *layers = json_object_get(json, "layers");
    const char *name;
    json_t *count;
    enum vjp_status status = vjp_json_read_count(json, "cases", &census->cases, error);
    for (int i = 0; i < VJP_CENSUS_LAYOUTS && status == VJP_OK; i++)
        status = vjp_json_read_count(layouts, vjp_census_layout_name((enum vjp_census_layout)i),
                                     &census->layout[i], error);
    if (status == VJP_OK && (!json_is_object(generators) || !json_is_array(layers)))
        status = vjp_json_fail_key(json_is_array(layers) ? "generators" : "layers",
                                   "what fuzz writes", error);
    if (status != VJP_OK)
        return status;
    json_object_foreach(generators, name, count)
    {
        int64_t n = 0;
        if (status == VJP_OK)
            status = vjp_json_read_count(generators, name, &n, error);
        if (status == VJP_OK)
            status = vjp_census_count(census, name, n, error);
    }
    for (size_t i = 0; i < json_array_size(layers) && status == VJP_OK; i++)
        status = read_layer(json_array_get(layers, i), census, error);
    return status;
}

enum vjp_status vjp_campaign_read(const void *object, struct vjp_campaign_record *c,
                                  struct vjp_census *census, struct vjp_error *error)
{
    const json_t *json = object;
    const struct vjp_json_member members[] = {{.key = "replayed", .count = &c->replayed},
                                              {.key = "tiled", .count = &c->tiled},
                                              {.key = "climbed", .count = &c->climbed},
                                              {.key = "discarded", .count = &c->discarded},
                                              {.key = "seconds", .number = &c->seconds}};
    c->census = census;
    enum vjp_status status = vjp_json_read_bits(json, "seed", &c->seed, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "shard", &c->shard, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "shards", &c->shards, error);
    if (status == VJP_OK && (c->shard < 1 || c->shard > c->shards))
        status = vjp_json_fail_key("shard", "a number from 1 to \"shards\"", error);
    c->shard--;
    if (status == VJP_OK)
        status = vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
    /* Older streams may be without. */
    if (status == VJP_OK && json_object_get(json, "scaled"))
        status = vjp_json_read_count(json, "scaled", &c->scaled, error);
    if (status == VJP_OK && json_object_get(json, "unscaled"))
        status = vjp_json_read_count(json, "unscaled", &c->unscaled, error);
    return status == VJP_OK ? read_census(json, census, error) : status;
}
