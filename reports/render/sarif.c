/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sarif.h"

#include "reports/render/json_line.h"
#include "reports/render/sha256.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* One sentence for each verdict that is a failure. */
static const char *const meanings[VJP_VERDICT_COUNT] = {
    [VJP_VERDICT_INACCURATE] =
        "The error is above the bound; a narrower accumulation would explain it.",
    [VJP_VERDICT_NONDETERMINISTIC] = "The same call gave other bits.",
    [VJP_VERDICT_STATE_DEPENDENT] = "A used process answers otherwise than a fresh one.",
    [VJP_VERDICT_FP_ENVIRONMENT] = "The floating-point environment was changed.",
    [VJP_VERDICT_WRONG] = "The gradient is wrong: no rounding explains it.",
    [VJP_VERDICT_UNWRITTEN] = "An element of a gradient was not written.",
    [VJP_VERDICT_INPUT_MODIFIED] = "An operand, which is read-only, was changed.",
    [VJP_VERDICT_OUT_OF_BOUNDS] = "Memory outside of a tensor was read or written.",
    [VJP_VERDICT_CRASHED] = "The kernel's process ended.",
    [VJP_VERDICT_HUNG] = "The call did not return in time.",
};

/* The rules are the verdicts that are failures, in their order. */
static int rule_index(enum vjp_verdict verdict)
{
    return (int)verdict - (VJP_VERDICT_PASS + 1);
}

static json_t *make_rule_id(enum vjp_verdict verdict)
{
    return json_sprintf("vjpcheck/%s", vjp_verdict_name(verdict));
}

static json_t *make_message(const char *text)
{
    struct vjp_json_line message = {.json = json_object()};
    vjp_json_set(&message, "text", vjp_json_text(text));
    return vjp_json_take(&message);
}

char *vjp_sarif_file(const char *target, char *text, size_t size)
{
    const char *colon = strrchr(target, ':');
    const size_t length = colon && !strchr(colon, '/') ? (size_t)(colon - target) : strlen(target);
    snprintf(text, size, "%.*s", (int)length, target);
    return text;
}

/* A path as a reference of a URI (RFC 3986): what is neither unreserved nor '/' is in percent. */
static json_t *make_uri(const char *path)
{
    struct vjp_text uri = {0};
    vjp_text_add(&uri, "%s", "");
    for (const char *at = path; *at; at++)
        vjp_text_add(&uri, isalnum((unsigned char)*at) || strchr("-._~/", *at) ? "%c" : "%%%02X",
                     (unsigned char)*at);
    json_t *json = uri.failed ? NULL : json_string(uri.data);
    vjp_text_clear(&uri);
    return json;
}

static json_t *make_location(const struct vjp_record *record)
{
    char path[4096];
    struct vjp_json_line location = {.json = json_object()}, physical = {.json = json_object()},
                         artifact = {.json = json_object()}, logical = {.json = json_object()};
    json_t *logicals = json_array();
    vjp_json_set(&artifact, "uri", make_uri(vjp_sarif_file(record->target, path, sizeof path)));
    vjp_json_set(&physical, "artifactLocation", vjp_json_take(&artifact));
    /* The site shows no result without a line. */
    vjp_json_set(&physical, "region", json_pack("{s:i}", "startLine", 1));
    vjp_json_set(&logical, "name", vjp_json_text(record->kernel));
    vjp_json_set(&logical, "fullyQualifiedName", vjp_json_text(record->target));
    vjp_json_set(&logical, "kind", json_string("function"));
    location.failed |= json_array_append_new(logicals, vjp_json_take(&logical)) != 0;
    vjp_json_set(&location, "physicalLocation", vjp_json_take(&physical));
    vjp_json_set(&location, "logicalLocations", logicals);
    return vjp_json_take(&location);
}

/* Neither the reason, whose numbers may be others next time, nor where the plug-in lies. */
static json_t *make_fingerprints(const struct vjp_record *record)
{
    const char *const parts[] = {record->plugin, record->kernel, vjp_verdict_name(record->verdict),
                                 record->line};
    struct vjp_sha256 hash;
    char text[VJP_SHA256_TEXT];
    struct vjp_json_line prints = {.json = json_object()};
    vjp_sha256_init(&hash);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        vjp_sha256_add(&hash, parts[i], strlen(parts[i]) + 1);
    vjp_sha256_end_text(&hash, text);
    vjp_json_set(&prints, "kernelVerdictCase/v1", json_string(text));
    return vjp_json_take(&prints);
}

