/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static int count_missed(const struct vjp_score *score)
{
    return score->plants - score->fate[VJP_FATE_CAUGHT] - score->fate[VJP_FATE_PINNED];
}

static void write_verdicts(struct vjp_page *page, const struct vjp_score *score)
{
    const char *between = "";
    vjp_page_markup(page, "<td class=\"layer\">");
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (score->verdict[v] == 0)
            continue;
        vjp_page_markup(page, "%s%d %s", between, score->verdict[v],
                        vjp_verdict_name((enum vjp_verdict)v));
        between = ", ";
    }
    vjp_page_markup(page, "</td>");
}

/* A row of the kill table: a class of faults, or all; number 0: all. */
static void write_class(struct vjp_page *page, int number, const struct vjp_score *score)
{
    const bool missed = count_missed(score) > 0;
    vjp_page_markup(page,
                    "<tr class=\"%s\"><th scope=\"row\"><span class=\"mark\" "
                    "aria-hidden=\"true\"></span>%s</th>",
                    missed ? "failed" : "sound",
                    number > 0 ? vjp_fault_class_name(number) : "all plants, each once");
    write_verdicts(page, score);
    vjp_page_count(page, score->plants);
    vjp_page_count(page, score->fate[VJP_FATE_CAUGHT]);
    vjp_page_count(page, score->fate[VJP_FATE_PINNED]);
    vjp_page_count(page, count_missed(score));
    vjp_page_known(page, score->cases);
    vjp_page_known(page, score->seconds);
    vjp_page_known(page, score->dims);
    vjp_page_known(page, score->elements);
    vjp_page_markup(page, "</tr>\n");
}

static enum vjp_status write_classes(struct vjp_page *page, const struct vjp_kill *kills, int count,
                                     struct vjp_error *error)
{
    static const char *const titles[] = {"class of faults", "verdicts", "plants", "caught",
                                         "pinned",          "not",      "cases",  "seconds",
                                         "smallest sizes",  "elements"};
    struct vjp_score score;
    enum vjp_status status = VJP_OK;
    vjp_page_begin_table(page, "Planted defects by classes; a plant may belong to several",
                         "sortable");
    vjp_page_headings(page, titles, sizeof titles / sizeof *titles, 2);
    for (int number = 1; number < VJP_FAULT_CLASSES && status == VJP_OK; number++) {
        if (!vjp_fault_class_name(number))
            continue;
        status = vjp_score_class(kills, count, number, &score, error);
        if (status == VJP_OK && score.plants > 0)
            write_class(page, number, &score);
    }
    vjp_page_markup(page, "</tbody>\n<tfoot>\n");
    if (status == VJP_OK)
        status = vjp_score_class(kills, count, 0, &score, error);
    if (status == VJP_OK)
        write_class(page, 0, &score);
    vjp_page_markup(page, "</tfoot>");
    vjp_page_end_table(page);
    vjp_page_markup(page,
                    "<p class=\"note\"><b>caught</b> by random cases, <b>pinned</b> by the cases "
                    "in the plant's file only. Cases and seconds are those to the failure, sizes "
                    "and elements those of the smallest case that fails alike: medians.</p>\n");
    return status;
}

static void write_plant(struct vjp_page *page, const struct vjp_plant_record *p)
{
    const enum vjp_fate fate = vjp_kill_fate(&p->kill);
    const char *between = "";
    vjp_page_markup(page,
                    "<tr class=\"%s\"><th scope=\"row\"><span class=\"mark\" "
                    "aria-hidden=\"true\"></span>",
                    fate >= VJP_FATE_PINNED ? "sound" : "failed");
    vjp_page_text(page, p->name);
    vjp_page_markup(page,
                    "</th><td data-v=\"%d\">%s</td><td>%s</td><td>%s</td><td class=\"layer\">",
                    (int)fate, vjp_fate_name(fate), vjp_verdict_name(p->plant.verdict),
                    fate >= VJP_FATE_OTHER ? vjp_verdict_name(vjp_kill_verdict(&p->kill)) : "-");
    for (int number = 1; number < VJP_FAULT_CLASSES; number++) {
        const char *name = p->plant.classes >> number & 1 ? vjp_fault_class_name(number) : NULL;
        if (!name)
            continue;
        vjp_page_markup(page, "%s%s", between, name);
        between = "; ";
    }
    vjp_page_markup(page, "</td>");
    vjp_page_known(page, vjp_kill_cases(&p->kill));
    vjp_page_known(page, vjp_kill_seconds(&p->kill));
    vjp_page_known(page, p->kill.has_size ? (double)p->kill.dims : (double)NAN);
    vjp_page_known(page, p->kill.has_size ? (double)p->kill.elements : (double)NAN);
    vjp_page_markup(page, "</tr>\n");
}

