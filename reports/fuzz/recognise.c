/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/recognise.h"

#include "reports/fuzz/box.h"
#include "reports/fuzz/sources.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static double got_at(const struct vjp_jacobian_pair *p, int64_t i, int64_t j)
{
    return p->got[i * p->columns + j];
}

static double want_at(const struct vjp_jacobian_pair *p, int64_t i, int64_t j)
{
    return p->want[i * p->columns + j];
}

static bool is_outside(const struct vjp_jacobian_pair *p, int64_t i, int64_t j)
{
    return p->outside[i * p->columns + j];
}

static bool is_equal(const struct vjp_jacobian_pair *p, double a, double b)
{
    const double unit = ldexp(1.0, 3 - vjp_format(p->dtype)->precision);
    return a == b || fabs(a - b) <= unit * fabs(b);
}

/* Where something is outside. */
struct places {
    struct vjp_box rows, columns;
    int64_t count;
};

static void find_places(const struct vjp_jacobian_pair *p, struct places *out)
{
    *out = (struct places){.count = 0};
    for (int64_t i = 0; i < p->rows; i++) {
        for (int64_t j = 0; j < p->columns; j++) {
            if (!is_outside(p, i, j))
                continue;
            vjp_box_add(&out->rows, &p->dy, i);
            vjp_box_add(&out->columns, &p->g, j);
            out->count++;
        }
    }
}

/* Whether every element outside that right terms reach is 0, and every element that they reach in the rows and columns of
 * the places is outside: these terms are lost, all of them, and no others. */
static bool is_lost(const struct vjp_jacobian_pair *p, const struct places *at)
{
    for (int64_t i = 0; i < p->rows; i++) {
        for (int64_t j = 0; j < p->columns; j++) {
            const bool inside =
                vjp_box_has(&at->rows, &p->dy, i) && vjp_box_has(&at->columns, &p->g, j);
            if (is_outside(p, i, j) && got_at(p, i, j) != 0)
                return false;
            if (inside && !is_outside(p, i, j) && want_at(p, i, j) != 0)
                return false;
        }
    }
    return true;
}

/* Whether the elements of the gradient in the places are 0 in every row. */
static bool is_zero(const struct vjp_jacobian_pair *p, const struct places *at)
{
    for (int64_t i = 0; i < p->rows; i++) {
        for (int64_t j = 0; j < p->columns; j++) {
            if (vjp_box_has(&at->columns, &p->g, j) && got_at(p, i, j) != 0)
                return false;
        }
    }
    return true;
}

static bool look_lost(const struct vjp_jacobian_pair *p, const struct places *at,
                      struct vjp_text *out)
{
    if (!is_lost(p, at))
        return false;
    if (is_zero(p, at)) {
        vjp_box_print(&at->columns, p->gradient, &p->g, out);
        vjp_text_add(out, " is 0 whatever %s is", p->cotangent);
        return true;
    }
    vjp_box_print(&at->rows, p->cotangent, &p->dy, out);
    vjp_text_add(out, " has no effect on ");
    vjp_box_print(&at->columns, p->gradient, &p->g, out);
    vjp_text_add(out, ": its terms are lost");
    return true;
}

/* Every row of got is the same: the cotangent has no part in it. */
static bool look_constant(const struct vjp_jacobian_pair *p, const struct places *at,
                          struct vjp_text *out)
{
    bool ones = true;
    (void)at;
    if (p->rows < 2)
        return false;
    for (int64_t j = 0; j < p->columns; j++) {
        double sum = 0;
        for (int64_t i = 0; i < p->rows; i++) {
            if (!is_equal(p, got_at(p, i, j), got_at(p, 0, j)))
                return false;
            sum += want_at(p, i, j);
        }
        ones = ones && is_equal(p, got_at(p, 0, j), sum);
    }
    vjp_text_add(out, "%s is the same whatever %s is%s%s%s", p->gradient, p->cotangent,
                 ones ? ", as though " : "", ones ? p->cotangent : "",
                 ones ? " were all ones" : "");
    return true;
}

/* What is outside is the same multiple of what is right. */
static bool look_multiple(const struct vjp_jacobian_pair *p, const struct places *at,
                          struct vjp_text *out)
{
    double factor = NAN;
    for (int64_t i = 0; i < p->rows; i++) {
        for (int64_t j = 0; j < p->columns; j++) {
            const double want = want_at(p, i, j);
            if (!is_outside(p, i, j))
                continue;
            if (want == 0 || !isfinite(want))
                return false;
            if (isnan(factor))
                factor = got_at(p, i, j) / want;
            if (!is_equal(p, got_at(p, i, j), factor * want))
                return false;
        }
    }
    /* One element is a multiple of anything, and next to 1 it is an error, not a factor. */
    if (at->count < 2 || !isfinite(factor) || fabs(factor - 1) < 0.01)
        return false;
    vjp_text_add(out, "the effect of ");
    vjp_box_print(&at->rows, p->cotangent, &p->dy, out);
    vjp_text_add(out, " on ");
    vjp_box_print(&at->columns, p->gradient, &p->g, out);
    if (fabs(factor + 1) < 1e-6)
        vjp_text_add(out, " has the opposite sign");
    else if (factor == 2)
        vjp_text_add(out, " counts twice");
    else
        vjp_text_add(out, " is %.4g times what is right", factor);
    return true;
}

