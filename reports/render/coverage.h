/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_COVERAGE_H
#define VJP_REPORTS_RENDER_COVERAGE_H

#include <stdio.h>

#include "cases/base/text.h"
#include "reports/fuzz/census.h"
#include "reports/render/sink.h"

/* Which lines of a kernel's source ran, as gcovr counts them. */

struct vjp_coverage_line {
    int number; /* from 1 */
    bool ran;
    int branches, taken; /* ways out of the line, and those that were gone */
    uint64_t
        mask; /* bit i: way i was gone; 0: of more than 64 ways, or of a stream of before, it is not known which */
};

/* Lines with code that did not run, one after the other, with nothing that ran between them. */
struct vjp_coverage_gap {
    int from, to;
    int guard; /* the line that no case got past; 0: none is known */
    char **
        note; /* what the cases were like in the dimensions that it names: "M was 0, 1, 2-7; M % 8 was always 0" */
    char **
        runs; /* by note, where several runs are united: whose it is, "1, 3" or "not told"; or NULL */
    int n_notes;
};

struct vjp_coverage_file {
    char *path; /* relative to the root that gcovr was given */
    char *
        label; /* what it is called where another source has its path: "k.c (2)"; NULL: as its path */
    struct vjp_coverage_line *line; /* those with code, ascending */
    int count;
    char **source; /* all lines, the first at 0; n_source 0: not known */
    int n_source;
    struct vjp_coverage_gap *gap; /* ascending */
    int n_gaps;
    int run; /* the number of the run that it is of, from 1; 0: not told. Of several the first */
};

struct vjp_coverage {
    struct vjp_coverage_file *file;
    int count;
};

/* Reads the file that gcovr --json wrote. VJP_ERR_USAGE where it is none. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_coverage_read(const char *path, struct vjp_coverage *out,
                                                 struct vjp_error *error);
void vjp_coverage_clear(struct vjp_coverage *coverage);
void vjp_coverage_clear_gaps(struct vjp_coverage_file *file);

/* Finds what no case reached. root: the folder of the sources, which are read from there; NULL: they are not looked for.
 * A file that cannot be read has numbers only. */
VJP_MUST_CHECK enum vjp_status vjp_coverage_explain(struct vjp_coverage *coverage, const char *root,
                                                    const struct vjp_census *census,
                                                    struct vjp_error *error);

/* Adds what another run has covered: a line or a branch that any run has reached is reached. Files are the same where path
 * and source are; another source of the same path is a file of its own, with a label. What no run has reached is explained
 * anew, with what each run tells of its cases. more keeps what is not taken over, and is to be cleared as before. */
VJP_MUST_CHECK enum vjp_status
vjp_coverage_unite(struct vjp_coverage *all, struct vjp_coverage *more, struct vjp_error *error);

const char *vjp_coverage_label(const struct vjp_coverage_file *file);

/* Adds a note, and of which runs it is where several are united: "runs 1, 3: M was 1". */
void vjp_coverage_note(const struct vjp_coverage_gap *gap, int note, struct vjp_text *out);

/* The text of a line without what it is indented by; "" where it is not known. */
const char *vjp_coverage_text(const struct vjp_coverage_file *file, int number);

/* A line of type "coverage": gcovr's object, and in each file "source" and "unreached"; "ordered" at lines whose branches
 * stand in GCC's order, which those of before did not. */
VJP_MUST_CHECK enum vjp_status vjp_coverage_write(struct vjp_sink *sink,
                                                  const struct vjp_coverage *coverage,
                                                  struct vjp_error *error);

/* Reads the object of such a line, or gcovr's; json: a json_t. VJP_ERR_USAGE as above; *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_coverage_read_line(const void *json, struct vjp_coverage *out,
                                                      struct vjp_error *error);

struct vjp_coverage_totals {
    int64_t lines, ran, branches, taken;
};

struct vjp_coverage_totals vjp_coverage_count(const struct vjp_coverage *coverage);
struct vjp_coverage_totals vjp_coverage_count_file(const struct vjp_coverage_file *file);

/* Tells what no case reached: the lines, what guards them, and what the cases were like in the dimensions that the guard
 * names; then the lines of which a branch was never taken. After vjp_coverage_explain. */
void vjp_coverage_print(const struct vjp_coverage *coverage, FILE *out);

#endif
