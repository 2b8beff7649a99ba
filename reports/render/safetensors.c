/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/safetensors.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 8 /* of an element */

static enum vjp_status fail_write(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_IO, "writing .safetensors: %s", strerror(errno));
}

static int element_bytes(const struct vjp_tensor *tensor)
{
    return vjp_format(tensor->dtype)->bytes;
}

/* {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}; NULL when memory ends. *offset moves
 * on to the next tensor. */
static json_t *describe(const struct vjp_tensor *tensor, int64_t *offset)
{
    static const char *const names[] = {[VJP_BF16] = "BF16",
                                        [VJP_F16] = "F16",
                                        [VJP_F32] = "F32",
                                        [VJP_F64] = "F64",
                                        [VJP_I32] = "I32"};
    const json_int_t begin = *offset;
    *offset += tensor->count * element_bytes(tensor);
    json_t *shape = json_array();
    for (int d = 0; shape && d < tensor->shape.rank; d++) {
        if (json_array_append_new(shape, json_integer(tensor->shape.dim[d])) != 0) {
            json_decref(shape);
            shape = NULL;
        }
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", names[tensor->dtype], "shape", shape,
                     "data_offsets", begin, (json_int_t)*offset);
}

/* The header's object, in the order in which the elements are written; NULL when memory ends, or
 * where a note is not UTF-8. */
static json_t *make_header(const struct vjp_bundle *bundle)
{
    json_t *header = json_object();
    json_t *notes = json_object();
    int64_t offset = 0;
    bool failed = !header || !notes;
    for (int i = 0; i < bundle->n_notes && !failed; i++)
        failed = json_object_set_new(notes, bundle->note[i].name,
                                     json_string(bundle->note[i].text)) != 0;
    if (!failed)
        failed = json_object_set(header, "__metadata__", notes) != 0;
    for (int bytes = BYTES_MAX; bytes > 0; bytes--) {
        for (int i = 0; i < bundle->n_tensors && !failed; i++) {
            const struct vjp_bundle_tensor *entry = &bundle->tensor[i];
            if (element_bytes(&entry->tensor) == bytes)
                failed = json_object_set_new(header, entry->name,
                                             describe(&entry->tensor, &offset)) != 0;
        }
    }
    json_decref(notes);
    if (!failed)
        return header;
    json_decref(header);
    return NULL;
}

static enum vjp_status write_header(const char *text, FILE *out, struct vjp_error *error)
{
    const size_t used = strlen(text);
    const size_t length = (used + 7) / 8 * 8;
    unsigned char size[8];
    for (int b = 0; b < 8; b++)
        size[b] = (unsigned char)((uint64_t)length >> (8 * b));
    if (fwrite(size, 1, sizeof size, out) != sizeof size ||
        fprintf(out, "%s%*s", text, (int)(length - used), "") < 0)
        return fail_write(error);
    return VJP_OK;
}

static enum vjp_status write_elements(const struct vjp_tensor *tensor, FILE *out,
                                      struct vjp_error *error)
{
    const int bytes = element_bytes(tensor);
    for (int64_t i = 0; i < tensor->count; i++) {
        unsigned char element[BYTES_MAX];
        const uint64_t bits = vjp_tensor_get(tensor, i);
        for (int b = 0; b < bytes; b++)
            element[b] = (unsigned char)(bits >> (8 * b));
        if (fwrite(element, 1, (size_t)bytes, out) != (size_t)bytes)
            return fail_write(error);
    }
    return VJP_OK;
}

enum vjp_status vjp_safetensors_write(const struct vjp_bundle *bundle, FILE *out,
                                      struct vjp_error *error)
{
    json_t *header = make_header(bundle);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    enum vjp_status status =
        text ? write_header(text, out, error)
             : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a .safetensors header");
    for (int bytes = BYTES_MAX; bytes > 0; bytes--) {
        for (int i = 0; i < bundle->n_tensors && status == VJP_OK; i++) {
            if (element_bytes(&bundle->tensor[i].tensor) == bytes)
                status = write_elements(&bundle->tensor[i].tensor, out, error);
        }
    }
    free(text);
    json_decref(header);
    return status;
}
