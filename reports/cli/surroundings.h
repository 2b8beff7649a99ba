/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_SURROUNDINGS_H
#define VJP_REPORTS_CLI_SURROUNDINGS_H

#include "cases/base/text.h"
#include "reports/cli/targets.h"
#include "reports/render/record.h"
#include "reports/render/sha256.h"

/* What runs where: this program, this machine, the plug-ins that were opened. info points into the rest, which must stay
 * where it is; to be cleared. */
struct vjp_surroundings {
    struct vjp_run_info info;
    struct vjp_text command;
    char started[32];
    char cpu[128];
    char system[256];
    char libraries[256];
    struct vjp_run_plugin *plugin;
    char (*sha256)[VJP_SHA256_TEXT];
};

/* The targets must outlive *out. */
VJP_MUST_CHECK enum vjp_status vjp_surroundings_look(const struct vjp_targets *targets,
                                                     struct vjp_surroundings *out,
                                                     struct vjp_error *error);
/* Adds them as a line of type "run" to FOLDER/run.jsonl: for streams that are the same wherever and whenever they are made,
 * beside which it stands. VJP_ERR_IO. */
VJP_MUST_CHECK enum vjp_status vjp_surroundings_append(const struct vjp_targets *targets,
                                                       const char *folder, struct vjp_error *error);

/* The line as a text, for other streams. */
VJP_MUST_CHECK enum vjp_status vjp_surroundings_text(const struct vjp_targets *targets,
                                                     struct vjp_text *out, struct vjp_error *error);
void vjp_surroundings_clear(struct vjp_surroundings *surroundings);

/* Adds the words, each of which ends with a NUL, as a shell would take them; of the first, a path, its last part. */
void vjp_surroundings_quote(const char *words, size_t size, struct vjp_text *out);

#endif
