/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include "cases/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* A branch that either has taken is taken. Where it is not known which branches a run took, they may be those of the
 * other: the larger number is all that is certain. Builds that split a line into more or fewer branches have none in
 * common; the one with more has the say. No order of runs changes what comes out. */
static void unite_line(struct vjp_coverage_line *line, const struct vjp_coverage_line *other)
{
    const bool ran = line->ran || other->ran;
    if (other->branches > line->branches) {
        *line = *other;
    } else if (other->branches == line->branches) {
        line->mask |= other->mask;
        line->taken = larger(larger(line->taken, other->taken), __builtin_popcountll(line->mask));
    }
    line->ran = ran;
}

/* False where memory has ended. */
static bool unite_lines(const struct vjp_coverage_file *a, const struct vjp_coverage_file *b,
                        struct vjp_coverage_file *out)
{
    int i = 0, k = 0;
    out->count = 0;
    out->line = calloc((size_t)a->count + (size_t)b->count + 1, sizeof *out->line);
    while (out->line && (i < a->count || k < b->count)) {
        const bool is_of_a =
            k == b->count || (i < a->count && a->line[i].number <= b->line[k].number);
        const struct vjp_coverage_line *next = is_of_a ? &a->line[i++] : &b->line[k++];
        struct vjp_coverage_line *last = out->count > 0 ? &out->line[out->count - 1] : NULL;
        if (last && last->number == next->number)
            unite_line(last, next);
        else
            out->line[out->count++] = *next;
    }
    return out->line != NULL;
}

static int find_note(const struct vjp_coverage_gap *gap, const char *note)
{
    int at = 0;
    while (at < gap->n_notes && strcmp(gap->note[at], note) != 0)
        at++;
    return at < gap->n_notes ? at : -1;
}

/* Several gaps of a run have the same notes where one guard is before them: then more is what was added last. False where
 * memory has ended. */
static bool add_runs(char **runs, const char *more)
{
    struct vjp_text text = {0};
    const size_t length = strlen(*runs), tail = strlen(more);
    const char *const last = length > tail ? *runs + length - tail : *runs;
    if (strcmp(last, more) == 0 && (last == *runs || last[-1] == ' '))
        return true;
    vjp_text_add(&text, "%s, %s", *runs, more);
    if (text.failed) {
        vjp_text_clear(&text);
        return false;
    }
    free(*runs);
    *runs = text.data;
    return true;
}

static bool grow_notes(struct vjp_coverage_gap *gap, int more)
{
    const size_t count = (size_t)gap->n_notes + (size_t)more + 1;
    char **note = realloc(gap->note, count * sizeof *note);
    gap->note = note ? note : gap->note;
    char **runs = note ? realloc(gap->runs, count * sizeof *runs) : NULL;
    gap->runs = runs ? runs : gap->runs;
    return runs != NULL;
}

/* run: the number of the run that from is of, if it is of one only. */
static bool copy_notes(const struct vjp_coverage_gap *from, int run, struct vjp_coverage_gap *gap)
{
    char number[16] = "not told";
    bool good = grow_notes(gap, from->n_notes);
    if (run > 0)
        snprintf(number, sizeof number, "%d", run);
    for (int i = 0; i < from->n_notes && good; i++) {
        const char *const runs = from->runs ? from->runs[i] : number;
        const int at = find_note(gap, from->note[i]);
        if (at >= 0) {
            good = add_runs(&gap->runs[at], runs);
            continue;
        }
        char *const note = strdup(from->note[i]);
        char *const own = strdup(runs);
        good = note && own;
        if (good) {
            gap->note[gap->n_notes] = note;
            gap->runs[gap->n_notes++] = own;
        } else {
            free(note);
            free(own);
        }
    }
    return good;
}

/* What the cases of a run were like in the dimensions of a guard is told with the run's gaps behind this guard. */
static bool take_notes(const struct vjp_coverage_file *run, struct vjp_coverage_file *united)
{
    bool good = true;
    for (int i = 0; i < united->n_gaps; i++) {
        struct vjp_coverage_gap *gap = &united->gap[i];
        for (int k = 0; k < run->n_gaps && good; k++) {
            if (gap->guard > 0 && run->gap[k].guard == gap->guard)
                good = copy_notes(&run->gap[k], run->run, gap);
        }
    }
    return good;
}

static enum vjp_status unite(struct vjp_coverage_file *file, const struct vjp_coverage_file *more,
                             struct vjp_error *error)
{
    static const struct vjp_census none;
    struct vjp_coverage_file united = *file;
    united.gap = NULL;
    united.n_gaps = 0;
    bool good = unite_lines(file, more, &united);
    if (good)
        good = vjp_coverage_explain(&(struct vjp_coverage){.file = &united, .count = 1}, NULL,
                                    &none, error) == VJP_OK &&
               take_notes(file, &united) && take_notes(more, &united);
    if (!good) {
        free(united.line);
        vjp_coverage_clear_gaps(&united);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    free(file->line);
    vjp_coverage_clear_gaps(file);
    *file = united;
    return VJP_OK;
}

/* Of files whose source is not known, the lines with code have to be the same. */
static bool is_same(const struct vjp_coverage_file *a, const struct vjp_coverage_file *b)
{
    bool same = strcmp(a->path, b->path) == 0 && a->n_source == b->n_source;
    for (int i = 0; i < a->n_source && same; i++)
        same = strcmp(a->source[i], b->source[i]) == 0;
    if (a->n_source > 0)
        return same;
    same = same && a->count == b->count;
    for (int i = 0; i < a->count && same; i++)
        same = a->line[i].number == b->line[i].number;
    return same;
}

/* The file is emptied. Others: files of its path are there already. */
static enum vjp_status take(struct vjp_coverage *all, struct vjp_coverage_file *file, int others,
                            struct vjp_error *error)
{
    struct vjp_text label = {0};
    struct vjp_coverage_file *grown =
        realloc(all->file, ((size_t)all->count + 1) * sizeof *all->file);
    if (others > 0)
        vjp_text_add(&label, "%s (%d)", file->path, others + 1);
    all->file = grown ? grown : all->file;
    if (!grown || label.failed) {
        vjp_text_clear(&label);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    free(file->label);
    file->label = label.data;
    grown[all->count++] = *file;
    *file = (struct vjp_coverage_file){0};
    return VJP_OK;
}

enum vjp_status vjp_coverage_unite(struct vjp_coverage *all, struct vjp_coverage *more,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < more->count && status == VJP_OK; i++) {
        struct vjp_coverage_file *same = NULL;
        int others = 0;
        for (int k = 0; k < all->count; k++) {
            others += strcmp(all->file[k].path, more->file[i].path) == 0;
            if (is_same(&all->file[k], &more->file[i]))
                same = &all->file[k];
        }
        status =
            same ? unite(same, &more->file[i], error) : take(all, &more->file[i], others, error);
    }
    return status;
}

const char *vjp_coverage_label(const struct vjp_coverage_file *file)
{
    return file->label ? file->label : file->path;
}

void vjp_coverage_note(const struct vjp_coverage_gap *gap, int note, struct vjp_text *out)
{
    const char *const runs = gap->runs ? gap->runs[note] : NULL;
    if (runs)
        vjp_text_add(out, "run%s %s: ", strchr(runs, ',') ? "s" : "", runs);
    vjp_text_add(out, "%s", gap->note[note]);
}
