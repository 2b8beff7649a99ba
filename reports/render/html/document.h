/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_HTML_DOCUMENT_H
#define VJP_REPORTS_RENDER_HTML_DOCUMENT_H

#include "reports/render/digest.h"
#include "reports/render/sink.h"

/* One file of HTML that opens from disk: the verdict first, a table of kernels that leads to their failures, each with the
 * command that replays it, what campaigns asked, what ran where. It fetches nothing, and a policy in it forbids that; all
 * of it can be read with scripts off. */
VJP_MUST_CHECK enum vjp_status vjp_html_write(const struct vjp_digest *digest,
                                              struct vjp_sink *sink, struct vjp_error *error);

#endif
