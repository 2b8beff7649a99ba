/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/ahead.h"

#include "cases/gen/generate.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

/* How many cases per thread may wait to be asked for: so many short ones bridge a long one. */
#define WAITING_PER_JOB 4

/* And of small ones, of at most so many scalar operations: threads that find room for many at once sleep seldom. */
#define SMALL_WAITING_PER_JOB 24
#define SMALL_WORK            1e4

enum state { EMPTY, IN_HAND, READY };

struct place {
    enum state state;
    struct vjp_prepared prepared;
    enum vjp_status status; /* of a place that is ready */
    struct vjp_error error;
};

struct vjp_ahead {
    struct vjp_ahead_plan plan;
    pthread_mutex_t mutex; /* over all that follows but the insides of places that are not EMPTY */
    pthread_cond_t room;   /* for threads: a case may be taken */
    pthread_cond_t ready;  /* for who asks: the next one is */
    int waiting;           /* threads that wait for room */
    bool stopping;
    size_t next_case; /* of the list, for the next thread that is free */
    int64_t taken;    /* places given to threads; place i is place[i % n_places] */
    int64_t given;    /* places that were handed out */
    bool is_out;      /* the last one handed out has not been given back */
    double work;      /* of the places in hand */
    int n_heavy;      /* places that are not EMPTY with a case that is not small */
    bool has_large;   /* a place that is not EMPTY has a case that is_large */
    int n_places;
    struct place *place;
    int n_threads;
    pthread_t *thread;
};

/* Beyond what the explicit oracle takes: an exact contraction, of which there is one at a time. */
static bool is_large(double work)
{
    return work > vjp_reference_work_max();
}

/* Takes the next case that is wanted and a place for it; NULL when there is none left. The mutex is
 * held. */
static struct place *take(struct vjp_ahead *a, const struct vjp_case **out, struct vjp_kinks *kinks,
                          int *n_kinks, double *work)
{
    const struct vjp_case_list *cases = a->plan.cases;
    for (;;) {
        *n_kinks = 0;
        while (a->next_case < cases->count && *n_kinks == 0) {
            *n_kinks = a->plan.conventions(a->plan.env, &cases->cases[a->next_case], kinks);
            a->next_case += *n_kinks == 0;
        }
        if (a->stopping || *n_kinks == 0)
            return NULL;
        const struct vjp_case *c = &cases->cases[a->next_case];
        *work = vjp_case_work(c);
        *out = c;
        const bool small = *work <= SMALL_WORK;
        const bool room = a->taken - a->given + a->is_out < a->n_places &&
                          (small || a->n_heavy < a->plan.jobs * (1 + WAITING_PER_JOB));
        /* All threads together take on no more than the largest case alone may be, and so need no more
         * memory than it does. */
        if (room && !(is_large(*work) && a->has_large) &&
            (a->work == 0 || a->work + *work <= vjp_reference_work_max())) {
            struct place *place = &a->place[a->taken++ % a->n_places];
            a->next_case++;
            a->work += *work;
            a->has_large |= is_large(*work);
            a->n_heavy += !small;
            place->state = IN_HAND;
            return place;
        }
        a->waiting++;
        pthread_cond_wait(&a->room, &a->mutex);
        a->waiting--;
    }
}

/* What is left of the case before: small ones are left to the thread that takes the place. */
static void clear_place(struct place *place)
{
    vjp_truth_clear(&place->prepared.truth);
    vjp_data_clear(&place->prepared.data);
    place->prepared = (struct vjp_prepared){0};
    place->status = VJP_OK;
}

static void prepare(const struct vjp_ahead_plan *plan, struct place *place,
                    const struct vjp_kinks *kinks, int n_kinks)
{
    struct vjp_prepared *p = &place->prepared;
    const struct vjp_reference *found;
    place->status = vjp_data_generate(p->c, &p->data, &place->error);
    if (place->status == VJP_OK) {
        /* A large case has all threads to itself, others one each. */
        const int jobs = is_large(vjp_case_work(p->c)) ? plan->jobs : 1;
        place->status =
            vjp_truth_init(&p->truth, p->c, &p->data, plan->oracle, jobs, &place->error);
        if (place->status == VJP_ERR_USAGE) {
            p->left_out = place->error.text;
            place->status = VJP_OK;
            return;
        }
    }
    for (int i = 0; i < n_kinks && place->status == VJP_OK; i++)
        place->status = vjp_truth_find(&p->truth, kinks[i], &found, &place->error);
}

