# SPDX-License-Identifier: Apache-2.0
include(${PROJECT_SOURCE_DIR}/cmake/io_dependencies.cmake)
target_link_libraries(test_io PRIVATE espalier_io_dependencies)
