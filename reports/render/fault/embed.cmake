# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUTPUT, a C file with the files of INPUTS as strings: vjp_fault_NAME of reports/render/fault/texts.h.
set(text "/* Made by reports/render/fault/embed.cmake. */\n#include \"reports/render/fault/texts.h\"\n")
foreach(input ${INPUTS})
  get_filename_component(name ${input} NAME_WE)
  file(READ ${input} content HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${content}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n    " bytes "${bytes}")
  string(APPEND text "\nconst char vjp_fault_${name}[] = {\n    ${bytes}0x00};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
