# SPDX-License-Identifier: Apache-2.0
# The targets that users link: espalier::core (the standard library only), espalier::espalier (core and xtensor),
# espalier::compiled (the same, compiled once), espalier::single_header (the amalgamated header) and espalier::io (the
# opt-in headers of io/). A target is there when what it needs is there; what is missing is said.

file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/floors.txt floors REGEX "^(core|upper|io) ")
foreach(floor IN LISTS floors)
  string(REPLACE " " ";" folders "${floor}")
  list(POP_FRONT folders part)
  list(APPEND espalier_${part}_folders ${folders})
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${PROJECT_SOURCE_DIR}/cmake/floors.txt ${PROJECT_SOURCE_DIR}/include/espalier/version.hpp)

set(include_folder ${PROJECT_SOURCE_DIR}/include)
file(GLOB_RECURSE core_headers CONFIGURE_DEPENDS ${include_folder}/espalier/*.hpp)
set(upper_headers ${core_headers})
set(io_headers ${core_headers})
string(JOIN "|" core_pattern ${espalier_core_folders})
set(core_pattern "/include/espalier/((${core_pattern})/|core\\.hpp$|version\\.hpp$)")
list(FILTER core_headers INCLUDE REGEX "${core_pattern}")
list(FILTER upper_headers EXCLUDE REGEX "${core_pattern}|/include/espalier/io/")
list(FILTER io_headers INCLUDE REGEX "/include/espalier/io/")

# espalier_library(NAME HEADER...): a header-only target espalier::NAME.
function(espalier_library name)
  add_library(espalier_${name} INTERFACE)
  add_library(espalier::${name} ALIAS espalier_${name})
  set_target_properties(espalier_${name} PROPERTIES EXPORT_NAME ${name}
                                                    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  target_compile_features(espalier_${name} INTERFACE cxx_std_20)
  target_sources(espalier_${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${include_folder} FILES ${ARGN})
endfunction()

espalier_library(core ${core_headers})

# Nothing in the library calls a BLAS, so xtensor-blas, whose target links one into every program, is not asked for.
if(NOT TARGET xtensor)
  find_package(xtensor QUIET)
endif()
find_package(Threads QUIET)
if(TARGET xtensor AND Threads_FOUND)
  espalier_library(espalier ${upper_headers})
  target_link_libraries(espalier_espalier INTERFACE espalier::core xtensor Threads::Threads)
  include(${CMAKE_CURRENT_LIST_DIR}/compiled.cmake)

  set(include_folder ${PROJECT_SOURCE_DIR}/single_header)
  espalier_library(single_header ${include_folder}/espalier.hpp ${include_folder}/espalier_core.hpp)
  target_link_libraries(espalier_single_header INTERFACE xtensor Threads::Threads)
  set(include_folder ${PROJECT_SOURCE_DIR}/include)
else()
  message(STATUS "espalier: without xtensor and threads there is espalier::core only")
endif()

find_package(ZLIB QUIET)
find_package(nlohmann_json QUIET)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(libzip QUIET IMPORTED_TARGET GLOBAL libzip)
endif()
if(TARGET espalier::espalier AND ZLIB_FOUND AND TARGET nlohmann_json::nlohmann_json AND libzip_FOUND)
  espalier_library(io ${io_headers})
  target_link_libraries(espalier_io INTERFACE
                        espalier::espalier ZLIB::ZLIB nlohmann_json::nlohmann_json PkgConfig::libzip)
else()
  message(STATUS "espalier: without xtensor, zlib, nlohmann-json and libzip (by pkg-config) there is no espalier::io")
endif()
