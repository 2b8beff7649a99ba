/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SHA256_H
#define VJP_REPORTS_RENDER_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4): what a plug-in's file is known by, as sha256sum prints it; what a finding is known by from run to
 * run; what a page allows to be run in it. */

struct vjp_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

#define VJP_SHA256_BYTES 32
#define VJP_SHA256_TEXT  65 /* 64 hexadecimal digits and the end */

void vjp_sha256_init(struct vjp_sha256 *hash);
void vjp_sha256_add(struct vjp_sha256 *hash, const void *data, size_t size);
void vjp_sha256_end(struct vjp_sha256 *hash, unsigned char out[VJP_SHA256_BYTES]);

/* The same as hexadecimal digits. */
void vjp_sha256_end_text(struct vjp_sha256 *hash, char out[VJP_SHA256_TEXT]);

/* Of a file; the empty text where it cannot be read. */
void vjp_sha256_file(const char *path, char out[VJP_SHA256_TEXT]);

#endif
