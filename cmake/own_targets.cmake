# SPDX-License-Identifier: Apache-2.0
# What our own tests, examples and benchmarks are compiled with; consumers never see these flags.

foreach(target core espalier single_header io)
  if(NOT TARGET espalier::${target})
    message(FATAL_ERROR "Tests, examples and benchmarks need espalier::${target} (see the message about it above)")
  endif()
endforeach()

add_library(espalier_warnings INTERFACE)
target_compile_options(espalier_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Werror)

# With ESPALIER_SINGLE_HEADER, <espalier/...> means files that include the amalgamated header instead of the tree:
# espalier_core.hpp for programs of the core, espalier.hpp for others. io/ is no part of it, so those lead to the tree.
if(ESPALIER_SINGLE_HEADER)
  foreach(header IN LISTS core_headers upper_headers io_headers)
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/include ${header})
    foreach(amalgamated espalier espalier_core)
      set(target_header ${PROJECT_SOURCE_DIR}/single_header/${amalgamated}.hpp)
      if(header IN_LIST io_headers)
        set(target_header ${header})
      endif()
      file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/forwards/${amalgamated}/${name}
           CONTENT "#include \"${target_header}\"\n" @ONLY)
    endforeach()
  endforeach()
endif()

# Every file includes all of the library then, so it is compiled once for all.
if(ESPALIER_SINGLE_HEADER)
  foreach(amalgamated espalier espalier_core)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/forwards/${amalgamated}.cpp CONTENT "")
    add_library(precompiled_${amalgamated} OBJECT ${PROJECT_BINARY_DIR}/forwards/${amalgamated}.cpp)
    target_link_libraries(precompiled_${amalgamated} PRIVATE espalier_warnings espalier::single_header)
    target_precompile_headers(precompiled_${amalgamated} PRIVATE <${amalgamated}.hpp>)
  endforeach()
endif()

# The innermost loops of training are compiled once for all that is not of the core; see README.md.
if(ESPALIER_SINGLE_HEADER)
  target_compile_definitions(precompiled_espalier PRIVATE ESPALIER_KERNELS_ELSEWHERE)
endif()
add_library(espalier_kernels OBJECT ${CMAKE_CURRENT_LIST_DIR}/kernels.cpp)
target_link_libraries(espalier_kernels PRIVATE espalier_warnings espalier::espalier)
if(ESPALIER_SINGLE_HEADER)
  target_include_directories(espalier_kernels BEFORE PRIVATE ${PROJECT_BINARY_DIR}/forwards/espalier)
endif()

# espalier_own_target(TARGET [core|io]): links the library (only its core; or io too) and turns our warnings on.
function(espalier_own_target target)
  set(part espalier)
  if(ARGC GREATER 1)
    set(part ${ARGV1})
  endif()
  target_link_libraries(${target} PRIVATE espalier_warnings espalier::${part})
  if(ESPALIER_SINGLE_HEADER)
    set(amalgamated espalier)
    if(part STREQUAL "core")
      set(amalgamated espalier_core)
    endif()
    target_include_directories(${target} BEFORE PRIVATE ${PROJECT_BINARY_DIR}/forwards/${amalgamated})
    target_precompile_headers(${target} REUSE_FROM precompiled_${amalgamated})
  endif()
  if(NOT part STREQUAL "core")
    target_link_libraries(${target} PRIVATE espalier_kernels)
    target_compile_definitions(${target} PRIVATE ESPALIER_KERNELS_ELSEWHERE)
  endif()
endfunction()
