/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/detail.h"

#include "cases/base/text.h"
#include "reports/cli/picture.h"
#include "reports/render/escape.h"
#include "reports/render/matrix.h"
#include "reports/render/table.h"
#include "reports/render/terminal.h"
#include "reports/verdict/number.h"
#include "reports/verdict/reason.h"

#include <inttypes.h>
#include <stdlib.h>

/* A gradient of up to SMALL elements is shown whole, of a larger one the WORST worst. */
#define SMALL 16
#define WORST 8

#define CELL_SIZE 96

enum {
    COL_ELEMENT = 0,
    COL_EXACT,
    COL_ROUNDED,
    COL_GOT,
    COL_ERROR,
    COL_ULP,
    COL_BOUND,
    COL_RATIO,
    COL_SCALE,
    COL_TERMS,
    COL_STANDING,
    N_COLUMNS,
};

static const struct vjp_column columns[N_COLUMNS] = {
    [COL_ELEMENT] = {{"", "element"}, true},  [COL_EXACT] = {{"", "exact"}, false},
    [COL_ROUNDED] = {{"", "rounded"}, false}, [COL_GOT] = {{"", "got"}, false},
    [COL_ERROR] = {{"", "error"}, false},     [COL_ULP] = {{"", "ulp"}, false},
    [COL_BOUND] = {{"", "bound"}, false},     [COL_RATIO] = {{"error /", "bound"}, false},
    [COL_SCALE] = {{"", "S"}, false},         [COL_TERMS] = {{"", "k"}, false},
    [COL_STANDING] = {{"", ""}, true},
};

static const char *standing_word(enum vjp_standing standing)
{
    switch (standing) {
    case VJP_CORRECT:
        return "correct";
    case VJP_WITHIN:
        return "within";
    case VJP_EXCUSED:
        return "may overflow";
    case VJP_UNRESOLVED:
        return "unresolved";
    case VJP_OUTSIDE:
        break;
    }
    return "outside";
}

/* "~" where another number than this may be the correctly rounded one, "?" where none is known. */
static void write_rounded(const struct vjp_question *question, int slot,
                          const struct vjp_element *e, char text[CELL_SIZE])
{
    uint64_t low;
    uint64_t high;
    char number[CELL_SIZE / 2];
    const enum vjp_dtype dtype = question->c->dtype;
    if (vjp_reference_range(question->reference, slot, e->index, &low, &high)) {
        char end[CELL_SIZE / 4];
        snprintf(text, CELL_SIZE, "[%s, %s]", vjp_number_decimal(dtype, low, number, sizeof number),
                 vjp_number_decimal(dtype, high, end, sizeof end));
        return;
    }
    vjp_number_decimal(dtype, e->want, number, sizeof number);
    if (vjp_reference_is_settled(question->reference, slot, e->index))
        snprintf(text, CELL_SIZE, "%s", number);
    else if (e->standing == VJP_UNRESOLVED)
        snprintf(text, CELL_SIZE, "?");
    else
        snprintf(text, CELL_SIZE, "~%s", number);
}

static void add_element(struct vjp_table *table, const struct vjp_question *question, int slot,
                        const struct vjp_element *e)
{
    const struct vjp_case *c = vjp_question_case(question);
    char text[N_COLUMNS][CELL_SIZE];
    const char *cells[N_COLUMNS];
    vjp_reason_element_name(c, slot, e->index, text[COL_ELEMENT], CELL_SIZE);
    vjp_reference_text(question->reference, slot, e->index, 17, text[COL_EXACT], CELL_SIZE);
    write_rounded(question, slot, e, text[COL_ROUNDED]);
    vjp_number_decimal(c->dtype, e->got, text[COL_GOT], CELL_SIZE);
    vjp_number_short(e->error, text[COL_ERROR], CELL_SIZE);
    vjp_number_short(e->ulp, text[COL_ULP], CELL_SIZE);
    vjp_number_short(e->bound, text[COL_BOUND], CELL_SIZE);
    vjp_number_short(e->ratio, text[COL_RATIO], CELL_SIZE);
    vjp_number_short(e->scale, text[COL_SCALE], CELL_SIZE);
    snprintf(text[COL_TERMS], CELL_SIZE, "%" PRId64, e->terms);
    snprintf(text[COL_STANDING], CELL_SIZE, "%s%s", standing_word(e->standing),
             e->exact_data ? ", exact sums" : "");
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = text[i];
    vjp_table_add(table, cells, e->standing == VJP_OUTSIDE ? "31" : NULL);
}

