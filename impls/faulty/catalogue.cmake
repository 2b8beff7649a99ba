# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -DOUTPUT=.../faulty/catalogue.txt "-DINPUTS=impls/faulty/NAME.c;..." -P impls/faulty/catalogue.cmake
#
# Writes what the comments of the plants say, a block of lines for each, with the lines "Class: ", "Verdict: " and
# "Case: " as they stand there (reports/selftest/catalogue.h):
#
#     Plant: add_one_axis
#     Class: 11
#     Verdict: wrong
set(text "")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  string(APPEND text "Plant: ${name}\n")
  file(STRINGS ${input} lines REGEX "^( \\* )?(Class|Verdict|Case): ")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^ \\* " "" line "${line}")
    string(REGEX REPLACE "\\*/$" "" line "${line}")
    string(STRIP "${line}" line)
    string(APPEND text "${line}\n")
  endforeach()
endforeach()
file(WRITE ${OUTPUT} "${text}")
