/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ANNEX_MARKDOWN_H
#define VJP_REPORTS_RENDER_ANNEX_MARKDOWN_H

#include "reports/render/annex.h"

/* The annex as tables of Markdown: a row for each kernel and gradient of a study and of each order, for each class of
 * faults that is not all caught and each rule of a self-test, for each file of a kernel. */
VJP_MUST_CHECK enum vjp_status vjp_annex_markdown(const struct vjp_annex *annex,
                                                  struct vjp_text *out, struct vjp_error *error);

#endif