/* How the truth was found, where there is no explicit Jacobian. */
static void print_settled(const char *name, const int64_t settled[VJP_SETTLED_COUNT], FILE *out)
{
    static const char *const names[] = {
        [VJP_SETTLED_FILTER] = "by an error bound",
        [VJP_SETTLED_PRODUCT] = "by an exact product",
        [VJP_SETTLED_ACCUMULATOR] = "by exact summation",
        [VJP_SETTLED_SPECIAL] = "NaN or infinite",
    };
    bool first = true;
    for (int by = 0; by < VJP_SETTLED_COUNT; by++) {
        if (settled[by] == 0)
            continue;
        if (first)
            fprintf(out, "  %s: settled", name);
        fprintf(out, "%s %" PRId64 " %s", first ? "" : ",", settled[by], names[by]);
        first = false;
    }
    if (!first)
        fputc('\n', out);
}

static void print_gradient(const struct vjp_question *question, const struct vjp_target *target,
                           int kernel, const struct vjp_finding *finding, int slot, FILE *out)
{
    const struct vjp_case *c = vjp_question_case(question);
    const struct vjp_measure *m = &finding->judgement.measure[slot];
    const struct vjp_tensor *got = &finding->seen.answer[finding->judgement.placement[slot]][slot];
    const struct vjp_model *model = &target->info->kernel[kernel].model[c->dtype];
    struct vjp_table table = {.columns = columns, .n_columns = N_COLUMNS};
    char name[64];
    print_settled(vjp_slot_name(c->spec, slot, name, sizeof name), m->settled, out);
    fprintf(out,
            "  %s: %" PRId64 " of %" PRId64 " correctly rounded, %" PRId64 " outside the bound",
            name, m->correct, m->count, m->outside);
    if (m->excused > 0)
        fprintf(out, ", %" PRId64 " may overflow", m->excused);
    if (m->unresolved > 0)
        fprintf(out, ", %" PRId64 " unresolved", m->unresolved);
    const bool all = got->count <= SMALL;
    fprintf(out, "%s\n", all ? "" : "; the worst:");
    struct vjp_element elements[SMALL];
    int count = 0;
    for (; all && count < got->count; count++)
        vjp_measure_element(question->reference, slot, model, count, vjp_tensor_get(got, count),
                            &elements[count]);
    if (!all)
        count = vjp_measure_worst(question->reference, slot, model, got, WORST, elements);
    for (int i = 0; i < count; i++)
        add_element(&table, question, slot, &elements[i]);
    if (table.n_rows > 0)
        vjp_table_print(&table, "    ", vjp_terminal_has_colour(out), out);
    vjp_table_clear(&table);
    if (m->outside > 0 && !all)
        vjp_picture_print(question, model, finding, slot, "    ", out);
}

static void print_kernel(const struct vjp_target *target, int kernel, enum vjp_dtype dtype,
                         FILE *out)
{
    const struct vjp_kernel_info *info = &target->info->kernel[kernel];
    vjp_escape_print(target->label[kernel], out);
    fprintf(out, " (sums in %s%s%s%s)\n", vjp_format(info->model[dtype].accumulate)->name,
            info->model[dtype].narrow_operands ? ", narrow operands" : "",
            info->model[dtype].flushes ? ", flushes" : "",
            info->deterministic ? ", deterministic" : "");
}

void vjp_detail_print_operands(const struct vjp_question *question, FILE *out)
{
    const struct vjp_case *c = question->c;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_tensor *tensor = &question->data->slot[slot];
        char name[64];
        char shape[16 * VJP_RANK_MAX];
        if (!tensor->data)
            continue;
        fprintf(out, "%s: %s%s\n", vjp_slot_name(c->spec, slot, name, sizeof name),
                vjp_shape_text(&tensor->shape, shape, sizeof shape),
                vjp_slot_is_gradient(c->spec, slot) ? ", what the kernel adds to" : "");
        vjp_matrix_print_tensor(tensor, "    ", out);
    }
    if (question->rows) {
        char rows[512];
        fprintf(
            out,
            "The truth is known of the rows %s, by which elements are counted below. Elsewhere dy "
            "is 0, and so the gradients must be.\n",
            vjp_excerpt_text(&question->rows->excerpt, rows, sizeof rows));
    }
}

void vjp_detail_print_finding(const struct vjp_question *question, const struct vjp_target *target,
                              int kernel, const struct vjp_finding *finding, FILE *out)
{
    const struct vjp_judgement *judgement = &finding->judgement;
    print_kernel(target, kernel, question->c->dtype, out);
    for (int slot = 0; slot < vjp_slot_count(question->c->spec); slot++) {
        if (judgement->measured[slot])
            print_gradient(question, target, kernel, finding, slot, out);
    }
    fprintf(out, "  %s%s", vjp_verdict_name(judgement->verdict), judgement->reason[0] ? ": " : "");
    vjp_escape_print(judgement->reason, out);
    fputc('\n', out);
    if (vjp_verdict_is_failure(judgement->verdict) && finding->seen.log[0]) {
        fputs("  the kernel wrote: ", out);
        vjp_escape_print(finding->seen.log, out);
        fputc('\n', out);
    }
}
