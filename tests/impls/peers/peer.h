/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_IMPLS_PEERS_PEER_H
#define VJP_TESTS_IMPLS_PEERS_PEER_H

#include "tests/e2e/shell.h"
#include "tests/impls/kernels/fixture.h"

/* A case, and what the harness has to say of a peer on it. On exact data every order of summation gives
 * the same bits, so a library that is right is exact, whatever machine it runs on. */
struct peer_line {
    const char *line;
    const char *verdict;
};

/* Layouts and sizes that an adapter can get wrong, in f32 and f64: %s is the dtype. */
static const struct peer_line peer_layouts[] = {
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact seed=1", "exact"},
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact x.ld=+3 dy.ld=+2 seed=2", "exact"},
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact w.ld=+1 dx.ld=+4 dw.ld=+2 seed=3",
     "exact"},
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact x.trans=1 seed=4", "exact"},
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact w.trans=1 seed=5", "exact"},
    {"linear dtype=%s bias=1 N=5 D=6 M=7 x=exact w=exact b=exact dy=exact dy.trans=1 seed=6",
     "exact"},
    {"linear dtype=%s N=5 D=6 M=7 x=exact w=exact dy=exact dw.trans=1 seed=8", "exact"},
    {"linear dtype=%s bias=1 N=5 D=6 M=7 x=exact w=exact b=exact dy=exact dx=exact dw=exact "
     "db=exact accumulate=1 seed=9",
     "exact"},
    {"linear dtype=%s bias=1 N=5 D=6 M=7 x=exact w=exact b=exact dy=exact dx=exact dw=exact "
     "db=exact x.ld=+1 dx.ld=+2 dw.ld=+3 x.trans=1 w.trans=1 dy.trans=1 dx.trans=1 dw.trans=1 "
     "accumulate=1 seed=10",
     "exact"},
    {"linear dtype=%s bias=1 N=33 D=17 M=40 x=exact w=exact b=exact dy=exact threads=2 seed=11",
     "exact"},
    {"matmul dtype=%s B=3 M=4 K=5 N=6 a=exact b=exact dy=exact seed=12", "exact"},
    {"matmul dtype=%s trans_a=1 B=3 M=4 K=5 N=6 a=exact b=exact dy=exact a.ld=+1 seed=13", "exact"},
    {"matmul dtype=%s trans_b=1 B=3 M=4 K=5 N=6 a=exact b=exact dy=exact db.ld=+1 seed=14",
     "exact"},
    {"matmul dtype=%s trans_a=1 trans_b=1 B=3 M=4 K=5 N=6 a=exact b=exact dy=exact da=exact "
     "db=exact accumulate=1 threads=2 seed=15",
     "exact"},
};

/* Sums of no terms are 0. Where all that is asked for is 0 a case is vacuous, and a gradient that is not
 * written is unwritten. */
static const struct peer_line peer_empty[] = {
    {"linear dtype=%s bias=1 N=0 D=3 M=4 x=exact w=exact b=exact dy=exact seed=1", "vacuous"},
    {"linear dtype=%s bias=1 N=3 D=0 M=4 x=exact w=exact b=exact dy=exact seed=2", "exact"},
    {"linear dtype=%s bias=1 N=3 D=4 M=0 x=exact w=exact b=exact dy=exact seed=3", "vacuous"},
    {"linear dtype=%s bias=1 N=0 D=3 M=4 x=exact w=exact b=exact dy=exact dx=exact dw=exact "
     "db=exact accumulate=1 seed=4",
     "exact"},
    {"matmul dtype=%s B=2 M=3 K=2 N=0 a=exact b=exact dy=exact seed=5", "vacuous"},
    {"matmul dtype=%s trans_a=1 B=2 M=0 K=2 N=3 a=exact b=exact dy=exact seed=6", "vacuous"},
};

#define PEER_LINES(lines) lines, sizeof(lines) / sizeof(lines)[0]

static inline void peer_write(const char *folder, const struct peer_line *lines, size_t count,
                              const char *dtype)
{
    char path[96];
    snprintf(path, sizeof path, "%s/c.cases", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    for (size_t i = 0; i < count; i++) {
        const char *at = strstr(lines[i].line, "%s");
        cr_assert_not_null(at);
        fprintf(file, "%.*s%s%s\n", (int)(at - lines[i].line), lines[i].line, dtype, at + 2);
    }
    cr_assert_eq(fclose(file), 0);
}

/* Checks the peer on the lines, in that dtype, and compares the verdicts in their order. */
static inline void peer_expect(const char *name, const struct peer_line *lines, size_t count,
                               const char *dtype)
{
    static const char key[] = "\"verdict\":\"";
    char folder[64];
    peer_write(make_folder(folder), lines, count, dtype);
    struct answer answer = sh("$V check %s --cases %s/c.cases --json -", name, folder);
    const char *at = answer.out;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, key);
        cr_assert_not_null(at, "%s has %zu verdicts of %zu: %s%s", name, i, count, answer.out,
                           answer.err);
        at += strlen(key);
        const size_t length = strlen(lines[i].verdict);
        cr_expect(strncmp(at, lines[i].verdict, length) == 0 && at[length] == '"',
                  "%s: %s in %s: expected %s, is %.*s", name, lines[i].line, dtype,
                  lines[i].verdict, (int)strcspn(at, "\""), at);
    }
    cr_expect_null(strstr(at, key), "%s", at);
    forget(&answer);
    remove_folder(folder);
}

/* Asks the peer about a linear layer in which x has these rows and strides; returns the reason. */
static inline const char *peer_declines(const char *name, int64_t rows, int64_t down,
                                        int64_t across)
{
    const struct vjp_abi_kernel *kernel = fixture_kernel("plugins/peers", name);
    const struct setup setup = {.dtype = VJP_F32, .N = 4, .D = 5, .M = 6, .threads = 1};
    struct fixture f;
    const char *reason = "supported";
    fixture_create(&f);
    const struct vjp_abi_call *call = fixture_call(&f, &setup);
    for (int slot = X; slot < SLOTS; slot++)
        f.operand[slot].dl.data = NULL;
    f.operand[X].shape[0] = f.operand[DY].shape[0] = f.operand[DX].shape[0] = rows;
    f.operand[X].strides[0] = down;
    f.operand[X].strides[1] = across;
    cr_expect_eq(kernel->supports(call, &reason), strcmp(reason, "supported") == 0, "%s", reason);
    fixture_destroy(&f);
    return reason;
}

#endif
