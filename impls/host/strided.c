/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/strided.h"

#include <string.h>

static void insert_dimension(struct vjp_strided *s, int64_t dim, int64_t memory, int64_t index)
{
    int d = s->rank++;
    for (; d > 0 && s->memory[d - 1] < memory; d--) {
        s->dim[d] = s->dim[d - 1];
        s->memory[d] = s->memory[d - 1];
        s->index[d] = s->index[d - 1];
    }
    s->dim[d] = dim;
    s->memory[d] = memory;
    s->index[d] = index;
}

/* Joins a dimension with the next inner one where its steps continue those of the inner one, in
 * memory and in the array. */
static void merge_dimensions(struct vjp_strided *s)
{
    int last = 0;
    for (int d = 1; d < s->rank; d++) {
        if (s->memory[last] == s->memory[d] * s->dim[d] &&
            s->index[last] == s->index[d] * s->dim[d]) {
            s->dim[last] *= s->dim[d];
        } else {
            last++;
            s->dim[last] = s->dim[d];
        }
        s->memory[last] = s->memory[d];
        s->index[last] = s->index[d];
    }
    s->rank = last + 1;
}

void vjp_strided_init(struct vjp_strided *out, const struct vjp_shape *shape,
                      const int64_t *strides, int bytes)
{
    struct vjp_strided s = {.bytes = bytes, .count = 1};
    int64_t index = 1;
    for (int d = shape->rank - 1; d >= 0; d--) {
        if (shape->dim[d] != 1 && (strides[d] != 0 || shape->dim[d] == 0))
            insert_dimension(&s, shape->dim[d], strides[d], index);
        index *= shape->dim[d];
    }
    s.count = index;
    /* So that a span is a stretch of memory without gaps. */
    if (s.rank == 0 || (s.memory[s.rank - 1] != 1 && s.rank < VJP_RANK_MAX))
        insert_dimension(&s, 1, 1, 1);
    merge_dimensions(&s);
    if (s.count > 0) {
        s.extent = bytes;
        for (int d = 0; d < s.rank; d++)
            s.extent += (s.dim[d] - 1) * s.memory[d] * bytes;
    }
    *out = s;
}

bool vjp_strided_next(const struct vjp_strided *s, struct vjp_span *span)
{
    const int inner = s->rank - 1;
    if (s->count == 0)
        return false;
    if (!span->begun) {
        span->begun = true;
        span->bytes = ((s->dim[inner] - 1) * s->memory[inner] + 1) * s->bytes;
        return true;
    }
    for (int d = inner - 1; d >= 0; d--) {
        span->memory += s->memory[d] * s->bytes;
        span->index += s->index[d];
        if (++span->at[d] < s->dim[d])
            return true;
        span->memory -= s->dim[d] * s->memory[d] * s->bytes;
        span->index -= s->dim[d] * s->index[d];
        span->at[d] = 0;
    }
    return false;
}

/* Copies count elements with strides in bytes. The sizes are constants so that each copy is one
 * move. */
static void copy_span(char *to, int64_t to_step, const char *from, int64_t from_step, int64_t count,
                      int bytes)
{
    if (to_step == bytes && from_step == bytes) {
        memcpy(to, from, (size_t)(count * bytes));
    } else if (bytes == 2) {
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * to_step, from + i * from_step, 2);
    } else if (bytes == 4) {
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * to_step, from + i * from_step, 4);
    } else {
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * to_step, from + i * from_step, 8);
    }
}

void vjp_strided_gather(const struct vjp_strided *s, const void *first, void *array)
{
    const int inner = s->rank - 1;
    struct vjp_span span = {0};
    while (vjp_strided_next(s, &span))
        copy_span((char *)array + span.index * s->bytes, s->index[inner] * s->bytes,
                  (const char *)first + span.memory, s->memory[inner] * s->bytes, s->dim[inner],
                  s->bytes);
}

void vjp_strided_scatter(const struct vjp_strided *s, const void *array, void *first)
{
    const int inner = s->rank - 1;
    struct vjp_span span = {0};
    while (vjp_strided_next(s, &span))
        copy_span((char *)first + span.memory, s->memory[inner] * s->bytes,
                  (const char *)array + span.index * s->bytes, s->index[inner] * s->bytes,
                  s->dim[inner], s->bytes);
}

void vjp_strided_fill(const struct vjp_strided *s, uint64_t bits, void *first)
{
    const int inner = s->rank - 1;
    const uint16_t two = (uint16_t)bits;
    const uint32_t four = (uint32_t)bits;
    char element[sizeof bits];
    memcpy(element, &bits, sizeof bits);
    if (s->bytes == 2)
        memcpy(element, &two, sizeof two);
    else if (s->bytes == 4)
        memcpy(element, &four, sizeof four);
    struct vjp_span span = {0};
    while (vjp_strided_next(s, &span))
        copy_span((char *)first + span.memory, s->memory[inner] * s->bytes, element, 0,
                  s->dim[inner], s->bytes);
}

int64_t vjp_strided_difference(const struct vjp_strided *s, const void *first, const void *array)
{
    const int inner = s->rank - 1;
    const int64_t step = s->memory[inner] * s->bytes;
    const int64_t array_step = s->index[inner] * s->bytes;
    struct vjp_span span = {0};
    while (vjp_strided_next(s, &span)) {
        const char *a = (const char *)first + span.memory;
        const char *b = (const char *)array + span.index * s->bytes;
        if (step == s->bytes && array_step == s->bytes && memcmp(a, b, (size_t)span.bytes) == 0)
            continue;
        for (int64_t i = 0; i < s->dim[inner]; i++) {
            for (int k = 0; k < s->bytes; k++) {
                if (a[i * step + k] != b[i * array_step + k])
                    return span.memory + i * step + k;
            }
        }
    }
    return -1;
}

int64_t vjp_strided_gap(const struct vjp_strided *s, int64_t offset)
{
    int64_t element = offset / s->bytes;
    for (int d = 0; d < s->rank; d++) {
        int64_t at = element / s->memory[d];
        if (at > s->dim[d] - 1)
            at = s->dim[d] - 1;
        element -= at * s->memory[d];
    }
    return element == 0 ? 0 : (element - 1) * s->bytes + offset % s->bytes + 1;
}
