/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_CORPUS_H
#define VJP_REPORTS_FUZZ_CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "cases/line/list.h"

/* A folder that remembers failures: NAME.cases files of case lines with comments, and while a campaign runs,
 * running-PID, the case that is being asked. What was found is on disk before anything else is done with it. */
struct vjp_corpus_folder {
    char *path;
    bool made;   /* by us: it was not there before */
    int running; /* the file of the case at hand; -1 before the first one */
    char *running_path;
    size_t running_length; /* bytes of the file */
    bool is_short; /* a case could not be added: running-PID stays, and is asked by the next run */
    char **known;  /* the lines that the folder has */
    size_t n_known;
};

/* Opens the folder, makes it where there is none (in a parent that must be there), and adds every case of its *.cases
 * files to *cases, in the order of their names; behind them those that a run which is no more was asking when it ended,
 * whose files are removed. VJP_ERR_USAGE, naming file and line, where a line is no case. A folder that was not opened
 * needs no closing. */
VJP_MUST_CHECK enum vjp_status vjp_corpus_open(const char *path, struct vjp_corpus_folder *out,
                                               struct vjp_case_list *cases,
                                               struct vjp_error *error);

/* Removes running-PID, unless a case could not be added, and the folder where it was made and is empty. */
void vjp_corpus_close(struct vjp_corpus_folder *folder);

/* The case is about to be asked. */
VJP_MUST_CHECK enum vjp_status vjp_corpus_run(struct vjp_corpus_folder *folder, const char *line,
                                              struct vjp_error *error);

/* Adds a case to FOLDER/name.cases, behind a comment of one line, unless the folder has it. name: letters, digits and
 * whatever else a file name may have; '/' and ':' become '-'. On disk when it returns; where it cannot be, no part of it is in
 * the file. */
VJP_MUST_CHECK enum vjp_status vjp_corpus_add(struct vjp_corpus_folder *folder, const char *name,
                                              const char *comment, const char *line,
                                              struct vjp_error *error);

#endif
