/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/rule.h"

#include <inttypes.h>

static const int64_t divisors[] = {2, 3, 4, 6, 8, 16, 32, 64};

void vjp_points_add(struct vjp_points *points, int64_t a, int64_t b, bool failed)
{
    for (int i = 0; i < points->count; i++) {
        if (points->at[i].a == a && points->at[i].b == b)
            return;
    }
    if (points->count == VJP_POINTS_MAX)
        return;
    points->at[points->count++] = (struct vjp_point){a, b, failed};
    points->failed += failed;
}

static bool holds(struct vjp_rule rule, int64_t a, int64_t b)
{
    switch (rule.kind) {
    case VJP_RULE_ALWAYS:
        return true;
    case VJP_RULE_ABOVE:
        return a > rule.c;
    case VJP_RULE_BELOW:
        return a < rule.c;
    case VJP_RULE_ONLY:
        return a == rule.c;
    case VJP_RULE_BUT:
        return a != rule.c;
    case VJP_RULE_INDIVISIBLE:
        return a % rule.m != 0;
    case VJP_RULE_DIVISIBLE:
        return a % rule.m == 0;
    case VJP_RULE_REMAINDER:
        return a % rule.m == rule.c;
    case VJP_RULE_TAIL:
        return a > rule.c && a % rule.m != 0;
    case VJP_RULE_WHOLE:
        return a > rule.c && a % rule.m == 0;
    case VJP_RULE_EQUAL:
        return a == b;
    case VJP_RULE_UNEQUAL:
        return a != b;
    case VJP_RULE_LESS:
        return a < b;
    case VJP_RULE_GREATER:
        return a > b;
    case VJP_RULE_AT_MOST:
        return a <= b;
    case VJP_RULE_AT_LEAST:
        return a >= b;
    case VJP_RULE_EQUAL_ABOVE:
        return a == b && a > rule.c;
    case VJP_RULE_NONE:
        break;
    }
    return false;
}

bool vjp_rule_fits(struct vjp_rule rule, const struct vjp_points *points)
{
    for (int i = 0; i < points->count; i++) {
        if (holds(rule, points->at[i].a, points->at[i].b) != points->at[i].failed)
            return false;
    }
    return rule.kind != VJP_RULE_NONE;
}

/* The smallest and the largest a among those that failed, or did not; there are some. */
static int64_t extreme(const struct vjp_points *points, bool failed, bool largest)
{
    int64_t found = largest ? INT64_MIN : INT64_MAX;
    for (int i = 0; i < points->count; i++) {
        const int64_t a = points->at[i].a;
        if (points->at[i].failed == failed && (largest ? a > found : a < found))
            found = a;
    }
    return found;
}

/* The largest a that did not fail although a rule without a threshold says so: the threshold. */
static int64_t largest_exception(struct vjp_rule rule, const struct vjp_points *points)
{
    int64_t found = INT64_MIN;
    for (int i = 0; i < points->count; i++) {
        const struct vjp_point *p = &points->at[i];
        if (holds(rule, p->a, p->b) && !p->failed && p->a > found)
            found = p->a;
    }
    return found;
}

static struct vjp_rule divisible(const struct vjp_points *points, enum vjp_rule_kind kind)
{
    for (int i = 0; i < (int)(sizeof divisors / sizeof *divisors); i++) {
        struct vjp_rule rule = {.kind = kind, .m = divisors[i]};
        if (kind == VJP_RULE_REMAINDER)
            rule.c = extreme(points, true, false) % rule.m;
        if (vjp_rule_fits(rule, points))
            return rule;
    }
    return (struct vjp_rule){.kind = VJP_RULE_NONE};
}

static struct vjp_rule divisible_above(const struct vjp_points *points, enum vjp_rule_kind kind)
{
    for (int i = 0; i < (int)(sizeof divisors / sizeof *divisors); i++) {
        struct vjp_rule rule = {.kind = kind, .m = divisors[i], .c = INT64_MIN};
        rule.c = largest_exception(rule, points);
        if (vjp_rule_fits(rule, points))
            return rule;
    }
    return (struct vjp_rule){.kind = VJP_RULE_NONE};
}

/* The rule of its kind that may fit. */
static struct vjp_rule candidate(const struct vjp_points *points, enum vjp_rule_kind kind)
{
    struct vjp_rule rule = {.kind = kind};
    switch (kind) {
    case VJP_RULE_ABOVE:
        rule.c = extreme(points, false, true);
        rule.seen = extreme(points, true, false);
        break;
    case VJP_RULE_BELOW:
        rule.c = extreme(points, false, false);
        rule.seen = extreme(points, true, true);
        break;
    case VJP_RULE_ONLY:
        rule.c = extreme(points, true, true);
        break;
    case VJP_RULE_BUT:
        rule.c = extreme(points, false, true);
        break;
    case VJP_RULE_INDIVISIBLE:
    case VJP_RULE_DIVISIBLE:
    case VJP_RULE_REMAINDER:
        return divisible(points, kind);
    case VJP_RULE_TAIL:
    case VJP_RULE_WHOLE:
        return divisible_above(points, kind);
    case VJP_RULE_EQUAL_ABOVE:
        rule.c = INT64_MIN;
        rule.c = largest_exception(rule, points);
        break;
    default:
        break;
    }
    return rule;
}

