/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/tape_parts.h"

/* Operations on a list of terms: term[open] .. term[n_terms - 1] of the tape. */

/* A node for an operation on the list; its degree is the largest of the terms'. */
static int64_t append_list(struct vjp_tape *tape, int64_t open, enum vjp_operation operation,
                           enum vjp_rounding rounding)
{
    if (tape->failed)
        return VJP_NO_NODE;
    const int64_t id = vjp_tape_append(tape, VJP_NODE_OPERATION, rounding);
    if (id != VJP_NO_NODE)
        tape->node[id].operation = (uint8_t)operation;
    for (int64_t i = open; id != VJP_NO_NODE && i < tape->n_terms; i++) {
        const uint8_t degree = tape->node[tape->term[i]].degree;
        if (degree > tape->node[id].degree)
            tape->node[id].degree = degree;
    }
    return id;
}

static int64_t close_list(struct vjp_tape *tape, int64_t open, int64_t id)
{
    if (!tape->failed)
        tape->n_terms = open;
    return tape->failed ? VJP_NO_NODE : id;
}

static int64_t close_sum(struct vjp_tape *tape, int64_t open, enum vjp_operation operation)
{
    for (int64_t i = open; !tape->failed && i < tape->n_terms; i++)
        tape->node[tape->term[i]].is_term = true;
    if (!tape->failed && tape->n_terms - open == 1) /* the sum of one term is the term */
        return close_list(tape, open, tape->term[open]);
    if (!tape->failed && tape->n_terms == open)
        return vjp_tape_constant(tape, 0);
    const int64_t id = append_list(tape, open, operation, VJP_ROUNDING_SUM);
    for (int64_t i = open; id != VJP_NO_NODE && i < tape->n_terms; i++) {
        const int64_t term = tape->term[i];
        struct vjp_real *value = &tape->node[id].value;
        if (i == open)
            vjp_real_set(value, &tape->node[term].value);
        else
            vjp_real_add(value, value, &tape->node[term].value);
        vjp_tape_connect(tape, term, VJP_NO_NODE);
    }
    return close_list(tape, open, id);
}

int64_t vjp_tape_close_sum(struct vjp_tape *tape, int64_t open)
{
    return close_sum(tape, open, VJP_OP_SUM);
}

int64_t vjp_tape_close_centred(struct vjp_tape *tape, int64_t open)
{
    return close_sum(tape, open, VJP_OP_CENTRED);
}

int64_t vjp_tape_close_masked(struct vjp_tape *tape, int64_t open, int64_t a)
{
    if (!tape->failed && tape->n_terms == open && a != VJP_NO_NODE)
        return a;
    const int64_t zero = vjp_tape_constant(tape, 0);
    const int64_t first = a == VJP_NO_NODE ? zero : a;
    const int64_t id = append_list(tape, open, VJP_OP_MASKED, VJP_ROUNDING_NONE);
    if (id == VJP_NO_NODE)
        return close_list(tape, open, id);
    tape->node[zero].value.set = true; /* as in vjp_tape_gate */
    tape->node[id].degree = tape->node[first].degree;
    vjp_real_set(&tape->node[id].value, &tape->node[first].value);
    vjp_tape_connect(tape, first, VJP_NO_NODE);
    for (int64_t i = open; i < tape->n_terms; i++)
        vjp_tape_connect(tape, tape->term[i], zero);
    return close_list(tape, open, id);
}

/* scratch = the largest of the terms. */
static void find_largest(struct vjp_tape *tape, int64_t open)
{
    struct vjp_real *largest = &tape->scratch;
    vjp_real_set(largest, &tape->node[tape->term[open]].value);
    for (int64_t i = open + 1; i < tape->n_terms; i++)
        vjp_real_max(largest, largest, &tape->node[tape->term[i]].value);
}

int64_t vjp_tape_close_largest(struct vjp_tape *tape, int64_t open)
{
    if (tape->failed || tape->n_terms == open) {
        tape->failed = true;
        return VJP_NO_NODE;
    }
    const int64_t id = vjp_tape_append(tape, VJP_NODE_CONSTANT, VJP_ROUNDING_NONE);
    if (id != VJP_NO_NODE) {
        find_largest(tape, open);
        vjp_real_set(&tape->node[id].value, &tape->scratch);
    }
    return close_list(tape, open, id);
}

/* What a term may be, seen against the largest. */
enum rank { LESS, EQUAL, UNDECIDED, NOT_A_NUMBER };

static enum rank rank_of(const struct vjp_real *r, const struct vjp_real *largest)
{
    if (largest->kind == VJP_REAL_NAN || largest->kind == VJP_REAL_UNKNOWN)
        return NOT_A_NUMBER;
    if (largest->kind != VJP_REAL_FINITE || r->kind != VJP_REAL_FINITE)
        return r->kind == largest->kind ? EQUAL : LESS;
    if (mpfr_less_p(vjp_real_high(r), vjp_real_low(largest)))
        return LESS;
    return r->point && largest->point ? EQUAL : UNDECIDED;
}

