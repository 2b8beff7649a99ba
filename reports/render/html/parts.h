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

/* id "studies": of each study a table and the plots, those of the points that are beside each other in an article. */
VJP_MUST_CHECK enum vjp_status
vjp_html_studies(struct vjp_page *page, const struct vjp_annex *annex, struct vjp_error *error);

/* id "orders": in which order gradients are summed, with a drawing of each tree. */
VJP_MUST_CHECK enum vjp_status vjp_html_orders(struct vjp_page *page, const struct vjp_annex *annex,
                                               struct vjp_error *error);

/* id "selftest": what vjpcheck is worth, by planted defects. */
VJP_MUST_CHECK enum vjp_status
vjp_html_selftests(struct vjp_page *page, const struct vjp_annex *annex, struct vjp_error *error);

/* id "coverage": which lines of a kernel's source no case reached. */
void vjp_html_coverage(struct vjp_page *page, const struct vjp_annex *annex);

/* id "campaigns": what was asked, by sizes, layouts and generators. */
void vjp_html_campaigns(struct vjp_page *page, const struct vjp_campaigns *campaigns);

/* id "runs": what ran where, and what the files hold besides. */
VJP_MUST_CHECK enum vjp_status
vjp_html_runs(struct vjp_page *page, const struct vjp_dossier *dossier, struct vjp_error *error);

/* The files beside this one, as the build found them. */
extern const char vjp_html_style[];
extern const char vjp_html_script[];

#endif
