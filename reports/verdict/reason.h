/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_REASON_H
#define VJP_REPORTS_VERDICT_REASON_H

#include "reports/verdict/verdict.h"

/* The sentences of a judgement, each for one kind of finding. Each writes to text, cut at size. */

/* "read 4 bytes past the end of x" */
void vjp_reason_touch(const struct vjp_case *c, const struct vjp_touch *touch, char *text,
                      int size);

/* "x was changed during the call, first at byte 8 of its storage" */
void vjp_reason_input(const struct vjp_case *c, const struct vjp_touch *touch, char *text,
                      int size);

/* "3 elements of dx were never written, the first is dx[0,2]" */
void vjp_reason_unwritten(const struct vjp_case *c, const struct vjp_observation *observation,
                          char *text, int size);

/* "dw[0,1] is NaN after ...: what the output held before the call was read". reference NULL: no element may be NaN. */
void vjp_reason_old_output(const struct vjp_case *c, const struct vjp_reference *reference,
                           const struct vjp_observation *observation, char *text, int size);

/* "ended by signal 11 (SIGSEGV) at address 0x10; it wrote: ..." and the other ways to end */
void vjp_reason_outcome(const struct vjp_observation *observation, char *text, int size);

/* "dw[3,17] = 0x1.8p+3 (12), exact 13.5: error 1.5 is 4.1e+06 times the bound 3.7e-07 (k = 7 terms,
 * S = 21, f32 accumulation); 5 of 130 elements ..." for the worst element of a measure that has
 * some outside. got is the answer that was measured. */
void vjp_reason_numbers(const struct vjp_case *c, const struct vjp_kernel_info *kernel,
                        const struct vjp_reference *reference, int slot,
                        const struct vjp_measure *measure, const struct vjp_tensor *got, char *text,
                        int size);

/* "every gradient is zero: an answer of zeros would have passed" */
void vjp_reason_vacuous(const struct vjp_case *c, const struct vjp_judgement *judgement, char *text,
                        int size);

/* Writes "dw[3,17]" and returns text. */
char *vjp_reason_element_name(const struct vjp_case *c, int slot, int64_t i, char *text, int size);

#endif
