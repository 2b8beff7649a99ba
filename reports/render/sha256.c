/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sha256.h"

#include <stdio.h>
#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Section 6.2.2. */
static void take_block(uint32_t state[8], const unsigned char block[64])
{
    uint32_t w[64];
    uint32_t s[8];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        const uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        const uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        const uint32_t sum1 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
        const uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        const uint32_t t1 = s[7] + sum1 + choice + round_constants[i] + w[i];
        const uint32_t sum0 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
        const uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        memmove(&s[1], &s[0], 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + sum0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void vjp_sha256_init(struct vjp_sha256 *hash)
{
    *hash = (struct vjp_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void vjp_sha256_add(struct vjp_sha256 *hash, const void *data, size_t size)
{
    const unsigned char *at = data;
    while (size > 0) {
        const size_t used = hash->length % 64;
        const size_t part = size < 64 - used ? size : 64 - used;
        memcpy(hash->block + used, at, part);
        hash->length += part;
        at += part;
        size -= part;
        if (used + part == 64)
            take_block(hash->state, hash->block);
    }
}

void vjp_sha256_end(struct vjp_sha256 *hash, unsigned char out[VJP_SHA256_BYTES])
{
    const uint64_t bits = 8 * hash->length;
    unsigned char tail[8];
    vjp_sha256_add(hash, "\x80", 1);
    while (hash->length % 64 != 56)
        vjp_sha256_add(hash, "", 1);
    for (int i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    vjp_sha256_add(hash, tail, sizeof tail);
    for (int i = 0; i < VJP_SHA256_BYTES; i++)
        out[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void vjp_sha256_end_text(struct vjp_sha256 *hash, char out[VJP_SHA256_TEXT])
{
    unsigned char bytes[VJP_SHA256_BYTES];
    vjp_sha256_end(hash, bytes);
    for (size_t i = 0; i < VJP_SHA256_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void vjp_sha256_file(const char *path, char out[VJP_SHA256_TEXT])
{
    struct vjp_sha256 hash;
    char buffer[65536];
    size_t got;
    FILE *file = fopen(path, "rbe");
    out[0] = '\0';
    if (!file)
        return;
    vjp_sha256_init(&hash);
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        vjp_sha256_add(&hash, buffer, got);
    if (!ferror(file))
        vjp_sha256_end_text(&hash, out);
    fclose(file);
}
