/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/escape.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xfffd

/* Reads one code point and steps past it. What is not well-formed UTF-8 (Unicode, table 3-7) gives
 * REPLACEMENT and steps past one byte. */
static int32_t next_code_point(const unsigned char **at)
{
    const unsigned char *s = *at;
    const int length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    int32_t code = length == 1 ? s[0] : s[0] & (0x7f >> length);
    *at = s + 1;
    if (length == 0 || s[0] > 0xf4)
        return REPLACEMENT;
    for (int i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (s[i] & 0x3f);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return REPLACEMENT;
    *at = s + length;
    return code;
}

static void add_code_point(struct vjp_text *out, int32_t code)
{
    if (code < 0x80)
        vjp_text_add(out, "%c", (int)code);
    else if (code < 0x800)
        vjp_text_add(out, "%c%c", 0xc0 | code >> 6, 0x80 | (code & 0x3f));
    else if (code < 0x10000)
        vjp_text_add(out, "%c%c%c", 0xe0 | code >> 12, 0x80 | (code >> 6 & 0x3f),
                     0x80 | (code & 0x3f));
    else
        vjp_text_add(out, "%c%c%c%c", 0xf0 | code >> 18, 0x80 | (code >> 12 & 0x3f),
                     0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
}

/* Adds the longest start of *at that is made of safe bytes, in one piece, and steps past it. */
static void add_span(struct vjp_text *out, const unsigned char **at, const char *safe)
{
    const size_t length = strspn((const char *)*at, safe);
    if (length > 0)
        vjp_text_add(out, "%.*s", (int)length, (const char *)*at);
    *at += length;
}

#define ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

void vjp_escape_utf8(struct vjp_text *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    vjp_text_add(out, "%s", "");
    while (*at) {
        add_span(out, &at, ALPHANUMERIC " .,:;=+-_[]()/");
        if (*at)
            add_code_point(out, next_code_point(&at));
    }
}

void vjp_escape_xml(struct vjp_text *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    vjp_text_add(out, "%s", "");
    while (*at) {
        add_span(out, &at, ALPHANUMERIC " .,:;=+-_[]()/");
        if (!*at)
            break;
        const int32_t code = next_code_point(&at);
        if (code == '&' || code == '<' || code == '>' || code == '"' || code == '\'' ||
            code == '\t' || code == '\n' || code == '\r')
            vjp_text_add(out, "&#%d;", (int)code);
        else if (code < 0x20 || code == 0xfffe || code == 0xffff)
            add_code_point(out, REPLACEMENT);
        else
            add_code_point(out, code);
    }
}

void vjp_escape_terminal(struct vjp_text *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    vjp_text_add(out, "%s", "");
    while (*at) {
        add_span(out, &at, ALPHANUMERIC " .,:;=+-_[]()/");
        if (!*at)
            break;
        const int32_t code = next_code_point(&at);
        /* C0, DEL and C1: the bytes that move cursors and set titles. */
        add_code_point(out, code < 0x20 || (code >= 0x7f && code < 0xa0) ? '?' : code);
    }
}

void vjp_escape_shell(struct vjp_text *out, const char *word)
{
    if (*word && word[strspn(word, ALPHANUMERIC "_-./:=+,@%")] == '\0') {
        vjp_text_add(out, "%s", word);
        return;
    }
    vjp_text_add(out, "'");
    for (const char *at = word; *at;) {
        const size_t length = strcspn(at, "'");
        vjp_text_add(out, "%.*s", (int)length, at);
        at += length;
        if (*at == '\'') {
            vjp_text_add(out, "'\\''");
            at++;
        }
    }
    vjp_text_add(out, "'");
}

void vjp_escape_print(const char *text, FILE *out)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    if (clean.failed)
        fputs("(out of memory)", out);
    else if (clean.data)
        fputs(clean.data, out);
    vjp_text_clear(&clean);
}

void vjp_escape_markdown(struct vjp_text *out, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    out->failed |= clean.failed;
    for (const char *at = clean.failed ? "" : clean.data; *at; at++)
        vjp_text_add(out, strchr("\\`*_{}[]<>()#+-!|~&:@", *at) ? "\\%c" : "%c", *at);
    vjp_text_clear(&clean);
}
