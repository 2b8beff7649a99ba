/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SAFETENSORS_H
#define VJP_REPORTS_RENDER_SAFETENSORS_H

#include <stdio.h>

#include "reports/render/bundle.h"

/* Writes the tensors in the safetensors format (https://github.com/huggingface/safetensors): the
 * header's length in 8 bytes, the header, a JSON object that is filled up with blanks to a multiple
 * of 8, and the elements, all little-endian. Notes are the entries of __metadata__. Wide elements come
 * first, so that each tensor is aligned to the size of its own. Nothing is flushed. */
VJP_MUST_CHECK enum vjp_status vjp_safetensors_write(const struct vjp_bundle *bundle, FILE *out,
                                                     struct vjp_error *error);

#endif
