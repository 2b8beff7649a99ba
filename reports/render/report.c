/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/report.h"

#include "reports/bench/clock.h"
#include "reports/render/github.h"
#include "reports/render/html/document.h"
#include "reports/render/json.h"
#include "reports/render/markdown.h"
#include "reports/render/tap.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const char *vjp_rendering_name(enum vjp_rendering rendering)
{
    static const char *const names[VJP_RENDERINGS] = {"json", "junit",    "sarif",
                                                      "tap",  "markdown", "html"};
    return names[rendering];
}

const char *vjp_report_path(const struct vjp_report_options *options, enum vjp_rendering rendering)
{
    const char *const paths[VJP_RENDERINGS] = {options->json, options->junit,    options->sarif,
                                               options->tap,  options->markdown, options->html};
    return paths[rendering];
}

enum vjp_status vjp_report_check(const struct vjp_report_options *options, struct vjp_error *error)
{
    for (int a = 0; a < VJP_RENDERINGS; a++) {
        const char *path = vjp_report_path(options, (enum vjp_rendering)a);
        for (int b = a + 1; b < VJP_RENDERINGS && path; b++) {
            const char *other = vjp_report_path(options, (enum vjp_rendering)b);
            if (other && strcmp(path, other) == 0)
                return vjp_fail(error, VJP_ERR_USAGE, "--%s and --%s cannot both write to %s",
                                vjp_rendering_name((enum vjp_rendering)a),
                                vjp_rendering_name((enum vjp_rendering)b), path);
        }
    }
    return VJP_OK;
}

static struct vjp_sink *sink_of(struct vjp_report *report, enum vjp_rendering rendering)
{
    struct vjp_sink *sink = &report->sink[rendering];
    return sink->file ? sink : NULL;
}

static enum vjp_status open_all(const struct vjp_report_options *options,
                                const struct vjp_run_header *header, struct vjp_report *report,
                                struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int r = 0; r < VJP_RENDERINGS && status == VJP_OK; r++) {
        const char *path = vjp_report_path(options, (enum vjp_rendering)r);
        if (path)
            status = vjp_sink_open(path, &report->sink[r], error);
    }
    if (status == VJP_OK && options->json)
        status = vjp_json_write_header(&report->sink[VJP_RENDER_JSON], header, error);
    if (status == VJP_OK && options->tap)
        status = vjp_tap_begin(&report->sink[VJP_RENDER_TAP], error);
    if (header->run)
        vjp_annex_begin_run(&report->annex);
    if (status == VJP_OK && report->keeps && header->run)
        status = vjp_dossier_add_run(&report->dossier, header->run, error);
    return status;
}

enum vjp_status vjp_report_begin(const struct vjp_report_options *options,
                                 const struct vjp_run_header *header, struct vjp_report *out,
                                 struct vjp_error *error)
{
    struct vjp_report report = {.checks = header->checks,
                                .start = vjp_clock_now(),
                                .keeps = options->markdown || options->html || options->github};
    report.details = report.keeps || options->json;
    snprintf(report.version, sizeof report.version, "%s", header->version);
    if (header->title)
        snprintf(report.title, sizeof report.title, "%s", header->title);
    else
        snprintf(report.title, sizeof report.title,
                 "vjpcheck %s, seed 0x%" PRIx64 ", %" PRId64 " case%s", header->version,
                 header->seed, header->cases, header->cases == 1 ? "" : "s");
    vjp_progress_init(&report.progress, stderr);
    const enum vjp_status status = open_all(options, header, &report, error);
    if (status != VJP_OK) {
        vjp_report_clear(&report);
        return status;
    }
    *out = report;
    return VJP_OK;
}

