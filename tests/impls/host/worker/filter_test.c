/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter is there, for every thread, and nobody gets round it; and without it. What it lets the harness decide on
 * is in conduct_test.c. */
#include "tests/impls/host/plant.h"

Test(filter, newer_ways_to_make_a_call_do_not_exist)
{
    struct bed bed;
    bed_open(&bed, "#include <errno.h>\n#include <sys/syscall.h>\n"
                   "static void act(void) { char nothing[256] = {0}; answer();"
                   "    printf(\"%d\", syscall(SYS_clone3, nothing, 88) < 0 && errno == ENOSYS);"
                   "    printf(\"%d\", syscall(SYS_openat2, -100, \"/tmp/a\", nothing, 24) < 0 &&"
                   "        errno == ENOSYS);"
                   "    printf(\"%d \", syscall(SYS_io_uring_setup, 8, nothing) < 0 &&"
                   "        errno == ENOSYS); }");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "111 111 111");
    bed_close(&bed);
}

Test(filter, it_is_in_every_thread)
{
    struct bed bed;
    bed_open(&bed, "static void *work(void *p) { alarm(9); return p; }\n"
                   "static void act(void) { pthread_t t; answer();"
                   "    if (pthread_create(&t, 0, work, 0)) abort(); pthread_join(t, 0); }");
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.conduct, "the call tried to set a timer", 29), 0, "%s",
                 bed.seen.conduct);
    bed_close(&bed);
}

#if defined(__x86_64__)
/* Calls of the other two tables of this machine's are not there either. */
Test(filter, other_tables_of_calls_do_not_exist)
{
    struct bed bed;
    bed_open(&bed, "answer(); long r; __asm__ volatile(\"syscall\" : \"=a\"(r)"
                   "    : \"a\"(0x40000000 + 57) : \"rcx\", \"r11\", \"memory\");"
                   "printf(\"%ld \", r);"
                   "__asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(2) : \"memory\");"
                   "printf(\"%d \", (int)r);");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "-38 -38 -38 -38 -38 -38");
    bed_close(&bed);
}
#endif

Test(filter, it_can_be_left_out)
{
    struct bed bed;
    setenv("VJPCHECK_FILTER", "0", 1);
    bed_open(&bed, "answer(); alarm(9); alarm(0);");
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}
