/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of cases: what is read prints to a file that reads the same; a failure names the line and leaves the
 * list as it was. */
#include "cases/line/list.h"
#include "tests/fuzz/fuzz.h"

static void check_list(const struct vjp_case_list *list)
{
    struct vjp_text text = {0};
    struct vjp_case_list again = {0};
    struct vjp_error error = {""};
    for (size_t i = 0; i < list->count; i++) {
        vjp_case_print(&list->cases[i], &text);
        vjp_text_add(&text, "\n");
    }
    FUZZ_EXPECT(!text.failed, "no memory");
    const char *lines = text.data ? text.data : "";
    FUZZ_EXPECT(vjp_case_list_read_text(&again, "again", lines, &error) == VJP_OK, "%s: %s", lines,
                error.text);
    FUZZ_EXPECT(again.count == list->count, "%s", lines);
    for (size_t i = 0; i < list->count; i++)
        FUZZ_EXPECT(vjp_case_is_equal(&list->cases[i], &again.cases[i]), "%s", lines);
    vjp_case_list_clear(&again);
    vjp_text_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file file = {.fd = -1};
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    if (file.fd < 0)
        fuzz_file_open(&file);
    char *text = fuzz_text(data, size);
    if (fuzz_may_read(text)) {
        fuzz_file_set(&file, data, size);
        const enum vjp_status status = vjp_case_list_read_file(&list, file.path, &error);
        if (status == VJP_OK) {
            check_list(&list);
        } else {
            fuzz_expect_refused(status, &error);
            FUZZ_EXPECT(strncmp(error.text, file.path, strlen(file.path)) == 0, "%s", error.text);
            FUZZ_EXPECT(list.count == 0, "%zu cases", list.count);
        }
    }
    vjp_case_list_clear(&list);
    free(text);
    return 0;
}
