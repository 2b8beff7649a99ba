# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -DDIFF=impls/faulty/NAME.diff -DOUTPUT=.../generated/faulty/NAME.c -P impls/faulty/alter.cmake
#
# Run in the root. OUTPUT is the naive kernel that DIFF names with what DIFF changes in it, made a plug-in:
# see altered.h.
get_filename_component(plant ${DIFF} NAME_WE)
file(READ ${DIFF} diff)
if(NOT diff MATCHES "\n--- (impls/naive/[^\n]*)\n(-.*)$")
  message(FATAL_ERROR "${DIFF}: no line \"--- impls/naive/KERNEL.c\" with a line with '-' behind it")
endif()
set(source ${CMAKE_MATCH_1})
set(rest "${CMAKE_MATCH_2}")
get_filename_component(kernel ${source} NAME_WE)
file(READ ${source} text)

# replace(OLD NEW): OLD must be in the text, once.
function(replace old new)
  string(FIND "${text}" "${old}" first)
  string(FIND "${text}" "${old}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${DIFF}: this is not in ${source}, or more than once:\n${old}")
  endif()
  string(REPLACE "${old}" "${new}" changed "${text}")
  set(text "${changed}" PARENT_SCOPE)
endfunction()

# strip(OUT MARK LINES): LINES without the mark that each begins with, and without the last newline.
function(strip out mark lines)
  string(REGEX REPLACE "\n${mark}" "\n" plain "\n${lines}")
  string(REGEX REPLACE "^\n(.*)\n$" "\\1" plain "${plain}")
  set(${out} "${plain}" PARENT_SCOPE)
endfunction()

while(rest MATCHES "^((-[^\n]*\n)+)((\\+[^\n]*\n)+)")
  string(LENGTH "${CMAKE_MATCH_0}" length)
  set(new "${CMAKE_MATCH_3}")
  strip(old "-" "${CMAKE_MATCH_1}")
  strip(new "\\+" "${new}")
  replace("${old}" "${new}")
  string(SUBSTRING "${rest}" ${length} -1 rest)
endwhile()
if(NOT rest STREQUAL "")
  message(FATAL_ERROR "${DIFF}: not lines with '-' and then lines with '+':\n${rest}")
endif()

# The kernel includes itself, once per dtype; it is a plug-in once.
replace("\"impls/naive/${kernel}.c\"" "\"generated/faulty/${plant}.c\"")
file(WRITE ${OUTPUT} "#include \"impls/faulty/altered.h\"\n${text}
#ifndef REAL
FAULTY_ALTERED(${plant}, ${kernel});
#endif
")
