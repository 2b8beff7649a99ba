/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker may take. Memory and output are in process_test.c. */
#include "tests/impls/host/plant.h"

Test(limits, a_file_has_a_size)
{
    struct bed bed;
    bed_open(&bed, "#include <sys/syscall.h>\n"
                   "static char block[1 << 20];\n"
                   "static void act(void) { long total = 0, got;"
                   "    int fd = syscall(SYS_memfd_create, \"a\", 0); answer();"
                   "    while ((got = write(fd, block, sizeof block)) > 0) total += got;"
                   "    printf(\"%ld \", total >> 20); close(fd); }");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "16 16 16");
    bed_close(&bed);
}

Test(limits, it_ends_first_where_memory_runs_out)
{
    struct bed bed;
    bed_open(&bed, "char t[16] = \"\"; FILE *f = fopen(\"/proc/self/oom_score_adj\", \"r\");"
                   "answer(); fgets(t, sizeof t, f); fclose(f); printf(\"%d \", atoi(t));");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "1000 1000 1000");
    bed_close(&bed);
}

/* Root's worker is no more than another user's: it cannot trace or signal as root could. */
Test(limits, it_has_few_capabilities)
{
    struct bed bed;
    bed_open(&bed, "unsigned long caps = ~0ul; char line[256];"
                   "FILE *f = fopen(\"/proc/self/status\", \"r\"); answer();"
                   "while (fgets(line, sizeof line, f)) sscanf(line, \"CapEff: %lx\", &caps);"
                   "fclose(f);"
                   "puts(caps & ~((1ul << 1) | (1ul << 2) | (1ul << 14) | (1ul << 23)) ? \"many\""
                   "    : \"few\");");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "few few few");
    bed_close(&bed);
}

Test(limits, who_runs_out_of_memory_is_told_the_limit)
{
#if defined(__SANITIZE_ADDRESS__)
    cr_skip_test("AddressSanitizer's shadow has no limit");
#endif
    struct bed bed;
    bed_open_with(&bed, "answer(); for (;;) *(volatile char *)malloc(1 << 20) = 1;", "",
                  (struct vjp_worker_options){.memory_bytes = 64 << 20});
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_not_null(strstr(bed.seen.reason, " MiB of private memory, and its limit is 64 MiB"),
                       "%s", bed.seen.reason);
    bed_close(&bed);
}
