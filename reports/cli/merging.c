/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/merging.h"

#include "reports/cli/cli.h"
#include "reports/render/json.h"
#include "reports/render/stream_file.h"

#include <inttypes.h>
#include <string.h>

void vjp_merging_clear(struct vjp_merging *m)
{
    vjp_report_clear(&m->report);
    vjp_seen_clear(&m->asked);
    vjp_seen_clear(&m->recorded);
    vjp_seen_clear(&m->told);
    *m = (struct vjp_merging){0};
}

enum vjp_status vjp_merging_begin(const struct vjp_report_options *options, int n_files,
                                  struct vjp_merging *out, struct vjp_error *error)
{
    char title[64];
    const struct vjp_run_header header = {.version = VJP_VERSION, .title = title};
    *out = (struct vjp_merging){0};
    snprintf(title, sizeof title, "vjpcheck " VJP_VERSION ", %d file%s", n_files,
             n_files == 1 ? "" : "s");
    return vjp_report_begin(options, &header, &out->report, error);
}

static enum vjp_status add_record(struct vjp_merging *m, const struct vjp_record *record,
                                  struct vjp_error *error)
{
    const char *const texts[] = {record->target, record->line, vjp_record_verdict(record)};
    bool first = false, is_new = false;
    enum vjp_status status = vjp_seen_add(&m->asked, texts, 2, &first, error);
    if (status == VJP_OK)
        status = vjp_seen_add(&m->recorded, texts, 3, &is_new, error);
    if (status != VJP_OK)
        return status;
    m->duplicates += !is_new;
    m->contrary += is_new && !first;
    return is_new ? vjp_report_add(&m->report, record, error) : VJP_OK;
}

static enum vjp_status add_run(struct vjp_merging *m, const struct vjp_run_info *run,
                               struct vjp_error *error)
{
    struct vjp_text text = {0};
    bool is_new = false;
    enum vjp_status status = vjp_json_run_text(run, &text, error);
    if (status == VJP_OK) {
        const char *const texts[] = {text.data};
        status = vjp_seen_add(&m->told, texts, 1, &is_new, error);
    }
    if (status == VJP_OK && is_new)
        status = vjp_report_add_run(&m->report, run, error);
    vjp_text_clear(&text);
    return status;
}

static enum vjp_status add_find(struct vjp_merging *m, const struct vjp_find_record *find,
                                struct vjp_error *error)
{
    const char *const texts[] = {find->target, find->dtype, vjp_verdict_name(find->verdict),
                                 find->line};
    bool is_new = false;
    const enum vjp_status status = vjp_seen_add(&m->told, texts, 4, &is_new, error);
    return status == VJP_OK && is_new ? vjp_report_add_find(&m->report, find, error) : status;
}

/* env: struct vjp_merging. */
static enum vjp_status add_line(void *env, const struct vjp_stream_line *line,
                                struct vjp_error *error)
{
    struct vjp_merging *m = env;
    if (vjp_annex_takes(line)) {
        /* A line of type "selftest" is of a stream whose last line has all seconds. */
        if (strcmp(line->type_name, "summary") == 0)
            m->seconds += line->selftest.seconds;
        return vjp_report_add_annex(&m->report, line, error);
    }
    switch (line->type) {
    case VJP_STREAM_CHECK:
        return add_record(m, &line->record, error);
    case VJP_STREAM_CAMPAIGN:
        return vjp_report_add_campaign(&m->report, &line->campaign, error);
    case VJP_STREAM_FIND:
        return add_find(m, &line->find, error);
    case VJP_STREAM_HEADER:
    case VJP_STREAM_RUN:
        return line->has_run ? add_run(m, &line->run, error) : VJP_OK;
    case VJP_STREAM_SUMMARY:
        m->seconds += line->seconds;
        return VJP_OK;
    default:
        return vjp_report_add_other(&m->report, line->type_name, error);
    }
}

enum vjp_status vjp_merging_add(struct vjp_merging *m, const char *path, struct vjp_error *error)
{
    struct vjp_stream_file file;
    vjp_annex_begin(&m->report.annex);
    const enum vjp_status status = vjp_stream_file_read(path, add_line, m, &file, error);
    if (status == VJP_OK && file.cut) {
        fprintf(stderr, "vjpcheck: %s: has no summary: its run did not come to its end\n", path);
        m->report.incomplete++;
    }
    return status;
}

enum vjp_status vjp_merging_end(struct vjp_merging *m, const struct vjp_report_options *options,
                                struct vjp_error *error)
{
    m->report.start -= m->seconds; /* what is told is how long the runs took */
    return vjp_report_end(&m->report, options, error);
}

void vjp_merging_print(const struct vjp_merging *m, FILE *out)
{
    fprintf(out, "\n%" PRId64 " duplicate%s left out", m->duplicates,
            m->duplicates == 1 ? "" : "s");
    if (m->contrary > 0)
        fprintf(out, "; %" PRId64 " cases have another verdict in another file, and both are kept",
                m->contrary);
    fputc('\n', out);
}

int vjp_merging_conclude(const struct vjp_merging *m)
{
    const struct vjp_totals *totals = &m->report.summary.totals;
    const struct vjp_annex_totals annex = vjp_annex_count(&m->report.annex);
    if (vjp_totals_failed(totals) > 0 || vjp_annex_failed(&annex))
        return VJP_EXIT_FAILED;
    if (vjp_totals_conclusive(totals) > 0 || vjp_annex_is_conclusive(&annex))
        return m->report.incomplete > 0 ? VJP_EXIT_USAGE : VJP_EXIT_SOUND;
    fputs("vjpcheck: nothing was tested: no record has a conclusive verdict\n", stderr);
    return VJP_EXIT_USAGE;
}
