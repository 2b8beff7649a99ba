/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_RULING_JSON_H
#define VJP_REPORTS_RENDER_RULING_JSON_H

#include "reports/render/sink.h"
#include "reports/selftest/ruling.h"

/* The lines of the study of rules. */

/* {"type":"ruling","key","kernel","defect","layer","dtype","gradient","values","axis","at","case","shows":[],
 *  "size":[],"ours":[],"rules":{NAME:[]}}: an element for each answer. A level is the least n with which the tolerance
 * times 2^n accepts it, "never" where none up to 40 does, null where the rule has no opinion; -40 stands for less, too. Where
 * there are no answers, "why" and "failed" stand in their place. */
VJP_MUST_CHECK enum vjp_status
vjp_ruling_write(struct vjp_sink *sink, const struct vjp_ruling *ruling, struct vjp_error *error);

/* The rulings that lines hold; other lines are passed over. A zeroed struct is empty. */
struct vjp_ruling_table {
    struct vjp_ruling *ruling; /* texts and answers are the table's */
    int64_t count;
    void **memory;
};

/* VJP_ERR_USAGE where it is no JSON, or a ruling that lacks something. */
VJP_MUST_CHECK enum vjp_status vjp_ruling_table_add(struct vjp_ruling_table *table,
                                                    const char *line, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_ruling_table_read(struct vjp_ruling_table *table,
                                                     const char *path, struct vjp_error *error);
void vjp_ruling_table_clear(struct vjp_ruling_table *table);

struct vjp_ruling_totals {
    int64_t right, defects; /* answers */
    int64_t silent;         /* of plants whose defect did not show: beside them */
    int64_t gaps;
    int64_t failed;  /* of them: a correct kernel gave no answer */
    int64_t refused; /* right answers that are outside the bound */
    int64_t through; /* defects that are inside */
};

struct vjp_ruling_totals vjp_ruling_table_count(const struct vjp_ruling_table *table);

/* {"type":"summary",...}: the last line. */
VJP_MUST_CHECK enum vjp_status vjp_ruling_summary_write(struct vjp_sink *sink,
                                                        const struct vjp_ruling_totals *totals,
                                                        struct vjp_error *error);

#endif
