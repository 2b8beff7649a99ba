/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/parse.h"

#include "cases/line/attribute.h"
#include "cases/line/field.h"
#include "cases/line/gradients.h"
#include "cases/spec/literal.h"
#include "cases/spec/pipeline.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SHOWN 40 /* characters of a wrong value that a message repeats */

static enum vjp_status fail_word(const struct vjp_word *word, const char *expected,
                                 struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE, "column %d: %s=%.*s: expected %s", word->column,
                    word->name, VALUE_SHOWN, word->value, expected);
}

/* A whole number was not read. */
static enum vjp_status fail_whole(const struct vjp_word *word, enum vjp_reading reading,
                                  struct vjp_error *error)
{
    return fail_word(word,
                     reading == VJP_READING_TOO_LARGE ? "a smaller whole number" : "a whole number",
                     error);
}

/* The fields' ranges are checked by vjp_case_validate. */
static enum vjp_status read_whole(const struct vjp_word *word, const char *digits, int64_t *out,
                                  struct vjp_error *error)
{
    const enum vjp_reading reading = vjp_whole_read(digits, out);
    return reading == VJP_READING_DONE ? VJP_OK : fail_whole(word, reading, error);
}

static enum vjp_status read_flag(const struct vjp_word *word, bool *out, struct vjp_error *error)
{
    if (!word->name)
        return VJP_OK;
    if (strcmp(word->value, "0") != 0 && strcmp(word->value, "1") != 0)
        return fail_word(word, "0 or 1", error);
    *out = word->value[0] == '1';
    return VJP_OK;
}

static enum vjp_status read_seed(const struct vjp_word *word, uint64_t *out,
                                 struct vjp_error *error)
{
    static const char expected[] = "0 to 0xffffffffffffffff, decimal or 0x hexadecimal";
    if (!word->name)
        return VJP_OK;
    const bool is_hex = word->value[0] == '0' && tolower((unsigned char)word->value[1]) == 'x';
    const char *digits = is_hex ? word->value + 2 : word->value;
    char *end;
    if (is_hex ? !isxdigit((unsigned char)*digits) : !isdigit((unsigned char)*digits))
        return fail_word(word, expected, error);
    errno = 0;
    const unsigned long long value = strtoull(digits, &end, is_hex ? 16 : 10);
    if (*end != '\0' || errno == ERANGE)
        return fail_word(word, expected, error);
    *out = value;
    return VJP_OK;
}

static enum vjp_status read_dtype(const struct vjp_words *words, enum vjp_dtype *out,
                                  struct vjp_error *error)
{
    const struct vjp_word *word = &words->word[VJP_FIELD_DTYPE][0];
    if (!word->name)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "column %d: dtype is missing; expected dtype=f16, bf16, f32 or f64",
                        words->end_column);
    if (!vjp_dtype_parse(word->value, out))
        return fail_word(word, "f16, bf16, f32 or f64", error);
    return VJP_OK;
}

static enum vjp_status fail_choice(const struct vjp_word *word, const struct vjp_attr_spec *attr,
                                   struct vjp_error *error)
{
    char known[256] = "";
    for (int i = 0; attr->choices[i]; i++) {
        const size_t used = strlen(known);
        const char *between = i == 0 ? "" : attr->choices[i + 1] ? ", " : " or ";
        snprintf(known + used, sizeof known - used, "%s%s", between, attr->choices[i]);
    }
    return fail_word(word, known, error);
}

/* Refuses a whole number beyond the limits with vjp_case_validate's words: what fields a line has depends on
 * the attributes, so that a wrong one must not lead to complaints about others. No fields depend on a
 * real: its limits are left to vjp_case_validate. */
static enum vjp_status read_attr(const struct vjp_word *word, const struct vjp_attr_spec *attr,
                                 int64_t *whole, double *real, struct vjp_error *error)
{
    const enum vjp_reading reading = vjp_attribute_read(attr, word->value, whole, real);
    if (reading == VJP_READING_DONE)
        return VJP_OK;
    if (attr->kind == VJP_ATTR_CHOICE)
        return fail_choice(word, attr, error);
    if (attr->kind == VJP_ATTR_REAL)
        return reading == VJP_READING_OUTSIDE ? VJP_OK : fail_word(word, "a finite number", error);
    if (reading != VJP_READING_OUTSIDE)
        return fail_whole(word, reading, error);
    return vjp_fail(error, *whole > attr->max ? VJP_ERR_LIMIT : VJP_ERR_USAGE,
                    "column %d: %s=%" PRId64 ": expected %" PRId64 " to %" PRId64, word->column,
                    word->name, *whole, attr->min, attr->max);
}

