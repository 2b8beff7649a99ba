/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_SELFTEST_CATALOGUE_H
#define VJP_REPORTS_SELFTEST_CATALOGUE_H

#include <stdint.h>

#include "reports/verdict/verdict.h"

/* The planted defects, as their files tell of them (impls/faulty/faulty.h). The build gathers that:
 *
 *     Plant: recognises_data
 *     Class: 32, 36
 *     Verdict: state_dependent
 *     Case: linear dtype=f32 N=1 D=1 M=4 x=[1] w=[1,2,3,4] dy=[1,2,3,4]
 */
struct vjp_plant {
    char *name;               /* of the plug-in, NAME.so */
    enum vjp_verdict verdict; /* that it must get, the worst of several */
    char *cases;              /* that show it, a line each; NULL: none are named */
    uint64_t classes;         /* bit n: it belongs to class n */
};

struct vjp_catalogue {
    struct vjp_plant *plant;
    int count;
};

/* Classes have numbers from 1 to VJP_FAULT_CLASSES - 1. */
#define VJP_FAULT_CLASSES 64

/* "old output read where it should be overwritten"; NULL where there is no such class. Static. */
const char *vjp_fault_class_name(int number);

/* VJP_ERR_USAGE where a line is none, names a verdict that is no failure or a class that is none, or a plant is
 * without: "NAME:LINE: ...". *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_catalogue_read(const char *name, const char *text,
                                                  struct vjp_catalogue *out,
                                                  struct vjp_error *error);
void vjp_catalogue_clear(struct vjp_catalogue *catalogue);

#endif