/* got = want plus the same in every row. */
static bool look_added(const struct vjp_jacobian_pair *p, const struct places *at,
                       struct vjp_text *out)
{
    if (p->rows < 2)
        return false;
    for (int64_t j = 0; j < p->columns; j++) {
        const double more = got_at(p, 0, j) - want_at(p, 0, j);
        for (int64_t i = 1; i < p->rows; i++) {
            if (!isfinite(more) || !is_equal(p, got_at(p, i, j), want_at(p, i, j) + more))
                return false;
        }
    }
    vjp_text_add(out, "to ");
    vjp_box_print(&at->columns, p->gradient, &p->g, out);
    vjp_text_add(out, " something is added that does not depend on %s", p->cotangent);
    return true;
}

/* The place of element i where the last two axes lie the other way round. */
static int64_t transposed(const struct vjp_shape *shape, int64_t i)
{
    const int64_t rows = shape->dim[shape->rank - 2], cols = shape->dim[shape->rank - 1];
    const int64_t in = i % (rows * cols);
    return i - in + in % cols * rows + in / cols;
}

/* A place taken for another one: transposed, or so many elements further on. */
struct motion {
    bool transposed;
    int64_t shift;
};

/* The place that element i is taken for; -1: none that there is. */
static int64_t move(const struct motion *m, const struct vjp_shape *shape, int64_t count, int64_t i)
{
    const int64_t to = m->transposed ? transposed(shape, i) : i + m->shift;
    return to >= 0 && to < count ? to : -1;
}

/* dy[move(i)] is read where dy[i] belongs: row move(i) of got is row i of want; or element j of the gradient stands at
 * move(j). */
static bool is_moved(const struct vjp_jacobian_pair *p, const struct motion *m, bool rows)
{
    int64_t compared = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        for (int64_t j = 0; j < p->columns; j++) {
            const int64_t row = rows ? move(m, &p->dy, p->rows, i) : i;
            const int64_t column = rows ? j : move(m, &p->g, p->columns, j);
            if (row < 0 || column < 0)
                continue;
            if (!is_equal(p, got_at(p, row, column), want_at(p, i, j)))
                return false;
            compared += want_at(p, i, j) != 0;
        }
    }
    return compared > 0;
}

static bool find_motion(const struct vjp_jacobian_pair *p, bool rows, struct motion *out)
{
    const struct vjp_shape *shape = rows ? &p->dy : &p->g;
    const int64_t count = rows ? p->rows : p->columns;
    *out = (struct motion){.transposed = true};
    if (shape->rank >= 2 && shape->dim[shape->rank - 2] > 1 && shape->dim[shape->rank - 1] > 1 &&
        is_moved(p, out, rows))
        return true;
    out->transposed = false;
    /* Half of the elements at least have a place then: fewer are like one another by chance. */
    for (int64_t shift = 1; shift <= count / 2; shift++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            out->shift = sign * shift;
            if (is_moved(p, out, rows))
                return true;
        }
    }
    return false;
}

static bool look_moved(const struct vjp_jacobian_pair *p, const struct places *at,
                       struct vjp_text *out)
{
    struct motion motion;
    (void)at;
    for (int rows = 1; rows >= 0; rows--) {
        if (!find_motion(p, rows, &motion))
            continue;
        vjp_text_add(out, "%s is %s ", rows ? p->cotangent : p->gradient,
                     rows ? "read" : "written");
        if (motion.transposed)
            vjp_text_add(out, "as though it were transposed");
        else
            vjp_text_add(out, "%" PRId64 " element%s %s",
                         motion.shift < 0 ? -motion.shift : motion.shift,
                         motion.shift == 1 || motion.shift == -1 ? "" : "s",
                         motion.shift > 0 ? "further on" : "before its place");
        return true;
    }
    return false;
}

static bool look_sources(const struct vjp_jacobian_pair *p, const struct places *at,
                         struct vjp_text *out)
{
    (void)at;
    return vjp_sources_add(p, out);
}

/* All that is outside should be 0. */
static bool look_extra(const struct vjp_jacobian_pair *p, const struct places *at,
                       struct vjp_text *out)
{
    for (int64_t k = 0; k < p->rows * p->columns; k++) {
        if (p->outside[k] && p->want[k] != 0)
            return false;
    }
    vjp_box_print(&at->rows, p->cotangent, &p->dy, out);
    vjp_text_add(out, " has an effect on ");
    vjp_box_print(&at->columns, p->gradient, &p->g, out);
    vjp_text_add(out, " where it should have none");
    return true;
}

static bool look_anywhere(const struct vjp_jacobian_pair *p, const struct places *at,
                          struct vjp_text *out)
{
    vjp_text_add(out, "the effect of ");
    vjp_box_print(&at->rows, p->cotangent, &p->dy, out);
    vjp_text_add(out, " on ");
    vjp_box_print(&at->columns, p->gradient, &p->g, out);
    vjp_text_add(out, " is wrong");
    return true;
}

void vjp_recognise(const struct vjp_jacobian_pair *pair, struct vjp_text *out)
{
    static bool (*const look[])(const struct vjp_jacobian_pair *p, const struct places *at,
                                struct vjp_text *out) = {
        look_lost,  look_constant, look_multiple, look_moved,
        look_added, look_sources,  look_extra,    look_anywhere,
    };
    struct places at;
    find_places(pair, &at);
    bool seen = at.count == 0;
    for (size_t i = 0; i < sizeof look / sizeof *look && !seen; i++)
        seen = look[i](pair, &at, out);
}
