/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_PATHS_H
#define VJP_REPORTS_CLI_PATHS_H

#include "cases/base/status.h"

/* Where the parts of an installation are found. Each result is the caller's, to free. */

/* The file name in the folder of the running program: "/opt/vjpcheck/bin/" + name. */
VJP_MUST_CHECK enum vjp_status vjp_path_beside_program(const char *name, char **out,
                                                       struct vjp_error *error);

/* The folder of the plug-ins that ship: $VJPCHECK_PLUGIN_PATH, or plugins/ beside the program. */
VJP_MUST_CHECK enum vjp_status vjp_path_plugins(char **out, struct vjp_error *error);

/* The folder of the planted defects and their catalogue: $VJPCHECK_FAULTY_PATH, or faulty/ beside the program. It need
 * not be there. */
VJP_MUST_CHECK enum vjp_status vjp_path_plants(char **out, struct vjp_error *error);

/* The folder beneath the plug-ins' of those that adapt the libraries of others. It need not be there. */
VJP_MUST_CHECK enum vjp_status vjp_path_peers(const char *plugins, char **out,
                                              struct vjp_error *error);

/* The stems of the files folder/STEM.so, sorted; out is an array of *count strings, each to be
 * freed, and so is the array. */
VJP_MUST_CHECK enum vjp_status vjp_path_list_plugins(const char *folder, char ***out, int *count,
                                                     struct vjp_error *error);

#endif
