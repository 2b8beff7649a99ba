/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_MARKDOWN_H
#define VJP_REPORTS_RENDER_MARKDOWN_H

#include "cases/base/text.h"
#include "reports/render/digest.h"
#include "reports/render/sink.h"

/* Markdown with tables, as it is shown in pull requests and step summaries: the verdict first, a table of kernels, the
 * smallest failures with the commands that replay them, what ran where. */
VJP_MUST_CHECK enum vjp_status vjp_markdown_text(const struct vjp_digest *digest,
                                                 struct vjp_text *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_markdown_write(const struct vjp_digest *digest,
                                                  struct vjp_sink *sink, struct vjp_error *error);

#endif
