/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/operands.h"

#include "cases/base/text.h"
#include "cases/gen/npy.h"
#include "cases/spec/pipeline.h"
#include "oracle/metric/reference.h"
#include "reports/cli/attribute.h"
#include "reports/cli/infer.h"
#include "reports/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 256 /* more than there are layers, and than a layer has fields */

/* What the words said, sorted. The values point into the words. */
struct request {
    const struct vjp_spec *spec;
    const char *attr[VJP_MAX_ATTRS];
    const char *dim[VJP_MAX_DIMS];
    const char *path[VJP_MAX_SLOTS]; /* inputs and the cotangent */
    struct vjp_npy_header header[VJP_MAX_SLOTS];
};

enum vjp_status vjp_operands_layer(const char *name, const struct vjp_spec **out,
                                   struct vjp_error *error)
{
    const char *names[NAMES_MAX];
    int count = 0;
    if (strchr(name, '|'))
        return vjp_pipeline_find(name, out, error);
    for (const struct vjp_spec *const *spec = vjp_specs; *spec && count < NAMES_MAX; spec++) {
        if (strcmp((*spec)->name, name) == 0) {
            *out = *spec;
            return VJP_OK;
        }
        names[count++] = (*spec)->name;
    }
    const int nearest = vjp_nearest_word(name, names, count);
    if (nearest >= 0)
        return vjp_fail(error, VJP_ERR_USAGE, "no layer is called %.60s; did you mean %s?", name,
                        names[nearest]);
    return vjp_fail(error, VJP_ERR_USAGE, "no layer is called %.60s; \"vjpcheck list\" shows them",
                    name);
}

/* The names that a word may begin with. */
static enum vjp_status fail_name(const struct vjp_spec *spec, const char *word, int length,
                                 struct vjp_error *error)
{
    struct vjp_text names = {0};
    for (int a = 0; a < spec->n_attrs; a++)
        vjp_text_add(&names, " %s", spec->attr[a].name);
    for (int i = 0; i <= vjp_slot_cotangent(spec); i++) {
        char name[VJP_FIELD_NAME_MAX];
        vjp_text_add(&names, " %s", vjp_slot_name(spec, i, name, sizeof name));
    }
    for (int d = 0; d < spec->n_dims; d++)
        vjp_text_add(&names, " %s", spec->dim[d]);
    const enum vjp_status status =
        vjp_fail(error, VJP_ERR_USAGE, "%.*s is nothing that %.200s has; expected one of%s", length,
                 word, spec->name, names.data ? names.data : " its operands");
    vjp_text_clear(&names);
    return status;
}

/* Where the value of a word with this name belongs, or NULL. */
static const char **find_place(struct request *r, const char *name)
{
    const int attr = vjp_attr_find(r->spec, name);
    const int slot = vjp_slot_find(r->spec, name);
    const int dim = vjp_dim_find(r->spec, name);
    if (attr >= 0)
        return &r->attr[attr];
    if (slot >= 0 && !vjp_slot_is_gradient(r->spec, slot))
        return &r->path[slot];
    return dim >= 0 ? &r->dim[dim] : NULL;
}

static enum vjp_status sort_word(struct request *r, const char *word, struct vjp_error *error)
{
    const int length = (int)strcspn(word, "=");
    char name[VJP_FIELD_NAME_MAX] = "";
    if (length < VJP_FIELD_NAME_MAX)
        memcpy(name, word, (size_t)length);
    const int slot = vjp_slot_find(r->spec, name);
    if (slot >= 0 && vjp_slot_is_gradient(r->spec, slot))
        return vjp_fail(error, VJP_ERR_USAGE, "%s is what is computed; expected the operands of %s",
                        name, r->spec->name);
    const char **place = find_place(r, name);
    const int stage = vjp_pipeline_decider(r->spec, name);
    if (!place && stage > 0)
        return vjp_pipeline_fail_decided(name, stage, error);
    if (!place)
        return fail_name(r->spec, word, length, error);
    if (*place)
        return vjp_fail(error, VJP_ERR_USAGE, "%s was given twice", name);
    *place = word + length + 1;
    return VJP_OK;
}

static enum vjp_status sort_words(const char *const *words, int count, struct request *r,
                                  struct vjp_error *error)
{
    const char *layer = NULL;
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < count; i++) {
        if (strchr(words[i], '='))
            continue;
        if (layer)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%.60s: expected NAME=VALUE; the layer is %.200s already (a pipeline "
                            "stands in quotes)",
                            words[i], layer);
        layer = words[i];
    }
    if (!layer)
        return vjp_fail(error, VJP_ERR_USAGE, "no layer is named; expected one before x=FILE.npy");
    status = vjp_operands_layer(layer, &r->spec, error);
    for (int i = 0; i < count && status == VJP_OK; i++) {
        if (words[i] != layer)
            status = sort_word(r, words[i], error);
    }
    return status;
}

