/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/foreign.h"

#include <stdint.h>
#include <string.h>

/* The length of the well-formed UTF-8 sequence at text, or 0 (Unicode 15, table 3-7: no overlong
 * forms, no surrogates, nothing beyond U+10FFFF). */
static size_t sequence_length(const unsigned char *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = text[0];
    const size_t length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length <= 1)
        return length;
    if (lead > 0xf4 || length > size)
        return 0;
    uint32_t point = lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    return length;
}

void vjp_foreign_text(char *out, size_t size, const char *in, size_t in_size)
{
    const unsigned char *text = (const unsigned char *)in;
    const size_t end = strnlen(in, in_size);
    size_t n = 0;
    for (size_t i = 0; i < end;) {
        const size_t length = sequence_length(text + i, end - i);
        const size_t room = length > 0 ? length : 1;
        if (n + room >= size)
            break;
        if (length == 0 || text[i] == 0x7f ||
            (length == 2 && text[i] == 0xc2 && text[i + 1] < 0xa0))
            out[n++] = '?'; /* not UTF-8, DEL, or one of the C1 controls U+0080..U+009F */
        else if (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r')) {
            if (n > 0)
                out[n++] = ' ';
        } else if (text[i] < ' ') {
            out[n++] = '?';
        } else {
            memcpy(out + n, text + i, length);
            n += length;
        }
        i += room;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}
