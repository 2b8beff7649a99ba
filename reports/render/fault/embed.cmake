# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUTPUT, a C file with the files of INPUTS as strings: vjp_fault_NAME of reports/render/fault/texts.h.
include(${CMAKE_CURRENT_LIST_DIR}/../../../cases/base/bytes.cmake)
set(text "/* Made by reports/render/fault/embed.cmake. */\n#include \"reports/render/fault/texts.h\"\n")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  vjp_bytes(${input} bytes)
  string(APPEND text "\nconst char vjp_fault_${name}[] = {\n    ${bytes}};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
