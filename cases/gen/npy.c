/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy.h"

#include "cases/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Magic string, version, and in version 1 two bytes for the header's length, in 2 and 3 four. */
static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

#define HEADER_MAX   65535 /* as in version 1; only structured types need more */
#define HEADER_ALIGN 64    /* the elements begin at a multiple of it */
#define CHUNK        4096  /* elements converted at a time */

static enum vjp_status fail_short(FILE *file, const char *what, struct vjp_error *error)
{
    if (ferror(file))
        return vjp_fail(error, VJP_ERR_IO, "%s", strerror(errno));
    return vjp_fail(error, VJP_ERR_USAGE, "the file ends within its %s; expected more", what);
}

/* Reads everything before the elements. The header's text is the caller's to free. */
static enum vjp_status read_preamble(FILE *file, char **out, struct vjp_error *error)
{
    unsigned char start[8];
    unsigned char size[4] = {0};
    const size_t found = fread(start, 1, sizeof start, file);
    if (found < sizeof magic || memcmp(start, magic, sizeof magic) != 0)
        return ferror(file) ? fail_short(file, "magic string", error)
                            : vjp_fail(error, VJP_ERR_USAGE,
                                       "not a .npy file; expected it to begin with \\x93NUMPY");
    if (found < sizeof start)
        return fail_short(file, "version", error);
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "version %d.%d of the .npy format; expected 1.0, 2.0 or 3.0", start[6],
                        start[7]);
    const size_t size_bytes = start[6] == 1 ? 2 : 4;
    if (fread(size, 1, size_bytes, file) != size_bytes)
        return fail_short(file, "header's length", error);
    const uint32_t length = (uint32_t)size[0] | (uint32_t)size[1] << 8 | (uint32_t)size[2] << 16 |
                            (uint32_t)size[3] << 24;
    if (length > HEADER_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "the header has %" PRIu32 " bytes; expected at most %d", length,
                        HEADER_MAX);
    char *text = malloc(length + 1);
    if (!text)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the header");
    if (fread(text, 1, length, file) != length) {
        free(text);
        return fail_short(file, "header", error);
    }
    text[length] = '\0';
    if (strlen(text) != length) {
        const size_t nul = strlen(text);
        free(text);
        return vjp_fail(error, VJP_ERR_USAGE, "header: found a NUL at byte %zu; expected text",
                        nul + 1);
    }
    *out = text;
    return VJP_OK;
}

static const char *kind_of(enum vjp_dtype dtype)
{
    return dtype == VJP_I32 ? "integers" : vjp_format(dtype)->name;
}

static enum vjp_status check_header(const struct vjp_npy_header *header, enum vjp_dtype dtype,
                                    const struct vjp_shape *shape, struct vjp_error *error)
{
    if (header->dtype != dtype)
        return vjp_fail(error, VJP_ERR_USAGE, "elements are %s; expected %s",
                        kind_of(header->dtype), kind_of(dtype));
    if (vjp_shape_is_equal(&header->shape, shape))
        return VJP_OK;
    struct vjp_text found = {0};
    struct vjp_text expected = {0};
    vjp_npy_add_shape(&header->shape, &found);
    vjp_npy_add_shape(shape, &expected);
    const enum vjp_status status =
        vjp_fail(error, VJP_ERR_USAGE, "the shape is %.200s; expected %.200s",
                 found.data ? found.data : "?", expected.data ? expected.data : "?");
    vjp_text_clear(&found);
    vjp_text_clear(&expected);
    return status;
}

static uint64_t load_little(const unsigned char *from, int bytes)
{
    uint64_t bits = 0;
    for (int b = 0; b < bytes; b++)
        bits |= (uint64_t)from[b] << (8 * b);
    return bits;
}

/* Sets element i from its bits in the file. An integer must be one of the dtype's. */
static enum vjp_status set_element(const struct vjp_npy_header *header, int64_t i, uint64_t bits,
                                   struct vjp_tensor *tensor, struct vjp_error *error)
{
    if (header->dtype == VJP_I32) {
        const int unused = 64 - 8 * header->bytes;
        const int64_t value = (int64_t)(bits << unused) >> unused;
        const bool fits =
            header->is_signed ? value >= INT32_MIN && value <= INT32_MAX : bits <= INT32_MAX;
        if (!fits) {
            char index[128];
            char number[32];
            if (header->is_signed)
                snprintf(number, sizeof number, "%" PRId64, value);
            else
                snprintf(number, sizeof number, "%" PRIu64, bits);
            return vjp_fail(error, VJP_ERR_USAGE,
                            "element %s=%s: expected -2147483648 to 2147483647, what i32 holds",
                            vjp_shape_index_text(&tensor->shape, i, index, sizeof index), number);
        }
        bits = (uint32_t)(header->is_signed ? (uint64_t)value : bits);
    }
    vjp_tensor_set(tensor, i, bits);
    return VJP_OK;
}

