/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PLANTS_H
#define VJP_REPORTS_CLI_PLANTS_H

#include "reports/cli/targets.h"
#include "reports/selftest/catalogue.h"

/* The planted defects of a folder. */

/* VJP_ERR_USAGE: it is not there, and how the plants are built. */
VJP_MUST_CHECK enum vjp_status vjp_plants_fail(const char *what, struct vjp_error *error);

/* Reads folder/catalogue.txt. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_plants_read(const char *folder, struct vjp_catalogue *out,
                                               struct vjp_error *error);

/* Plants that give wrong numbers, loaded: those of a rounding, a formula, a sum, an index, not those that end their
 * process, take time, depend on state or on threads, or write where they should not. A zeroed struct is empty. */
struct vjp_plants {
    char **path;
    struct vjp_targets *opened; /* with one plug-in each, in the order of the catalogue */
    int count;
};

/* Those that serve the layer, or any where it is NULL, in the dtype, or any where it is negative. VJP_ERR_USAGE where one
 * of the catalogue is not built. *out is to be cleared, on failure too. */
VJP_MUST_CHECK enum vjp_status vjp_plants_open(const char *folder, const struct vjp_spec *layer,
                                               int dtype, struct vjp_plants *out,
                                               struct vjp_error *error);
void vjp_plants_clear(struct vjp_plants *plants);

#endif
