/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_ASK_H
#define VJP_CASES_SHRINK_ASK_H

#include "cases/shrink/shrink.h"

/* "Does this case still fail?", asked once for each line, or until its "no" is believed, and so many times in all. */

enum vjp_answer {
    VJP_ANSWER_NO = 0,
    VJP_ANSWER_YES,
    VJP_ANSWER_NONE, /* the case is not valid, refused (VJP_ERR_USAGE, VJP_ERR_LIMIT), or no more is asked */
};

/* What was asked, by its line. A zeroed entry is free. */
struct vjp_asked {
    char *line;
    enum vjp_answer answer;
    int nos; /* in a row */
};

/* Questions and their answers. When limit runs are used up or how->stop says so ended is set; when
 * something of the harness fails status and error are, and ended. From then on every answer is NONE:
 * the caller asks ended where it would go on for long, and status once, at the end. */
struct vjp_ask {
    const struct vjp_shrink *how;
    int64_t runs;  /* calls of how->fails until now */
    int64_t limit; /* how->runs, or fewer for now */
    int patience;  /* so many times a case is asked that does not fail; 1 */
    bool unsteady; /* a case failed that had not failed before */
    bool steady;   /* then all is ended */
    bool ended, stopped;
    enum vjp_status status;
    struct vjp_error error;
    struct vjp_asked *table; /* open addressing; size is a power of two, or 0 */
    size_t size, count;
};

/* how is used until vjp_ask_clear. */
void vjp_ask_init(struct vjp_ask *out, const struct vjp_shrink *how);
void vjp_ask_clear(struct vjp_ask *ask);

/* The answer for a case, which need not be valid. */
enum vjp_answer vjp_ask_case(struct vjp_ask *ask, const struct vjp_case *c);

/* The same of a valid case whatever is known of it, which stays. */
enum vjp_answer vjp_ask_afresh(struct vjp_ask *ask, const struct vjp_case *c);

/* A copy of the case to change, which is settled again by vjp_ask_take. False where ended. */
VJP_MUST_CHECK bool vjp_ask_copy(struct vjp_ask *ask, struct vjp_case *out,
                                 const struct vjp_case *from);

/* Settles *candidate, and asks. Where it fails it becomes *best, and the result is true. *candidate is
 * cleared either way. */
bool vjp_ask_take(struct vjp_ask *ask, struct vjp_case *best, struct vjp_case *candidate);

/* Goes on with another limit, where it was the limit that ended it, or unsteady, and steady is no more. */
void vjp_ask_extend(struct vjp_ask *ask, int64_t limit);

/* Notes down a failure of the harness; the first one counts. */
void vjp_ask_end(struct vjp_ask *ask, enum vjp_status status, const struct vjp_error *error);

#endif
