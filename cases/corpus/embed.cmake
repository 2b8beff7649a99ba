# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUTPUT, a C file with the files of INPUTS as strings: vjp_corpora of cases/gen/corpus.h.
include(${CMAKE_CURRENT_LIST_DIR}/../../cases/base/bytes.cmake)
list(SORT INPUTS)
set(table "")
set(text "/* Made from cases/corpus by embed.cmake. */\n#include \"cases/gen/corpus.h\"\n\n#include <stddef.h>\n")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  vjp_bytes(${input} bytes)
  string(APPEND text "\nstatic const char text_${name}[] = {\n    ${bytes}};\n")
  string(APPEND table "    {\"${name}.cases\", text_${name}},\n")
endforeach()
string(APPEND text "\nconst struct vjp_corpus vjp_corpora[] = {\n${table}    {NULL, NULL},\n};\n")
file(WRITE ${OUTPUT} "${text}")