static enum vjp_status name_slot(enum vjp_status status, const struct vjp_spec *spec, int slot,
                                 struct vjp_error *error)
{
    char name[VJP_FIELD_NAME_MAX];
    if (status != VJP_OK)
        vjp_error_prefix(error, "%s=", vjp_slot_name(spec, slot, name, sizeof name));
    return status;
}

static bool is_integer_slot(const struct vjp_spec *spec, int slot)
{
    if (slot >= spec->n_inputs)
        return false;
    const enum vjp_domain domain = spec->input[slot].domain;
    return domain == VJP_DOMAIN_INDEX || domain == VJP_DOMAIN_MASK;
}

/* Reads what the files say of themselves, and finds the dtype that they have in common. */
static enum vjp_status read_headers(struct request *r, int dtype, enum vjp_dtype *out,
                                    struct vjp_error *error)
{
    const struct vjp_spec *spec = r->spec;
    int first = -1;
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot <= vjp_slot_cotangent(spec) && status == VJP_OK; slot++) {
        char name[2][VJP_FIELD_NAME_MAX];
        if (!r->path[slot])
            continue;
        status = name_slot(vjp_npy_read_header(r->path[slot], &r->header[slot], error), spec, slot,
                           error);
        if (status != VJP_OK || is_integer_slot(spec, slot))
            continue;
        const enum vjp_dtype found = r->header[slot].dtype;
        vjp_slot_name(spec, slot, name[1], VJP_FIELD_NAME_MAX);
        if (found >= VJP_DTYPE_COUNT)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s=%.200s: elements are whole numbers; expected bf16, f16, f32 or f64",
                            name[1], r->path[slot]);
        if (first < 0)
            first = slot;
        else if (dtype < 0 && found != r->header[first].dtype)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s is %s, %s is %s: expected one dtype, or --dtype T to round them to",
                            vjp_slot_name(spec, first, name[0], VJP_FIELD_NAME_MAX),
                            vjp_format(r->header[first].dtype)->name, name[1],
                            vjp_format(found)->name);
    }
    *out = dtype >= 0 ? (enum vjp_dtype)dtype : first >= 0 ? r->header[first].dtype : VJP_F32;
    return status;
}

static enum vjp_status read_size(const char *name, const char *text, int64_t *out,
                                 struct vjp_error *error)
{
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=%.60s: expected a size, 0 or more", name, text);
    *out = value;
    return VJP_OK;
}

/* An operand or a dimension that was given and takes no part, for an attribute's sake. */
static enum vjp_status check_parts(const struct request *r, const struct vjp_case *c,
                                   struct vjp_error *error)
{
    char name[VJP_FIELD_NAME_MAX];
    for (int slot = 0; slot <= vjp_slot_cotangent(r->spec); slot++) {
        if (r->path[slot] && !vjp_case_has_slot(c, slot))
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s takes no part with these attributes: expected no file for it",
                            vjp_slot_name(r->spec, slot, name, sizeof name));
    }
    for (int d = 0; d < r->spec->n_dims; d++) {
        const int stage = vjp_pipeline_dim_decider(c, d);
        if (r->dim[d] && stage > 0)
            return vjp_pipeline_fail_decided(r->spec->dim[d], stage, error);
        if (r->dim[d] && !vjp_case_has_dim(c, d))
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s takes no part with these attributes: expected no size for it",
                            r->spec->dim[d]);
    }
    return VJP_OK;
}

/* Attributes, sizes and dimensions. */
static enum vjp_status set_case(const struct request *r, struct vjp_case *c,
                                struct vjp_error *error)
{
    const struct vjp_spec *spec = r->spec;
    struct vjp_known known = {0};
    bool given[VJP_MAX_ATTRS] = {0};
    enum vjp_status status = VJP_OK;
    for (int a = 0; a < spec->n_attrs && status == VJP_OK; a++) {
        given[a] = r->attr[a] != NULL;
        if (given[a])
            status = vjp_attribute_set(c, a, r->attr[a], error);
    }
    for (int d = 0; d < spec->n_dims && status == VJP_OK; d++) {
        known.has_dim[d] = r->dim[d] != NULL;
        if (r->dim[d])
            status = read_size(spec->dim[d], r->dim[d], &c->dim[d], error);
    }
    for (int slot = 0; slot <= vjp_slot_cotangent(spec); slot++) {
        known.has_shape[slot] = r->path[slot] != NULL;
        known.shape[slot] = r->header[slot].shape;
    }
    if (status == VJP_OK)
        status = vjp_infer_rank(c, given, &known, error);
    if (status == VJP_OK)
        status = check_parts(r, c, error);
    return status == VJP_OK ? vjp_infer_dims(c, &known, error) : status;
}

/* Rounds a tensor to the dtype; *converted is how many values that changed. What was finite stays
 * finite: the gradients of infinity are of no use to anybody. A message begins with the element's index. */
