# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUTPUT, a C file with style.css and script.js as strings: vjp_html_style and vjp_html_script.
include(${CMAKE_CURRENT_LIST_DIR}/../../../cases/base/bytes.cmake)
set(text "/* Made by reports/render/html/embed.cmake. */\n#include \"reports/render/html/parts.h\"\n")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  vjp_bytes(${input} bytes)
  string(APPEND text "\nconst char vjp_html_${name}[] = {\n    ${bytes}};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
