/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_CORPUS_H
#define VJP_CASES_GEN_CORPUS_H

/* A file of cases/corpus, built in by cases/corpus/embed.cmake. */
struct vjp_corpus {
    const char *name; /* "edges.cases" */
    const char *text;
};

/* All of them in the order of their names, ending with a name NULL. */
extern const struct vjp_corpus vjp_corpora[];

#endif
