/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/tap.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"

#include <inttypes.h>

/* In a description a backslash and a hash stand behind a backslash; nothing ends the line. */
static void add_description(struct vjp_text *out, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    out->failed |= clean.failed;
    for (const char *at = clean.failed ? "" : clean.data; *at; at++)
        vjp_text_add(out, *at == '\\' || *at == '#' ? "\\%c" : "%c", *at);
    vjp_text_clear(&clean);
}

/* A text in double quotes, as YAML and JSON have it. Control characters have become '?' before. */
static void add_quoted(struct vjp_text *out, const char *key, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    out->failed |= clean.failed;
    vjp_text_add(out, "  %s: \"", key);
    for (const char *at = clean.failed ? "" : clean.data; *at; at++)
        vjp_text_add(out, *at == '\\' || *at == '"' ? "\\%c" : "%c", *at);
    vjp_text_add(out, "\"\n");
    vjp_text_clear(&clean);
}

static enum vjp_status write_text(struct vjp_sink *sink, struct vjp_text *text,
                                  struct vjp_error *error)
{
    const enum vjp_status status = text->failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                                : vjp_sink_write(sink, text->data, error);
    vjp_text_clear(text);
    return status;
}

enum vjp_status vjp_tap_begin(struct vjp_sink *sink, struct vjp_error *error)
{
    return vjp_sink_write(sink, "TAP version 14\n", error);
}

enum vjp_status vjp_tap_add(struct vjp_sink *sink, int64_t number, const struct vjp_record *record,
                            struct vjp_error *error)
{
    struct vjp_text out = {0};
    const bool failed = record->ran && vjp_verdict_is_failure(record->verdict);
    const bool skipped = !failed && !(record->ran && vjp_verdict_is_success(record->verdict));
    vjp_text_add(&out, "%sok %" PRId64 " - ", failed ? "not " : "", number);
    add_description(&out, record->target);
    vjp_text_add(&out, ": ");
    add_description(&out, record->line);
    if (skipped) {
        vjp_text_add(&out, " # SKIP %s%s", vjp_record_verdict(record),
                     record->reason[0] ? ": " : "");
        add_description(&out, record->reason);
    }
    vjp_text_add(&out, "\n");
    if (failed) {
        vjp_text_add(&out, "  ---\n");
        add_quoted(&out, "verdict", vjp_record_verdict(record));
        add_quoted(&out, "reason", record->reason);
        add_quoted(&out, "replay", record->replay);
        vjp_text_add(&out, "  ...\n");
    }
    return write_text(sink, &out, error);
}

enum vjp_status vjp_tap_end(struct vjp_sink *sink, int64_t count, struct vjp_error *error)
{
    struct vjp_text out = {0};
    vjp_text_add(&out, "1..%" PRId64 "%s\n", count, count == 0 ? " # SKIP nothing was asked" : "");
    return write_text(sink, &out, error);
}
