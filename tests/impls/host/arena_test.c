/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/arena.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

Test(arena, windows_do_not_overlap_and_hold_what_is_asked)
{
    struct vjp_arena arena;
    struct vjp_error error;
    cr_assert_eq(vjp_arena_init(&arena, VJP_ARENA_BYTES + 1, &error), VJP_OK);
    cr_expect_eq(arena.capacity, VJP_ARENA_BYTES + arena.page);
    for (int w = 0; w < VJP_WINDOWS; w++) {
        vjp_arena_window(&arena, w)[0] = (unsigned char)(w + 1);
        vjp_arena_window(&arena, w)[arena.capacity - 1] = (unsigned char)(w + 1);
    }
    for (int w = 0; w < VJP_WINDOWS; w++) {
        cr_expect_eq(vjp_arena_window(&arena, w)[0], w + 1);
        cr_expect_eq(vjp_arena_window(&arena, w)[arena.capacity - 1], w + 1);
    }
    vjp_arena_clear(&arena);
    cr_expect_null(arena.control);
    vjp_arena_clear(&arena);
}

Test(arena, the_files_keep_their_size_and_inputs_their_only_writer)
{
    struct vjp_arena arena;
    struct vjp_error error;
    cr_assert_eq(vjp_arena_init(&arena, 0, &error), VJP_OK);
    const int fds[] = {arena.control_fd, arena.input_fd, arena.output_fd};
    for (int i = 0; i < 3; i++) {
        struct stat file;
        cr_expect_eq(ftruncate(fds[i], 0), -1);
        cr_assert_eq(fstat(fds[i], &file), 0);
        cr_expect_eq(ftruncate(fds[i], 2 * file.st_size), -1);
        cr_expect_geq(fds[i], VJP_FD_END);
        cr_expect(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
    }
    cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, arena.input_fd, 0),
                 MAP_FAILED);
    cr_expect_eq(pwrite(arena.input_fd, "x", 1, 0), -1);
    void *other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, arena.input_fd, 0);
    cr_assert_neq(other, MAP_FAILED);
    arena.inputs[7] = 99;
    cr_expect_eq(((unsigned char *)other)[7], 99);
    cr_expect_eq(mprotect(other, 4096, PROT_READ | PROT_WRITE), -1);
    munmap(other, 4096);
    vjp_arena_clear(&arena);
}

Test(arena, a_limit_on_file_size_is_an_error_and_no_signal)
{
    struct vjp_arena arena;
    struct vjp_error error;
    const struct rlimit limit = {1 << 20, 1 << 20};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(vjp_arena_init(&arena, 0, &error), VJP_ERR_LIMIT);
    cr_expect_not_null(strstr(error.text, "exceeds the limit on file size"));
}

Test(arena, a_lack_of_descriptors_is_an_error)
{
    struct vjp_arena arena;
    struct vjp_error error;
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const int next = dup(0);
    close(next);
    limit.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(vjp_arena_init(&arena, 0, &error), VJP_ERR_IO);
    cr_expect_eq(vjp_lift_fd(-1), -1);
}

Test(arena, a_lifted_descriptor_is_out_of_the_way)
{
    const int fd = dup(0);
    const int lifted = vjp_lift_fd(fd);
    cr_expect_geq(lifted, VJP_FD_END);
    cr_expect(fcntl(lifted, F_GETFD) & FD_CLOEXEC);
    if (fd < VJP_FD_END)
        cr_expect_eq(fcntl(fd, F_GETFD), -1, "the old number is free");
    close(lifted);
}
