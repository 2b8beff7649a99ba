/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/selftest.h"

#include "reports/render/escape.h"
#include "reports/render/table.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>

#define CELL 256

enum { PLANTS, CAUGHT, PINNED, NOT, CASES, SECONDS, DIMS, ELEMENTS, CLASS, VERDICTS, N_COLUMNS };

static const struct vjp_column columns[N_COLUMNS] = {
    [PLANTS] = {{"", "plants"}, false},      [CAUGHT] = {{"", "caught"}, false},
    [PINNED] = {{"", "pinned"}, false},      [NOT] = {{"", "not"}, false},
    [CASES] = {{"", "cases"}, false},        [SECONDS] = {{"", "seconds"}, false},
    [DIMS] = {{"smallest", "sizes"}, false}, [ELEMENTS] = {{"ele-", "ments"}, false},
    [VERDICTS] = {{"", "verdicts"}, true},   [CLASS] = {{"", "class of faults"}, true},
};

/* A median of whole numbers may lie between two. */
static void print_median(double value, const char *format, char *cell)
{
    if (isnan(value))
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, format, value); /* one of those below */
}

static void print_verdicts(const struct vjp_score *score, char *cell)
{
    int used = 0;
    cell[0] = '\0';
    for (int v = 0; v < VJP_VERDICT_COUNT && used < CELL; v++) {
        if (score->verdict[v] > 0)
            used += snprintf(cell + used, (size_t)(CELL - used), "%s%d %s", used > 0 ? ", " : "",
                             score->verdict[v], vjp_verdict_name((enum vjp_verdict)v));
    }
}

static int count_not(const struct vjp_score *score)
{
    return score->plants - score->fate[VJP_FATE_CAUGHT] - score->fate[VJP_FATE_PINNED];
}

static void add_row(struct vjp_table *table, const struct vjp_score *score, const char *name,
                    const char *verdicts)
{
    char cell[N_COLUMNS][CELL];
    const char *cells[N_COLUMNS];
    snprintf(cell[PLANTS], CELL, "%d", score->plants);
    snprintf(cell[CAUGHT], CELL, "%d", score->fate[VJP_FATE_CAUGHT]);
    snprintf(cell[PINNED], CELL, "%d", score->fate[VJP_FATE_PINNED]);
    snprintf(cell[NOT], CELL, "%d", count_not(score));
    print_median(score->cases, "%.3g", cell[CASES]);
    print_median(score->seconds, "%.2f", cell[SECONDS]);
    print_median(score->dims, "%.3g", cell[DIMS]);
    print_median(score->elements, "%.3g", cell[ELEMENTS]);
    snprintf(cell[VERDICTS], CELL, "%s", verdicts);
    snprintf(cell[CLASS], CELL, "%s", name);
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = cell[i];
    vjp_table_add(table, cells, count_not(score) > 0 ? "31" : NULL);
}

static void print_classes(const struct vjp_selftest_record *record,
                          const struct vjp_selftest_style *style, FILE *out)
{
    struct vjp_table table = {.columns = columns, .n_columns = N_COLUMNS};
    char all[CELL];
    for (int number = 1; number < VJP_FAULT_CLASSES; number++) {
        struct vjp_score score;
        char name[CELL], verdicts[CELL];
        if (!vjp_fault_class_name(number))
            continue;
        snprintf(name, sizeof name, "%d %s", number, vjp_fault_class_name(number));
        if (vjp_score_class(record->kills, record->n_kills, number, &score, NULL) != VJP_OK)
            table.failed = true;
        else if (score.plants > 0 && !(style->only_missed && count_not(&score) == 0)) {
            print_verdicts(&score, verdicts);
            add_row(&table, &score, name, verdicts);
        }
    }
    print_verdicts(&record->all, all);
    add_row(&table, &record->all, "all; a plant may belong to several classes", "");
    vjp_table_print(&table, "  ", style->colour, out);
    vjp_table_clear(&table);
    fprintf(out, "  %s\n", *all ? all : "no verdict that was looked for");
    fputs("  caught: by random cases; pinned: by the cases in the plant's file only; medians: "
          "cases and "
          "seconds to\n  the failure, over seeds and then plants, and the smallest case that fails "
          "alike\n",
          out);
}

static void print_others(const struct vjp_selftest_record *record, FILE *out)
{
    const char *before = "\npinned, by none of the campaigns: ";
    for (int i = 0; i < record->n_kills; i++) {
        if (vjp_kill_fate(&record->kills[i]) != VJP_FATE_PINNED)
            continue;
        fprintf(out, "%s%s", before, record->kills[i].plant->name);
        before = ", ";
    }
    if (record->all.fate[VJP_FATE_PINNED] > 0)
        fputc('\n', out);
    for (int i = 0; i < record->n_kills; i++) {
        const struct vjp_kill *kill = &record->kills[i];
        const enum vjp_fate fate = vjp_kill_fate(kill);
        if (fate >= VJP_FATE_PINNED)
            continue;
        fprintf(out, "\n%s: %s", kill->plant->name, vjp_fate_name(fate));
        if (fate == VJP_FATE_OTHER)
            fprintf(out, ", %s", vjp_verdict_name(kill->other));
        fprintf(out, "; must be %s\n    ", vjp_verdict_name(kill->plant->verdict));
        vjp_escape_print(kill->replay ? kill->replay : "", out);
    }
    if (count_not(&record->all) > 0)
        fputc('\n', out);
}

