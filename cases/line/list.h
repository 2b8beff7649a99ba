/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_LINE_LIST_H
#define VJP_CASES_LINE_LIST_H

#include <stddef.h>

#include "cases/line/parse.h"

/* Many cases, in order. A zeroed struct is empty. */
struct vjp_case_list {
    struct vjp_case *cases;
    size_t count;
    size_t capacity;
};

/* Takes over *c (which is zeroed) on success. */
VJP_MUST_CHECK enum vjp_status vjp_case_list_add(struct vjp_case_list *list, struct vjp_case *c,
                                                 struct vjp_error *error);
void vjp_case_list_clear(struct vjp_case_list *list);

/* Adds the cases of a text, one per line; '#' starts a comment, blank lines are skipped. The
 * message of a failure begins with "name:line: "; then the list is as it was. */
VJP_MUST_CHECK enum vjp_status vjp_case_list_read_text(struct vjp_case_list *list, const char *name,
                                                       const char *text, struct vjp_error *error);

/* The same for a file. */
VJP_MUST_CHECK enum vjp_status vjp_case_list_read_file(struct vjp_case_list *list, const char *path,
                                                       struct vjp_error *error);

#endif
