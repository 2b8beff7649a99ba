/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_SANITIZER_H
#define VJP_IMPLS_HOST_SANITIZER_H

/* What to do about a library that does not load because it is built with a sanitizer, as the text that the system
 * or the sanitizer wrote gives away: the end of a sentence, "; it is built with ...". "" where it does not. Static. */
const char *vjp_sanitizer_advice(const char *text);

/* The line in which a sanitizer's report says what it found and where, cut out of text; text itself where there is
 * no such line. */
char *vjp_sanitizer_summary(char *text);

#endif