static enum vjp_status read_attrs(const struct vjp_words *words, struct vjp_case *c,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < c->spec->n_attrs && status == VJP_OK; i++) {
        const struct vjp_word *word = &words->word[VJP_FIELD_ATTR][i];
        if (word->name)
            status = read_attr(word, &c->spec->attr[i], &c->attr[i], &c->real[i], error);
    }
    return status;
}

/* A field that takes no part in the case, for its attributes. */
static enum vjp_status fail_absent(const struct vjp_case *c, const struct vjp_word *word,
                                   struct vjp_error *error)
{
    struct vjp_text attrs = {0};
    for (int i = 0; i < c->spec->n_attrs; i++) {
        vjp_text_add(&attrs, i > 0 ? " " : " with ");
        vjp_case_print_attr(c, i, &attrs);
    }
    const enum vjp_status status = vjp_fail(
        error, VJP_ERR_USAGE, "column %d: found %s; expected no such field: it takes no part%s",
        word->column, word->name, attrs.data ? attrs.data : "");
    vjp_text_clear(&attrs);
    return status;
}

static enum vjp_status fail_absent_dim(const struct vjp_case *c, const struct vjp_word *word, int i,
                                       struct vjp_error *error)
{
    const int stage = vjp_pipeline_dim_decider(c, i);
    if (stage == 0)
        return fail_absent(c, word, error);
    const enum vjp_status status = vjp_pipeline_fail_decided(word->name, stage, error);
    vjp_error_prefix(error, "column %d: ", word->column);
    return status;
}

/* After the attributes, which say what dimensions there are. */
static enum vjp_status read_dims(const struct vjp_words *words, struct vjp_case *c,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < c->spec->n_dims && status == VJP_OK; i++) {
        const struct vjp_word *word = &words->word[VJP_FIELD_DIM][i];
        const bool takes_part = vjp_case_has_dim(c, i);
        if (word->name && !takes_part)
            status = fail_absent_dim(c, word, i, error);
        else if (word->name)
            status = read_whole(word, word->value, &c->dim[i], error);
        else if (takes_part)
            status = vjp_fail(error, VJP_ERR_USAGE, "column %d: %s is missing; expected %s=SIZE",
                              words->end_column, c->spec->dim[i], c->spec->dim[i]);
    }
    return status;
}

static enum vjp_status read_threads(const struct vjp_word *word, int *out, struct vjp_error *error)
{
    int64_t threads;
    if (!word->name)
        return VJP_OK;
    const enum vjp_status status = read_whole(word, word->value, &threads, error);
    if (status != VJP_OK)
        return status;
    if (threads < 1 || threads > VJP_THREADS_MAX)
        return vjp_fail(error, VJP_ERR_USAGE, "column %d: threads=%" PRId64 ": expected 1 to %d",
                        word->column, threads, VJP_THREADS_MAX);
    *out = (int)threads;
    return VJP_OK;
}

/* After the attributes, which say what gradients there are. */
static enum vjp_status read_gradients(const struct vjp_word *word, struct vjp_case *c,
                                      struct vjp_error *error)
{
    if (!word->name)
        return VJP_OK;
    const enum vjp_status status = vjp_gradients_read(word->value, c, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "column %d: %s=%.*s: ", word->column, word->name, VALUE_SHOWN,
                         word->value);
    return status;
}

static enum vjp_status read_numbers(const struct vjp_words *words, struct vjp_case *c,
                                    struct vjp_error *error)
{
    enum vjp_status status = read_attrs(words, c, error);
    if (status == VJP_OK)
        status = read_dims(words, c, error);
    if (status == VJP_OK)
        status = read_gradients(&words->word[VJP_FIELD_GRADS][0], c, error);
    if (status == VJP_OK)
        status = read_threads(&words->word[VJP_FIELD_THREADS][0], &c->threads, error);
    if (status == VJP_OK)
        status = read_flag(&words->word[VJP_FIELD_ACCUMULATE][0], &c->accumulate, error);
    if (status == VJP_OK)
        status = read_flag(&words->word[VJP_FIELD_IN_PLACE][0], &c->in_place, error);
    if (status == VJP_OK)
        status = read_seed(&words->word[VJP_FIELD_SEED][0], &c->seed, error);
    return status;
}

static enum vjp_status fail_absent_slot(const struct vjp_case *c, const struct vjp_word *word,
                                        int slot, struct vjp_error *error)
{
    if (vjp_case_has_slot(c, slot))
        return fail_word(word, "accumulate=1 with the values of a gradient", error);
    if (vjp_slot_is_gradient(c->spec, slot) && vjp_case_could_ask(c, vjp_slot_input(c->spec, slot)))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "column %d: found %s; expected no such field: grads does not ask for it",
                        word->column, word->name);
    return fail_absent(c, word, error);
}

