# SPDX-License-Identifier: Apache-2.0
# The three targets that users link: espalier::core (std only), espalier::espalier (core + xtensor) and
# espalier::single_header (the amalgamated headers, with what they need).

set(core_folders base knapsack schedule structure hls attributes rank regularize mask objective select report prune)

file(GLOB_RECURSE all_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/espalier/*.hpp)
string(JOIN "|" core_pattern ${core_folders})
set(core_headers ${all_headers})
list(FILTER core_headers INCLUDE REGEX "/include/espalier/((${core_pattern})/.*|core\\.hpp|version\\.hpp)$")
set(upper_headers ${all_headers})
list(REMOVE_ITEM upper_headers ${core_headers})
# Headers in io/ bring their own dependencies, so they ship with espalier but are no part of its own compile check.
set(io_headers ${upper_headers})
list(FILTER io_headers INCLUDE REGEX "/include/espalier/io/")
list(REMOVE_ITEM upper_headers ${io_headers})

add_library(espalier_core INTERFACE)
add_library(espalier::core ALIAS espalier_core)
set_target_properties(espalier_core PROPERTIES EXPORT_NAME core VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
target_compile_features(espalier_core INTERFACE cxx_std_20)
target_sources(espalier_core INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${core_headers})

find_package(xtensor REQUIRED)
find_package(xtensor-blas REQUIRED)
find_package(Threads REQUIRED)

add_library(espalier_espalier INTERFACE)
add_library(espalier::espalier ALIAS espalier_espalier)
set_target_properties(espalier_espalier PROPERTIES EXPORT_NAME espalier
                                                   VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
target_link_libraries(espalier_espalier INTERFACE espalier::core xtensor xtensor-blas Threads::Threads)
target_sources(espalier_espalier INTERFACE
               FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${upper_headers}
               FILE_SET io_headers TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${io_headers})
set_target_properties(espalier_espalier PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)

add_library(espalier_single_header INTERFACE)
add_library(espalier::single_header ALIAS espalier_single_header)
set_target_properties(espalier_single_header PROPERTIES EXPORT_NAME single_header)
target_compile_features(espalier_single_header INTERFACE cxx_std_20)
target_link_libraries(espalier_single_header INTERFACE xtensor xtensor-blas Threads::Threads)
target_include_directories(espalier_single_header INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/single_header> $<INSTALL_INTERFACE:include/espalier/single_header>)
