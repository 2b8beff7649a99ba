/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/field.h"

#include "cases/spec/case.h"
#include "cases/spec/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

static const struct {
    const char *name;
    enum vjp_field_kind kind;
} plain_fields[] = {
    {"dtype", VJP_FIELD_DTYPE},      {"accumulate", VJP_FIELD_ACCUMULATE},
    {"inplace", VJP_FIELD_IN_PLACE}, {"grads", VJP_FIELD_GRADS},
    {"threads", VJP_FIELD_THREADS},  {"seed", VJP_FIELD_SEED},
};

static const struct {
    const char *suffix;
    enum vjp_field_kind kind;
} slot_fields[] = {
    {"", VJP_FIELD_VALUES},      {".ld", VJP_FIELD_LD},         {".align", VJP_FIELD_ALIGN},
    {".trans", VJP_FIELD_TRANS}, {".expand", VJP_FIELD_EXPAND},
};

/* Whether a slot can appear on a line at all: not the gradient of what has none. */
static bool is_named_slot(const struct vjp_spec *spec, int slot)
{
    return !vjp_slot_is_gradient(spec, slot) ||
           spec->input[slot - spec->n_inputs - 1].differentiable;
}

/* The field of a slot with that suffix. In a pipeline slots have dots in their names, "3.w.ld". */
static bool find_slot_field(const struct vjp_spec *spec, const char *name,
                            enum vjp_field_kind *kind, int *index)
{
    const size_t whole = strlen(name);
    for (size_t i = 0; i < sizeof slot_fields / sizeof slot_fields[0]; i++) {
        char slot_name[VJP_SLOT_NAME_MAX];
        const size_t cut = strlen(slot_fields[i].suffix);
        if (whole < cut || strcmp(name + whole - cut, slot_fields[i].suffix) != 0 ||
            whole - cut >= sizeof slot_name)
            continue;
        memcpy(slot_name, name, whole - cut);
        slot_name[whole - cut] = '\0';
        const int slot = vjp_slot_find(spec, slot_name);
        if (slot >= 0 && is_named_slot(spec, slot)) {
            *kind = slot_fields[i].kind;
            *index = slot;
            return true;
        }
    }
    return false;
}

bool vjp_field_find(const struct vjp_spec *spec, const char *name, enum vjp_field_kind *kind,
                    int *index)
{
    for (size_t i = 0; i < sizeof plain_fields / sizeof plain_fields[0]; i++) {
        if (strcmp(name, plain_fields[i].name) == 0) {
            *kind = plain_fields[i].kind;
            *index = 0;
            return true;
        }
    }
    const int attr = vjp_attr_find(spec, name);
    const int dim = vjp_dim_find(spec, name);
    if (attr >= 0 || dim >= 0) {
        *kind = attr >= 0 ? VJP_FIELD_ATTR : VJP_FIELD_DIM;
        *index = attr >= 0 ? attr : dim;
        return true;
    }
    return find_slot_field(spec, name, kind, index);
}

static void append(char *text, int size, const char *word)
{
    const size_t used = strlen(text);
    snprintf(text + used, (size_t)size - used, "%s ", word);
}

char *vjp_field_names(const struct vjp_spec *spec, char *text, int size)
{
    text[0] = '\0';
    append(text, size, "dtype");
    for (int i = 0; i < spec->n_dims; i++)
        append(text, size, spec->dim[i]);
    for (int i = 0; i < spec->n_attrs; i++)
        append(text, size, spec->attr[i].name);
    for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
        char name[VJP_SLOT_NAME_MAX];
        if (is_named_slot(spec, slot))
            append(text, size, vjp_slot_name(spec, slot, name, sizeof name));
    }
    append(text, size, "accumulate inplace grads threads seed and .ld .align .trans .expand");
    text[strlen(text) - 1] = '\0';
    return text;
}

static enum vjp_status fail_layer(const char *found, int column, struct vjp_error *error)
{
    char known[768] = "";
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        append(known, sizeof known, (*spec)->name);
    known[strlen(known) - 1] = '\0';
    if (*found == '\0')
        return vjp_fail(error, VJP_ERR_USAGE, "column %d: found nothing; expected a layer: %s",
                        column, known);
    return vjp_fail(error, VJP_ERR_USAGE, "column %d: unknown layer '%.40s'; expected one of: %s",
                    column, found, known);
}

/* The stage that decides what the field is about: a dimension, an attribute, an operand or its layout. */
static int find_decider(const struct vjp_spec *spec, const char *name)
{
    int stage = 0;
    for (size_t i = 0; i < sizeof slot_fields / sizeof slot_fields[0] && stage == 0; i++) {
        char whole[VJP_SLOT_NAME_MAX];
        const size_t length = strlen(name), cut = strlen(slot_fields[i].suffix);
        if (length < cut || length - cut >= sizeof whole ||
            strcmp(name + length - cut, slot_fields[i].suffix) != 0)
            continue;
        memcpy(whole, name, length - cut);
        whole[length - cut] = '\0';
        stage = vjp_pipeline_decider(spec, whole);
    }
    return stage;
}

