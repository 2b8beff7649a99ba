# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUTPUT, a C file with one string per file of INPUTS: NAME.cases becomes vjp_corpus_NAME.
set(text "/* Made from cases/corpus by embed.cmake. */\n#include \"cases/gen/corpus.h\"\n")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  file(READ ${input} content HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${content}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n    " bytes "${bytes}")
  string(APPEND text "\nconst char vjp_corpus_${name}[] = {\n    ${bytes}0x00};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
