# SPDX-License-Identifier: Apache-2.0
# What the opt-in headers of io/ need: zlib (idx), libzip (npz), nlohmann-json (reports). Link espalier_io_dependencies.

find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET GLOBAL libzip)

if(NOT TARGET espalier_io_dependencies)
  add_library(espalier_io_dependencies INTERFACE)
endif()
target_link_libraries(espalier_io_dependencies INTERFACE ZLIB::ZLIB nlohmann_json::nlohmann_json PkgConfig::libzip)