/* How many terms may be the largest, how many of them certainly; and the first and last of them. */
struct standing {
    int64_t candidates, undecided, first, last;
    bool not_a_number;
};

static struct standing survey(const struct vjp_tape *tape, int64_t open)
{
    struct standing s = {.first = -1, .last = -1};
    for (int64_t i = open; i < tape->n_terms; i++) {
        const enum rank rank = rank_of(&tape->node[tape->term[i]].value, &tape->scratch);
        if (rank == LESS)
            continue;
        s.not_a_number |= rank == NOT_A_NUMBER;
        s.undecided += rank == UNDECIDED;
        s.candidates++;
        s.first = s.first < 0 ? i : s.first;
        s.last = i;
    }
    return s;
}

/* The share of a term that may be the largest. */
static void set_share(const struct vjp_tape *tape, const struct standing *s, int64_t i,
                      struct vjp_real *out)
{
    if (s->not_a_number) {
        out->kind = VJP_REAL_UNKNOWN;
    } else if (s->candidates == 1) {
        vjp_real_set_si(out, 1);
    } else if (s->undecided > 0) { /* more precision will tell */
        vjp_real_set_range(out, 0, 1);
        out->set = false;
    } else if (tape->kinks.tie == VJP_TIE_ANY) {
        vjp_real_set_range(out, 0, 1);
    } else if (tape->kinks.tie == VJP_TIE_SPLIT) {
        vjp_real_set_ratio(out, 1, (long)s->candidates);
    } else {
        vjp_real_set_si(out, i == (tape->kinks.tie == VJP_TIE_FIRST ? s->first : s->last));
    }
}

/* The term that comes nearest to the first that may be the largest: what that one was compared with. */
static int64_t runner_up(const struct vjp_tape *tape, int64_t open, int64_t first)
{
    int64_t best = -1;
    for (int64_t i = open; i < tape->n_terms; i++) {
        const struct vjp_real *r = &tape->node[tape->term[i]].value;
        if (i != first &&
            (best < 0 || vjp_real_get_ld(r) > vjp_real_get_ld(&tape->node[tape->term[best]].value)))
            best = i;
    }
    return best;
}

/* A share that has to be rounded. */
static void set_ratio(struct vjp_tape *tape, int64_t id, int64_t candidates)
{
    tape->node[id].rounding = VJP_ROUNDING_BASIC;
    vjp_tape_note_ratio(tape, id, 1, (long)candidates);
}

/* The partial derivatives of a maximum: constants, recorded before it. Their numbers are first,
 * first + 1, ..., in the order of the terms. */
static int64_t record_shares(struct vjp_tape *tape, int64_t open, const struct standing *s)
{
    const int64_t first = tape->count;
    for (int64_t i = open; i < tape->n_terms; i++) {
        const int64_t id = vjp_tape_append(tape, VJP_NODE_KINK, VJP_ROUNDING_NONE);
        if (id == VJP_NO_NODE)
            return id;
        const enum rank rank = rank_of(&tape->node[tape->term[i]].value, &tape->scratch);
        if (rank != LESS)
            set_share(tape, s, i, &tape->node[id].value);
        /* A share of 0 is one that many kernels select in place of multiplying by it; one of 1/3 has to
         * be rounded. */
        if (vjp_real_is_zero(&tape->node[id].value))
            tape->node[id].value.set = true;
        else if (tape->kinks.tie == VJP_TIE_SPLIT && (s->candidates & (s->candidates - 1)) != 0)
            set_ratio(tape, id, s->candidates);
        const int64_t rival = i != s->first ? s->first : runner_up(tape, open, i);
        const struct vjp_kink kink = {
            .partial = id, .margin = tape->term[i], .other = tape->term[rival], .width = 1};
        vjp_tape_note_kink(tape, &kink);
    }
    return first;
}

int64_t vjp_tape_close_max(struct vjp_tape *tape, int64_t open)
{
    if (tape->failed || tape->n_terms == open) {
        tape->failed = true;
        return VJP_NO_NODE;
    }
    if (tape->n_terms - open == 1)
        return close_list(tape, open, tape->term[open]);
    find_largest(tape, open);
    const struct standing s = survey(tape, open);
    tape->on_kink |= s.candidates > 1 && s.undecided == 0 && !s.not_a_number;
    const int64_t shares = record_shares(tape, open, &s);
    const int64_t id =
        shares == VJP_NO_NODE ? shares : append_list(tape, open, VJP_OP_MAX, VJP_ROUNDING_NONE);
    if (id == VJP_NO_NODE)
        return close_list(tape, open, id);
    vjp_real_set(&tape->node[id].value, &tape->scratch);
    /* A share of 1/3 is no selection: a kernel may round it, and the product with it. */
    bool given = tape->kinks.tie != VJP_TIE_SPLIT || (s.candidates & (s.candidates - 1)) == 0;
    for (int64_t i = open; i < tape->n_terms; i++) {
        given = given && tape->node[tape->term[i]].kind != VJP_NODE_OPERATION;
        vjp_tape_connect(tape, tape->term[i], shares + (i - open));
    }
    if (!tape->failed)
        tape->node[id].degree = given ? 1 : VJP_DEGREE_MANY;
    return close_list(tape, open, id);
}

