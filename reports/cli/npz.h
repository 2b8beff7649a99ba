/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_NPZ_H
#define VJP_REPORTS_CLI_NPZ_H

#include <stdio.h>

#include "reports/render/bundle.h"

/* Writes the tensors as numpy.savez does: a ZIP archive with a member NAME.npy for each, after a
 * member NAME.txt for each note, which numpy.load gives as bytes. Nothing is flushed. */
VJP_MUST_CHECK enum vjp_status vjp_npz_write(const struct vjp_bundle *bundle, FILE *out,
                                             struct vjp_error *error);

#endif
