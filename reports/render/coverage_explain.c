/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include "cases/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The whole line; "" where there is none. */
static const char *line_of(const struct vjp_coverage_file *file, int number)
{
    return number >= 1 && number <= file->n_source ? file->source[number - 1] : "";
}

static int indent_of(const struct vjp_coverage_file *file, int number)
{
    return (int)strspn(line_of(file, number), " \t");
}

const char *vjp_coverage_text(const struct vjp_coverage_file *file, int number)
{
    return line_of(file, number) + indent_of(file, number);
}

/* False where memory has ended. */
static bool add_line(struct vjp_coverage_file *file, const char *text, size_t length)
{
    char **grown = realloc(file->source, ((size_t)file->n_source + 1) * sizeof *grown);
    if (!grown)
        return false;
    file->source = grown;
    grown[file->n_source] = strndup(text, length);
    return grown[file->n_source++] != NULL;
}

static bool read_source(const char *root, struct vjp_coverage_file *file)
{
    struct vjp_text path = {0};
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    vjp_text_add(&path, "%s/%s", root, file->path);
    FILE *source = path.failed ? NULL : fopen(path.data, "re");
    bool good = !path.failed;
    while (good && source && (length = getline(&text, &size, source)) > 0)
        good = add_line(file, text, (size_t)(length - (text[length - 1] == '\n')));
    if (source)
        fclose(source);
    free(text);
    vjp_text_clear(&path);
    return good;
}

/* The nearest line above that decides something, did run, and stands further left: the head of the block that was not
 * entered. 0: none. */
static int find_guard(const struct vjp_coverage_file *file, int i)
{
    const int indent = indent_of(file, file->line[i].number);
    for (int k = i - 1; k >= 0; k--) {
        const struct vjp_coverage_line *line = &file->line[k];
        if (line->ran && line->branches > 0 &&
            (file->n_source == 0 || indent_of(file, line->number) < indent))
            return line->number;
    }
    return 0;
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

static void tell_residues(const struct vjp_census_layer *layer, int d, struct vjp_text *out)
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
            vjp_text_add(out, "; %s %% %d was always %d", layer->spec->dim[d], residues[r].modulus,
                         only);
        else
            vjp_text_add(out, "; %s %% %d had %d of %d values", layer->spec->dim[d],
                         residues[r].modulus, visited, residues[r].modulus);
    }
}

/* What the cases were like in a dimension: "M was 0, 1, 2-7; M % 8 was always 0". */
static void tell_dimension(const struct vjp_census_layer *layer, int d, struct vjp_text *out)
{
    bool first = true;
    vjp_text_add(out, "%s was", layer->spec->dim[d]);
    for (int size = 0; size < VJP_CENSUS_SIZES; size++) {
        if (layer->size[d][size] == 0)
            continue;
        vjp_text_add(out, "%s %s", first ? "" : ",", vjp_census_size_name(size));
        first = false;
    }
    tell_residues(layer, d, out);
}

/* Takes over the text. */
static bool add_note(struct vjp_coverage_gap *gap, struct vjp_text *text)
{
    char **grown =
        text->failed ? NULL : realloc(gap->note, ((size_t)gap->n_notes + 1) * sizeof *grown);
    if (!grown) {
        vjp_text_clear(text);
        return false;
    }
    gap->note = grown;
    grown[gap->n_notes++] = text->data;
    return true;
}

static bool add_notes(const char *guard, const struct vjp_census *census,
                      struct vjp_coverage_gap *gap)
{
    bool good = true;
    for (int l = 0; l < census->n_layers; l++) {
        const struct vjp_census_layer *layer = &census->layer[l];
        for (int d = 0; d < layer->spec->n_dims && good; d++) {
            struct vjp_text text = {0};
            if (!has_word(guard, layer->spec->dim[d]))
                continue;
            tell_dimension(layer, d, &text);
            good = add_note(gap, &text);
        }
    }
    return good;
}

/* Of the lines from index i on. */
static bool add_gap(struct vjp_coverage_file *file, int i, int end, const struct vjp_census *census)
{
    struct vjp_coverage_gap *grown = realloc(file->gap, ((size_t)file->n_gaps + 1) * sizeof *grown);
    if (!grown)
        return false;
    file->gap = grown;
    struct vjp_coverage_gap *gap = &grown[file->n_gaps++];
    *gap = (struct vjp_coverage_gap){.from = file->line[i].number,
                                     .to = file->line[end - 1].number,
                                     .guard = find_guard(file, i)};
    return gap->guard == 0 || add_notes(vjp_coverage_text(file, gap->guard), census, gap);
}

enum vjp_status vjp_coverage_explain(struct vjp_coverage *coverage, const char *root,
                                     const struct vjp_census *census, struct vjp_error *error)
{
    bool good = true;
    for (int f = 0; f < coverage->count && good; f++) {
        struct vjp_coverage_file *file = &coverage->file[f];
        good = !root || read_source(root, file);
        for (int i = 0, end; i < file->count && good; i = end) {
            for (end = i; end < file->count && !file->line[end].ran; end++)
                ;
            good = end == i || add_gap(file, i, end, census);
            end += end == i;
        }
    }
    return good ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}
