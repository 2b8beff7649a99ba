/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/zip.h"

#include "tests/reports/render/fixture.h"

/* The check value of CRC-32 in every catalogue, and values of zlib's crc32. */
Test(zip, the_checksum_is_that_of_zlib)
{
    unsigned char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    cr_expect_eq(vjp_zip_crc("123456789", 9), 0xcbf43926);
    cr_expect_eq(vjp_zip_crc("", 0), 0);
    cr_expect_eq(vjp_zip_crc("a", 1), 0xe8b7be43);
    cr_expect_eq(vjp_zip_crc(all, sizeof all), 0x29058c73);
}

/* What Python's zipfile writes for these two members, stored, dated 1980-01-01, but for "made by" and
 * the attributes, which it takes from Unix; the checksum of "abc" is 0x352441c2. */
static const unsigned char archive[] = {
    'P',  'K',  3,    4, 20, 0, 0,  8, 0,  0, 0, 0, 0x21, 0,   0xc2, 0x41, 0x24,
    0x35, 3,    0,    0, 0,  3, 0,  0, 0,  1, 0, 0, 0,    'n', 'a',  'b',  'c', /* 34 bytes */
    'P',  'K',  3,    4, 20, 0, 0,  8, 0,  0, 0, 0, 0x21, 0,   0,    0,    0,
    0,    0,    0,    0, 0,  0, 0,  0, 0,  2, 0, 0, 0,    'e', '0', /* 32 bytes */
    'P',  'K',  1,    2, 20, 0, 20, 0, 0,  8, 0, 0, 0,    0,   0x21, 0,    0xc2,
    0x41, 0x24, 0x35, 3, 0,  0, 0,  3, 0,  0, 0, 1, 0,    0,   0,    0,    0,
    0,    0,    0,    0, 0,  0, 0,  0, 0,  0, 0, 0, 'n', /* 47 */
    'P',  'K',  1,    2, 20, 0, 20, 0, 0,  8, 0, 0, 0,    0,   0x21, 0,    0,
    0,    0,    0,    0, 0,  0, 0,  0, 0,  0, 0, 2, 0,    0,   0,    0,    0,
    0,    0,    0,    0, 0,  0, 0,  0, 34, 0, 0, 0, 'e',  '0', /* 48 */
    'P',  'K',  5,    6, 0,  0, 0,  0, 2,  0, 2, 0, 95,   0,   0,    0,    66,
    0,    0,    0,    0, 0};

Test(zip, an_archive_is_what_the_format_says_byte_for_byte)
{
    struct capture capture;
    struct vjp_error error = {""};
    capture_begin(&capture);
    struct vjp_zip zip = {.file = capture.file};
    cr_assert_eq(vjp_zip_add(&zip, "n", "abc", 3, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_zip_add(&zip, "e0", NULL, 0, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_zip_end(&zip, &error), VJP_OK, "%s", error.text);
    vjp_zip_clear(&zip);
    capture_end(&capture);
    cr_assert_eq(capture.length, sizeof archive, "%zu", capture.length);
    for (size_t i = 0; i < sizeof archive; i++)
        cr_expect_eq((unsigned char)capture.text[i], archive[i], "byte %zu", i);
    free(capture.text);
}

Test(zip, what_does_not_fit_is_refused_before_it_is_written)
{
    struct vjp_error error = {""};
    FILE *file = fopen("/dev/null", "w");
    struct vjp_zip zip = {.file = file};
    /* The size alone is asked for: nothing is read. */
    cr_expect_eq(vjp_zip_add(&zip, "big", "x", UINT32_MAX, &error), VJP_ERR_LIMIT);
    expect_in(error.text, "big does not fit");
    cr_expect_eq(zip.n_members, 0);
    /* A member "n" of one byte takes 30 + 1 + 1 bytes, its entry 46 + 1, what ends the archive 22. */
    zip.offset = UINT32_MAX - 100;
    cr_expect_eq(vjp_zip_add(&zip, "n", "x", 1, &error), VJP_ERR_LIMIT);
    zip.offset = UINT32_MAX - 50; /* what ends it does not fit, whatever the size */
    cr_expect_eq(vjp_zip_add(&zip, "n", "", 0, &error), VJP_ERR_LIMIT);
    zip.offset = UINT32_MAX - 101;
    cr_expect_eq(vjp_zip_add(&zip, "n", "x", 1, &error), VJP_OK);
    vjp_zip_clear(&zip);
    fclose(file);
}

Test(zip, a_full_disk_is_an_error)
{
    struct vjp_error error = {""};
    FILE *file = fopen("/dev/full", "w");
    struct vjp_zip zip = {.file = file};
    setvbuf(file, NULL, _IONBF, 0);
    cr_expect_eq(vjp_zip_add(&zip, "n", "abc", 3, &error), VJP_ERR_IO);
    expect_in(error.text, "No space left on device");
    vjp_zip_clear(&zip);
    fclose(file);
}
