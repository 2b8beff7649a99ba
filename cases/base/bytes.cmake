# SPDX-License-Identifier: GPL-3.0-or-later
# vjp_bytes(FILE OUT): the file as the elements of a C array of char, with the 0 that ends a string.
function(vjp_bytes file out)
  file(READ ${file} content HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${content}")
  string(REPEAT "." 80 line)
  string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
  set(${out} "${bytes}0x00" PARENT_SCOPE)
endfunction()
