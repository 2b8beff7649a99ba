/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/census.h"

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
        [VJP_CENSUS_CONTIGUOUS] = "contiguous", [VJP_CENSUS_PADDED] = "padded",
        [VJP_CENSUS_UNALIGNED] = "unaligned",   [VJP_CENSUS_TRANSPOSED] = "transposed",
        [VJP_CENSUS_ACCUMULATE] = "accumulate", [VJP_CENSUS_THREADS] = "threads",
    };
    return names[layout];
}

int vjp_census_visited(const struct vjp_census_layer *layer, int dim)
{
    return __builtin_popcountll(layer->visited[dim]);
}

static struct vjp_census_layer *need_layer(struct vjp_census *census, const struct vjp_spec *spec)
{
    for (int i = 0; i < census->n_layers; i++) {
        if (census->layer[i].spec == spec)
            return &census->layer[i];
    }
    struct vjp_census_layer *grown =
        realloc(census->layer, ((size_t)census->n_layers + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    census->layer = grown;
    grown[census->n_layers] = (struct vjp_census_layer){.spec = spec};
    return &grown[census->n_layers++];
}

static bool count_generator(struct vjp_census *census, const char *text)
{
    const size_t length = strcspn(text, ":");
    const char *const name = text[0] == '[' ? "list" : text[0] == '@' ? "file" : text;
    const size_t n = name == text ? length : strlen(name);
    for (int i = 0; i < census->n_generators; i++) {
        if (strlen(census->generator[i].name) == n &&
            strncmp(census->generator[i].name, name, n) == 0) {
            census->generator[i].count++;
            return true;
        }
    }
    struct vjp_census_count *grown =
        realloc(census->generator, ((size_t)census->n_generators + 1) * sizeof *grown);
    if (!grown)
        return false;
    census->generator = grown;
    grown[census->n_generators] = (struct vjp_census_count){strndup(name, n), 1};
    if (!grown[census->n_generators].name)
        return false;
    census->n_generators++;
    return true;
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
    }
    has[VJP_CENSUS_CONTIGUOUS] =
        !has[VJP_CENSUS_PADDED] && !has[VJP_CENSUS_UNALIGNED] && !has[VJP_CENSUS_TRANSPOSED];
    has[VJP_CENSUS_ACCUMULATE] = c->accumulate;
    has[VJP_CENSUS_THREADS] = c->threads > 1;
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++)
        census->layout[i] += has[i];
}

enum vjp_status vjp_census_add(struct vjp_census *census, const struct vjp_case *c,
                               struct vjp_error *error)
{
    struct vjp_census_layer *layer = need_layer(census, c->spec);
    bool ok = layer != NULL;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && ok; slot++) {
        if (vjp_case_has_values(c, slot))
            ok = count_generator(census, c->slot[slot].text);
    }
    if (!ok)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the statistics of a campaign");
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

void vjp_census_clear(struct vjp_census *census)
{
    for (int i = 0; i < census->n_generators; i++)
        free(census->generator[i].name);
    free(census->generator);
    free(census->layer);
    *census = (struct vjp_census){0};
}