static void write_plants(struct vjp_page *page, const struct vjp_annex_selftest *s)
{
    static const char *const titles[] = {"plant", "fate",    "must be",        "was",     "classes",
                                         "cases", "seconds", "smallest sizes", "elements"};
    for (int i = 0; i < s->n_plants; i++) {
        const struct vjp_plant_record *p = &s->plant[i];
        const enum vjp_fate fate = vjp_kill_fate(&p->kill);
        if (fate >= VJP_FATE_PINNED)
            continue;
        vjp_page_markup(page, "<h4>");
        vjp_page_text(page, p->name);
        vjp_page_markup(page, ": <span class=\"verdict\">%s</span>, must be %s</h4>\n",
                        vjp_fate_name(fate), vjp_verdict_name(p->plant.verdict));
        if (*p->replay)
            vjp_page_command(page, p->replay);
    }
    vjp_page_markup(page, "<details><summary>Every plant</summary>\n");
    vjp_page_begin_table(page, "Planted defects", "sortable filtered");
    vjp_page_headings(page, titles, sizeof titles / sizeof *titles, 5);
    for (int i = 0; i < s->n_plants; i++)
        write_plant(page, &s->plant[i]);
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    vjp_page_markup(page, "</details>\n");
}

static void write_alarms(struct vjp_page *page, const struct vjp_annex_selftest *s)
{
    const struct vjp_selftest_conclusion *c = &s->conclusion;
    char verdicts[32];
    if (!s->concluded && !s->has_correct)
        return;
    vjp_page_markup(page,
                    "<h4>Correct kernels</h4>\n<p>%s verdicts, <b>%" PRId64
                    " false alarm%s</b>; besides %" PRId64 " that say nothing%s.</p>\n",
                    vjp_number_count(c->correct_verdicts, verdicts, sizeof verdicts),
                    c->false_alarms, c->false_alarms == 1 ? "" : "s", c->correct_inconclusive,
                    c->correct_verdicts < c->correct_wanted ? "; fewer than were wanted" : "");
    for (int i = 0; i < s->n_alarms; i++) {
        const struct vjp_alarm_record *a = &s->alarm[i];
        vjp_page_markup(page, "<p class=\"reason\">");
        vjp_page_text(page, a->target);
        vjp_page_markup(page,
                        ": <span class=\"verdict\">%s</span>: ", vjp_verdict_name(a->verdict));
        vjp_page_text(page, a->reason);
        vjp_page_markup(page, "</p>\n");
        vjp_page_command(page, a->replay);
    }
}

/* What a rule says of answers that are wrong, or of right ones: three counts, and a bar of them. */
static void write_votes(struct vjp_page *page, int64_t bad, int64_t good, int64_t none,
                        const char *format)
{
    static const char *const classes[] = {"bad", "good", "none"};
    const int64_t parts[] = {bad, good, none};
    char about[128];
    snprintf(about, sizeof about, format, bad, good, none); /* one of those below */
    vjp_page_count(page, bad);
    vjp_page_count(page, good);
    vjp_page_count(page, none);
    vjp_page_markup(page, "<td data-v=\"%.6f\">",
                    bad + good > 0 ? (double)bad / (double)(bad + good) : -1.0);
    vjp_page_bar(page, classes, parts, 3, about);
    vjp_page_markup(page, "</td>");
}

