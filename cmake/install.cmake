# SPDX-License-Identifier: Apache-2.0
# Installs every target that is there with its headers, and a package configuration with one component for each.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_DATADIR}/cmake/espalier)

# espalier_install(COMPONENT TARGET...)
function(espalier_install component)
  foreach(name IN LISTS ARGN)
    if(TARGET espalier_${name})
      set(destination ${CMAKE_INSTALL_INCLUDEDIR})
      if(name STREQUAL "single_header")
        string(APPEND destination /espalier/single_header)
      endif()
      install(TARGETS espalier_${name} EXPORT espalier_${component}
              FILE_SET HEADERS DESTINATION ${destination} INCLUDES DESTINATION ${destination})
      set(installed TRUE)
    endif()
  endforeach()
  if(installed)
    install(EXPORT espalier_${component} NAMESPACE espalier:: DESTINATION ${package_folder}
            FILE espalier-${component}-targets.cmake)
  endif()
endfunction()

espalier_install(core core)
espalier_install(espalier espalier single_header)
espalier_install(io io)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/espalier-config.cmake.in espalier-config.cmake
                              INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(espalier-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/espalier-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/espalier-config-version.cmake DESTINATION ${package_folder})
if(TARGET espalier_compiled)
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/compiled.cmake ${PROJECT_SOURCE_DIR}/cmake/compiled_espalier.cpp
          DESTINATION ${package_folder})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
