# SPDX-License-Identifier: Apache-2.0
if(NOT TARGET espalier_io_dependencies)
  add_library(espalier_io_dependencies INTERFACE)
  target_link_libraries(espalier_io_dependencies INTERFACE espalier::io)
endif()
