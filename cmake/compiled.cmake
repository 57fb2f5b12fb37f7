# SPDX-License-Identifier: Apache-2.0
# espalier::compiled: espalier::espalier, of which what is large and always the same (the knapsack solver, selections, the
# innermost loops of training) is compiled once, with the flags of the project that links it. Nothing is, if none does.

if(NOT TARGET espalier_compiled)
  add_library(espalier_compiled STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/compiled_espalier.cpp)
  add_library(espalier::compiled ALIAS espalier_compiled)
  target_link_libraries(espalier_compiled PUBLIC espalier::espalier)
  target_compile_definitions(espalier_compiled INTERFACE ESPALIER_COMPILED_ELSEWHERE)
  # A program that is being debugged need not wait for the loops of training.
  target_compile_options(espalier_compiled PRIVATE $<$<CONFIG:Debug>:-O2>)
endif()
