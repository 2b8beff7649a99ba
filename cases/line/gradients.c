/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/gradients.h"

#include <string.h>

/* The input whose gradient has the name, of that length; -1 where this case has none. */
static int find_input(const struct vjp_case *c, const char *text, size_t length)
{
    for (int i = 0; i < c->spec->n_inputs; i++) {
        char name[VJP_SLOT_NAME_MAX];
        vjp_slot_name(c->spec, vjp_slot_gradient(c->spec, i), name, sizeof name);
        if (vjp_case_could_ask(c, i) && strlen(name) == length && memcmp(name, text, length) == 0)
            return i;
    }
    return -1;
}

/* The names of the gradients, of all or of those that are asked for, with that between them. */
static void add_names(const struct vjp_case *c, bool all, const char *between, struct vjp_text *out)
{
    const char *before = "";
    for (int i = 0; i < c->spec->n_inputs; i++) {
        char name[VJP_SLOT_NAME_MAX];
        if (all ? !vjp_case_could_ask(c, i) : !vjp_case_has_gradient(c, i))
            continue;
        vjp_slot_name(c->spec, vjp_slot_gradient(c->spec, i), name, sizeof name);
        vjp_text_add(out, "%s%s", before, name);
        before = between;
    }
}

static enum vjp_status fail(const struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_text known = {0};
    add_names(c, true, ", ", &known);
    const enum vjp_status status =
        vjp_fail(error, VJP_ERR_USAGE, "expected some of %s, each once, with commas between them",
                 known.data ? known.data : "no gradients");
    vjp_text_clear(&known);
    return status;
}

enum vjp_status vjp_gradients_read(const char *names, struct vjp_case *c, struct vjp_error *error)
{
    uint32_t asked = 0;
    for (const char *p = names;; p++) {
        const size_t length = strcspn(p, ",");
        const int input = find_input(c, p, length);
        if (input < 0 || asked >> input & 1)
            return fail(c, error);
        asked |= UINT32_C(1) << input;
        p += length;
        if (*p == '\0')
            break;
    }
    c->left_out = 0;
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (vjp_case_could_ask(c, i) && !(asked >> i & 1))
            c->left_out |= UINT32_C(1) << i;
    }
    return VJP_OK;
}

void vjp_gradients_print(const struct vjp_case *c, struct vjp_text *out)
{
    if (c->left_out == 0)
        return;
    vjp_text_add(out, " grads=");
    add_names(c, false, ",", out);
}