static void print_times(const struct vjp_score *all, FILE *out)
{
    if (all->fate[VJP_FATE_CAUGHT] > 0)
        fprintf(out,
                "\nfirst failure of a plant: after %.2f s in the median, in %d of %d within %g s\n",
                all->seconds, all->quick, all->fate[VJP_FATE_CAUGHT], VJP_SCORE_QUICK);
    if (all->tries_not_run > 0)
        fprintf(out, "not run, for want of time: %" PRId64 " of %" PRId64 " campaigns\n",
                all->tries_not_run, all->tries);
}

static void print_alarms(const struct vjp_alarms *alarms, FILE *out)
{
    char conclusive[32], wanted[32], besides[32];
    vjp_number_count(alarms->conclusive, conclusive, sizeof conclusive);
    vjp_number_count(alarms->wanted, wanted, sizeof wanted);
    vjp_number_count(alarms->inconclusive, besides, sizeof besides);
    fprintf(out,
            "\ncorrect kernels: %s verdicts, %" PRId64
            " false alarm%s, %.1f s; besides %s vacuous or "
            "unsupported\n",
            conclusive, alarms->count, alarms->count == 1 ? "" : "s", alarms->seconds, besides);
    if (alarms->conclusive < alarms->wanted)
        fprintf(out, "  not run, for want of time: the rest of %s\n", wanted);
    for (int i = 0; i < alarms->n_notes; i++)
        fprintf(out, "  %s\n", alarms->note[i]);
    for (int i = 0; i < alarms->n_kept; i++) {
        const struct vjp_alarm *alarm = &alarms->kept[i];
        fprintf(out, "  %s: %s: ", alarm->target, vjp_verdict_name(alarm->verdict));
        vjp_escape_print(alarm->reason, out);
        fputs("\n      ", out);
        vjp_escape_print(alarm->replay, out);
        fputc('\n', out);
    }
    if (alarms->n_kept < alarms->count)
        fprintf(out, "  and %" PRId64 " more\n", alarms->count - alarms->n_kept);
}

static int64_t count_votes(const struct vjp_votes *votes)
{
    return votes->accept + votes->refuse + votes->none;
}

static void print_ballot(const struct vjp_ballot *ballot, bool colour, FILE *out)
{
    static const struct vjp_column heads[] = {
        {{"", "rule"}, true},       {{"defects:", "let through"}, false}, {{"", "refused"}, false},
        {{"no", "opinion"}, false}, {{"right:", "refused"}, false},       {{"", "accepted"}, false},
        {{"no", "opinion"}, false}};
    struct vjp_table table = {.columns = heads, .n_columns = 7};
    if (count_votes(&ballot->defects[0]) + count_votes(&ballot->correct[0]) == 0)
        return;
    for (int rule = 0; vjp_rules[rule].name; rule++) {
        const struct vjp_votes *defects = &ballot->defects[rule], *right = &ballot->correct[rule];
        const int64_t counts[] = {defects->accept, defects->refuse, defects->none,
                                  right->refuse,   right->accept,   right->none};
        char cell[6][32];
        const char *cells[7] = {vjp_rules[rule].name};
        for (int i = 0; i < 6; i++) {
            vjp_number_count(counts[i], cell[i], sizeof cell[i]);
            cells[1 + i] = cell[i];
        }
        vjp_table_add(&table, cells, NULL);
    }
    fputs("\nother people's rules, on the first answer that caught each plant, and on right "
          "answers\n",
          out);
    vjp_table_print(&table, "  ", colour, out);
    vjp_table_clear(&table);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        fprintf(out, "  %s: %s\n", vjp_rules[rule].name, vjp_rules[rule].source);
    if (ballot->silent > 0)
        fprintf(out,
                "  not among the defects: %" PRId64
                " whose call ended without an answer, by a crash, the time "
                "limit, an\n  error or a page beside a tensor\n",
                ballot->silent);
}

void vjp_selftest_print(const struct vjp_selftest_record *record,
                        const struct vjp_selftest_style *style, FILE *out)
{
    const struct vjp_score *all = &record->all;
    const bool perfect = vjp_score_is_perfect(all, record->alarms);
    fprintf(out,
            "vjpcheck %s, seed 0x%" PRIx64 ", %d plant%s, %d campaign%s each, sizes up to %" PRId64
            "\n\n",
            record->version, record->seed, all->plants, all->plants == 1 ? "" : "s", record->seeds,
            record->seeds == 1 ? "" : "s", record->dim_max);
    print_classes(record, style, out);
    print_others(record, out);
    print_times(all, out);
    print_alarms(record->alarms, out);
    print_ballot(record->ballot, style->colour, out);
    fprintf(out,
            "\n%s: %d of %d plants caught, %d of them by pinned cases only; %" PRId64
            " false alarm%s; %.1f s\n",
            perfect ? "passed" : "failed", all->plants - count_not(all), all->plants,
            all->fate[VJP_FATE_PINNED], record->alarms->count,
            record->alarms->count == 1 ? "" : "s", record->seconds);
}
