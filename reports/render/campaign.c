/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/campaign.h"

#include "reports/render/json_line.h"
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
