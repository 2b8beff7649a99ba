/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter is there, for every thread, and nobody gets round it; and without it. What it lets the harness decide on
 * is in conduct_test.c. */
#include "tests/impls/host/plant.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

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

/* As in a sandbox that forbids it: nothing is loaded, and it is said what to do. */
Test(filter, where_the_system_refuses_it_nothing_is_checked)
{
    struct plant plant;
    struct vjp_worker *worker = NULL;
    struct vjp_error error = {0};
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {.len = 4, .filter = code};
    plant_kernel(&plant, "answer();", "");
    cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
    const struct vjp_worker_options options = {.executable = PLANT_WORKER};
    cr_expect_eq(vjp_worker_create(plant.path, &options, &worker, &error), VJP_ERR_IO);
    cr_expect_not_null(strstr(error.text, "no filter of its system calls (seccomp): Operation not "
                                          "permitted. With VJPCHECK_FILTER=0 "),
                       "%s", error.text);
    setenv("VJPCHECK_FILTER", "0", 1);
    cr_expect_eq(vjp_worker_create(plant.path, &options, &worker, &error), VJP_OK, "%s",
                 error.text);
    vjp_worker_destroy(worker);
    plant_remove(&plant);
}