static struct vjp_rule first_that_fits(const struct vjp_points *points, enum vjp_rule_kind first,
                                       enum vjp_rule_kind last)
{
    const bool both_sides = points->failed > 0 && points->failed < points->count;
    for (int kind = (int)first; kind <= (int)last && both_sides; kind++) {
        const struct vjp_rule rule = candidate(points, (enum vjp_rule_kind)kind);
        if (vjp_rule_fits(rule, points))
            return rule;
    }
    return (struct vjp_rule){.kind = VJP_RULE_NONE};
}

struct vjp_rule vjp_rule_of_one(const struct vjp_points *points)
{
    if (points->count > 0 && points->failed == points->count)
        return (struct vjp_rule){.kind = VJP_RULE_ALWAYS};
    return first_that_fits(points, VJP_RULE_ABOVE, VJP_RULE_WHOLE);
}

struct vjp_rule vjp_rule_of_two(const struct vjp_points *points)
{
    return first_that_fits(points, VJP_RULE_EQUAL, VJP_RULE_EQUAL_ABOVE);
}

void vjp_rule_print(struct vjp_rule rule, const char *a, const char *b, struct vjp_text *out)
{
    static const char *const signs[] = {
        [VJP_RULE_EQUAL] = "=",   [VJP_RULE_UNEQUAL] = "!=", [VJP_RULE_LESS] = "<",
        [VJP_RULE_GREATER] = ">", [VJP_RULE_AT_MOST] = "<=", [VJP_RULE_AT_LEAST] = ">=",
    };
    switch (rule.kind) {
    case VJP_RULE_ABOVE:
        vjp_text_add(out, "%s > %" PRId64, a, rule.c);
        break;
    case VJP_RULE_BELOW:
        vjp_text_add(out, "%s < %" PRId64, a, rule.c);
        break;
    case VJP_RULE_ONLY:
        vjp_text_add(out, "%s = %" PRId64, a, rule.c);
        break;
    case VJP_RULE_BUT:
        vjp_text_add(out, "%s != %" PRId64, a, rule.c);
        break;
    case VJP_RULE_TAIL:
    case VJP_RULE_WHOLE:
        vjp_text_add(out, "%s > %" PRId64 " and ", a, rule.c);
        vjp_text_add(out, "%s %% %" PRId64 " %s 0", a, rule.m,
                     rule.kind == VJP_RULE_TAIL ? "!=" : "=");
        break;
    case VJP_RULE_INDIVISIBLE:
    case VJP_RULE_DIVISIBLE:
        vjp_text_add(out, "%s %% %" PRId64 " %s 0", a, rule.m,
                     rule.kind == VJP_RULE_INDIVISIBLE ? "!=" : "=");
        break;
    case VJP_RULE_REMAINDER:
        vjp_text_add(out, "%s %% %" PRId64 " = %" PRId64, a, rule.m, rule.c);
        break;
    case VJP_RULE_EQUAL_ABOVE:
        vjp_text_add(out, "%s = %s and %s > %" PRId64, a, b, a, rule.c);
        break;
    case VJP_RULE_NONE:
    case VJP_RULE_ALWAYS:
        break;
    default:
        vjp_text_add(out, "%s %s %s", a, signs[rule.kind], b);
    }
}

/* The smallest a above this one, and whether it failed. False where there is none. */
static bool next_point(const struct vjp_points *points, int64_t above, struct vjp_point *out)
{
    bool found = false;
    for (int i = 0; i < points->count; i++) {
        const struct vjp_point *p = &points->at[i];
        if (p->a > above && (!found || p->a < out->a)) {
            *out = *p;
            found = true;
        }
    }
    return found;
}

void vjp_points_print(const struct vjp_points *points, bool failed, int ranges_max,
                      struct vjp_text *out)
{
    struct vjp_point p = {.a = INT64_MIN};
    int ranges = 0;
    bool more = next_point(points, p.a, &p);
    while (more && ranges <= ranges_max) {
        const int64_t first = p.a;
        int64_t last = p.a;
        const bool wanted = p.failed == failed;
        while ((more = next_point(points, p.a, &p)) && wanted && p.failed == failed &&
               p.a == last + 1)
            last = p.a;
        if (!wanted)
            continue;
        vjp_text_add(out, "%s", ranges > 0 ? ", " : "");
        if (ranges++ == ranges_max)
            vjp_text_add(out, "...");
        else if (last > first)
            vjp_text_add(out, "%" PRId64 "-%" PRId64, first, last);
        else
            vjp_text_add(out, "%" PRId64, first);
    }
}
