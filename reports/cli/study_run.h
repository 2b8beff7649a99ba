/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_RUN_H
#define VJP_REPORTS_CLI_STUDY_RUN_H

#include "reports/cli/inquiry.h"
#include "reports/cli/pairs.h"
#include "reports/cli/study.h"
#include "reports/cli/study_pace.h"
#include "reports/cli/targets.h"
#include "reports/render/study_json.h"
#include "reports/render/study_stream.h"
#include "reports/study/parts.h"

/* A study while it runs: its kernels, the stream of its points, how far it is. */
struct vjp_study_run {
    const char *study;
    const struct vjp_study_request *request;
    struct vjp_targets targets;
    struct vjp_pairs pairs;
    struct vjp_study_stream stream;
    struct vjp_study_table table; /* what stood there; at the end, everything */
    struct vjp_study_pace pace;
    int interrupted; /* the signal, or 0 */
};

/* Adds the first line of a study: plug-ins are known by a hash of their files (FNV-1a, 64 bits). */
VJP_MUST_CHECK enum vjp_status vjp_study_run_header(const char *study,
                                                    const struct vjp_study_request *request,
                                                    const struct vjp_targets *targets,
                                                    struct vjp_text *out, struct vjp_error *error);

/* Opens the kernels and the folder, and catches interrupts. A study is not continued with a plug-in that
 * has changed. *out is to be cleared, on failure too. */
VJP_MUST_CHECK enum vjp_status vjp_study_run_begin(const char *study,
                                                   const struct vjp_study_request *request,
                                                   struct vjp_study_run *out,
                                                   struct vjp_error *error);

/* Whether there is still something to do, or a signal came. */
bool vjp_study_run_goes_on(struct vjp_study_run *run);

bool vjp_study_run_has(const struct vjp_study_run *run, const char *key);
VJP_MUST_CHECK enum vjp_status vjp_study_run_add(struct vjp_study_run *run,
                                                 const struct vjp_study_point *point,
                                                 struct vjp_error *error);

/* Makes of the points what they say, writes study.csv and the plots, and tells the terminal. A study that was not
 * interrupted is complete then. *code: see the help of the command. VJP_ERR_USAGE where nothing was measured. */
VJP_MUST_CHECK enum vjp_status vjp_study_run_end(struct vjp_study_run *run, int *code,
                                                 struct vjp_error *error);
void vjp_study_run_clear(struct vjp_study_run *run);

/* A kernel that is asked. */
struct vjp_study_kernel {
    struct vjp_target *target;
    int kernel;
    const char *label; /* "naive:linear" */
    struct vjp_model model;
};
#define VJP_STUDY_KERNELS_MAX 64

/* The selected kernels for a layer and dtype. */
int vjp_study_kernels(const struct vjp_study_run *run, const struct vjp_spec *spec,
                      enum vjp_dtype dtype, struct vjp_study_kernel out[VJP_STUDY_KERNELS_MAX]);

/* What answers of one kernel to several cases come to. */
struct vjp_study_answers {
    struct vjp_gather gather;
    int64_t outside; /* of the declared bound */
    double ratio;    /* the largest error to that bound */
    int64_t outside_of
        [VJP_DTYPE_COUNT]; /* of the bound of a kernel that accumulates in the format; where asked for */
    struct vjp_parts parts; /* with models; elements 0: not known */
    bool contracted;        /* with models: the gradient is a sum of products of operands */
    bool failed;            /* a call gave no answer */
    char why[512];          /* why there is none; or empty */
};

/* Asks each kernel for the gradient of an input of a case, and adds the answers. Kernels that gave none before are not
 * asked again. models: bounds of every format of accumulation are tried, and what the rounding of the operands
 * has done is found. VJP_ERR_USAGE or VJP_ERR_LIMIT where the oracle does not take the case. */
VJP_MUST_CHECK enum vjp_status vjp_study_ask(const struct vjp_case *c, int input,
                                             const struct vjp_study_kernel *kernels, int count,
                                             bool models, struct vjp_study_answers *answers,
                                             struct vjp_error *error);

/* The most precise format of accumulation whose bound, k u S and the rounding of the result, holds for every element: "f32".
 * Where none does, whether f32 explains it of operands that the kernel rounds to fewer bits than the dtype, with unit
 * roundoff u_out, has: "f32 of 11-bit operands" (tf32, f16), "f32 of 8-bit operands" (bf16). Else "none". *ratio: the
 * largest error to the bound that the kernel declares. */
const char *vjp_study_model(const struct vjp_study_answers *answers, double u_out, double *ratio);

#endif
