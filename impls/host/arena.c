/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int vjp_lift_fd(int fd)
{
    if (fd < 0)
        return -1;
    const int lifted = fcntl(fd, F_DUPFD_CLOEXEC, VJP_FD_END);
    const int cause = errno;
    close(fd);
    errno = cause;
    return lifted;
}

int64_t vjp_arena_page(void)
{
    return sysconf(_SC_PAGESIZE);
}

/* A shared file of fixed size: neither side can cut it off under the other's feet. */
static enum vjp_status make_file(const char *name, int64_t bytes, int *fd, unsigned char **map,
                                 struct vjp_error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < (rlim_t)bytes)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "shared memory of %" PRId64 " bytes exceeds the limit on file size", bytes);
    const int file = vjp_lift_fd(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (file < 0)
        return vjp_fail(error, VJP_ERR_IO, "cannot create shared memory: %s", strerror(errno));
    void *block = MAP_FAILED;
    if (ftruncate(file, bytes) == 0)
        block = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (block == MAP_FAILED || fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        const int cause = errno;
        if (block != MAP_FAILED)
            munmap(block, (size_t)bytes);
        close(file);
        return vjp_fail(error, VJP_ERR_IO, "cannot get shared memory of %" PRId64 " bytes: %s",
                        bytes, strerror(cause));
    }
    *fd = file;
    *map = block;
    return VJP_OK;
}

static int64_t control_bytes(int64_t page)
{
    return ((int64_t)sizeof(struct vjp_control) + page - 1) / page * page;
}

enum vjp_status vjp_arena_init(struct vjp_arena *out, int64_t bytes, struct vjp_error *error)
{
    const int64_t page = vjp_arena_page();
    const int64_t wanted = bytes > VJP_ARENA_BYTES ? bytes : VJP_ARENA_BYTES;
    struct vjp_arena arena = {.page = page,
                              .capacity = (wanted + page - 1) / page * page,
                              .control_fd = -1,
                              .input_fd = -1,
                              .output_fd = -1};
    unsigned char *control;
    enum vjp_status status =
        make_file("vjpcheck-control", control_bytes(page), &arena.control_fd, &control, error);
    if (status != VJP_OK)
        return status;
    arena.control = (struct vjp_control *)(void *)control;
    status = make_file("vjpcheck-inputs", VJP_INPUT_WINDOWS * arena.capacity, &arena.input_fd,
                       &arena.inputs, error);
    if (status != VJP_OK)
        goto cleanup;
    status = make_file("vjpcheck-outputs", VJP_OUTPUT_WINDOWS * arena.capacity, &arena.output_fd,
                       &arena.outputs, error);
    if (status != VJP_OK)
        goto cleanup;
    /* Our mapping of the inputs stays writable and no other can become so. Linux before 5.1 does
     * not know this seal; there the worker's mapping is read-only for as long as it leaves it so. */
    (void)fcntl(arena.input_fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
    (void)fcntl(arena.input_fd, F_ADD_SEALS, F_SEAL_SEAL);
    (void)fcntl(arena.output_fd, F_ADD_SEALS, F_SEAL_SEAL);
    *out = arena;
    return VJP_OK;
cleanup:
    vjp_arena_clear(&arena);
    return status;
}

void vjp_arena_clear(struct vjp_arena *arena)
{
    if (!arena->control)
        return;
    munmap(arena->control, (size_t)control_bytes(arena->page));
    close(arena->control_fd);
    if (arena->inputs) {
        munmap(arena->inputs, (size_t)(VJP_INPUT_WINDOWS * arena->capacity));
        close(arena->input_fd);
    }
    if (arena->outputs) {
        munmap(arena->outputs, (size_t)(VJP_OUTPUT_WINDOWS * arena->capacity));
        close(arena->output_fd);
    }
    *arena = (struct vjp_arena){0};
}

unsigned char *vjp_arena_window(const struct vjp_arena *arena, int window)
{
    return window < VJP_INPUT_WINDOWS
               ? arena->inputs + window * arena->capacity
               : arena->outputs + (window - VJP_INPUT_WINDOWS) * arena->capacity;
}
