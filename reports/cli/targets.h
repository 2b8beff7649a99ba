/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_TARGETS_H
#define VJP_REPORTS_CLI_TARGETS_H

#include <stdbool.h>

#include "cases/base/status.h"
#include "impls/host/worker_handle.h"

/* A plug-in under test, with its worker. */
struct vjp_target {
    char *name; /* as a command line names it: "naive" where it ships, else its path */
    char *path;
    struct vjp_worker *worker;
    struct vjp_worker *spare;           /* for a second opinion from a fresh process; NULL: not
                                           needed yet */
    const struct vjp_plugin_info *info; /* the worker's */
    bool selected[VJP_KERNELS_MAX];
    int hung[VJP_KERNELS_MAX];           /* how often the kernel hung */
    int64_t conclusive[VJP_KERNELS_MAX]; /* verdicts that are a success or a failure */
    int64_t failed[VJP_KERNELS_MAX];     /* cases of a campaign */
    int mapped[VJP_KERNELS_MAX];         /* records with maps of larger gradients */
    char *label[VJP_KERNELS_MAX];        /* "naive:linear" */
};

/* What one TARGET of the command line asked for: every kernel of a plug-in, or one. */
struct vjp_request {
    const char *text;
    int target; /* index, or -1: it cannot be used */
    int lost;   /* index of why, where it cannot be used */
    int kernel; /* index, or -1: all of them */
};

/* A plug-in that cannot be used here. */
struct vjp_lost {
    char *name;   /* "blis", or as it was asked for */
    char *reason; /* "cannot be loaded: ..." */
};

struct vjp_targets {
    struct vjp_target *target;
    int count;
    struct vjp_lost *lost; /* where everything is opened, peers as well: those that were left out */
    int n_lost;
    struct vjp_request *request; /* none where the command line named none */
    int n_requests;
    char *worker_path;
    struct vjp_worker_options options;
};

/* Starts a worker for every plug-in that is named. A name is
 *     NAME, NAME:KERNEL          a plug-in that ships, NAME.so in the plug-in folder, or a peer,
 *                                peers/NAME.so there
 *     FILE.so, FILE.so:KERNEL    a shared library, where the name has a '/' or ends in ".so"
 * With no names: everything in the plug-in folder, which is $VJPCHECK_PLUGIN_PATH or plugins/
 * beside the program; if that is asked for the peers as well, and then whatever cannot be loaded is no error but
 * comes into lost. The names must outlive *out.
 * seconds: the limit for a call, 0 for the default. */
VJP_MUST_CHECK enum vjp_status vjp_targets_open(const char *const *names, int count, bool peers,
                                                double seconds, struct vjp_targets *out,
                                                struct vjp_error *error);

/* The same without peers, but a library among several that cannot be used, since it ends the process that loads it, say,
 * comes into lost, and its request has no target; vjp_conclude tells of it. VJP_ERR_USAGE where none of them can be
 * used. */
VJP_MUST_CHECK enum vjp_status vjp_targets_open_able(const char *const *names, int count,
                                                     double seconds, struct vjp_targets *out,
                                                     struct vjp_error *error);
void vjp_targets_close(struct vjp_targets *targets);

/* The labels of the selected kernels; the array is the caller's to free. NULL: no memory. */
const char **vjp_targets_labels(const struct vjp_targets *targets, int *count);

/* Whether there is a library for the TARGET. VJP_ERR_USAGE where none ships under that name, with those that do;
 * a path is left to vjp_targets_open. */
VJP_MUST_CHECK enum vjp_status vjp_target_find(const char *text, struct vjp_error *error);

/* A worker with the same plug-in, in a process that has run nothing. It belongs to the target. */
VJP_MUST_CHECK enum vjp_status vjp_target_fresh(const struct vjp_targets *targets,
                                                struct vjp_target *target, struct vjp_worker **out,
                                                struct vjp_error *error);

/* Whether a selected kernel of the target declares the case's layer and dtype. */
bool vjp_target_serves(const struct vjp_target *target, int kernel, const struct vjp_case *c);

/* Whether some selected kernel declares the layer and dtype. */
bool vjp_targets_serve(const struct vjp_targets *targets, const struct vjp_spec *spec,
                       enum vjp_dtype dtype);

#endif
