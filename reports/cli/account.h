/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ACCOUNT_H
#define VJP_REPORTS_CLI_ACCOUNT_H

#include "cases/base/text.h"
#include "reports/cli/evidence.h"
#include "reports/cli/examine.h"
#include "reports/render/record.h"

/* The record of a finding, and the texts that it points to. */
struct vjp_account {
    struct vjp_record record;
    struct vjp_text line;
    struct vjp_text replay;
    struct vjp_evidence *evidence; /* NULL: none was added */
};

/* finding NULL: the kernel was not asked, as a rule since it hung too often. target, kernel and finding must
 * outlive *out, which is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_account_make(const struct vjp_case *c,
                                                const struct vjp_target *target, int kernel,
                                                const struct vjp_finding *finding,
                                                struct vjp_account *out, struct vjp_error *error);
/* Adds what a failure's record shows besides counts; nothing to another record. */
VJP_MUST_CHECK enum vjp_status vjp_account_add_evidence(struct vjp_account *account,
                                                        const struct vjp_question *question,
                                                        struct vjp_target *target, int kernel,
                                                        const struct vjp_finding *finding,
                                                        struct vjp_error *error);
void vjp_account_clear(struct vjp_account *account);

#endif
