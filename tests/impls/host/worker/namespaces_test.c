/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel sees of the machine where the system gives it namespaces of its own, and where it does not. */
#include "tests/impls/host/namespaces.h"
#include "tests/impls/host/plant.h"

#include <sys/ipc.h>
#include <sys/shm.h>

#define TEST_TEXT(number)  TEST_TEXT_(number)
#define TEST_TEXT_(number) #number

static void open_with(struct bed *bed, const char *act)
{
    static char text[8192];
    snprintf(
        text, sizeof text,
        "#include <errno.h>\n#include <sys/ipc.h>\n#include <sys/shm.h>\n#include <sys/stat.h>\n"
        "#define TRUE(question) do { if (!(question)) puts(#question); } while (0)\n"
        "static void act(void) { answer(); %s }",
        act);
    bed_open(bed, text);
}

/* What is not true is printed. */
static void expect_true(const char *questions)
{
    struct bed bed;
    open_with(&bed, questions);
    bed_run(&bed);
    bed_expect_right(&bed);
    bed_close(&bed);
}

Test(namespaces, nothing_outside_is_in_reach)
{
    char harness[32];
    if (!namespaces_are_allowed())
        cr_skip_test("the system allows no namespaces");
    snprintf(harness, sizeof harness, "%d", (int)getpid());
    cr_assert_eq(setenv("PLANT_HARNESS", harness, 1), 0);
    expect_true(
        "char path[64]; pid_t them = atoi(getenv(\"PLANT_HARNESS\"));"
        "snprintf(path, sizeof path, \"/proc/%d/maps\", (int)them);"
        "TRUE(getpid() < 10); TRUE(them < 10 || (kill(them, 0) == -1 && errno == ESRCH));"
        "TRUE(them < 10 || access(path, F_OK) == -1);"
        "TRUE(kill(1, SIGKILL) == 0 || errno == EPERM); TRUE(getppid() > 0);"
        /* counts of coverage are written to files */
        "TRUE(" TEST_TEXT(TEST_COVERAGE) " || (errno = 0,"
                                         "     open(\"/tmp/vjpcheck-plant-file\", O_CREAT | "
                                         "O_RDWR, 0600) == -1));"
                                         "TRUE(" TEST_TEXT(TEST_COVERAGE) " || errno == EROFS);");
}

Test(namespaces, a_folder_for_files_is_given)
{
    if (!namespaces_are_allowed())
        cr_skip_test("the system allows no namespaces");
    expect_true(
        "char here[256], path[] = \"/dev/shm/vjpcheck/file-XXXXXX\"; int fd;"
        "TRUE(getenv(\"TMPDIR\") && strcmp(getenv(\"TMPDIR\"), \"/dev/shm/vjpcheck\") == 0);"
        "TRUE(getcwd(here, sizeof here) && strcmp(here, getenv(\"TMPDIR\")) == 0);"
        "TRUE((fd = mkstemp(path)) >= 0); TRUE(write(fd, \"abc\", 3) == 3);"
        "TRUE(close(fd) == 0 && unlink(path) == 0);"
        "TRUE((fd = open(\"/dev/null\", O_WRONLY)) >= 0 && write(fd, \"\", 1) == 1);"
        "TRUE(access(\"/proc/self/maps\", R_OK) == 0);"
        "TRUE((fd = shm_open(\"/vjpcheck-plant\", O_CREAT | O_RDWR, 0600)) >= 0);"
        "TRUE(close(fd) == 0 && shm_unlink(\"/vjpcheck-plant\") == 0);"
        "TRUE((fd = shmget(IPC_PRIVATE, 4096, 0600)) >= 0 && shmctl(fd, IPC_RMID, 0) == 0);");
}

Test(namespaces, what_is_left_is_told_and_gone)
{
    static const struct {
        const char *act, *reason;
    } cases[] = {
        {"close(open(\"left\", O_CREAT | O_RDWR, 0600));",
         "the call left files behind in the working directory, \"left\" among them"},
        {"close(shm_open(\"/vjpcheck-plant-left\", O_CREAT | O_RDWR, 0600));",
         "the call left shared memory behind, /dev/shm/vjpcheck-plant-left"},
        {"shmget(0x766a7064, 4096, IPC_CREAT | 0600);",
         "the call left a segment of shared memory behind (shmget)"},
    };
    if (!namespaces_are_allowed())
        cr_skip_test("the system allows no namespaces");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bed bed;
        open_with(&bed, cases[i].act);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_REFUSED);
        cr_expect_str_eq(bed.seen.reason, cases[i].reason, "%s: %s", cases[i].act, bed.seen.reason);
        bed_close(&bed);
    }
    cr_expect_eq(access("left", F_OK), -1);
    cr_expect_eq(access("/dev/shm/vjpcheck-plant-left", F_OK), -1);
    cr_expect_eq(shmget(0x766a7064, 0, 0), -1);
}

/* LLVM's OpenMP leaves its own mark for the life of the process. */
Test(namespaces, the_mark_of_a_runtime_is_no_shared_memory)
{
    if (!namespaces_are_allowed())
        cr_skip_test("the system allows no namespaces");
    expect_true("close(shm_open(\"/__KMP_REGISTERED_LIB_3_0\", O_CREAT | O_RDWR, 0600));");
}

/* As a debugger or a profiler wants it. */
Test(namespaces, can_be_done_without)
{
    char here[4096];
    char questions[8192];
    cr_assert_not_null(getcwd(here, sizeof here));
    cr_assert_eq(setenv("VJPCHECK_NAMESPACES", "0", 1), 0);
    cr_assert_eq(setenv("TMPDIR", "/tmp", 1), 0);
    cr_assert_lt(
        snprintf(questions, sizeof questions,
                 "char here[4096]; TRUE(getcwd(here, sizeof here) && !strcmp(here, \"%s\"));"
                 "TRUE(getpid() > 9); TRUE(!strcmp(getenv(\"TMPDIR\"), \"/tmp\"));"
                 "TRUE(access(\"/tmp\", W_OK) == 0);",
                 here),
        (int)sizeof questions);
    expect_true(questions);
}