enum vjp_status vjp_report_add(struct vjp_report *report, const struct vjp_record *record,
                               struct vjp_error *error)
{
    struct vjp_sink *json = sink_of(report, VJP_RENDER_JSON),
                    *tap = sink_of(report, VJP_RENDER_TAP);
    enum vjp_status status = vjp_summary_add(&report->summary, record, error);
    if (status == VJP_OK && json)
        status = vjp_json_write_record(json, record, error);
    if (status == VJP_OK && sink_of(report, VJP_RENDER_JUNIT))
        status = vjp_junit_add(&report->junit, record, error);
    if (status == VJP_OK && sink_of(report, VJP_RENDER_SARIF))
        status = vjp_sarif_add(&report->sarif, record, error);
    if (status == VJP_OK && tap)
        status = vjp_tap_add(tap, report->summary.totals.checks, record, error);
    if (status == VJP_OK && report->keeps)
        status = vjp_dossier_add(&report->dossier, record, error);
    vjp_progress_show(&report->progress, vjp_clock_now(), report->summary.totals.checks,
                      report->checks, vjp_totals_failed(&report->summary.totals));
    return status;
}

enum vjp_status vjp_report_add_campaign(struct vjp_report *report,
                                        const struct vjp_campaign_record *campaign,
                                        struct vjp_error *error)
{
    bool is_new;
    struct vjp_sink *json = sink_of(report, VJP_RENDER_JSON);
    enum vjp_status status = vjp_campaigns_add(&report->campaigns, campaign, &is_new, error);
    if (status == VJP_OK && is_new && json)
        status = vjp_campaign_write(json, campaign, error);
    return status;
}

enum vjp_status vjp_report_add_find(struct vjp_report *report, const struct vjp_find_record *find,
                                    struct vjp_error *error)
{
    struct vjp_sink *json = sink_of(report, VJP_RENDER_JSON);
    enum vjp_status status = VJP_OK;
    if (json)
        status = vjp_find_write(json, find, error);
    if (status == VJP_OK && report->keeps)
        status = vjp_dossier_add_find(&report->dossier, find, error);
    return status;
}

enum vjp_status vjp_report_add_run(struct vjp_report *report, const struct vjp_run_info *run,
                                   struct vjp_error *error)
{
    struct vjp_sink *json = sink_of(report, VJP_RENDER_JSON);
    enum vjp_status status = VJP_OK;
    vjp_annex_begin_run(&report->annex);
    if (json)
        status = vjp_json_write_run(json, run, error);
    if (status == VJP_OK && report->keeps)
        status = vjp_dossier_add_run(&report->dossier, run, error);
    return status;
}

/* A self-test that has come before is known by its last line only: the others of it stand there by then. */
enum vjp_status vjp_report_add_annex(struct vjp_report *report, const struct vjp_stream_line *line,
                                     struct vjp_error *error)
{
    struct vjp_sink *json = sink_of(report, VJP_RENDER_JSON);
    struct vjp_text text = {0};
    bool is_new;
    enum vjp_status status = vjp_annex_add(&report->annex, line, &is_new, error);
    if (status == VJP_OK && json && (is_new || line->type == VJP_STREAM_SELFTEST)) {
        status = vjp_stream_text(line, &text, error);
        if (status == VJP_OK)
            status = vjp_sink_write(json, text.data, error);
    }
    vjp_text_clear(&text);
    return status;
}

enum vjp_status vjp_report_add_other(struct vjp_report *report, const char *type,
                                     struct vjp_error *error)
{
    return report->keeps ? vjp_dossier_add_other(&report->dossier, type, error) : VJP_OK;
}

FILE *vjp_report_out(const struct vjp_report *report)
{
    for (int r = 0; r < VJP_RENDERINGS; r++) {
        if (report->sink[r].file == stdout)
            return stderr;
    }
    return stdout;
}

static struct vjp_digest make_digest(const struct vjp_report *report, double seconds)
{
    return (struct vjp_digest){.version = report->version,
                               .title = report->title,
                               .summary = &report->summary,
                               .dossier = &report->dossier,
                               .campaigns = &report->campaigns,
                               .annex = &report->annex,
                               .incomplete = report->incomplete,
                               .seconds = seconds};
}

