/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A .npy file: what is read is written to a file that reads the same; a failure names the file. */
#include "cases/gen/npy.h"
#include "tests/fuzz/fuzz.h"

#define ELEMENTS_MAX 4096

static struct fuzz_file file = {.fd = -1};
static struct fuzz_file written = {.fd = -1};

static void expect_refused(enum vjp_status status, const struct vjp_error *error)
{
    fuzz_expect_refused(status, error);
    FUZZ_EXPECT(strncmp(error->text, file.path, strlen(file.path)) == 0, "%s", error->text);
}

static void check_tensor(const struct vjp_tensor *tensor)
{
    struct vjp_tensor again = {0};
    struct vjp_error error = {""};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    FUZZ_EXPECT(out && vjp_npy_write(out, tensor, &error) == VJP_OK, "%s", error.text);
    fclose(out);
    fuzz_file_set(&written, bytes, size);
    FUZZ_EXPECT(vjp_npy_read(written.path, tensor->dtype, &tensor->shape, &again, &error) == VJP_OK,
                "%s", error.text);
    FUZZ_EXPECT(memcmp(tensor->data, again.data,
                       (size_t)tensor->count * (size_t)vjp_format(tensor->dtype)->bytes) == 0,
                "%s", "other elements");
    vjp_tensor_clear(&again);
    free(bytes);
}

static void check_elements(const struct vjp_npy_header *header)
{
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    int64_t count;
    if (vjp_shape_count(&header->shape, &count, NULL) != VJP_OK || count > ELEMENTS_MAX)
        return;
    const enum vjp_status status =
        vjp_npy_read(file.path, header->dtype, &header->shape, &tensor, &error);
    if (status == VJP_OK)
        check_tensor(&tensor);
    else
        expect_refused(status, &error);
    vjp_tensor_clear(&tensor);
}

/* An operand that a case has, which the file most often is not. */
static void check_expected(void)
{
    static const struct vjp_shape shape = {.rank = 2, .dim = {2, 3}};
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_npy_read(file.path, VJP_F32, &shape, &tensor, &error);
    if (status != VJP_OK)
        expect_refused(status, &error);
    FUZZ_EXPECT((status == VJP_OK) == (tensor.data != NULL), "status %d", status);
    vjp_tensor_clear(&tensor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vjp_npy_header header;
    struct vjp_error error = {""};
    if (file.fd < 0) {
        fuzz_file_open(&file);
        fuzz_file_open(&written);
    }
    fuzz_file_set(&file, data, size);
    const enum vjp_status status = vjp_npy_read_header(file.path, &header, &error);
    if (status == VJP_OK) {
        check_elements(&header);
        check_expected();
    } else {
        expect_refused(status, &error);
    }
    return 0;
}
