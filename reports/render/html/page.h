/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_HTML_PAGE_H
#define VJP_REPORTS_RENDER_HTML_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cases/base/status.h"

/* A page while it is written. */
struct vjp_page {
    FILE *out;
    bool failed; /* memory has ended: what was written is not all */
};

/* Markup of our own: nothing that somebody else wrote may be among the arguments, unless it is a number. */
void vjp_page_markup(struct vjp_page *page, const char *format, ...) VJP_PRINTF(2, 3);

/* A text that somebody else wrote, between tags or in the quotes of an attribute. NULL: nothing. */
void vjp_page_text(struct vjp_page *page, const char *text);

/* A cell of a table with a measure, which is sorted by its value: NaN and infinity as the largest. */
void vjp_page_measure(struct vjp_page *page, double value);

/* The same with a count; 0 is drawn faintly. */
void vjp_page_count(struct vjp_page *page, int64_t count);

/* A command, in a block that scrolls. */
void vjp_page_command(struct vjp_page *page, const char *command);

/* The beginning and the end of a box in which a table that is too wide scrolls; label: what is in it. */
void vjp_page_begin_table(struct vjp_page *page, const char *label, const char *css_class);
void vjp_page_end_table(struct vjp_page *page);

/* The same with a number that may not be known: NaN is a dash. */
void vjp_page_known(struct vjp_page *page, double value);

/* A cell with a text that somebody else wrote. */
void vjp_page_cell(struct vjp_page *page, const char *text);

/* The headings of a table, and the beginning of its body: the first so many are of texts, the others of numbers. */
void vjp_page_headings(struct vjp_page *page, const char *const *titles, int n, int n_texts);

/* The beginning and the end of a figure, around a picture that scrolls where it is too wide; label: what is to be seen,
 * caption: below it, a text; NULL: none. */
void vjp_page_begin_picture(struct vjp_page *page, const char *label);
void vjp_page_end_picture(struct vjp_page *page, const char *caption);

/* A bar of parts, each with its class; about: in words. */
void vjp_page_bar(struct vjp_page *page, const char *const *classes, const int64_t *parts, int n,
                  const char *about);

/* A row of a list of terms: <dt>term</dt><dd>text</dd>; nothing where the text is NULL or empty. */
void vjp_page_term(struct vjp_page *page, const char *term, const char *text);

#endif
