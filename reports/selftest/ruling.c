/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/ruling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_opinion judge_at(const struct vjp_published_rule *rule,
                                 const struct vjp_rule_question *question, int factor)
{
    struct vjp_rule_question q = *question;
    q.slack = exp2(factor);
    return vjp_rule_judge(rule, &q);
}

int vjp_level_find(const struct vjp_published_rule *rule, const struct vjp_rule_question *question)
{
    const enum vjp_opinion most = judge_at(rule, question, VJP_LEVEL_MOST);
    if (most != VJP_OPINION_ACCEPT)
        return most == VJP_OPINION_NONE ? VJP_LEVEL_NONE : VJP_LEVEL_NEVER;
    if (judge_at(rule, question, VJP_LEVEL_LEAST) == VJP_OPINION_ACCEPT)
        return VJP_LEVEL_LEAST;
    int refused = VJP_LEVEL_LEAST, accepted = VJP_LEVEL_MOST;
    while (accepted - refused > 1) {
        const int middle = refused + (accepted - refused) / 2;
        if (judge_at(rule, question, middle) == VJP_OPINION_ACCEPT)
            accepted = middle;
        else
            refused = middle;
    }
    return accepted;
}

int vjp_level_of_ratio(double ratio)
{
    if (!(ratio <= exp2(VJP_LEVEL_MOST)))
        return VJP_LEVEL_NEVER;
    if (ratio <= exp2(VJP_LEVEL_LEAST))
        return VJP_LEVEL_LEAST;
    return (int)ceil(log2(ratio));
}

int vjp_level_join(int a, int b)
{
    return a > b ? a : b;
}

static bool is_counted(const struct vjp_ruling *r, const struct vjp_ruling_filter *f)
{
    return !r->why && r->defect == f->defect && strcmp(r->layer, f->layer) == 0 &&
           strcmp(r->dtype, f->dtype) == 0 && (f->at == 0 || f->at == r->at);
}

/* Of one kernel at one size. */
static void count_one(const struct vjp_ruling *r, const struct vjp_ruling_filter *f, int rule,
                      int factor, struct vjp_votes *votes)
{
    const int trials = rule == VJP_RULING_OURS ? 1 : vjp_rules[rule].trials;
    for (int from = 0; from < r->count; from += trials) {
        int level = VJP_LEVEL_NONE;
        bool shows = false;
        double size = 0;
        for (int i = from; i < r->count && i < from + trials; i++) {
            const struct vjp_ruling_answer *a = &r->answer[i];
            level = vjp_level_join(level, rule == VJP_RULING_OURS ? a->ours : a->level[rule]);
            shows |= a->shows;
            size = fmax(size, a->size);
        }
        if (!shows || (f->high > 0 && !(size >= f->low && size < f->high)))
            continue;
        vjp_votes_add(votes, level == VJP_LEVEL_NONE ? VJP_OPINION_NONE
                             : level <= factor       ? VJP_OPINION_ACCEPT
                                                     : VJP_OPINION_REFUSE);
    }
}

struct vjp_votes vjp_ruling_count(const struct vjp_ruling *rulings, int64_t count,
                                  const struct vjp_ruling_filter *filter, int rule, int factor)
{
    struct vjp_votes votes = {0};
    for (int64_t i = 0; i < count; i++) {
        if (is_counted(&rulings[i], filter))
            count_one(&rulings[i], filter, rule, factor, &votes);
    }
    return votes;
}

double vjp_ruling_wrong(const struct vjp_votes *votes, bool defect)
{
    const int64_t all = votes->accept + votes->refuse;
    return all > 0 ? 100.0 * (double)(defect ? votes->accept : votes->refuse) / (double)all
                   : (double)NAN;
}

bool vjp_ruling_best(const struct vjp_ruling *rulings, int64_t count,
                     const struct vjp_ruling_filter *filter, int rule, int *factor, double *through,
                     double *refused)
{
    struct vjp_ruling_filter right = *filter, defects = *filter;
    double least = INFINITY;
    right.defect = false;
    defects.defect = true;
    for (int n = VJP_LEVEL_LEAST; n <= VJP_LEVEL_MOST; n++) {
        const struct vjp_votes d = vjp_ruling_count(rulings, count, &defects, rule, n);
        const struct vjp_votes r = vjp_ruling_count(rulings, count, &right, rule, n);
        const double a = vjp_ruling_wrong(&d, true), b = vjp_ruling_wrong(&r, false);
        if (a + b < least || (a + b == least && abs(n) < abs(*factor))) {
            least = a + b;
            *factor = n;
            *through = a;
            *refused = b;
        }
    }
    return isfinite(least);
}
