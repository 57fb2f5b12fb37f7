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

# What most files include is compiled once: xtensor, or all of the library where they include that.
# What is large and always the same (the knapsack solver, selections, the innermost loops of training) too, and with
# optimization, since tests wait for it; see README.md.
foreach(part core espalier)
  add_library(precompiled_${part} OBJECT ${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp)
  add_library(compiled_${part} OBJECT ${CMAKE_CURRENT_LIST_DIR}/compiled_${part}.cpp)
  target_compile_definitions(precompiled_${part} PRIVATE ESPALIER_COMPILED_ELSEWHERE)
  target_compile_options(compiled_${part} PRIVATE $<$<CONFIG:Debug>:-O1>)
  foreach(target precompiled_${part} compiled_${part})
    target_link_libraries(${target} PRIVATE espalier_warnings espalier::${part})
  endforeach()
endforeach()
if(ESPALIER_SINGLE_HEADER)
  target_precompile_headers(precompiled_core PRIVATE <espalier/core.hpp>)
  target_precompile_headers(precompiled_espalier PRIVATE <espalier/espalier.hpp>)
  foreach(target precompiled compiled)
    target_include_directories(${target}_core BEFORE PRIVATE ${PROJECT_BINARY_DIR}/forwards/espalier_core)
    target_include_directories(${target}_espalier BEFORE PRIVATE ${PROJECT_BINARY_DIR}/forwards/espalier)
  endforeach()
else()
  target_precompile_headers(precompiled_core PRIVATE <string> <vector>)
  target_precompile_headers(precompiled_espalier PRIVATE <espalier/tensor/tensor.hpp>)
endif()

# espalier_own_target(TARGET [core|io]): links the library (only its core; or io too) and turns our warnings on.
function(espalier_own_target target)
  set(part espalier)
  if(ARGC GREATER 1)
    set(part ${ARGV1})
  endif()
  set(once espalier)
  set(amalgamated espalier)
  if(part STREQUAL "core")
    set(once core)
    set(amalgamated espalier_core)
  endif()
  target_link_libraries(${target} PRIVATE espalier_warnings espalier::${part} compiled_${once})
  target_compile_definitions(${target} PRIVATE ESPALIER_COMPILED_ELSEWHERE)
  target_precompile_headers(${target} REUSE_FROM precompiled_${once})
  if(ESPALIER_SINGLE_HEADER)
    target_include_directories(${target} BEFORE PRIVATE ${PROJECT_BINARY_DIR}/forwards/${amalgamated})
  endif()
endfunction()

# espalier_optimize(TARGET): optimizes one of our own targets even for sanitizers, since its tests would take minutes.
# What is precompiled without optimization does not fit then.
function(espalier_optimize target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O1>)
  set_target_properties(${target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
endfunction()
