/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/markdown.h"

#include "reports/render/escape.h"
#include "reports/render/stream.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <string.h>

/* A text that somebody else wrote, as such: what would mean something, in Markdown or in the HTML that it may hold, stands
 * behind a backslash. */
static void add(struct vjp_text *out, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    out->failed |= clean.failed;
    for (const char *at = clean.failed ? "" : clean.data; *at; at++)
        vjp_text_add(out, strchr("\\`*_{}[]<>()#+-!|~&:@", *at) ? "\\%c" : "%c", *at);
    vjp_text_clear(&clean);
}

/* A command in a block of code: four spaces before it, so that nothing in it ends the block. */
static void add_code(struct vjp_text *out, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    out->failed |= clean.failed;
    vjp_text_add(out, "\n\n        %s\n\n", clean.failed ? "" : clean.data);
    vjp_text_clear(&clean);
}

static void add_row(struct vjp_text *out, const struct vjp_summary_row *row)
{
    const struct vjp_totals *t = &row->totals;
    char ulp[32] = "-";
    char ratio[32] = "-";
    if (row->measured) {
        vjp_number_short(row->worst_ulp, ulp, sizeof ulp);
        vjp_number_short(row->worst_ratio, ratio, sizeof ratio);
    }
    vjp_text_add(out, "| ");
    add(out, row->target);
    vjp_text_add(out, " | ");
    add(out, row->layer);
    vjp_text_add(out,
                 " | %s | %" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64
                 " | %s | %s | %s |\n",
                 row->dtype, t->checks, t->verdict[VJP_VERDICT_EXACT], t->verdict[VJP_VERDICT_PASS],
                 t->verdict[VJP_VERDICT_VACUOUS] + t->verdict[VJP_VERDICT_UNSUPPORTED] +
                     t->not_run + t->left_out,
                 vjp_totals_failed(t), ulp, ratio, vjp_totals_worst(t));
}

static void add_table(struct vjp_text *out, const struct vjp_summary *summary)
{
    vjp_text_add(out, "| kernel | layer | dtype | cases | exact | pass | said nothing | failed | "
                      "worst ulp | error / bound | verdict |\n"
                      "|---|---|---|--:|--:|--:|--:|--:|--:|--:|---|\n");
    for (int i = 0; i < summary->n_rows; i++)
        add_row(out, &summary->rows[i]);
}

static void add_failures(struct vjp_text *out, const struct vjp_summary *summary)
{
    for (int g = 0; g < summary->n_groups; g++) {
        const struct vjp_summary_group *group = &summary->groups[g];
        vjp_text_add(out, g == 0 ? "\n## Failures\n\n### " : "\n### ");
        add(out, group->target);
        vjp_text_add(out, ": %s in %" PRId64 " case%s\n\n", vjp_verdict_name(group->verdict),
                     group->count, group->count == 1 ? "" : "s");
        for (int i = 0; i < group->n_shown; i++) {
            vjp_text_add(out, "- ");
            add(out, group->shown[i].reason[0] ? group->shown[i].reason : "no reason given");
            add_code(out, group->shown[i].replay);
        }
        if (group->count > group->n_shown)
            vjp_text_add(out, "- and %" PRId64 " more\n", group->count - group->n_shown);
    }
}

static enum vjp_status add_run(struct vjp_text *out, const char *line, struct vjp_error *error)
{
    struct vjp_stream_line read;
    const enum vjp_status status = vjp_stream_read(line, strlen(line), &read, error);
    const struct vjp_run_info *run = &read.run;
    if (status == VJP_OK) {
        vjp_text_add(out, "- vjpcheck ");
        add(out, run->version);
        vjp_text_add(out, ", ");
        add(out, run->started);
        vjp_text_add(out, ", ");
        add(out, run->cpu);
        vjp_text_add(out, ", ");
        add(out, run->system);
        vjp_text_add(out, ", ");
        add(out, run->compiler);
        vjp_text_add(out, ", ");
        add(out, run->libraries);
        add_code(out, run->command);
    }
    vjp_stream_line_clear(&read);
    return status;
}

enum vjp_status vjp_markdown_text(const struct vjp_digest *digest, struct vjp_text *out,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_text words = {0};
    vjp_summary_headline(digest->summary, digest->incomplete, &words);
    vjp_text_add(out, "# vjpcheck: %s\n\n",
                 vjp_summary_state_name(vjp_summary_state(digest->summary, digest->incomplete)));
    vjp_text_add(out, "%s\n\n", words.failed ? "" : words.data);
    add_table(out, digest->summary);
    add_failures(out, digest->summary);
    for (int i = 0; i < digest->dossier->n_runs && status == VJP_OK; i++) {
        if (i == 0)
            vjp_text_add(out, "\n## What ran where\n\n");
        status = add_run(out, digest->dossier->run[i], error);
    }
    out->failed |= words.failed;
    vjp_text_clear(&words);
    return status == VJP_OK && out->failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                           : status;
}

enum vjp_status vjp_markdown_write(const struct vjp_digest *digest, struct vjp_sink *sink,
                                   struct vjp_error *error)
{
    struct vjp_text text = {0};
    enum vjp_status status = vjp_markdown_text(digest, &text, error);
    if (status == VJP_OK)
        status = vjp_sink_write(sink, text.data, error);
    vjp_text_clear(&text);
    return status;
}