static void *derive(void *env)
{
    struct vjp_ahead *a = env;
    struct vjp_kinks kinks[VJP_CONVENTIONS_MAX];
    const struct vjp_case *c;
    int n_kinks;
    double work;
    pthread_mutex_lock(&a->mutex);
    for (struct place *place; (place = take(a, &c, kinks, &n_kinks, &work));) {
        pthread_mutex_unlock(&a->mutex);
        clear_place(place);
        place->prepared.c = c;
        prepare(&a->plan, place, kinks, n_kinks);
        pthread_mutex_lock(&a->mutex);
        place->state = READY;
        a->work -= work;
        if (a->waiting > 0)
            pthread_cond_broadcast(&a->room);
        pthread_cond_signal(&a->ready);
    }
    pthread_cond_signal(&a->ready);
    pthread_mutex_unlock(&a->mutex);
    vjp_reference_end_thread();
    return NULL;
}

/* Signals are for the thread that began: the others are made with all of them blocked. */
static void start_threads(struct vjp_ahead *a)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (a->n_threads < a->plan.jobs &&
           pthread_create(&a->thread[a->n_threads], NULL, derive, a) == 0)
        a->n_threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int vjp_ahead_jobs(void)
{
    cpu_set_t set;
    const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < VJP_JOBS_MAX ? count : VJP_JOBS_MAX;
}

enum vjp_status vjp_ahead_start(const struct vjp_ahead_plan *plan, struct vjp_ahead **out,
                                struct vjp_error *error)
{
    struct vjp_ahead *a = calloc(1, sizeof *a);
    if (!a)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the cases to come");
    a->plan = *plan;
    a->n_places = plan->jobs * (1 + SMALL_WAITING_PER_JOB);
    pthread_mutex_init(&a->mutex, NULL);
    pthread_cond_init(&a->room, NULL);
    pthread_cond_init(&a->ready, NULL);
    a->place = calloc((size_t)a->n_places, sizeof *a->place);
    a->thread = calloc((size_t)plan->jobs, sizeof *a->thread);
    enum vjp_status status = VJP_OK;
    if (!a->place || !a->thread)
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for the cases to come");
    else
        start_threads(a);
    if (status == VJP_OK && a->n_threads == 0)
        status = vjp_fail(error, VJP_ERR_INTERNAL, "the system gives no thread");
    if (status == VJP_OK)
        *out = a;
    else
        vjp_ahead_stop(a);
    return status;
}

/* Threads are told where there is something to do for a while: each time a heavy case has made room, else where half of
 * the places are free. Who waits for them tells them, too. */
static void give_back(struct vjp_ahead *a, struct place *place, double work)
{
    const bool heavy = work > SMALL_WORK;
    if (is_large(work))
        a->has_large = false;
    a->n_heavy -= heavy;
    place->state = EMPTY;
    a->is_out = false;
    if (a->waiting > 0 && (heavy || a->taken - a->given <= a->n_places / 2))
        pthread_cond_broadcast(&a->room);
}

enum vjp_status vjp_ahead_next(struct vjp_ahead *a, struct vjp_prepared **out,
                               const struct vjp_case **which, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    *out = NULL;
    struct place *last = a->is_out ? &a->place[(a->given - 1) % a->n_places] : NULL;
    const double work = last ? vjp_case_work(last->prepared.c) : 0;
    if (last && work > SMALL_WORK)
        clear_place(last);
    pthread_mutex_lock(&a->mutex);
    if (last)
        give_back(a, last, work);
    struct place *place = &a->place[a->given % a->n_places];
    while (place->state != READY &&
           (place->state == IN_HAND || a->next_case < a->plan.cases->count)) {
        if (a->waiting > 0) /* whatever they wait for may have come since they looked */
            pthread_cond_broadcast(&a->room);
        pthread_cond_wait(&a->ready, &a->mutex);
    }
    if (place->state == READY) {
        status = place->status;
        *which = place->prepared.c;
        if (status == VJP_OK) {
            *out = &place->prepared;
            a->given++;
            a->is_out = true;
        } else {
            *error = place->error;
        }
    }
    pthread_mutex_unlock(&a->mutex);
    return status;
}

void vjp_ahead_stop(struct vjp_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->mutex);
    a->stopping = true;
    pthread_cond_broadcast(&a->room);
    pthread_mutex_unlock(&a->mutex);
    for (int i = 0; i < a->n_threads; i++)
        pthread_join(a->thread[i], NULL);
    for (int i = 0; a->place && i < a->n_places; i++)
        clear_place(&a->place[i]);
    pthread_cond_destroy(&a->room);
    pthread_cond_destroy(&a->ready);
    pthread_mutex_destroy(&a->mutex);
    free(a->place);
    free(a->thread);
    free(a);
}
