# SPDX-License-Identifier: Apache-2.0
# What our own tests, examples and benchmarks are compiled with; consumers never see these flags.

add_library(espalier_warnings INTERFACE)
target_compile_options(espalier_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Werror)

# espalier_own_target(TARGET [core]): links the library (or only its core) and turns our warnings on. With
# ESPALIER_SINGLE_HEADER the same sources are compiled against the amalgamated header.
function(espalier_own_target target)
  target_link_libraries(${target} PRIVATE espalier_warnings)
  if(ESPALIER_SINGLE_HEADER)
    target_link_libraries(${target} PRIVATE espalier::single_header)
  elseif("core" IN_LIST ARGN)
    target_link_libraries(${target} PRIVATE espalier::core)
  else()
    target_link_libraries(${target} PRIVATE espalier::espalier)
  endif()
endfunction()
