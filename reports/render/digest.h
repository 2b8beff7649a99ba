/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_DIGEST_H
#define VJP_REPORTS_RENDER_DIGEST_H

#include "reports/render/annex.h"
#include "reports/render/campaign.h"
#include "reports/render/dossier.h"
#include "reports/render/summary.h"

/* A run that has come to its end, or several: what renderings for people are made of. Everything is borrowed. */
struct vjp_digest {
    const char *version; /* of vjpcheck */
    const char *title;   /* "vjpcheck 0.1.0, 2 files" */
    const struct vjp_summary *summary;
    const struct vjp_dossier *dossier;
    const struct vjp_campaigns *campaigns;
    const struct vjp_annex *annex;
    int incomplete; /* saved runs that did not come to their end */
    double seconds;
};

/* What all of it says: the verdicts, studies and self-tests together. Coverage says nothing of a kernel's worth. */
enum vjp_summary_state vjp_digest_state(const struct vjp_digest *digest);

/* Adds some sentences: what there was, and what came of it. */
void vjp_digest_headline(const struct vjp_digest *digest, struct vjp_text *out);

#endif