static json_t *make_result(const struct vjp_record *record)
{
    struct vjp_text message = {0};
    struct vjp_json_line result = {.json = json_object()}, properties = {.json = json_object()};
    json_t *locations = json_array();
    vjp_text_add(&message, "%s (%s, %s): %s%s%s\nReplay: %s", record->target, record->layer,
                 record->dtype, vjp_verdict_name(record->verdict), record->reason[0] ? ": " : "",
                 record->reason, record->replay);
    result.failed |= message.failed;
    result.failed |= json_array_append_new(locations, make_location(record)) != 0;
    vjp_json_set(&result, "ruleId", make_rule_id(record->verdict));
    vjp_json_set(&result, "ruleIndex", json_integer(rule_index(record->verdict)));
    vjp_json_set(&result, "level", json_string("error"));
    vjp_json_set(&result, "message", make_message(message.failed ? "" : message.data));
    vjp_json_set(&result, "locations", locations);
    vjp_json_set(&result, "partialFingerprints", make_fingerprints(record));
    vjp_json_set(&properties, "case", vjp_json_text(record->line));
    vjp_json_set(&properties, "replay", vjp_json_text(record->replay));
    vjp_json_set(&result, "properties", vjp_json_take(&properties));
    vjp_text_clear(&message);
    return vjp_json_take(&result);
}

enum vjp_status vjp_sarif_add(struct vjp_sarif *sarif, const struct vjp_record *record,
                              struct vjp_error *error)
{
    if (!record->ran || !vjp_verdict_is_failure(record->verdict))
        return VJP_OK;
    if (sarif->count == VJP_SARIF_RESULTS_MAX) {
        sarif->left_out++;
        return VJP_OK;
    }
    json_t *result = make_result(record);
    char *text = result ? json_dumps(result, JSON_COMPACT) : NULL;
    json_decref(result);
    if (text)
        vjp_text_add(&sarif->results, "%s%s", sarif->count > 0 ? ",\n" : "\n", text);
    sarif->count++;
    const bool failed = !text || sarif->results.failed;
    free(text);
    return failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

static json_t *make_rules(void)
{
    json_t *rules = json_array();
    for (int v = VJP_VERDICT_PASS + 1; v < VJP_VERDICT_COUNT && rules; v++) {
        struct vjp_json_line rule = {.json = json_object()};
        vjp_json_set(&rule, "id", make_rule_id((enum vjp_verdict)v));
        vjp_json_set(&rule, "name", json_string(vjp_verdict_name((enum vjp_verdict)v)));
        vjp_json_set(&rule, "shortDescription", make_message(meanings[v]));
        vjp_json_set(&rule, "defaultConfiguration", json_pack("{s:s}", "level", "error"));
        if (json_array_append_new(rules, vjp_json_take(&rule)) != 0) {
            json_decref(rules);
            rules = NULL;
        }
    }
    return rules;
}

static json_t *make_driver(const char *version)
{
    struct vjp_json_line driver = {.json = json_object()}, tool = {.json = json_object()};
    vjp_json_set(&driver, "name", json_string("vjpcheck"));
    vjp_json_set(&driver, "version", vjp_json_text(version));
    vjp_json_set(&driver, "rules", make_rules());
    vjp_json_set(&tool, "driver", vjp_json_take(&driver));
    return vjp_json_take(&tool);
}

/* Whether the run came to its end, and what is not in the log. */
static json_t *make_invocations(const struct vjp_sarif *sarif)
{
    struct vjp_json_line invocation = {.json = json_object()};
    json_t *invocations = json_array();
    vjp_json_set(&invocation, "executionSuccessful", json_true());
    if (sarif->left_out > 0) {
        char text[128];
        struct vjp_json_line note = {.json = json_object()};
        json_t *notes = json_array();
        snprintf(text, sizeof text, "%" PRId64 " further failures are left out: a log holds %d",
                 sarif->left_out, VJP_SARIF_RESULTS_MAX);
        vjp_json_set(&note, "level", json_string("warning"));
        vjp_json_set(&note, "message", make_message(text));
        invocation.failed |= json_array_append_new(notes, vjp_json_take(&note)) != 0;
        vjp_json_set(&invocation, "toolExecutionNotifications", notes);
    }
    if (json_array_append_new(invocations, vjp_json_take(&invocation)) == 0)
        return invocations;
    json_decref(invocations);
    return NULL;
}

enum vjp_status vjp_sarif_write(const struct vjp_sarif *sarif, const char *version,
                                struct vjp_sink *sink, struct vjp_error *error)
{
    json_t *driver = make_driver(version), *invocations = make_invocations(sarif);
    char *tool = driver ? json_dumps(driver, JSON_COMPACT) : NULL;
    char *calls = invocations ? json_dumps(invocations, JSON_COMPACT) : NULL;
    struct vjp_text out = {0};
    vjp_text_add(
        &out,
        "{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":%s,\n"
        "\"invocations\":%s,\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[%s]}]}\n",
        tool ? tool : "", calls ? calls : "", sarif->results.data ? sarif->results.data : "");
    const enum vjp_status status = !tool || !calls || out.failed
                                       ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                       : vjp_sink_write(sink, out.data, error);
    vjp_text_clear(&out);
    free(tool);
    free(calls);
    json_decref(driver);
    json_decref(invocations);
    return status;
}

void vjp_sarif_clear(struct vjp_sarif *sarif)
{
    vjp_text_clear(&sarif->results);
    *sarif = (struct vjp_sarif){0};
}
