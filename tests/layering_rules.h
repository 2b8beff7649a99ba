/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_LAYERING_RULES_H
#define VJP_TESTS_LAYERING_RULES_H

/* Who may include whom. */

/* Headers from outside, in groups. A header that is in no group is refused everywhere: whoever needs
 * another library says here who may have it. */
enum {
    FIXED_INTEGERS = 1 << 0, /* <stdint.h>, and <stddef.h> for offsetof */
    LIBC = 1 << 1,           /* C and POSIX */
    DLPACK = 1 << 2,
    X86 = 1 << 3,
    OPENMP = 1 << 4,
    MPFR = 1 << 5, /* with MPFI and GMP */
    GSL = 1 << 6,
    JANSSON = 1 << 7,
    OPENBLAS = 1 << 8, /* under test, like all that follow */
    BLIS = 1 << 9,
    GSLCBLAS = 1 << 10,
    ONEDNN = 1 << 11,
    FLINT = 1 << 12, /* what the oracle is timed against */
};

struct header_group {
    int group;
    const char *name; /* exactly, or what it starts with, up to a '/' */
};

static const struct header_group header_groups[] = {
    {FIXED_INTEGERS | LIBC, "stddef.h"},
    {FIXED_INTEGERS | LIBC, "stdint.h"},
    {DLPACK, "dlpack/dlpack.h"},
    {X86, "immintrin.h"},
    {X86, "xmmintrin.h"},
    {X86, "cpuid.h"},
    {OPENMP, "omp.h"},
    {MPFR, "mpfr.h"},
    {MPFR, "mpfi.h"},
    {MPFR, "mpfi_io.h"},
    {MPFR, "gmp.h"},
    {GSLCBLAS, "gsl/gsl_cblas.h"},
    {GSL, "gsl/"},
    {JANSSON, "jansson.h"},
    {OPENBLAS, "cblas.h"},
    {BLIS, "blis.h"},
    {ONEDNN, "oneapi/dnnl/dnnl.h"},
    {FLINT, "arb_mat.h"},
    {LIBC, "assert.h"},
    {LIBC, "ctype.h"},
    {LIBC, "errno.h"},
    {LIBC, "fenv.h"},
    {LIBC, "float.h"},
    {LIBC, "inttypes.h"},
    {LIBC, "limits.h"},
    {LIBC, "locale.h"},
    {LIBC, "math.h"},
    {LIBC, "setjmp.h"},
    {LIBC, "signal.h"},
    {LIBC, "stdalign.h"},
    {LIBC, "stdarg.h"},
    {LIBC, "stdatomic.h"},
    {LIBC, "stdbool.h"},
    {LIBC, "stdio.h"},
    {LIBC, "stdlib.h"},
    {LIBC, "stdnoreturn.h"},
    {LIBC, "string.h"},
    {LIBC, "time.h"},
    {LIBC, "wchar.h"},
    {LIBC, "dirent.h"},
    {LIBC, "dlfcn.h"},
    {LIBC, "elf.h"},
    {LIBC, "fcntl.h"},
    {LIBC, "getopt.h"},
    {LIBC, "glob.h"},
    {LIBC, "libgen.h"},
    {LIBC, "link.h"},
    {LIBC, "poll.h"},
    {LIBC, "pthread.h"},
    {LIBC, "sched.h"},
    {LIBC, "semaphore.h"},
    {LIBC, "spawn.h"},
    {LIBC, "strings.h"},
    {LIBC, "ucontext.h"},
    {LIBC, "unistd.h"},
    {LIBC, "linux/"},
    {LIBC, "sys/"},
};

/* What the files of a folder may include. The longest folder that a file lies in decides. */
struct layer_rule {
    const char *folder;
    int outside;             /* groups */
    const char *project[11]; /* folders or single headers */
};

