/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy.h"

#include "cases/base/text.h"
#include "cases/gen/npy_header.h"

#include <errno.h>
#include <string.h>

static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

#define HEADER_ALIGN 64 /* the elements begin at a multiple of it */

static enum vjp_status fail_write(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_IO, "writing .npy: %s", strerror(errno));
}

enum vjp_status vjp_npy_write_header(FILE *out, enum vjp_dtype dtype, const struct vjp_shape *shape,
                                     struct vjp_error *error)
{
    static const char *const descr[] = {[VJP_BF16] = "<V2",
                                        [VJP_F16] = "<f2",
                                        [VJP_F32] = "<f4",
                                        [VJP_F64] = "<f8",
                                        [VJP_I32] = "<i4"};
    struct vjp_text text = {0};
    vjp_text_add(&text, "{'descr': '%s', 'fortran_order': False, 'shape': ", descr[dtype]);
    vjp_npy_add_shape(shape, &text);
    vjp_text_add(&text, ", }");
    const size_t before = sizeof magic + 4; /* version and length */
    const size_t used = before + text.length + 1;
    const size_t total = (used + HEADER_ALIGN - 1) / HEADER_ALIGN * HEADER_ALIGN;
    vjp_text_add(&text, "%*s\n", (int)(total - used), "");
    if (text.failed) {
        vjp_text_clear(&text);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a .npy header");
    }
    const size_t length = text.length; /* at most 32 dimensions of 20 characters: below 65536 */
    const unsigned char rest[4] = {1, 0, (unsigned char)(length & 255),
                                   (unsigned char)(length >> 8)};
    const bool done = fwrite(magic, 1, sizeof magic, out) == sizeof magic &&
                      fwrite(rest, 1, sizeof rest, out) == sizeof rest &&
                      fwrite(text.data, 1, length, out) == length;
    vjp_text_clear(&text);
    return done ? VJP_OK : fail_write(error);
}

enum vjp_status vjp_npy_write_elements(FILE *out, enum vjp_dtype dtype, const void *data,
                                       int64_t count, struct vjp_error *error)
{
    const int bytes = vjp_format(dtype)->bytes;
    for (int64_t i = 0; i < count; i++) {
        unsigned char element[sizeof(uint64_t)];
        const uint64_t bits = vjp_bits_load(dtype, data, i);
        for (int b = 0; b < bytes; b++)
            element[b] = (unsigned char)(bits >> (8 * b));
        if (fwrite(element, 1, (size_t)bytes, out) != (size_t)bytes)
            return fail_write(error);
    }
    return VJP_OK;
}

enum vjp_status vjp_npy_write(FILE *out, const struct vjp_tensor *tensor, struct vjp_error *error)
{
    enum vjp_status status = vjp_npy_write_header(out, tensor->dtype, &tensor->shape, error);
    if (status == VJP_OK)
        status = vjp_npy_write_elements(out, tensor->dtype, tensor->data, tensor->count, error);
    if (status == VJP_OK && fflush(out) != 0)
        status = fail_write(error);
    return status;
}
