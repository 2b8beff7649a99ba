/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_EVIDENCE_H
#define VJP_REPORTS_CLI_EVIDENCE_H

#include "reports/cli/examine.h"
#include "reports/cli/question.h"
#include "reports/render/heat.h"
#include "reports/render/record.h"

/* What a failure's record shows besides counts: the worst element of each gradient, how its bound came about, and a map
 * of where errors stand. */

/* A map costs a measurement of each element, some microseconds as a rule: small gradients have one, of larger ones so
 * many records of a kernel in a run, still larger ones have none. */
#define VJP_EVIDENCE_SMALL    256
#define VJP_EVIDENCE_MAPS     24
#define VJP_EVIDENCE_ELEMENTS 16384

/* The texts that the record points to. */
struct vjp_evidence_gradient {
    char element[160];
    char got[48], got_hex[48];
    char want[96], want_hex[48];
    char exact[128];
    struct vjp_heat_map map;
};

struct vjp_evidence {
    struct vjp_evidence_gradient gradient[VJP_MAX_INPUTS];
    char traits[96];
};

/* Adds it to a record that vjp_account_make made of the finding. The evidence is to be freed after the record's last use.
 * mapped: how many records of the kernel have maps of larger gradients; is counted up. */
VJP_MUST_CHECK enum vjp_status vjp_evidence_add(const struct vjp_question *question,
                                                const struct vjp_kernel_info *kernel,
                                                const struct vjp_finding *finding, int *mapped,
                                                struct vjp_record *record,
                                                struct vjp_evidence **out, struct vjp_error *error);

#endif
