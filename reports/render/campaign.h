/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_CAMPAIGN_H
#define VJP_REPORTS_RENDER_CAMPAIGN_H

#include <stdio.h>

#include "reports/fuzz/census.h"
#include "reports/fuzz/seen.h"
#include "reports/render/sink.h"

/* What a campaign was, in numbers. */
struct vjp_campaign_record {
    uint64_t seed;
    int64_t shard, shards; /* this one, from 0, of so many */
    const struct vjp_census *census;
    int64_t replayed;  /* cases of the corpus, before the campaign's own */
    int64_t tiled;     /* cases at the sizes of tiles that kernels declare, besides */
    int64_t climbed;   /* cases near those with the largest errors, besides */
    int64_t discarded; /* draws for which no sizes were found that fit */
    int64_t scaled;    /* answers that were held against those for a multiple of dy */
    int64_t
        unscaled; /* that should have been, but of layer, data or kernel nothing is known there */
    double seconds;
};

/* One campaign, of whose parts some were read. */
struct vjp_campaign_union {
    uint64_t seed;
    struct vjp_census census;
    int64_t replayed, tiled, climbed, discarded, scaled, unscaled, parts;
    double seconds;
};

/* Campaigns by their seeds. A zeroed struct is empty; to be cleared. */
struct vjp_campaigns {
    struct vjp_campaign_union *campaign;
    int count;
    struct vjp_seen parts;
};

/* Adds a part to its campaign; *is_new false: it was there already, and does not count again. */
VJP_MUST_CHECK enum vjp_status vjp_campaigns_add(struct vjp_campaigns *campaigns,
                                                 const struct vjp_campaign_record *part,
                                                 bool *is_new, struct vjp_error *error);
void vjp_campaigns_clear(struct vjp_campaigns *campaigns);

/* What was read of campaign i, as though it were one; its census belongs to the campaigns. */
struct vjp_campaign_record vjp_campaigns_record(const struct vjp_campaigns *campaigns, int i);

/* Statistics for people: how fast, and how sizes, layouts and generators were distributed. */
void vjp_campaign_print(const struct vjp_campaign_record *record, bool colour, FILE *out);

/* A line of type "campaign", with the counts and, by layer and dimension, the residues that were visited. */
VJP_MUST_CHECK enum vjp_status vjp_campaign_write(struct vjp_sink *sink,
                                                  const struct vjp_campaign_record *record,
                                                  struct vjp_error *error);

/* Reads the object of such a line; json: a json_t. The census is to be cleared, in any case. VJP_ERR_USAGE names the
 * key. */
VJP_MUST_CHECK enum vjp_status vjp_campaign_read(const void *json, struct vjp_campaign_record *out,
                                                 struct vjp_census *census,
                                                 struct vjp_error *error);

#endif