static enum vjp_status convert(const struct vjp_tensor *from, enum vjp_dtype dtype,
                               struct vjp_tensor *out, int64_t *converted, struct vjp_error *error)
{
    struct vjp_tensor tensor = {0};
    enum vjp_status status = vjp_tensor_init(&tensor, dtype, &from->shape, error);
    *converted = 0;
    for (int64_t i = 0; status == VJP_OK && i < from->count; i++) {
        const uint64_t old = vjp_tensor_get(from, i);
        const double value = vjp_bits_to_double(from->dtype, old);
        const uint64_t bits = vjp_bits_from_double(dtype, value);
        vjp_tensor_set(&tensor, i, bits);
        if (vjp_bits_is_inf(dtype, bits) && !vjp_bits_is_inf(from->dtype, old)) {
            char index[64];
            status = vjp_fail(error, VJP_ERR_USAGE, "%s=%.10g: expected a number that %s holds",
                              vjp_shape_index_text(&from->shape, i, index, sizeof index), value,
                              vjp_format(dtype)->name);
        }
        *converted +=
            !vjp_bits_is_nan(from->dtype, old) && vjp_bits_to_double(dtype, bits) != value;
    }
    if (status == VJP_OK)
        *out = tensor;
    else
        vjp_tensor_clear(&tensor);
    return status;
}

static enum vjp_status read_slot(const struct request *r, int slot, struct vjp_operands_case *o,
                                 struct vjp_error *error)
{
    const enum vjp_dtype wanted = vjp_case_slot_dtype(&o->c, slot);
    const enum vjp_dtype stored = wanted == VJP_I32 ? VJP_I32 : r->header[slot].dtype;
    struct vjp_shape shape;
    struct vjp_tensor file = {0};
    vjp_case_slot_shape(&o->c, slot, &shape);
    enum vjp_status status = vjp_npy_read(r->path[slot], stored, &shape, &file, error);
    if (status != VJP_OK)
        return name_slot(status, r->spec, slot, error);
    if (stored == wanted) {
        o->data.slot[slot] = file;
        return VJP_OK;
    }
    status = convert(&file, wanted, &o->data.slot[slot], &o->converted[slot], error);
    if (status != VJP_OK) {
        char name[VJP_FIELD_NAME_MAX];
        vjp_error_prefix(error, "%s", vjp_slot_name(r->spec, slot, name, sizeof name));
    }
    vjp_tensor_clear(&file);
    return status;
}

/* Puts the files into the case itself, where a line can name them: it has no blanks, and files of
 * the case's own dtype. */
static enum vjp_status name_files(const struct request *r, struct vjp_operands_case *o,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    o->replayable = true;
    for (int slot = 0; slot <= vjp_slot_cotangent(r->spec); slot++) {
        if (r->path[slot] && (strpbrk(r->path[slot], " \t\r\n\v\f") ||
                              r->header[slot].dtype != vjp_case_slot_dtype(&o->c, slot)))
            o->replayable = false;
    }
    for (int slot = 0; slot <= vjp_slot_cotangent(r->spec) && status == VJP_OK; slot++) {
        struct vjp_text text = {0};
        if (!r->path[slot] || !o->replayable)
            continue;
        vjp_text_add(&text, "@%s", r->path[slot]);
        status = text.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                             : vjp_case_set_values(&o->c, slot, text.data, error);
        vjp_text_clear(&text);
    }
    return status;
}

enum vjp_status vjp_operands_read(const char *const *words, int count, int dtype,
                                  struct vjp_operands_case *out, struct vjp_error *error)
{
    struct request r = {0};
    struct vjp_operands_case o = {0};
    enum vjp_dtype chosen;
    enum vjp_status status = sort_words(words, count, &r, error);
    if (status == VJP_OK)
        status = read_headers(&r, dtype, &chosen, error);
    if (status == VJP_OK)
        status = vjp_case_init(&o.c, r.spec, chosen, error);
    if (status == VJP_OK)
        status = set_case(&r, &o.c, error);
    if (status == VJP_OK) /* before the files are read */
        status = vjp_reference_check(&o.c, error);
    for (int slot = 0; status == VJP_OK && slot <= vjp_slot_cotangent(r.spec); slot++) {
        if (r.path[slot])
            status = read_slot(&r, slot, &o, error);
    }
    if (status == VJP_OK)
        status = vjp_data_check(&o.c, &o.data, error);
    if (status == VJP_OK)
        status = name_files(&r, &o, error);
    if (status == VJP_OK)
        *out = o;
    else
        vjp_operands_clear(&o);
    return status;
}

void vjp_operands_clear(struct vjp_operands_case *operands)
{
    vjp_data_clear(&operands->data);
    vjp_case_clear(&operands->c);
    *operands = (struct vjp_operands_case){0};
}
