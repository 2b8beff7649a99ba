/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/annex_markdown.h"

#include "reports/render/escape.h"
#include "reports/render/study_output.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* A cell with a text that somebody else wrote, and the bar behind it. */
static void add_cell(struct vjp_text *out, const char *text)
{
    vjp_escape_markdown(out, text);
    vjp_text_add(out, " | ");
}

static void add_measure(struct vjp_text *out, double value)
{
    char text[32] = "-";
    if (!isnan(value))
        vjp_number_short(value, text, sizeof text);
    vjp_text_add(out, "%s | ", text);
}

static void add_point(const struct vjp_annex_study *study, const struct vjp_study_verdict *v,
                      struct vjp_text *out)
{
    const struct vjp_study_point *p = vjp_study_last(&study->table, v->like);
    const struct vjp_figures *f = &p->figures;
    const char *const names[] = {p->kernel, p->layer, p->dtype, p->gradient, p->values};
    vjp_text_add(out, "| ");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_cell(out, names[i]);
    vjp_text_add(out, "%" PRId64 " | ", f->terms_max);
    add_measure(out, f->ulp.p50);
    add_measure(out, f->ulp.p999);
    add_measure(out, f->ulp.max);
    add_measure(out, f->omega.max / (fmax(1, (double)f->terms_max) * p->u));
    if (v->evidence.fit.known)
        vjp_text_add(out, "%.2f &plusmn; %.2f | ", v->evidence.fit.slope,
                     v->evidence.fit.high - v->evidence.fit.slope);
    else
        vjp_text_add(out, "- | ");
    vjp_escape_markdown(out, vjp_study_conclusion(study->name, p, v));
    vjp_text_add(out, " |\n");
}

static enum vjp_status add_study(const struct vjp_annex_study *study, struct vjp_text *out,
                                 struct vjp_error *error)
{
    struct vjp_study_verdicts verdicts = {0};
    if (study->table.count == 0)
        return VJP_OK;
    const enum vjp_status status = vjp_study_verdicts_make(&study->table, &verdicts, error);
    vjp_text_add(
        out,
        "\n## Study: %s\n\n| kernel | layer | dtype | gradient | values | k | ulp, 50 %% | "
        "ulp, 99.9 %% | worst ulp | omega / k u | slope | conclusion |\n"
        "|---|---|---|---|---|--:|--:|--:|--:|--:|--:|---|\n",
        study->name);
    for (int i = 0; i < verdicts.count; i++)
        add_point(study, &verdicts.verdict[i], out);
    vjp_study_verdicts_clear(&verdicts);
    return status;
}

static void add_orders(const struct vjp_annex *annex, struct vjp_text *out)
{
    for (int i = 0; i < annex->n_orders; i++) {
        const struct vjp_order_record *order = &annex->order[i];
        const struct vjp_order_tree_record *tree = order->n_trees > 0 ? &order->tree[0] : NULL;
        const char *const cells[] = {order->kernel, order->gradient, order->line,
                                     tree && tree->name ? tree->name : "not revealed",
                                     order->certificate};
        if (i == 0)
            vjp_text_add(out, "\n## Orders of summation\n\n| kernel | gradient | case | order | "
                              "certificate |\n|---|---|---|---|---|\n");
        vjp_text_add(out, "| ");
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
            add_cell(out, cells[k]);
        vjp_text_add(out, "\n");
    }
}

static void add_rules(const struct vjp_annex_selftest *selftest, struct vjp_text *out)
{
    for (int i = 0; i < selftest->n_rules; i++) {
        const struct vjp_rule_record *r = &selftest->rule[i];
        if (i == 0)
            vjp_text_add(out, "\n| rule | defects let through | refused | no opinion | right ones "
                              "refused | accepted | no opinion |\n|---|--:|--:|--:|--:|--:|--:|\n");
        vjp_text_add(out, "| ");
        add_cell(out, r->rule);
        vjp_text_add(out,
                     "%" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64
                     " | %" PRId64 " |\n",
                     r->defects.accept, r->defects.refuse, r->defects.none, r->right.refuse,
                     r->right.accept, r->right.none);
    }
}

static void add_selftest(const struct vjp_annex_selftest *selftest, struct vjp_text *out)
{
    int caught = 0;
    for (int i = 0; i < selftest->n_plants; i++)
        caught += vjp_kill_fate(&selftest->plant[i].kill) >= VJP_FATE_PINNED;
    vjp_text_add(out, "\n## Self-test\n\n%s: %d of %d plants caught",
                 vjp_annex_passed(selftest) ? "passed" : "did not pass", caught,
                 selftest->n_plants);
    if (selftest->concluded || selftest->has_correct)
        vjp_text_add(out, "; %" PRId64 " false alarm%s in %" PRId64 " verdicts on correct kernels",
                     selftest->conclusion.false_alarms,
                     selftest->conclusion.false_alarms == 1 ? "" : "s",
                     selftest->conclusion.correct_verdicts);
    vjp_text_add(out, "%s.\n", selftest->concluded ? "" : "; it did not come to its end");
    for (int i = 0; i < selftest->n_plants; i++) {
        const struct vjp_plant_record *p = &selftest->plant[i];
        const enum vjp_fate fate = vjp_kill_fate(&p->kill);
        if (fate >= VJP_FATE_PINNED)
            continue;
        vjp_text_add(out, "\n- ");
        vjp_escape_markdown(out, p->name);
        vjp_text_add(out, ": %s, must be ", vjp_fate_name(fate));
        vjp_escape_markdown(out, vjp_verdict_name(p->plant.verdict));
    }
    vjp_text_add(out, "\n");
    add_rules(selftest, out);
}

static void add_coverage(const struct vjp_coverage *coverage, struct vjp_text *out)
{
    for (int i = 0; i < coverage->count; i++) {
        const struct vjp_coverage_totals t = vjp_coverage_count_file(&coverage->file[i]);
        vjp_text_add(out, "| ");
        add_cell(out, vjp_coverage_label(&coverage->file[i]));
        vjp_text_add(out, "%" PRId64 " of %" PRId64 " | %" PRId64 " of %" PRId64 " |\n", t.ran,
                     t.lines, t.taken, t.branches);
    }
}

enum vjp_status vjp_annex_markdown(const struct vjp_annex *annex, struct vjp_text *out,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < VJP_ANNEX_STUDIES && status == VJP_OK; i++)
        status = add_study(&annex->study[i], out, error);
    add_orders(annex, out);
    for (int i = 0; i < annex->n_selftests; i++)
        add_selftest(&annex->selftest[i], out);
    if (annex->coverage.count > 0)
        vjp_text_add(out, "\n## Code coverage\n\n| file | lines that ran | branches that were "
                          "taken |\n|---|--:|--:|\n");
    add_coverage(&annex->coverage, out);
    return status;
}
