/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/markdown.h"

#include "reports/render/annex_markdown.h"
#include "reports/render/escape.h"
#include "reports/render/stream.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <string.h>

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
    vjp_escape_markdown(out, row->target);
    vjp_text_add(out, " | ");
    vjp_escape_markdown(out, row->layer);
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
        vjp_escape_markdown(out, group->target);
        vjp_text_add(out, ": %s in %" PRId64 " case%s\n\n", vjp_verdict_name(group->verdict),
                     group->count, group->count == 1 ? "" : "s");
        for (int i = 0; i < group->n_shown; i++) {
            vjp_text_add(out, "- ");
            vjp_escape_markdown(out, group->shown[i].reason[0] ? group->shown[i].reason
                                                               : "no reason given");
            add_code(out, group->shown[i].replay);
        }
        if (group->count > group->n_shown)
            vjp_text_add(out, "- and %" PRId64 " more\n", group->count - group->n_shown);
    }
}

/* env: struct vjp_text. */
static enum vjp_status add_run(void *env, const struct vjp_stream_line *line,
                               struct vjp_error *error)
{
    struct vjp_text *out = env;
    const char *const texts[] = {line->run.version, line->run.started,  line->run.cpu,
                                 line->run.system,  line->run.compiler, line->run.libraries};
    (void)error;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        vjp_text_add(out, i == 0 ? "- vjpcheck " : ", ");
        vjp_escape_markdown(out, texts[i]);
    }
    add_code(out, line->run.command);
    return VJP_OK;
}

enum vjp_status vjp_markdown_text(const struct vjp_digest *digest, struct vjp_text *out,
                                  struct vjp_error *error)
{
    struct vjp_text words = {0};
    vjp_digest_headline(digest, &words);
    vjp_text_add(out, "# vjpcheck: %s\n\n", vjp_summary_state_name(vjp_digest_state(digest)));
    vjp_text_add(out, "%s\n\n", words.failed ? "" : words.data);
    if (digest->summary->n_rows > 0)
        add_table(out, digest->summary);
    add_failures(out, digest->summary);
    enum vjp_status status = vjp_annex_markdown(digest->annex, out, error);
    if (digest->dossier->n_runs > 0)
        vjp_text_add(out, "\n## What ran where\n\n");
    if (status == VJP_OK)
        status =
            vjp_stream_visit(digest->dossier->run, digest->dossier->n_runs, add_run, out, error);
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
