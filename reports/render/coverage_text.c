/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"
#include "reports/verdict/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A source, by lines. */
struct source {
    char *text;
    char **line; /* from index 1 */
    int count;
};

static void clear_source(struct source *s)
{
    free(s->text);
    free(s->line);
    *s = (struct source){0};
}

/* Without a source there are numbers only. */
static void read_source(const char *root, const char *name, struct source *out)
{
    struct vjp_text path = {0};
    size_t size = 0;
    *out = (struct source){0};
    vjp_text_add(&path, "%s/%s", root, name);
    FILE *file = path.failed ? NULL : fopen(path.data, "r");
    FILE *memory = file ? open_memstream(&out->text, &size) : NULL;
    for (int c; memory && (c = getc(file)) != EOF;)
        putc(c, memory);
    if (memory)
        fclose(memory);
    if (file)
        fclose(file);
    vjp_text_clear(&path);
    int lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += out->text[i] == '\n';
    out->line = out->text ? calloc((size_t)lines + 2, sizeof *out->line) : NULL;
    if (!out->line)
        return;
    for (char *at = out->text; at; out->count++) {
        out->line[out->count + 1] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
}

/* The whole line; "" where there is none. */
static const char *line_of(const struct source *s, int number)
{
    return s->line && number >= 1 && number <= s->count ? s->line[number] : "";
}

static int indent_of(const struct source *s, int number)
{
    return (int)strspn(line_of(s, number), " \t");
}

static const char *text_of(const struct source *s, int number)
{
    return line_of(s, number) + indent_of(s, number);
}

/* The nearest line above that decides something, did run, and stands further left: the head of the block that was not
 * entered. -1: none. */
static int find_guard(const struct vjp_coverage_file *file, const struct source *s, int i)
{
    const int indent = indent_of(s, file->line[i].number);
    for (int k = i - 1; k >= 0; k--) {
        const struct vjp_coverage_line *line = &file->line[k];
        if (line->ran && line->branches > 0 &&
            (s->count == 0 || indent_of(s, line->number) < indent))
            return k;
    }
    return -1;
}

/* Whether the name stands in the text as a word, in either case: kernels call dimension M also m. */
static bool has_word(const char *text, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = text; *at; at++) {
        const bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && strncasecmp(at, name, length) == 0 &&
            !(isalnum((unsigned char)at[length]) || at[length] == '_'))
            return true;
    }
    return false;
}

/* Residues modulo so much are from this bit of what was visited (census.h). */
static const struct {
    int modulus, bit;
} residues[] = {{8, 0}, {16, 8}, {32, 24}};

static void print_residues(const struct vjp_census_layer *layer, int d, FILE *out)
{
    for (size_t r = 0; r < sizeof residues / sizeof *residues; r++) {
        int visited = 0, only = 0;
        for (int i = 0; i < residues[r].modulus; i++) {
            if (layer->visited[d] >> (residues[r].bit + i) & 1) {
                visited++;
                only = i;
            }
        }
        if (visited == residues[r].modulus)
            continue;
        if (visited == 1)
            fprintf(out, "; %s %% %d was always %d", layer->spec->dim[d], residues[r].modulus,
                    only);
        else
            fprintf(out, "; %s %% %d had %d of %d values", layer->spec->dim[d], residues[r].modulus,
                    visited, residues[r].modulus);
    }
}

/* What the cases were like in a dimension: "M was 0, 1, 2-7; M % 8 was always 0". */
static void print_dimension(const struct vjp_census_layer *layer, int d, FILE *out)
{
    bool first = true;
    fprintf(out, "      %s was", layer->spec->dim[d]);
    for (int size = 0; size < VJP_CENSUS_SIZES; size++) {
        if (layer->size[d][size] == 0)
            continue;
        fprintf(out, "%s %s", first ? "" : ",", vjp_census_size_name(size));
        first = false;
    }
    print_residues(layer, d, out);
    fputc('\n', out);
}

static void print_dimensions(const char *guard, const struct vjp_census *census, FILE *out)
{
    for (int l = 0; l < census->n_layers; l++) {
        const struct vjp_census_layer *layer = &census->layer[l];
        for (int d = 0; d < layer->spec->n_dims; d++) {
            if (has_word(guard, layer->spec->dim[d]))
                print_dimension(layer, d, out);
        }
    }
}

/* Lines that did not run, one after the other, with nothing that ran between them. Returns the first index after. */
static int print_unreached(const struct vjp_coverage_file *file, const struct source *s, int i,
                           const struct vjp_census *census, FILE *out)
{
    int end = i + 1;
    const int guard = find_guard(file, s, i);
    while (end < file->count && !file->line[end].ran)
        end++;
    const int from = file->line[i].number, to = file->line[end - 1].number;
    if (from == to)
        fprintf(out, "  %d never ran: ", from);
    else
        fprintf(out, "  %d to %d never ran: ", from, to);
    vjp_escape_print(text_of(s, from), out);
    fputc('\n', out);
    if (guard >= 0) {
        const int number = file->line[guard].number;
        fprintf(out, "    since no case got past %d: ", number);
        vjp_escape_print(text_of(s, number), out);
        fputc('\n', out);
        print_dimensions(text_of(s, number), census, out);
    }
    return end;
}

static void print_file(const struct vjp_coverage_file *file, const char *root,
                       const struct vjp_census *census, FILE *out)
{
    struct source s;
    read_source(root, file->path, &s);
    for (int i = 0; i < file->count;) {
        if (!file->line[i].ran)
            i = print_unreached(file, &s, i, census, out);
        else
            i++;
    }
    for (int i = 0; i < file->count; i++) {
        const struct vjp_coverage_line *line = &file->line[i];
        if (!line->ran || line->taken == line->branches)
            continue;
        fprintf(out, "  %d: %d of %d branches never taken: ", line->number,
                line->branches - line->taken, line->branches);
        vjp_escape_print(text_of(&s, line->number), out);
        fputc('\n', out);
    }
    clear_source(&s);
}

void vjp_coverage_print(const struct vjp_coverage *coverage, const char *root,
                        const struct vjp_census *census, FILE *out)
{
    for (int i = 0; i < coverage->count; i++) {
        const struct vjp_coverage one = {.file = &coverage->file[i], .count = 1};
        const struct vjp_coverage_totals t = vjp_coverage_count(&one);
        vjp_escape_print(coverage->file[i].path, out);
        fprintf(out,
                ": %" PRId64 " of %" PRId64 " lines ran, %" PRId64 " of %" PRId64
                " branches were taken\n",
                t.ran, t.lines, t.taken, t.branches);
        print_file(&coverage->file[i], root, census, out);
    }
}
