/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_CORPUS_H
#define VJP_CASES_GEN_CORPUS_H

/* The files of cases/corpus, built in by cases/corpus/embed.cmake. */
extern const char vjp_corpus_seeds[];
extern const char vjp_corpus_edges[];

#endif
