# SPDX-License-Identifier: Apache-2.0
find_package(nlohmann_json REQUIRED)
target_link_libraries(test_keras PRIVATE nlohmann_json::nlohmann_json)
set_tests_properties(keras PROPERTIES LABELS keras)
