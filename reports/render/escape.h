/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ESCAPE_H
#define VJP_REPORTS_RENDER_ESCAPE_H

#include <stdio.h>

#include "cases/base/text.h"

/* Texts that a kernel, a file name or a user wrote may hold any byte. Each of these adds such a text
 * to out in a form that its reader can take; what is not UTF-8 becomes U+FFFD. */

/* Valid UTF-8, nothing else changed. */
void vjp_escape_utf8(struct vjp_text *out, const char *text);

/* XML 1.0 character data, good between tags and in quotes: & < > " and ' as entities, newlines and
 * tabs as references, characters that XML cannot hold as U+FFFD. */
void vjp_escape_xml(struct vjp_text *out, const char *text);

/* For a terminal: control characters become '?'. */
void vjp_escape_terminal(struct vjp_text *out, const char *text);

/* For Markdown, in a line or a cell of a table: what would mean something, in it or in the HTML that it may hold, stands
 * behind a backslash; control characters become '?'. */
void vjp_escape_markdown(struct vjp_text *out, const char *text);

/* For a terminal, written to a stream. */
void vjp_escape_print(const char *text, FILE *out);

/* One word for a POSIX shell: as it is where that is safe, otherwise in single quotes. */
void vjp_escape_shell(struct vjp_text *out, const char *word);

#endif
