/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/sources.h"

#include <inttypes.h>
#include <math.h>

/* An element of an operand; operand -1: none has the value, -2: several have. */
struct source {
    int operand;
    int64_t index;
};

static struct source find_source(const struct vjp_jacobian_pair *p, double value)
{
    struct source found = {.operand = -1};
    for (int o = 0; o < p->n_operands; o++) {
        for (int64_t k = 0; k < p->operand[o].count; k++) {
            if (fabs(p->operand[o].value[k]) != fabs(value))
                continue;
            if (found.operand != -1)
                return (struct source){.operand = -2};
            found = (struct source){o, k};
        }
    }
    return found;
}

/* What the elements outside have in common. */
struct common {
    int64_t count;  /* of those that are not 0 */
    int64_t paired; /* and where what is right is not, either */
    int got, want;  /* the operands; -1 before the first */
    bool shifted, transposed;
    int64_t shift;
};

static int64_t transposed(const struct vjp_known_operand *o, int64_t k)
{
    if (o->shape.rank != 2)
        return -1;
    return k % o->shape.dim[0] * o->shape.dim[1] + k / o->shape.dim[0];
}

static bool add_element(const struct vjp_jacobian_pair *p, double got, double want,
                        struct common *c)
{
    const struct source from = find_source(p, got);
    if (from.operand < 0 || (c->got >= 0 && c->got != from.operand))
        return false;
    c->got = from.operand;
    c->count++;
    if (want == 0)
        return true;
    const struct source right = find_source(p, want);
    if (right.operand < 0 || (c->want >= 0 && c->want != right.operand))
        return false;
    const int64_t shift = from.index - right.index;
    c->shifted = c->shifted && (c->want < 0 || shift == c->shift);
    c->transposed =
        c->transposed && transposed(&p->operand[right.operand], from.index) == right.index;
    c->shift = shift;
    c->want = right.operand;
    c->paired++;
    return true;
}

static void add_shift(const struct vjp_known_operand *o, int64_t shift, struct vjp_text *out)
{
    const int64_t row = o->shape.rank > 0 ? o->shape.dim[o->shape.rank - 1] : 1;
    const int64_t far = shift < 0 ? -shift : shift;
    const bool rows = o->shape.rank > 1 && far % row == 0;
    const int64_t n = rows ? far / row : far;
    vjp_text_add(out, "%s is read %" PRId64 " %s%s %s", o->name, n, rows ? "row" : "element",
                 n == 1 ? "" : "s", shift > 0 ? "further on" : "before its place");
}

bool vjp_sources_add(const struct vjp_jacobian_pair *p, struct vjp_text *out)
{
    struct common c = {.got = -1, .want = -1, .shifted = true, .transposed = true};
    for (int64_t k = 0; k < p->rows * p->columns; k++) {
        if (p->outside[k] && p->got[k] != 0 && !add_element(p, p->got[k], p->want[k], &c))
            return false;
    }
    if (c.count == 0 || c.paired == 0)
        return false;
    const struct vjp_known_operand *got = &p->operand[c.got], *want = &p->operand[c.want];
    if (c.got != c.want)
        vjp_text_add(out, "%s is made of %s where it should be of %s", p->gradient, got->name,
                     want->name);
    else if (c.transposed && c.paired > 1)
        vjp_text_add(out, "%s is read as though it were transposed", got->name);
    else if (c.shifted)
        add_shift(got, c.shift, out);
    else
        vjp_text_add(out, "elements of %s are taken from other places", got->name);
    return true;
}
