/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_CONCLUDE_H
#define VJP_REPORTS_CLI_CONCLUDE_H

#include "reports/cli/targets.h"
#include "reports/render/record.h"

/* The exit code of a run that came to its end: a kernel failed, or nothing was tested, of all or of one TARGET that was
 * named, which is told on the standard error; else sound. */
int vjp_conclude(const struct vjp_targets *targets, const struct vjp_totals *totals);

/* Sets the message where a selected kernel serves a layer that is not known: the first such kernel. Returns whether there
 * is one. */
bool vjp_conclude_unknown(const struct vjp_targets *targets, struct vjp_error *out);

#endif