static enum vjp_status read_values(const struct vjp_word *word, struct vjp_case *c, int slot,
                                   struct vjp_error *error)
{
    int64_t count;
    int at;
    enum vjp_status status = VJP_OK;
    if (!word->name)
        return VJP_OK;
    if (!vjp_case_has_values(c, slot))
        return fail_absent_slot(c, word, slot, error);
    if (*word->value == '[') { /* read here as well, for the column of what is wrong in it */
        status =
            vjp_literal_list(vjp_case_slot_dtype(c, slot), word->value, NULL, &count, &at, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "column %d: %s: ", word->value_column + at, word->name);
    }
    if (status == VJP_OK) {
        status = vjp_case_set_values(c, slot, word->value, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "column %d: %s=%.*s: ", word->column, word->name, VALUE_SHOWN,
                             word->value);
    }
    return status;
}

/* "0,2": dimensions, each once, in their order, as they are printed. */
static enum vjp_status read_expand(const struct vjp_word *word, uint32_t *out,
                                   struct vjp_error *error)
{
    uint32_t expand = 0;
    for (const char *at = word->value; at;) {
        char *end;
        const long d = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : -1;
        if (d < 0 || d >= VJP_RANK_MAX || expand >> d != 0 || (*end != ',' && *end != '\0'))
            return fail_word(word, "dimensions from 0, in their order, as 0,2", error);
        expand |= UINT32_C(1) << d;
        at = *end ? end + 1 : NULL;
    }
    *out = expand;
    return VJP_OK;
}

static enum vjp_status read_slot(const struct vjp_words *words, struct vjp_case *c, int slot,
                                 struct vjp_error *error)
{
    const struct vjp_word *ld = &words->word[VJP_FIELD_LD][slot];
    const struct vjp_word *align = &words->word[VJP_FIELD_ALIGN][slot];
    const struct vjp_word *trans = &words->word[VJP_FIELD_TRANS][slot];
    const struct vjp_word *expand = &words->word[VJP_FIELD_EXPAND][slot];
    struct vjp_layout *layout = &c->slot[slot].layout;
    enum vjp_status status = read_values(&words->word[VJP_FIELD_VALUES][slot], c, slot, error);
    if (status == VJP_OK && !vjp_case_has_slot(c, slot)) {
        const struct vjp_word *found = ld->name      ? ld
                                       : align->name ? align
                                       : trans->name ? trans
                                                     : expand;
        return found->name ? fail_absent_slot(c, found, slot, error) : VJP_OK;
    }
    if (status == VJP_OK && ld->name)
        status = read_whole(ld, ld->value + (*ld->value == '+'), &layout->ld_pad, error);
    if (status == VJP_OK && align->name) {
        status = read_whole(align, align->value, &layout->align, error);
        if (status == VJP_OK && layout->align < 0) /* -1 stands for no align field */
            status = fail_word(align, "0 or more", error);
    }
    if (status == VJP_OK)
        status = read_flag(trans, &layout->trans, error);
    if (status == VJP_OK && expand->name)
        status = read_expand(expand, &layout->expand, error);
    return status;
}

/* The column of the field that a message of vjp_case_validate is about: 1, the layer, where the
 * line does not have the field. */
static int field_column(const struct vjp_words *words, const char *field)
{
    enum vjp_field_kind kind;
    int index;
    if (!vjp_field_find(words->spec, field, &kind, &index) || !words->word[kind][index].name)
        return 1;
    return words->word[kind][index].column;
}

enum vjp_status vjp_case_parse(const char *line, struct vjp_case *out, struct vjp_error *error)
{
    struct vjp_words words;
    struct vjp_case c = {0};
    enum vjp_dtype dtype;
    enum vjp_status status = vjp_words_init(&words, line, error);
    if (status != VJP_OK)
        return status;
    status = read_dtype(&words, &dtype, error);
    if (status != VJP_OK)
        goto cleanup;
    status = vjp_case_init(&c, words.spec, dtype, error);
    if (status == VJP_OK)
        status = read_numbers(&words, &c, error);
    if (status == VJP_OK)
        status = vjp_case_settle(&c, error);
    for (int slot = 0; slot < vjp_slot_count(words.spec) && status == VJP_OK; slot++)
        status = read_slot(&words, &c, slot, error);
    if (status == VJP_OK) {
        char field[VJP_FIELD_NAME_MAX];
        status = vjp_case_validate_field(&c, field, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "column %d: ", field_column(&words, field));
    }
    if (status == VJP_OK) {
        *out = c;
        c = (struct vjp_case){0};
    }
cleanup:
    vjp_case_clear(&c);
    vjp_words_clear(&words);
    return status;
}