/* Those that are written in one piece, at the end. */
static enum vjp_status write_rendering(struct vjp_report *report, enum vjp_rendering rendering,
                                       double seconds, struct vjp_error *error)
{
    struct vjp_sink *sink = &report->sink[rendering];
    const struct vjp_digest digest = make_digest(report, seconds);
    switch (rendering) {
    case VJP_RENDER_JSON:
        return vjp_json_write_summary(sink, &report->summary.totals, seconds, error);
    case VJP_RENDER_JUNIT:
        return vjp_junit_write(&report->junit, seconds, sink, error);
    case VJP_RENDER_SARIF:
        return vjp_sarif_write(&report->sarif, report->version, sink, error);
    case VJP_RENDER_TAP:
        return vjp_tap_end(sink, report->summary.totals.checks, error);
    case VJP_RENDER_MARKDOWN:
        return vjp_markdown_write(&digest, sink, error);
    case VJP_RENDER_HTML:
        return vjp_html_write(&digest, sink, error);
    case VJP_RENDERINGS:
        break;
    }
    return vjp_fail(error, VJP_ERR_INTERNAL, "there is no rendering %d", (int)rendering);
}

static enum vjp_status tell_github(struct vjp_report *report, double seconds, FILE *out,
                                   struct vjp_error *error)
{
    const struct vjp_digest digest = make_digest(report, seconds);
    return vjp_github_tell(&digest, out, error);
}

/* In the words of a page, and where to look for more. */
static void print_annex(const struct vjp_report *report, FILE *out)
{
    const struct vjp_summary none = {.rows = NULL};
    struct vjp_digest digest = make_digest(report, 0);
    struct vjp_text words = {0};
    digest.summary = &none;
    digest.incomplete = 0;
    if (!vjp_annex_is_empty(&report->annex))
        vjp_digest_headline(&digest, &words);
    if (words.data && !words.failed)
        fprintf(out, "%s\n\n", words.data);
    vjp_text_clear(&words);
}

enum vjp_status vjp_report_print(struct vjp_report *report,
                                 const struct vjp_report_options *options, struct vjp_error *error)
{
    FILE *out = vjp_report_out(report);
    const struct vjp_summary_style style = {.colour = vjp_terminal_has_colour(out),
                                            .only_failed = options->only_failed,
                                            .seconds = vjp_clock_now() - report->start};
    if (report->printed)
        return VJP_OK;
    report->printed = true;
    vjp_progress_erase(&report->progress);
    fprintf(out, "%s\n\n", report->title);
    print_annex(report, out);
    vjp_summary_print(&report->summary, &style, out);
    if (fflush(out) != 0 || ferror(out))
        return vjp_fail(error, VJP_ERR_IO, "the summary cannot be written: %s", strerror(errno));
    return VJP_OK;
}

enum vjp_status vjp_report_end(struct vjp_report *report, const struct vjp_report_options *options,
                               struct vjp_error *error)
{
    const double seconds = vjp_clock_now() - report->start;
    FILE *out = vjp_report_out(report);
    enum vjp_status status = VJP_OK;
    vjp_progress_erase(&report->progress);
    for (int r = 0; r < VJP_RENDERINGS && status == VJP_OK; r++) {
        if (!report->sink[r].file)
            continue;
        status = write_rendering(report, (enum vjp_rendering)r, seconds, error);
        if (status == VJP_OK)
            status = vjp_sink_commit(&report->sink[r], error);
    }
    if (status == VJP_OK)
        status = vjp_report_print(report, options, error);
    if (status == VJP_OK && options->github)
        status = tell_github(report, seconds, out, error);
    return status;
}

void vjp_report_clear(struct vjp_report *report)
{
    vjp_progress_erase(&report->progress);
    for (int r = 0; r < VJP_RENDERINGS; r++)
        vjp_sink_clear(&report->sink[r]);
    vjp_junit_clear(&report->junit);
    vjp_sarif_clear(&report->sarif);
    vjp_dossier_clear(&report->dossier);
    vjp_campaigns_clear(&report->campaigns);
    vjp_annex_clear(&report->annex);
    vjp_summary_clear(&report->summary);
    *report = (struct vjp_report){0};
}
