/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_FOLDER_H
#define VJP_REPORTS_CLI_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/render/sink.h"

/* Files of one folder that get their names together, when all of them are whole; until then each is
 * NAME.partial. All of them are open at once: for tens of files, not for thousands. */
struct vjp_folder {
    const char *path; /* the caller's */
    bool made;        /* by us: it was not there before */
    struct vjp_sink *sink;
    size_t count;
};

/* Sees to it that the folder is there or can be made, in a parent that must be there; where there is none it is
 * made with the first file, so that who ends before that leaves nothing behind. VJP_ERR_IO, as for any output
 * that cannot be written. */
VJP_MUST_CHECK enum vjp_status vjp_folder_open(const char *path, struct vjp_folder *out,
                                               struct vjp_error *error);

/* Begins the file called name, in the folder, which is made where there is none; the stream is the folder's. */
VJP_MUST_CHECK enum vjp_status vjp_folder_add(struct vjp_folder *folder, const char *name,
                                              FILE **out, struct vjp_error *error);

/* Ends the files begun so far and gives them their names. The folder may take more after that. */
VJP_MUST_CHECK enum vjp_status vjp_folder_commit(struct vjp_folder *folder,
                                                 struct vjp_error *error);

/* Lets go of the folder, and removes what has no name yet: nothing half-written stays, nor a folder that
 * was made and is empty. */
void vjp_folder_clear(struct vjp_folder *folder);

#endif
