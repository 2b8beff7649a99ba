/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/fuzz/seen.h"
#include "reports/render/report.h"
#include "reports/render/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { JSON, JUNIT, ONLY_FAILED };

static const struct vjp_option options[] = {
    [JSON] = {"json", "FILE", "write the union as lines of JSON; \"-\": standard output"},
    [JUNIT] = {"junit", "FILE", "write JUnit XML; \"-\": standard output"},
    [ONLY_FAILED] = {"only-failed", NULL, "show only rows with a failure"},
    {0},
};

/* A campaign, of whose parts some were read. */
struct campaign {
    uint64_t seed;
    struct vjp_census census;
    int64_t replayed, tiled, climbed, discarded, parts;
    double seconds;
};

struct merge {
    struct vjp_report report;
    struct vjp_seen asked;    /* target and case */
    struct vjp_seen recorded; /* target, case and verdict */
    struct vjp_seen parts;    /* of campaigns */
    struct campaign *campaign;
    int n_campaigns;
    int64_t duplicates; /* records that were there already */
    int64_t contrary;   /* that were there with another verdict: kept */
    int incomplete;     /* files without a summary */
    double seconds;     /* of all runs */
};

static void clear_merge(struct merge *m)
{
    vjp_report_clear(&m->report);
    vjp_seen_clear(&m->asked);
    vjp_seen_clear(&m->recorded);
    vjp_seen_clear(&m->parts);
    for (int i = 0; i < m->n_campaigns; i++)
        vjp_census_clear(&m->campaign[i].census);
    free(m->campaign);
    *m = (struct merge){0};
}

