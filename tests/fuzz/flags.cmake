# SPDX-License-Identifier: GPL-3.0-or-later
#
# How everything is built where VJP_FUZZ is on: with the sanitizers, and instrumented for libFuzzer's coverage.
# vjp_has_fuzzer is false, and a message says why, where the compiler has no libFuzzer.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer,address,undefined)
check_c_source_compiles("
  #include <stddef.h>
  #include <stdint.h>
  int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
  int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return data && size ? 0 : 0; }"
  vjp_has_fuzzer)
unset(CMAKE_REQUIRED_FLAGS)
if(vjp_has_fuzzer)
  add_compile_options(-O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
                      -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow)
  add_link_options(-fsanitize=address,undefined)
else()
  message(STATUS "libFuzzer: ${CMAKE_C_COMPILER} has none (clang has, with libclang-rt-dev); "
                 "the fuzz targets are left out")
endif()
