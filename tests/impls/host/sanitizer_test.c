/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/sanitizer.h"

#include "tests/impls/host/plant.h"

Test(sanitizer, advice_follows_from_the_words)
{
    static const char *const texts[] = {
        "==3==ASan runtime does not come first in initial library list",
        "/x.so: undefined symbol: __asan_option_detect_stack_use_after_return",
        "libclang_rt.asan-x86_64.so: cannot open shared object file: No such file or directory",
    };
    for (int i = 0; i < 3; i++)
        cr_expect_not_null(strstr(vjp_sanitizer_advice(texts[i]), "LD_PRELOAD="), "%s", texts[i]);
    cr_expect_not_null(strstr(vjp_sanitizer_advice("/lib/libtsan.so.2: cannot allocate memory in "
                                                   "static TLS block"),
                              "ThreadSanitizer"));
    cr_expect_str_eq(vjp_sanitizer_advice("/x.so: undefined symbol: cblas_sgemm"), "");
    cr_expect_str_eq(vjp_sanitizer_advice(""), "");
}

Test(sanitizer, the_summary_is_cut_out)
{
    char report[] = "ERROR: first\nSUMMARY: AddressSanitizer: stack-overflow a.c:7\nShadow bytes\n";
    char none[] = "one\ntwo";
    cr_expect_str_eq(vjp_sanitizer_summary(report),
                     "SUMMARY: AddressSanitizer: stack-overflow a.c:7");
    cr_expect_str_eq(vjp_sanitizer_summary(none), "one\ntwo");
}

/* A sanitizer of the tests' own would be in the worker already. */
#if !defined(__SANITIZE_ADDRESS__)
static const char writes_behind[] =
    "static void act(void) { volatile char *p = malloc(8); answer(); p[8] = 1; free((void *)p); }";

Test(sanitizer, a_library_that_needs_a_runtime_says_what_to_do)
{
    struct vjp_worker *worker = NULL;
    struct vjp_error error = {0};
    struct plant plant;
    plant_kernel(&plant, writes_behind, "-g -fsanitize=address");
    cr_expect_eq(vjp_worker_create(plant.path,
                                   &(struct vjp_worker_options){.executable = PLANT_WORKER},
                                   &worker, &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "; it is built with AddressSanitizer"), "%s", error.text);
    cr_expect_not_null(strstr(error.text, "LD_PRELOAD=$(cc -print-file-name=libasan.so)"));
    plant_remove(&plant);
}

/* And with it the worker has no limit of memory, which the shadow would exceed. */
Test(sanitizer, a_preloaded_runtime_reports)
{
    char path[512] = "";
    FILE *file = popen("cc -print-file-name=libasan.so", "r");
    struct bed bed;
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%511s", path), 1);
    pclose(file);
    cr_assert_eq(setenv("LD_PRELOAD", path, 1), 0);
    cr_assert_eq(setenv("ASAN_OPTIONS", "detect_leaks=0", 1), 0); /* not those of the compiler */
    bed_open_with(&bed, writes_behind, "-g -fsanitize=address", (struct vjp_worker_options){0});
    unsetenv("LD_PRELOAD");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_EXITED);
    cr_expect_eq(strncmp(bed.seen.log, "SUMMARY: AddressSanitizer: heap-buffer-overflow", 47), 0,
                 "%s", bed.seen.log);
    cr_expect_not_null(strstr(bed.seen.log, " in act"), "%s", bed.seen.log);
    bed_close(&bed);
}
#endif