/* Reads exactly the tensor's elements, and finds the end of the file after them. */
static enum vjp_status read_elements(FILE *file, const struct vjp_npy_header *header,
                                     struct vjp_tensor *tensor, struct vjp_error *error)
{
    const int bytes = header->bytes;
    unsigned char chunk[CHUNK * sizeof(uint64_t)];
    for (int64_t i = 0; i < tensor->count;) {
        const int64_t n = tensor->count - i < CHUNK ? tensor->count - i : CHUNK;
        const size_t got = fread(chunk, 1, (size_t)(n * bytes), file);
        if (got != (size_t)(n * bytes)) {
            if (ferror(file))
                return fail_short(file, "elements", error);
            return vjp_fail(error, VJP_ERR_USAGE,
                            "the file is truncated: found %" PRId64 " bytes of elements; expected "
                            "%" PRId64,
                            i * bytes + (int64_t)got, tensor->count * bytes);
        }
        for (int64_t k = 0; k < n; k++, i++) {
            const uint64_t bits = load_little(chunk + k * bytes, bytes);
            const enum vjp_status status = set_element(header, i, bits, tensor, error);
            if (status != VJP_OK)
                return status;
        }
    }
    if (fgetc(file) != EOF)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "found bytes after the elements; expected the end of the file after "
                        "%" PRId64 " bytes of elements",
                        tensor->count * bytes);
    return ferror(file) ? fail_short(file, "elements", error) : VJP_OK;
}

static enum vjp_status read_file(FILE *file, enum vjp_dtype dtype, const struct vjp_shape *shape,
                                 struct vjp_tensor *out, struct vjp_error *error)
{
    char *text = NULL;
    struct vjp_npy_header header;
    enum vjp_status status = read_preamble(file, &text, error);
    if (status == VJP_OK)
        status = vjp_npy_header_parse(text, &header, error);
    if (status == VJP_OK)
        status = check_header(&header, dtype, shape, error);
    free(text);
    struct vjp_tensor tensor = {0};
    if (status == VJP_OK)
        status = vjp_tensor_init(&tensor, dtype, shape, error);
    if (status == VJP_OK)
        status = read_elements(file, &header, &tensor, error);
    if (status == VJP_OK)
        *out = tensor;
    else
        vjp_tensor_clear(&tensor);
    return status;
}

static enum vjp_status open_file(const char *path, FILE **out, struct vjp_error *error)
{
    struct stat info;
    /* Before it is opened: opening a pipe would wait for its other end. */
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return vjp_fail(error, VJP_ERR_USAGE, "%.200s: not a regular file; expected a .npy file",
                        path);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return vjp_fail(error, VJP_ERR_USAGE, "%.200s: %s", path, strerror(errno));
    *out = file;
    return VJP_OK;
}

enum vjp_status vjp_npy_read_header(const char *path, struct vjp_npy_header *out,
                                    struct vjp_error *error)
{
    FILE *file = NULL;
    char *text = NULL;
    struct vjp_npy_header header;
    enum vjp_status status = open_file(path, &file, error);
    if (status != VJP_OK)
        return status;
    status = read_preamble(file, &text, error);
    if (status == VJP_OK)
        status = vjp_npy_header_parse(text, &header, error);
    free(text);
    fclose(file);
    if (status == VJP_OK)
        *out = header;
    else
        vjp_error_prefix(error, "%.200s: ", path);
    return status;
}

enum vjp_status vjp_npy_read(const char *path, enum vjp_dtype dtype, const struct vjp_shape *shape,
                             struct vjp_tensor *out, struct vjp_error *error)
{
    FILE *file = NULL;
    enum vjp_status status = open_file(path, &file, error);
    if (status != VJP_OK)
        return status;
    status = read_file(file, dtype, shape, out, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "%.200s: ", path);
    fclose(file);
    return status;
}