static const struct layer_rule layer_rules[] = {
    /* What is asked. The bottom knows nothing but libc. */
    {"cases/base/", LIBC, {"cases/base/"}},
    /* What a layer is, without arithmetic: neither how it is written nor how it is filled in. */
    {"cases/spec/", LIBC, {"cases/base/", "cases/spec/"}},
    {"cases/line/", LIBC, {"cases/base/", "cases/spec/", "cases/line/"}},
    /* The only cases with random numbers. */
    {"cases/gen/", LIBC | GSL, {"cases/base/", "cases/spec/", "cases/line/", "cases/gen/"}},
    /* The shrinker is handed "does it still fail?" and so needs nobody who answers. */
    {"cases/shrink/", LIBC, {"cases/base/", "cases/spec/", "cases/line/", "cases/shrink/"}},

    /* Who answers. The contract is all that a kernel's author has to take along. */
    {"impls/abi/", FIXED_INTEGERS | DLPACK, {"impls/abi/"}},
    {"impls/example/", LIBC, {"impls/abi/", "impls/example/"}},
    /* A kernel can be read alone. */
    {"impls/naive/", LIBC, {"impls/abi/", "impls/naive/"}},
    {"impls/blocked/", LIBC | OPENMP, {"impls/abi/", "impls/blocked/"}},
    {"impls/avx2/", LIBC | OPENMP | X86, {"impls/abi/", "impls/avx2/"}},
    /* An adapter has its own library, and no other. */
    {"impls/peers/", LIBC, {"impls/abi/", "impls/peers/"}},
    {"impls/peers/openblas.c", OPENBLAS, {"impls/peers/cblas.inc"}},
    {"impls/peers/blis.c", BLIS, {"impls/peers/cblas.inc"}},
    {"impls/peers/gslcblas.c", GSLCBLAS, {"impls/peers/cblas.inc"}},
    {"impls/peers/onednn.c", OPENMP | ONEDNN, {"impls/abi/", "impls/peers/matrix.h"}},
    /* Plants may do anything that a kernel could. */
    {"impls/faulty/", LIBC | OPENMP | X86, {"impls/abi/", "impls/naive/naive.h", "impls/faulty/"}},
    /* The host carries data and reports what happened. Never the oracle. X86: MXCSR. */
    {"impls/host/",
     LIBC | DLPACK | X86,
     {"cases/base/", "cases/spec/", "impls/abi/", "impls/host/"}},
    /* The worker shares memory with the candidate: of the harness it has the protocol and the
     * smallest types. */
    {"impls/host/worker/",
     LIBC | DLPACK | X86,
     {"cases/base/", "cases/spec/", "impls/abi/", "impls/host/"}},

    /* What is true, each stage on the ones before it. Never impls, never reports. */
    {"oracle/num/", LIBC | MPFR, {"cases/base/", "oracle/num/"}},
    {"oracle/tape/", LIBC | MPFR, {"cases/base/", "oracle/num/", "oracle/tape/"}},
    {"oracle/forward/",
     LIBC | MPFR,
     {"cases/base/", "cases/spec/", "oracle/num/", "oracle/tape/", "oracle/forward/"}},
    {"oracle/jacobian/",
     LIBC | MPFR,
     {"cases/base/", "cases/spec/", "oracle/num/", "oracle/tape/", "oracle/forward/",
      "oracle/jacobian/"}},
    {"oracle/exact/", LIBC | MPFR, {"cases/base/", "cases/spec/", "oracle/num/", "oracle/exact/"}},
    /* The products at production shapes, where a CPU has wide vectors; portable C stands beside. */
    {"oracle/exact/filter_avx2.c", LIBC | X86, {"oracle/exact/"}},
    {"oracle/exact/kernel_avx2.c", LIBC | X86, {"oracle/exact/"}},
    {"oracle/exact/kernel_avx512.c", LIBC | X86, {"oracle/exact/"}},
    /* What the exact contraction is timed against: nothing that is true depends on it. */
    {"oracle/rival/",
     LIBC | MPFR,
     {"cases/base/", "cases/spec/", "oracle/exact/solution.h", "oracle/rival/"}},
    {"oracle/rival/openblas.c", LIBC | OPENBLAS, {"oracle/rival/"}},
    {"oracle/rival/modules/flint.c", LIBC | FLINT, {"oracle/rival/"}},
    {"oracle/metric/",
     LIBC | MPFR,
     {"cases/base/", "cases/spec/", "oracle/num/", "oracle/jacobian/", "oracle/exact/",
      "oracle/metric/"}},

    /* What we conclude: from what the others publish. */
    {"reports/verdict/",
     LIBC,
     {"cases/base/", "cases/spec/", "impls/host/", "oracle/metric/", "reports/verdict/"}},
    {"reports/render/",
     LIBC | JANSSON,
     {"cases/base/", "cases/spec/", "cases/line/", "impls/host/", "oracle/metric/",
      "reports/verdict/", "reports/bench/", "reports/fuzz/", "reports/selftest/", "reports/study/",
      "reports/render/"}},
    /* What a campaign keeps: of kernels it knows nothing. */
    {"reports/fuzz/", LIBC, {"cases/base/", "cases/spec/", "cases/line/", "reports/fuzz/"}},
    /* Times, what they are held against, and what they say: of kernels it knows no more than that they
     * can be called. */
    {"reports/bench/", LIBC, {"cases/base/", "cases/spec/case.h", "reports/bench/"}},
    /* Other people's rules, over arrays of numbers. */
    {"reports/rules/", LIBC, {"cases/base/", "reports/rules/"}},
    /* What came of planted defects, counted. */
    {"reports/selftest/",
     LIBC,
     {"cases/base/", "impls/faulty/classes.inc", "reports/verdict/", "reports/bench/sample.h",
      "reports/rules/", "reports/selftest/"}},
    /* A machine's limits are reached with its widest vectors; portable C stands beside. */
    {"reports/bench/loops_avx2.c", LIBC | X86, {"reports/bench/"}},
    {"reports/bench/loops_avx512.c", LIBC | X86, {"reports/bench/"}},
    {"reports/study/",
     LIBC | GSL,
     {"cases/", "impls/host/", "oracle/metric/", "reports/verdict/", "reports/study/"}},
    /* The commands; those that print a Jacobian, or time the oracle, ask for it through a header without
     * MPFR. */
    {"reports/cli/",
     LIBC,
     {"cases/", "impls/host/", "oracle/metric/", "oracle/jacobian/explicit.h",
      "oracle/rival/rival.h", "reports/"}},
};

/* What the files of a folder may not see even through what they include. */
struct reach_rule {
    const char *folder;
    int outside; /* groups that must stay out of sight */
};

static const struct reach_rule reach_rules[] = {
    {"cases/", MPFR | JANSSON},
    /* The worker and its host link neither MPFR nor GSL. */
    {"impls/", MPFR | GSL | JANSSON},
    /* The headers that reports reads give doubles and texts. */
    {"reports/", MPFR | OPENBLAS | FLINT},
};

#endif
