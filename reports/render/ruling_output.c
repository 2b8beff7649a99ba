/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/ruling_output.h"

#include "cases/base/text.h"
#include "reports/render/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool is_beside(const struct vjp_ruling *a, const struct vjp_ruling *b)
{
    return strcmp(a->layer, b->layer) == 0 && strcmp(a->dtype, b->dtype) == 0;
}

bool vjp_ruling_next(const struct vjp_ruling_table *table, int64_t *i,
                     struct vjp_ruling_filter *filter)
{
    for (; *i < table->count; ++*i) {
        const struct vjp_ruling *r = &table->ruling[*i];
        bool is_first = !r->why;
        for (int64_t k = 0; k < *i && is_first; k++)
            is_first = table->ruling[k].why || !is_beside(&table->ruling[k], r);
        if (is_first) {
            *filter = (struct vjp_ruling_filter){.layer = r->layer, .dtype = r->dtype};
            ++*i;
            return true;
        }
    }
    return false;
}

static void print_field(const char *text, FILE *out)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    for (const char *p = text; *p; p++)
        fprintf(out, "%s%c", quoted && *p == '"' ? "\"" : "", *p);
    fputs(quoted ? "\"," : ",", out);
}

static void print_level(int level, FILE *out)
{
    if (level == VJP_LEVEL_NEVER)
        fputs(",never", out);
    else if (level == VJP_LEVEL_NONE)
        fputc(',', out);
    else
        fprintf(out, ",%d", level);
}

void vjp_ruling_csv_print(const struct vjp_ruling_table *table, FILE *out)
{
    fputs("kernel,defect,layer,dtype,gradient,values,axis,at,why,case,answer,shows,size,"
          "vjpcheck",
          out);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        fprintf(out, ",%s", vjp_rules[rule].name);
    fputs("\r\n", out);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_ruling *r = &table->ruling[i];
        for (int k = 0; k < r->count || (k == 0 && r->why); k++) {
            print_field(r->kernel, out);
            fprintf(out, "%d,", r->defect);
            print_field(r->layer, out);
            print_field(r->dtype, out);
            print_field(r->gradient, out);
            print_field(r->values, out);
            print_field(r->axis, out);
            fprintf(out, "%.17g,", r->at);
            print_field(r->why ? r->why : "", out);
            print_field(r->why ? "" : r->example, out);
            if (r->why)
                fputs(",,,", out);
            else
                fprintf(out, "%d,%d,%.17g,", k, r->answer[k].shows, r->answer[k].size);
            if (!r->why && r->answer[k].ours != VJP_LEVEL_NONE)
                fprintf(out, r->answer[k].ours == VJP_LEVEL_NEVER ? "never" : "%d",
                        r->answer[k].ours);
            for (int rule = 0; vjp_rules[rule].name; rule++)
                print_level(r->why ? VJP_LEVEL_NONE : r->answer[k].level[rule], out);
            fputs("\r\n", out);
        }
    }
}

enum vjp_status vjp_ruling_output_write(const char *folder, const struct vjp_ruling_table *table,
                                        struct vjp_error *error)
{
    struct vjp_text path = {0};
    struct vjp_sink sink = {0};
    vjp_text_add(&path, "%s/study.csv", folder);
    enum vjp_status status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                         : vjp_sink_open(path.data, &sink, error);
    if (status == VJP_OK) {
        vjp_ruling_csv_print(table, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    vjp_text_clear(&path);
    return status == VJP_OK ? vjp_ruling_plots_write(folder, table, error) : status;
}

#define CELL 32

static void print_share(double share, char cell[CELL])
{
    if (isnan(share))
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, "%.1f %%", share);
}

static void add_row(struct vjp_table *rows, const struct vjp_ruling_table *table,
                    const struct vjp_ruling_filter *filter, int rule)
{
    struct vjp_ruling_filter right = *filter, defects = *filter;
    char cell[5][CELL] = {"-", "-", "-", "-", "-"};
    double through = NAN, refused = NAN;
    int factor = 0;
    defects.defect = true;
    const struct vjp_votes d = vjp_ruling_count(table->ruling, table->count, &defects, rule, 0);
    const struct vjp_votes r = vjp_ruling_count(table->ruling, table->count, &right, rule, 0);
    print_share(vjp_ruling_wrong(&d, true), cell[0]);
    print_share(vjp_ruling_wrong(&r, false), cell[1]);
    if (vjp_ruling_best(table->ruling, table->count, filter, rule, &factor, &through, &refused)) {
        snprintf(cell[2], CELL, "2^%d", factor);
        print_share(through, cell[3]);
        print_share(refused, cell[4]);
    }
    const char *const cells[] = {rule == VJP_RULING_OURS ? VJP_RULING_OURS_NAME
                                                         : vjp_rules[rule].name,
                                 cell[0],
                                 cell[1],
                                 cell[2],
                                 cell[3],
                                 cell[4]};
    if (d.accept + d.refuse + r.accept + r.refuse > 0)
        vjp_table_add(rows, cells, NULL);
}

static void print_group(const struct vjp_ruling_table *table,
                        const struct vjp_ruling_filter *filter, bool colour, FILE *out)
{
    static const struct vjp_column columns[] = {
        {{"", "rule"}, true},          {{"as published:", "let through"}, false},
        {{"right", "refused"}, false}, {{"best: tol-", "erance times"}, false},
        {{"", "let through"}, false},  {{"right", "refused"}, false},
    };
    struct vjp_table rows = {.columns = columns, .n_columns = sizeof columns / sizeof *columns};
    struct vjp_ruling_filter defects = *filter;
    defects.defect = true;
    const struct vjp_votes d =
        vjp_ruling_count(table->ruling, table->count, &defects, VJP_RULING_OURS, 0);
    const struct vjp_votes r =
        vjp_ruling_count(table->ruling, table->count, filter, VJP_RULING_OURS, 0);
    fprintf(out, "%s %s: %" PRId64 " defective answers, %" PRId64 " right ones\n\n", filter->layer,
            filter->dtype, d.accept + d.refuse + d.none, r.accept + r.refuse + r.none);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        add_row(&rows, table, filter, rule);
    add_row(&rows, table, filter, VJP_RULING_OURS);
    vjp_table_print(&rows, "  ", colour, out);
    fputc('\n', out);
    vjp_table_clear(&rows);
}

void vjp_ruling_output_print(const char *folder, const struct vjp_ruling_table *table, bool colour,
                             FILE *out)
{
    const struct vjp_ruling_totals t = vjp_ruling_table_count(table);
    struct vjp_ruling_filter filter;
    for (int64_t i = 0; vjp_ruling_next(table, &i, &filter);)
        print_group(table, &filter, colour, out);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_ruling *r = &table->ruling[i];
        if (r->why && !r->defect)
            fprintf(out, "left out: %s: %s\n", r->key, r->why);
    }
    fprintf(out,
            "%" PRId64 " right answers, of which %" PRId64 " are outside the bound; %" PRId64
            " answers with a defect, of which %" PRId64 " are inside; %" PRId64
            " of plants on which it does not show; %" PRId64 " left out; %s\n",
            t.right, t.refused, t.defects, t.through, t.silent, t.gaps, folder);
}