static enum vjp_status add_record(struct merge *m, const struct vjp_record *record,
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

static struct campaign *need_campaign(struct merge *m, uint64_t seed)
{
    for (int i = 0; i < m->n_campaigns; i++) {
        if (m->campaign[i].seed == seed)
            return &m->campaign[i];
    }
    struct campaign *grown = realloc(m->campaign, ((size_t)m->n_campaigns + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    m->campaign = grown;
    grown[m->n_campaigns] = (struct campaign){.seed = seed};
    return &grown[m->n_campaigns++];
}

/* The same part of a campaign counts once. */
static enum vjp_status add_campaign(struct merge *m, const struct vjp_campaign_record *part,
                                    struct vjp_error *error)
{
    char text[96];
    const char *const texts[] = {text};
    bool is_new;
    snprintf(text, sizeof text, "%" PRIx64 " %" PRId64 " %" PRId64, part->seed, part->shard,
             part->shards);
    enum vjp_status status = vjp_seen_add(&m->parts, texts, 1, &is_new, error);
    if (status != VJP_OK || !is_new)
        return status;
    struct campaign *c = need_campaign(m, part->seed);
    if (!c)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a campaign");
    c->parts++;
    c->replayed += part->replayed;
    c->tiled += part->tiled;
    c->climbed += part->climbed;
    c->discarded += part->discarded;
    c->seconds += part->seconds;
    status = vjp_census_merge(&c->census, part->census, error);
    if (status == VJP_OK && m->report.json_sink.file)
        status = vjp_campaign_write(&m->report.json_sink, part, error);
    return status;
}

static enum vjp_status add_line(struct merge *m, const char *text, size_t length, bool *complete,
                                struct vjp_error *error)
{
    struct vjp_stream_line line;
    enum vjp_status status = vjp_stream_read(text, length, &line, error);
    if (status == VJP_OK && line.type == VJP_STREAM_CHECK)
        status = add_record(m, &line.record, error);
    if (status == VJP_OK && line.type == VJP_STREAM_CAMPAIGN)
        status = add_campaign(m, &line.campaign, error);
    if (status == VJP_OK && line.type == VJP_STREAM_SUMMARY) {
        *complete = true;
        m->seconds += line.seconds;
    }
    vjp_stream_line_clear(&line);
    return status;
}

/* The last line of a file whose run was cut off may be half a one: it is left out, and told. */
static enum vjp_status add_file(struct merge *m, const char *path, struct vjp_error *error)
{
    char *text = NULL;
    size_t size = 0;
    bool complete = false;
    int64_t number = 0;
    ssize_t length;
    enum vjp_status status = VJP_OK;
    FILE *const file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!file)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: cannot be read: %s", path, strerror(errno));
    while (status == VJP_OK && (length = getline(&text, &size, file)) > 0) {
        number++;
        if (text[length - 1] != '\n') {
            fprintf(stderr, "vjpcheck: %s:%" PRId64 ": the line has no end, and is left out\n",
                    path, number);
            break;
        }
        status = add_line(m, text, (size_t)length, &complete, error);
        if (status == VJP_ERR_USAGE)
            vjp_error_prefix(error, "%s:%" PRId64 ": ", path, number);
    }
    if (status == VJP_OK && ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (status == VJP_OK && !complete) {
        fprintf(stderr, "vjpcheck: %s: has no summary: its run did not come to its end\n", path);
        m->incomplete++;
    }
    free(text);
    if (file != stdin)
        fclose(file);
    return status;
}

static void print_campaigns(const struct merge *m, FILE *out)
{
    for (int i = 0; i < m->n_campaigns; i++) {
        const struct campaign *c = &m->campaign[i];
        const struct vjp_campaign_record record = {.seed = c->seed,
                                                   .shards = 1,
                                                   .census = &c->census,
                                                   .replayed = c->replayed,
                                                   .tiled = c->tiled,
                                                   .climbed = c->climbed,
                                                   .discarded = c->discarded,
                                                   .seconds = c->seconds};
        fputc('\n', out);
        vjp_campaign_print(&record, vjp_terminal_has_colour(out), out);
        fprintf(out, "  of %" PRId64 " part%s\n", c->parts, c->parts == 1 ? "" : "s");
    }
}

static int conclude(const struct merge *m)
{
    const struct vjp_totals *totals = &m->report.summary.totals;
    if (vjp_totals_failed(totals) > 0)
        return VJP_EXIT_FAILED;
    if (vjp_totals_conclusive(totals) > 0)
        return m->incomplete > 0 ? VJP_EXIT_USAGE : VJP_EXIT_SOUND;
    fputs("vjpcheck: nothing was tested: no record has a conclusive verdict\n", stderr);
    return VJP_EXIT_USAGE;
}

static enum vjp_status merge(const struct vjp_arguments *arguments,
                             const struct vjp_report_options *report, struct merge *m,
                             struct vjp_error *error)
{
    char title[64];
    const struct vjp_run_header header = {.version = VJP_VERSION, .title = title};
    snprintf(title, sizeof title, "vjpcheck " VJP_VERSION ", %d file%s", arguments->n_operands,
             arguments->n_operands == 1 ? "" : "s");
    enum vjp_status status = vjp_report_begin(report, &header, &m->report, error);
    for (int i = 0; i < arguments->n_operands && status == VJP_OK; i++)
        status = add_file(m, arguments->operands[i], error);
    if (status != VJP_OK)
        return status;
    FILE *const out =
        m->report.json_sink.file == stdout || m->report.junit_sink.file == stdout ? stderr : stdout;
    m->report.start -= m->seconds; /* what is told is how long the runs took */
    status = vjp_report_end(&m->report, report, error);
    if (status != VJP_OK)
        return status;
    print_campaigns(m, out);
    fprintf(out, "\n%" PRId64 " duplicate%s left out", m->duplicates,
            m->duplicates == 1 ? "" : "s");
    if (m->contrary > 0)
        fprintf(out, "; %" PRId64 " cases have another verdict in another file, and both are kept",
                m->contrary);
    fputc('\n', out);
    return VJP_OK;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    const struct vjp_report_options report = {
        .json = value[JSON], .junit = value[JUNIT], .only_failed = value[ONLY_FAILED] != NULL};
    struct merge m = {0};
    struct vjp_error error;
    const enum vjp_status status = merge(arguments, &report, &m, &error);
    const int code = status == VJP_OK ? conclude(&m) : vjp_cli_fail(status, &error);
    clear_merge(&m);
    return code;
}

const struct vjp_command vjp_command_merge = {
    .name = "merge",
    .operands = "FILE...",
    .summary = "one report of what several runs found",
    .help =
        "FILE is what \"check --json\" or \"fuzz --json\" wrote; \"-\" is the standard input. A\n"
        "record that is there already (kernel, case and verdict) is left out; one with another\n"
        "verdict stays beside it. Of a campaign's parts each counts once.\n\n"
        "  vjpcheck merge part1.jsonl part2.jsonl --json whole.jsonl\n\n"
        "Exit code 1 means that a kernel failed, 2 also that a file has no summary: its run did\n"
        "not come to its end.",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
