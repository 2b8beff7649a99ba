/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/report.h"

#include "reports/bench/clock.h"
#include "reports/render/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum vjp_status vjp_report_begin(const struct vjp_report_options *options,
                                 const struct vjp_run_header *header, struct vjp_report *out,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_report report = {.checks = header->checks, .start = vjp_clock_now()};
    if (header->title)
        snprintf(report.title, sizeof report.title, "%s", header->title);
    else
        snprintf(report.title, sizeof report.title,
                 "vjpcheck %s, seed 0x%" PRIx64 ", %" PRId64 " case%s", header->version,
                 header->seed, header->cases, header->cases == 1 ? "" : "s");
    vjp_progress_init(&report.progress, stderr);
    if (options->json)
        status = vjp_sink_open(options->json, &report.json_sink, error);
    if (status == VJP_OK && options->junit)
        status = vjp_sink_open(options->junit, &report.junit_sink, error);
    if (status == VJP_OK && options->json)
        status = vjp_json_write_header(&report.json_sink, header, error);
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
    enum vjp_status status = vjp_summary_add(&report->summary, record, error);
    if (status == VJP_OK && report->json_sink.file)
        status = vjp_json_write_record(&report->json_sink, record, error);
    if (status == VJP_OK && report->junit_sink.file)
        status = vjp_junit_add(&report->junit, record, error);
    vjp_progress_show(&report->progress, vjp_clock_now(), report->summary.totals.checks,
                      report->checks, vjp_totals_failed(&report->summary.totals));
    return status;
}

enum vjp_status vjp_report_end(struct vjp_report *report, const struct vjp_report_options *options,
                               struct vjp_error *error)
{
    const double seconds = vjp_clock_now() - report->start;
    FILE *out =
        report->json_sink.file == stdout || report->junit_sink.file == stdout ? stderr : stdout;
    enum vjp_status status = VJP_OK;
    vjp_progress_erase(&report->progress);
    if (report->json_sink.file) {
        status =
            vjp_json_write_summary(&report->json_sink, &report->summary.totals, seconds, error);
        if (status == VJP_OK)
            status = vjp_sink_commit(&report->json_sink, error);
    }
    if (status == VJP_OK && report->junit_sink.file) {
        status = vjp_junit_write(&report->junit, seconds, &report->junit_sink, error);
        if (status == VJP_OK)
            status = vjp_sink_commit(&report->junit_sink, error);
    }
    if (status != VJP_OK)
        return status;
    const struct vjp_summary_style style = {.colour = vjp_terminal_has_colour(out),
                                            .only_failed = options->only_failed,
                                            .seconds = seconds};
    fprintf(out, "%s\n\n", report->title);
    vjp_summary_print(&report->summary, &style, out);
    if (fflush(out) != 0 || ferror(out))
        return vjp_fail(error, VJP_ERR_IO, "the summary cannot be written: %s", strerror(errno));
    return VJP_OK;
}

void vjp_report_clear(struct vjp_report *report)
{
    vjp_progress_erase(&report->progress);
    vjp_sink_clear(&report->json_sink);
    vjp_sink_clear(&report->junit_sink);
    vjp_junit_clear(&report->junit);
    vjp_summary_clear(&report->summary);
    *report = (struct vjp_report){0};
}
