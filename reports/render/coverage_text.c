/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include "reports/render/escape.h"

#include <inttypes.h>

static void print_gap(const struct vjp_coverage_file *file, const struct vjp_coverage_gap *gap,
                      FILE *out)
{
    if (gap->from == gap->to)
        fprintf(out, "  %d never ran: ", gap->from);
    else
        fprintf(out, "  %d to %d never ran: ", gap->from, gap->to);
    vjp_escape_print(vjp_coverage_text(file, gap->from), out);
    fputc('\n', out);
    if (gap->guard > 0) {
        fprintf(out, "    since no case got past %d: ", gap->guard);
        vjp_escape_print(vjp_coverage_text(file, gap->guard), out);
        fputc('\n', out);
    }
    for (int i = 0; i < gap->n_notes; i++)
        fprintf(out, "      %s\n", gap->note[i]);
}

static void print_file(const struct vjp_coverage_file *file, FILE *out)
{
    for (int i = 0; i < file->n_gaps; i++)
        print_gap(file, &file->gap[i], out);
    for (int i = 0; i < file->count; i++) {
        const struct vjp_coverage_line *line = &file->line[i];
        if (!line->ran || line->taken == line->branches)
            continue;
        fprintf(out, "  %d: %d of %d branches never taken: ", line->number,
                line->branches - line->taken, line->branches);
        vjp_escape_print(vjp_coverage_text(file, line->number), out);
        fputc('\n', out);
    }
}

void vjp_coverage_print(const struct vjp_coverage *coverage, FILE *out)
{
    for (int i = 0; i < coverage->count; i++) {
        const struct vjp_coverage_totals t = vjp_coverage_count_file(&coverage->file[i]);
        vjp_escape_print(coverage->file[i].path, out);
        fprintf(out,
                ": %" PRId64 " of %" PRId64 " lines ran, %" PRId64 " of %" PRId64
                " branches were taken\n",
                t.ran, t.lines, t.taken, t.branches);
        print_file(&coverage->file[i], out);
    }
}
