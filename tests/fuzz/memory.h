/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_FUZZ_MEMORY_H
#define VJP_TESTS_FUZZ_MEMORY_H

/* What writers write, as a text. */
#include "reports/render/sink.h"
#include "tests/fuzz/fuzz.h"

struct fuzz_memory {
    char *text;
    size_t size;
    struct vjp_sink sink;
};

static inline void fuzz_memory_open(struct fuzz_memory *memory)
{
    static char name[] = "memory";
    *memory = (struct fuzz_memory){.text = NULL};
    memory->sink =
        (struct vjp_sink){.file = open_memstream(&memory->text, &memory->size), .path = name};
    FUZZ_EXPECT(memory->sink.file, "no memory");
}

/* The text, which is to be freed. */
static inline char *fuzz_memory_close(struct fuzz_memory *memory)
{
    FUZZ_EXPECT(fclose(memory->sink.file) == 0 && memory->text, "no memory");
    return memory->text;
}

#endif
