/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

int vjp_census_size_class(int64_t size)
{
    if (size < 2)
        return (int)size;
    int octave = 0;
    while (size > 1) {
        size /= 2;
        octave++;
    }
    const int size_class = octave < 3 ? 2 : octave;
    return size_class < VJP_CENSUS_SIZES ? size_class : VJP_CENSUS_SIZES - 1;
}

const char *vjp_census_size_name(int size_class)
{
    static const char *const names[VJP_CENSUS_SIZES] = {
        "0", "1", "2-7", "8-15", "16-31", "32-63", "64-127", "128-255", "256-511", "512-"};
    return names[size_class];
}

const char *vjp_census_layout_name(enum vjp_census_layout layout)
{
    static const char *const names[] = {
        [VJP_CENSUS_CONTIGUOUS] = "contiguous",
        [VJP_CENSUS_PADDED] = "padded",
        [VJP_CENSUS_UNALIGNED] = "unaligned",
        [VJP_CENSUS_TRANSPOSED] = "transposed",
        [VJP_CENSUS_EXPANDED] = "expanded",
        [VJP_CENSUS_ACCUMULATE] = "accumulate",
        [VJP_CENSUS_IN_PLACE] = "in place",
        [VJP_CENSUS_THREADS] = "threads",
        [VJP_CENSUS_SOME_GRADIENTS] = "some gradients",
    };
    return names[layout];
}

int vjp_census_visited(const struct vjp_census_layer *layer, int dim)
{
    return __builtin_popcountll(layer->visited[dim]);
}

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the statistics of a campaign");
}

enum vjp_status vjp_census_need(struct vjp_census *census, const struct vjp_spec *spec,
                                struct vjp_census_layer **out, struct vjp_error *error)
{
    for (int i = 0; i < census->n_layers; i++) {
        if (census->layer[i].spec == spec) {
            *out = &census->layer[i];
            return VJP_OK;
        }
    }
    struct vjp_census_layer *grown =
        realloc(census->layer, ((size_t)census->n_layers + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    census->layer = grown;
    grown[census->n_layers] = (struct vjp_census_layer){.spec = spec};
    *out = &grown[census->n_layers++];
    return VJP_OK;
}

enum vjp_status vjp_census_count(struct vjp_census *census, const char *generator, int64_t n,
                                 struct vjp_error *error)
{
    for (int i = 0; i < census->n_generators; i++) {
        if (strcmp(census->generator[i].name, generator) == 0) {
            census->generator[i].count += n;
            return VJP_OK;
        }
    }
    struct vjp_census_count *grown =
        realloc(census->generator, ((size_t)census->n_generators + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    census->generator = grown;
    grown[census->n_generators] = (struct vjp_census_count){strdup(generator), n};
    if (!grown[census->n_generators].name)
        return fail_memory(error);
    census->n_generators++;
    return VJP_OK;
}

/* A generator's name ends where its parameter begins. */
static enum vjp_status count_text(struct vjp_census *census, const char *text,
                                  struct vjp_error *error)
{
    char name[32];
    if (text[0] == '[' || text[0] == '@')
        return vjp_census_count(census, text[0] == '[' ? "list" : "file", 1, error);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":"), text);
    return vjp_census_count(census, name, 1, error);
}

static void count_layouts(struct vjp_census *census, const struct vjp_case *c)
{
    bool has[VJP_CENSUS_LAYOUTS] = {false};
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_layout *layout = &c->slot[slot].layout;
        if (!vjp_case_has_slot(c, slot))
            continue;
        has[VJP_CENSUS_PADDED] |= layout->ld_pad != 0;
        has[VJP_CENSUS_UNALIGNED] |= layout->align >= 0 && layout->align % CACHE_LINE != 0;
        has[VJP_CENSUS_TRANSPOSED] |= layout->trans;
        has[VJP_CENSUS_EXPANDED] |= layout->expand != 0;
    }
    has[VJP_CENSUS_CONTIGUOUS] = !has[VJP_CENSUS_PADDED] && !has[VJP_CENSUS_UNALIGNED] &&
                                 !has[VJP_CENSUS_TRANSPOSED] && !has[VJP_CENSUS_EXPANDED];
    has[VJP_CENSUS_ACCUMULATE] = c->accumulate;
    has[VJP_CENSUS_IN_PLACE] = c->in_place;
    has[VJP_CENSUS_THREADS] = c->threads > 1;
    has[VJP_CENSUS_SOME_GRADIENTS] = c->left_out != 0;
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++)
        census->layout[i] += has[i];
}

enum vjp_status vjp_census_add(struct vjp_census *census, const struct vjp_case *c,
                               struct vjp_error *error)
{
    struct vjp_census_layer *layer;
    enum vjp_status status = vjp_census_need(census, c->spec, &layer, error);
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        if (vjp_case_has_values(c, slot))
            status = count_text(census, c->slot[slot].text, error);
    }
    if (status != VJP_OK)
        return status;
    census->cases++;
    layer->cases++;
    for (int d = 0; d < c->spec->n_dims; d++) {
        if (!vjp_case_has_dim(c, d))
            continue;
        layer->size[d][vjp_census_size_class(c->dim[d])]++;
        layer->visited[d] |= UINT64_C(1) << c->dim[d] % 8 | UINT64_C(1) << (8 + c->dim[d] % 16) |
                             UINT64_C(1) << (24 + c->dim[d] % 32);
    }
    count_layouts(census, c);
    return VJP_OK;
}

enum vjp_status vjp_census_merge(struct vjp_census *census, const struct vjp_census *other,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < other->n_generators && status == VJP_OK; i++)
        status =
            vjp_census_count(census, other->generator[i].name, other->generator[i].count, error);
    for (int i = 0; i < other->n_layers && status == VJP_OK; i++) {
        const struct vjp_census_layer *from = &other->layer[i];
        struct vjp_census_layer *to;
        status = vjp_census_need(census, from->spec, &to, error);
        if (status != VJP_OK)
            break;
        to->cases += from->cases;
        for (int d = 0; d < from->spec->n_dims; d++) {
            to->visited[d] |= from->visited[d];
            for (int k = 0; k < VJP_CENSUS_SIZES; k++)
                to->size[d][k] += from->size[d][k];
        }
    }
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++)
        census->layout[i] += other->layout[i];
    census->cases += other->cases;
    return status;
}

void vjp_census_clear(struct vjp_census *census)
{
    for (int i = 0; i < census->n_generators; i++)
        free(census->generator[i].name);
    free(census->generator);
    free(census->layer);
    *census = (struct vjp_census){0};
}
