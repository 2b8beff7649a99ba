/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/selftest_stream.h"

#include "reports/bench/clock.h"
#include "reports/cli/surroundings.h"

#include <inttypes.h>
#include <stdio.h>

/* Seconds between lines that say how many correct answers there were. */
#define PERIOD 10.0

/* What one of each takes, in seconds on one processor of this decade, measured over a whole run: only how they compare
 * counts, for the time that is left. */
#define TRY_WORK    0.2
#define SHRINK_WORK 0.3
#define ANSWER_WORK 0.005
#define ALARM_WORK  0.005

/* What ran where. */
static enum vjp_status write_surroundings(struct vjp_sink *sink, struct vjp_error *error)
{
    const struct vjp_targets none = {.count = 0};
    struct vjp_text where = {0};
    enum vjp_status status = vjp_surroundings_text(&none, &where, error);
    if (status == VJP_OK)
        status = vjp_sink_write(sink, where.data, error);
    vjp_text_clear(&where);
    return status;
}

enum vjp_status vjp_selftest_stream_open(const char *path, uint64_t seed,
                                         struct vjp_selftest_stream *out, struct vjp_error *error)
{
    *out = (struct vjp_selftest_stream){.seed = seed};
    if (!path)
        return VJP_OK;
    const enum vjp_status status = vjp_sink_open(path, &out->sink, error);
    return status == VJP_OK ? write_surroundings(&out->sink, error) : status;
}

void vjp_selftest_stream_begin(struct vjp_selftest_stream *stream,
                               const struct vjp_selftest_work *work)
{
    vjp_study_pace_begin(&stream->pace);
    stream->pace.end = work->end;
    stream->pace.all = work->plants * ((double)work->seeds * TRY_WORK + SHRINK_WORK) +
                       (double)work->answers * ANSWER_WORK + (double)work->alarms * ALARM_WORK;
}

enum vjp_status vjp_selftest_stream_try(struct vjp_selftest_stream *stream,
                                        const struct vjp_kill *kill, int i, int plants,
                                        struct vjp_error *error)
{
    char text[64];
    snprintf(text, sizeof text, "campaign %d, plant %d of %d", kill->tries, i + 1, plants);
    vjp_study_pace_step(&stream->pace, TRY_WORK, false, text);
    if (!stream->sink.file || !kill->attempt[kill->tries - 1].ran)
        return VJP_OK;
    return vjp_selftest_write_plant(&stream->sink, stream->seed, kill, false, error);
}

enum vjp_status vjp_selftest_stream_plant(struct vjp_selftest_stream *stream,
                                          const struct vjp_kill *kill, int i, int plants,
                                          struct vjp_error *error)
{
    char text[64];
    snprintf(text, sizeof text, "cases made small, plant %d of %d", i + 1, plants);
    vjp_study_pace_step(&stream->pace, SHRINK_WORK, false, text);
    if (!stream->sink.file)
        return VJP_OK;
    return vjp_selftest_write_plant(&stream->sink, stream->seed, kill, true, error);
}

enum vjp_status vjp_selftest_stream_rules(struct vjp_selftest_stream *stream,
                                          const struct vjp_ballot *ballot, int64_t answers,
                                          struct vjp_error *error)
{
    vjp_study_pace_step(&stream->pace, (double)answers * ANSWER_WORK, false,
                        "other people's rules");
    return stream->sink.file ? vjp_selftest_write_rules(&stream->sink, ballot, error) : VJP_OK;
}

/* The counts go before the alarm, so that a file that is cut between them claims no fewer. */
enum vjp_status vjp_selftest_stream_correct(void *env, const struct vjp_alarms *alarms,
                                            bool is_alarm, struct vjp_error *error)
{
    struct vjp_selftest_stream *stream = env;
    const double now = vjp_clock_now();
    char text[96];
    snprintf(text, sizeof text,
             "correct kernels, %" PRId64 " of %" PRId64 " verdicts, %" PRId64 " false alarms",
             alarms->conclusive, alarms->wanted, alarms->count);
    vjp_study_pace_step(&stream->pace, (double)(alarms->conclusive - stream->counted) * ALARM_WORK,
                        false, text);
    stream->counted = alarms->conclusive;
    if (!stream->sink.file || (!is_alarm && now < stream->next))
        return VJP_OK;
    stream->next = now + PERIOD;
    enum vjp_status status = vjp_selftest_write_correct(&stream->sink, alarms, error);
    if (status == VJP_OK && is_alarm && alarms->count == alarms->n_kept)
        status = vjp_selftest_write_alarm(&stream->sink, &alarms->kept[alarms->n_kept - 1], error);
    return status;
}

enum vjp_status vjp_selftest_stream_end(struct vjp_selftest_stream *stream,
                                        const struct vjp_selftest_record *record,
                                        struct vjp_error *error)
{
    if (!stream->sink.file)
        return VJP_OK;
    const enum vjp_status status = vjp_selftest_write_summary(&stream->sink, record, error);
    return status == VJP_OK ? vjp_sink_commit(&stream->sink, error) : status;
}

void vjp_selftest_stream_clear(struct vjp_selftest_stream *stream)
{
    vjp_progress_erase(&stream->pace.progress);
    vjp_sink_clear(&stream->sink);
}
