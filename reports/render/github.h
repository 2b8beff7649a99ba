/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_GITHUB_H
#define VJP_REPORTS_RENDER_GITHUB_H

#include <stdio.h>

#include "reports/render/digest.h"
#include "reports/render/sink.h"

/* Annotations of that kind that are shown of one step ("Workflow commands", 10). */
#define VJP_GITHUB_ANNOTATIONS 10

/* For a step of GitHub Actions: writes an annotation, "::error title=...::...", for each of the smallest failures to out,
 * and adds the run in Markdown to the file that $GITHUB_STEP_SUMMARY names, if there is one. */
VJP_MUST_CHECK enum vjp_status vjp_github_tell(const struct vjp_digest *digest, FILE *out,
                                               struct vjp_error *error);

#endif
