# SPDX-License-Identifier: GPL-3.0-or-later
#
# The target coverage: runs the tests, then writes what they reached in the harness and the kernels.
# build/coverage/coverage/index.html, cobertura.xml, summary.json; the table goes to the terminal.
# Fails if a test fails or fewer than VJP_COVERAGE_LINES percent of the lines ran. A worker that a
# candidate brings down leaves no counts behind; the ones that end by themselves do.
if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "coverage is measured with gcc")
endif()
find_program(GCOVR gcovr REQUIRED)
find_program(GCOV gcov REQUIRED)

# Everything must be built before the first test runs: all that "all" holds.
set(built)
foreach(folder ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(is_apart ${target} EXCLUDE_FROM_ALL)
    if(NOT type STREQUAL "UTILITY" AND NOT is_apart)
      list(APPEND built ${target})
    endif()
  endforeach()
endforeach()

set(report ${CMAKE_BINARY_DIR}/coverage)
add_custom_target(coverage
  COMMAND find ${CMAKE_BINARY_DIR} -name "*.gcda" -delete
  COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${CMAKE_BINARY_DIR} -j 2 --output-on-failure
          --no-tests=error --timeout 600
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${report}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${report}
  # The filters are relative to the working directory, the root.
  COMMAND ${GCOVR} --gcov-executable ${GCOV} -j 2
          --gcov-ignore-parse-errors # branches that were taken a negative number of times (VJP_COVERAGE)
          --filter cases/ --filter impls/ --filter oracle/ --filter reports/
          --exclude impls/faulty/
          --html-details ${report}/index.html --html-title vjpcheck
          --xml ${report}/cobertura.xml --json-summary ${report}/summary.json
          --json-summary-pretty --txt
          --fail-under-line ${VJP_COVERAGE_LINES} ${CMAKE_BINARY_DIR}
  DEPENDS ${built}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  USES_TERMINAL VERBATIM
  COMMENT "Tests, and what they reached")
