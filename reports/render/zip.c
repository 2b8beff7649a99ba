/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/zip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of the format's records without the names in them (APPNOTE 4.3.7, 4.3.12, 4.3.16). */
#define LOCAL_SIZE   30
#define CENTRAL_SIZE 46
#define END_SIZE     22

#define MEMBERS_MAX 65535
#define NAME_MAX    65535

#define VERSION    20     /* 2.0, what a reader must know: files and folders */
#define UTF8_NAMES 0x0800 /* general purpose bit 11 */
#define DATE       0x0021 /* 1980-01-01, the first that the format has */

/* A record in the making. */
struct record {
    unsigned char bytes[CENTRAL_SIZE];
    size_t length;
};

/* Adds the low bytes of value, little-endian. */
static void put(struct record *record, int bytes, uint32_t value)
{
    for (int b = 0; b < bytes; b++)
        record->bytes[record->length++] = (unsigned char)(value >> (8 * b));
}

static enum vjp_status write_bytes(struct vjp_zip *zip, const void *bytes, size_t length,
                                   struct vjp_error *error)
{
    if (fwrite(bytes, 1, length, zip->file) != length)
        return vjp_fail(error, VJP_ERR_IO, "writing .npz: %s", strerror(errno));
    zip->offset += (uint32_t)length;
    return VJP_OK;
}

/* What the local header and the central directory say alike: from the version to the length of the
 * extra field, which is none. */
static void put_member(struct record *record, const struct vjp_zip_member *member)
{
    put(record, 2, VERSION);
    put(record, 2, UTF8_NAMES);
    put(record, 2, 0); /* stored */
    put(record, 2, 0); /* midnight */
    put(record, 2, DATE);
    put(record, 4, member->crc);
    put(record, 4, member->size); /* stored */
    put(record, 4, member->size);
    put(record, 2, (uint32_t)strlen(member->name));
    put(record, 2, 0);
}

/* Bytes of the member's entry in the central directory. */
static uint64_t central_size(const char *name)
{
    return CENTRAL_SIZE + strlen(name);
}

/* Whether the archive with one more member, and all that ends it, has less than 4 GiB. */
static bool fits(const struct vjp_zip *zip, const char *name, size_t size)
{
    uint64_t total = zip->offset;
    total += LOCAL_SIZE + strlen(name) + central_size(name) + END_SIZE;
    for (int i = 0; i < zip->n_members; i++)
        total += central_size(zip->member[i].name);
    return strlen(name) <= NAME_MAX && zip->n_members < MEMBERS_MAX && size <= UINT32_MAX - total &&
           total <= UINT32_MAX;
}

static enum vjp_status write_member(struct vjp_zip *zip, const struct vjp_zip_member *member,
                                    const void *data, struct vjp_error *error)
{
    struct record header = {0};
    put(&header, 4, 0x04034b50);
    put_member(&header, member);
    enum vjp_status status = write_bytes(zip, header.bytes, header.length, error);
    if (status == VJP_OK)
        status = write_bytes(zip, member->name, strlen(member->name), error);
    if (status == VJP_OK && member->size > 0)
        status = write_bytes(zip, data, member->size, error);
    return status;
}

enum vjp_status vjp_zip_add(struct vjp_zip *zip, const char *name, const void *data, size_t size,
                            struct vjp_error *error)
{
    if (!fits(zip, name, size))
        return vjp_fail(error, VJP_ERR_LIMIT, "%.200s does not fit: .npz files end below 4 GiB",
                        name);
    struct vjp_zip_member *grown =
        realloc(zip->member, ((size_t)zip->n_members + 1) * sizeof *grown);
    if (!grown)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    zip->member = grown;
    struct vjp_zip_member *member = &grown[zip->n_members];
    *member = (struct vjp_zip_member){.name = strdup(name),
                                      .crc = vjp_zip_crc(data, size),
                                      .size = (uint32_t)size,
                                      .offset = zip->offset};
    if (!member->name)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    zip->n_members++;
    return write_member(zip, member, data, error);
}

static enum vjp_status write_central(struct vjp_zip *zip, const struct vjp_zip_member *member,
                                     struct vjp_error *error)
{
    struct record entry = {0};
    put(&entry, 4, 0x02014b50);
    put(&entry, 2, VERSION); /* made by: as FAT, so that attributes mean nothing */
    put_member(&entry, member);
    put(&entry, 2, 0); /* no comment */
    put(&entry, 2, 0); /* on the first disk */
    put(&entry, 2, 0); /* attributes, internal and external */
    put(&entry, 4, 0);
    put(&entry, 4, member->offset);
    const enum vjp_status status = write_bytes(zip, entry.bytes, entry.length, error);
    return status == VJP_OK ? write_bytes(zip, member->name, strlen(member->name), error) : status;
}

enum vjp_status vjp_zip_end(struct vjp_zip *zip, struct vjp_error *error)
{
    const uint32_t start = zip->offset;
    struct record end = {0};
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < zip->n_members && status == VJP_OK; i++)
        status = write_central(zip, &zip->member[i], error);
    put(&end, 4, 0x06054b50);
    put(&end, 2, 0); /* this disk, and where the directory starts: the only one */
    put(&end, 2, 0);
    put(&end, 2, (uint32_t)zip->n_members);
    put(&end, 2, (uint32_t)zip->n_members);
    put(&end, 4, zip->offset - start);
    put(&end, 4, start);
    put(&end, 2, 0); /* no comment */
    return status == VJP_OK ? write_bytes(zip, end.bytes, end.length, error) : status;
}

void vjp_zip_clear(struct vjp_zip *zip)
{
    for (int i = 0; i < zip->n_members; i++)
        free(zip->member[i].name);
    free(zip->member);
    *zip = (struct vjp_zip){0};
}

uint32_t vjp_zip_crc(const void *data, size_t size)
{
    /* Four bits at a time: row i is the polynomial's remainder of i. */
    static const uint32_t remainder[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                           0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                           0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                           0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    const unsigned char *bytes = data;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ remainder[crc & 15];
        crc = crc >> 4 ^ remainder[crc & 15];
    }
    return ~crc;
}
