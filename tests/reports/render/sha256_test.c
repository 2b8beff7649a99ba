/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect_hash(const char *text, size_t size, size_t step, const char *expected)
{
    struct vjp_sha256 hash;
    char digits[VJP_SHA256_TEXT];
    vjp_sha256_init(&hash);
    for (size_t at = 0; at < size; at += step)
        vjp_sha256_add(&hash, text + at, size - at < step ? size - at : step);
    vjp_sha256_end_text(&hash, digits);
    cr_expect_str_eq(digits, expected, "%zu bytes by %zu", size, step);
}

/* The examples of FIPS 180-4 (NIST, "SHA256.pdf"), the empty text, and a million times 'a' (FIPS 180-2, B.3). */
Test(sha256, examples_of_the_standard)
{
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *million = malloc(1000000);
    cr_assert_not_null(million);
    memset(million, 'a', 1000000);
    expect_hash("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_hash("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (size_t step = 1; step < 60; step += 7)
        expect_hash(two, strlen(two), step,
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect_hash(million, 1000000, 997,
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* As sha256sum has it, of lengths around the ends of blocks. */
Test(sha256, files_are_known_as_sha256sum_knows_them)
{
    static const size_t sizes[] = {0, 55, 56, 63, 64, 65, 70000};
    char path[] = "/tmp/vjpcheck-sha256-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char command[64], expected[VJP_SHA256_TEXT] = "", digits[VJP_SHA256_TEXT];
        FILE *file = fopen(path, "w");
        for (size_t k = 0; k < sizes[i]; k++)
            fputc((int)(k * 31 % 251), file);
        fclose(file);
        snprintf(command, sizeof command, "sha256sum %s", path);
        FILE *pipe = popen(command, "r");
        cr_assert_eq(fread(expected, 1, 64, pipe), 64);
        pclose(pipe);
        vjp_sha256_file(path, digits);
        cr_expect_str_eq(digits, expected, "%zu bytes", sizes[i]);
    }
    unlink(path);
    char digits[VJP_SHA256_TEXT] = "x";
    vjp_sha256_file(path, digits);
    cr_expect_str_eq(digits, "");
}
