/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ZIP_H
#define VJP_REPORTS_RENDER_ZIP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cases/base/status.h"

/* An archive in the ZIP format (PKWARE APPNOTE 6.3.10), written front to back: members are stored
 * as they are, as numpy.savez does, and dated 1980-01-01, so that the same members give the same
 * bytes. No ZIP64: less than 4 GiB and 65536 members. A zeroed struct with a file is an empty
 * archive. */
struct vjp_zip_member {
    char *name;
    uint32_t crc;
    uint32_t size;
    uint32_t offset; /* of its header in the archive */
};

struct vjp_zip {
    FILE *file; /* the caller's */
    struct vjp_zip_member *member;
    int n_members;
    uint32_t offset; /* bytes written */
};

/* Adds a member. VJP_ERR_LIMIT where the archive would become too large. */
VJP_MUST_CHECK enum vjp_status vjp_zip_add(struct vjp_zip *zip, const char *name, const void *data,
                                           size_t size, struct vjp_error *error);

/* Writes what ends an archive. */
VJP_MUST_CHECK enum vjp_status vjp_zip_end(struct vjp_zip *zip, struct vjp_error *error);

void vjp_zip_clear(struct vjp_zip *zip);

/* The checksum of the format, CRC-32 as in ISO 3309: reflected polynomial 0xedb88320. */
uint32_t vjp_zip_crc(const void *data, size_t size);

#endif