static enum vjp_status fail_field(const struct vjp_spec *spec, const char *name, int column,
                                  struct vjp_error *error)
{
    char known[512];
    const int stage = find_decider(spec, name);
    if (stage > 0) {
        const enum vjp_status status = vjp_pipeline_fail_decided(name, stage, error);
        vjp_error_prefix(error, "column %d: ", column);
        return status;
    }
    return vjp_fail(error, VJP_ERR_USAGE, "column %d: unknown field '%.40s'; %s has %s", column,
                    name, spec->name, vjp_field_names(spec, known, sizeof known));
}

static enum vjp_status add_word(struct vjp_words *words, char *text, int column,
                                struct vjp_error *error)
{
    enum vjp_field_kind kind;
    int index;
    char *equals = strchr(text, '=');
    if (!equals)
        return vjp_fail(error, VJP_ERR_USAGE, "column %d: found '%.40s'; expected FIELD=VALUE",
                        column, text);
    *equals = '\0';
    if (!vjp_field_find(words->spec, text, &kind, &index))
        return fail_field(words->spec, text, column, error);
    struct vjp_word *word = &words->word[kind][index];
    if (word->name)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "column %d: found %s a second time; expected it once, as in column %d",
                        column, text, word->column);
    *word = (struct vjp_word){.name = text,
                              .value = equals + 1,
                              .column = column,
                              .value_column = column + (int)(equals + 1 - text)};
    return VJP_OK;
}

static enum vjp_status check_characters(const char *line, struct vjp_error *error)
{
    for (const char *p = line; *p; p++) {
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "column %d: found control character 0x%02x; expected text",
                            (int)(p - line) + 1, (unsigned)(unsigned char)*p);
    }
    return VJP_OK;
}

/* Cuts the next word out of the buffer: *p stands on it and is moved past it. NULL at the end. */
static char *next_word(char **p)
{
    char *word = *p + strspn(*p, BLANKS);
    if (*word == '\0')
        return NULL;
    *p = word + strcspn(word, BLANKS);
    if (**p != '\0')
        *(*p)++ = '\0';
    return word;
}

/* All words of the buffer from p on. */
static enum vjp_status add_words(struct vjp_words *words, char *p, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (char *word = next_word(&p); word && status == VJP_OK; word = next_word(&p))
        status = add_word(words, word, (int)(word - words->buffer) + 1, error);
    return status;
}

/* One past the last character of the layer's name: that of the first word, and where a '|' follows
 * or ends it, of the next one as well, up to a word that is a field. */
static char *layer_end(char *p)
{
    p += strcspn(p, BLANKS);
    for (;;) {
        char *next = p + strspn(p, BLANKS);
        const size_t length = strcspn(next, BLANKS);
        if (length == 0 || memchr(next, '=', length) || (*next != '|' && p[-1] != '|'))
            return p;
        p = next + length;
    }
}

/* Looks up every piece between the '|', for the column of one that is not known; then the whole. */
static enum vjp_status find_pipeline(struct vjp_words *words, const char *name,
                                     struct vjp_error *error)
{
    for (const char *piece = name;; piece++) {
        char layer[48];
        piece += strspn(piece, BLANKS);
        const size_t length = strcspn(piece, "|" BLANKS);
        snprintf(layer, sizeof layer, "%.*s", (int)length, piece);
        if (length > 0 && !vjp_spec_find(layer))
            return fail_layer(layer, (int)(piece - words->buffer) + 1, error);
        piece = strchr(piece, '|');
        if (!piece)
            break;
    }
    const struct vjp_spec *spec = NULL;
    const enum vjp_status status = vjp_pipeline_find(name, &spec, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "column %d: ", (int)(name - words->buffer) + 1);
    words->spec = spec;
    return status;
}

/* Finds the layer, or pipeline, that the buffer begins with, and sets *rest to what follows it. */
static enum vjp_status find_layer(struct vjp_words *words, char **rest, struct vjp_error *error)
{
    char *name = words->buffer + strspn(words->buffer, BLANKS);
    if (*name == '\0')
        return fail_layer("", words->end_column, error);
    *rest = layer_end(name);
    if (**rest != '\0')
        *(*rest)++ = '\0';
    if (strchr(name, '|'))
        return find_pipeline(words, name, error);
    words->spec = vjp_spec_find(name);
    return words->spec ? VJP_OK : fail_layer(name, (int)(name - words->buffer) + 1, error);
}

enum vjp_status vjp_words_init(struct vjp_words *out, const char *line, struct vjp_error *error)
{
    enum vjp_status status = check_characters(line, error);
    if (status != VJP_OK)
        return status;
    char *buffer = strdup(line);
    if (!buffer)
        return vjp_fail(error, VJP_ERR_MEMORY, "column 1: no memory for the line");
    struct vjp_words words = {.buffer = buffer, .end_column = (int)strlen(line) + 1};
    char *rest = NULL;
    status = find_layer(&words, &rest, error);
    if (status == VJP_OK && words.spec && rest)
        status = add_words(&words, rest, error);
    if (status != VJP_OK) {
        free(buffer);
        return status;
    }
    *out = words;
    out->buffer = buffer;
    return VJP_OK;
}

void vjp_words_clear(struct vjp_words *words)
{
    free(words->buffer);
    *words = (struct vjp_words){0};
}
