/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/sanitizer.h"

#include <stddef.h>
#include <string.h>

#define PRELOAD                                                                                    \
    "; it is built with AddressSanitizer, whose runtime must be in the process first: start "      \
    "vjpcheck with the environment variable LD_PRELOAD=$(cc -print-file-name=libasan.so), "        \
    "for clang LD_PRELOAD=$(clang -print-file-name=libclang_rt.asan-x86_64.so)"
#define NOT_TOGETHER                                                                               \
    "; it is built with ThreadSanitizer, which takes the address space that tensors lie in: "      \
    "build it without for vjpcheck"

const char *vjp_sanitizer_advice(const char *text)
{
    static const struct {
        const char *part, *advice;
    } known[] = {
        {"ASan runtime does not come first", PRELOAD},
        {"undefined symbol: __asan_", PRELOAD},
        {"undefined symbol: __tsan_", NOT_TOGETHER},
        {"libclang_rt.asan", PRELOAD},
        {"libtsan.so", NOT_TOGETHER},
        {"ThreadSanitizer failed", NOT_TOGETHER},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strstr(text, known[i].part))
            return known[i].advice;
    }
    return "";
}

char *vjp_sanitizer_summary(char *text)
{
    char *summary = strstr(text, "SUMMARY: ");
    if (!summary)
        return text;
    summary[strcspn(summary, "\n")] = '\0';
    return summary;
}
