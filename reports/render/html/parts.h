/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_HTML_PARTS_H
#define VJP_REPORTS_RENDER_HTML_PARTS_H

#include "reports/render/digest.h"
#include "reports/render/html/page.h"

/* The sections of the page, each in its own file. One that has nothing to show writes nothing. */

/* id "kernels": a row for each kernel and dtype, which leads to its failures; then what was not asked, and why. */
void vjp_html_kernels(struct vjp_page *page, const struct vjp_digest *digest);

/* id "failures": those of group i of the dossier have the id "g<i>", failure j of it "g<i>-<j>". VJP_ERR_USAGE where a
 * line of the dossier cannot be read. */
VJP_MUST_CHECK enum vjp_status vjp_html_failures(struct vjp_page *page,
                                                 const struct vjp_dossier *dossier,
                                                 struct vjp_error *error);

/* id "campaigns": what was asked, by sizes, layouts and generators. */
void vjp_html_campaigns(struct vjp_page *page, const struct vjp_campaigns *campaigns);

/* id "runs": what ran where, and what the files hold besides. */
VJP_MUST_CHECK enum vjp_status
vjp_html_runs(struct vjp_page *page, const struct vjp_dossier *dossier, struct vjp_error *error);

/* The files beside this one, as the build found them. */
extern const char vjp_html_style[];
extern const char vjp_html_script[];

#endif