static void write_rules(struct vjp_page *page, const struct vjp_annex_selftest *s)
{
    static const char *const titles[] = {"rule",       "defects let through", "refused",
                                         "no opinion", "of the defects",      "right ones refused",
                                         "accepted",   "no opinion",          "of the right ones"};
    if (s->n_rules == 0)
        return;
    vjp_page_markup(page, "<h4>Today's rules</h4>\n");
    vjp_page_begin_table(page, "Other people's rules, on answers that were judged here",
                         "sortable");
    vjp_page_headings(page, titles, sizeof titles / sizeof *titles, 1);
    for (int i = 0; i < s->n_rules; i++) {
        const struct vjp_rule_record *r = &s->rule[i];
        vjp_page_markup(page, "<tr><th scope=\"row\">");
        vjp_page_text(page, r->rule);
        vjp_page_markup(page, "</th>");
        write_votes(page, r->defects.accept, r->defects.refuse, r->defects.none,
                    "%" PRId64 " defects let through, %" PRId64 " refused, %" PRId64 " no opinion");
        write_votes(page, r->right.refuse, r->right.accept, r->right.none,
                    "%" PRId64 " right ones refused, %" PRId64 " accepted, %" PRId64 " no opinion");
        vjp_page_markup(page, "</tr>\n");
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    vjp_page_markup(page,
                    "<p class=\"note\">They are shown the case that vjpcheck found. In the bars "
                    "what a rule gets wrong stands first, and what it has no opinion on "
                    "last.");
    if (s->concluded && s->conclusion.without_answer > 0)
        vjp_page_markup(page,
                        " Not among the defects: %" PRId64 " whose call ended without an answer.",
                        s->conclusion.without_answer);
    vjp_page_markup(page, "</p>\n");
}

static void write_rule_sources(struct vjp_page *page, const struct vjp_annex_selftest *s)
{
    if (s->n_rules == 0)
        return;
    vjp_page_markup(page, "<details><summary>Where the rules are from</summary>\n<dl>\n");
    for (int i = 0; i < s->n_rules; i++)
        vjp_page_term(page, s->rule[i].rule, s->rule[i].source);
    vjp_page_markup(page, "</dl></details>\n");
}

static enum vjp_status write_selftest(struct vjp_page *page, const struct vjp_annex_selftest *s,
                                      struct vjp_error *error)
{
    const bool passed = vjp_annex_passed(s);
    struct vjp_kill *kills = vjp_annex_kills(s);
    if (!kills)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_page_markup(page,
                    "<h3 class=\"%s\"><span class=\"mark\" aria-hidden=\"true\"></span>%s</h3>\n",
                    passed ? "sound" : "failed", passed ? "Passed" : "Did not pass");
    if (s->concluded)
        vjp_page_markup(
            page,
            "<p>Seed 0x%" PRIx64 ", %" PRId64 " campaign%s against each plant, sizes up "
            "to %" PRId64 "; %.1f s.</p>\n",
            s->conclusion.seed, s->conclusion.seeds, s->conclusion.seeds == 1 ? "" : "s",
            s->conclusion.dim_max, s->conclusion.seconds);
    else
        vjp_page_markup(page, "<p>Its stream has no summary: it did not come to its end.</p>\n");
    const enum vjp_status status = write_classes(page, kills, s->n_plants, error);
    free(kills);
    write_plants(page, s);
    write_alarms(page, s);
    write_rules(page, s);
    write_rule_sources(page, s);
    return status;
}

enum vjp_status vjp_html_selftests(struct vjp_page *page, const struct vjp_annex *annex,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (annex->n_selftests == 0)
        return VJP_OK;
    vjp_page_markup(page, "<section id=\"selftest\" aria-labelledby=\"selftest-h\">\n"
                          "<h2 id=\"selftest-h\">Self-test: what vjpcheck is worth</h2>\n");
    for (int i = 0; i < annex->n_selftests && status == VJP_OK; i++)
        status = write_selftest(page, &annex->selftest[i], error);
    vjp_page_markup(page, "</section>\n");
    return status;
}