/* The first term that is known to be the largest, or -1. */
static int64_t certain_largest(const struct vjp_tape *tape, int64_t open)
{
    for (int64_t i = open; i < tape->n_terms; i++) {
        const struct vjp_real *r = &tape->node[tape->term[i]].value;
        if (r->point && vjp_real_is_identical(r, &tape->scratch))
            return i;
    }
    return -1;
}

/* l = m + log(1 + sum of exp(t_i - m)), m the largest term and the sum over the others: the enclosure
 * stays narrow however large the terms are, and however little the others add. Where it is not known
 * which is the largest the 1 is among the powers. */
static void set_logsumexp(struct vjp_tape *tape, int64_t open, int64_t id, struct vjp_real *largest,
                          struct vjp_real *power)
{
    struct vjp_real *sum = &tape->node[id].value;
    find_largest(tape, open);
    vjp_real_set(largest, &tape->scratch);
    if (largest->kind != VJP_REAL_FINITE) { /* t - m would be NaN; so is what a kernel computes */
        sum->kind = VJP_REAL_UNKNOWN;
        return;
    }
    const int64_t top = certain_largest(tape, open);
    vjp_real_set_si(sum, 0);
    for (int64_t i = open; i < tape->n_terms; i++) {
        if (i == top)
            continue;
        vjp_real_sub(power, &tape->node[tape->term[i]].value, largest);
        vjp_real_exp(power, power);
        vjp_real_add(sum, sum, power);
    }
    if (top >= 0)
        vjp_real_log1p(sum, sum);
    else
        vjp_real_log(sum, sum);
    vjp_real_add(sum, sum, largest);
}

/* A sum with a constant that nobody rounds: a detour of the analysis. Its value is still to be set. */
static int64_t detour(struct vjp_tape *tape, enum vjp_operation operation, int64_t a, int64_t shift)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_OPERATION, VJP_ROUNDING_NONE);
    if (id == VJP_NO_NODE)
        return id;
    tape->node[id].operation = (uint8_t)operation;
    tape->node[id].degree = VJP_DEGREE_MANY;
    tape->node[id].constant = shift;
    vjp_tape_connect(tape, a, VJP_NO_NODE);
    return id;
}

/* l by way of whole = l + shift. */
static int64_t record_whole(struct vjp_tape *tape, int64_t l, int64_t shift, int64_t *whole)
{
    *whole = detour(tape, VJP_OP_ADD, l, shift);
    const int64_t back = *whole == VJP_NO_NODE ? *whole : detour(tape, VJP_OP_SUB, *whole, shift);
    if (back == VJP_NO_NODE)
        return back;
    vjp_real_add(&tape->node[*whole].value, &tape->node[l].value, &tape->node[shift].value);
    vjp_real_set(&tape->node[back].value, &tape->node[l].value);
    return back;
}

/* shift may be VJP_NO_NODE: then there is no whole. */
static int64_t close_logsumexp(struct vjp_tape *tape, int64_t open, int64_t shift, int64_t *whole)
{
    if (tape->failed || tape->n_terms == open) {
        tape->failed = true;
        return VJP_NO_NODE;
    }
    const int64_t id = append_list(tape, open, VJP_OP_LOGSUMEXP, VJP_ROUNDING_LOGSUMEXP);
    if (id == VJP_NO_NODE)
        return close_list(tape, open, id);
    struct vjp_real largest, power;
    vjp_real_init(&largest, tape->precision);
    vjp_real_init(&power, tape->precision);
    set_logsumexp(tape, open, id, &largest, &power);
    vjp_real_clear(&largest);
    vjp_real_clear(&power);
    tape->node[id].degree = VJP_DEGREE_MANY;
    for (int64_t i = open; i < tape->n_terms; i++)
        vjp_tape_connect(tape, tape->term[i], VJP_NO_NODE);
    const int64_t l = shift == VJP_NO_NODE ? id : record_whole(tape, id, shift, whole);
    for (int64_t i = open; i < tape->n_terms && !tape->failed; i++) {
        const int64_t share = vjp_tape_exp(tape, vjp_tape_sub(tape, tape->term[i], l));
        if (!tape->failed)
            tape->edge[tape->node[id].first_edge + (i - open)].partial = share;
    }
    return close_list(tape, open, l);
}

int64_t vjp_tape_close_logsumexp(struct vjp_tape *tape, int64_t open)
{
    return close_logsumexp(tape, open, VJP_NO_NODE, NULL);
}

int64_t vjp_tape_close_logsumexp_shifted(struct vjp_tape *tape, int64_t open, int64_t shift,
                                         int64_t *whole)
{
    *whole = VJP_NO_NODE;
    if (shift == VJP_NO_NODE)
        tape->failed = true;
    return close_logsumexp(tape, open, shift, whole);
}
