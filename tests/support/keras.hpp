// SPDX-License-Identifier: Apache-2.0
// What Keras computes, read from the files in data/keras or in the folder that ESPALIER_KERAS_DIR names.
#ifndef ESPALIER_TESTS_SUPPORT_KERAS_HPP
#define ESPALIER_TESTS_SUPPORT_KERAS_HPP

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace support {

/// @throws std::runtime_error if there is no such file: a test without its data fails.
inline nlohmann::json keras_file(const std::string& name) {
  const char* folder = std::getenv("ESPALIER_KERAS_DIR");
  const std::filesystem::path path =
      (folder == nullptr ? std::filesystem::path(ESPALIER_TEST_DATA) / "keras" : std::filesystem::path(folder)) / name;
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("no file " + path.string());
  }
  return nlohmann::json::parse(file);
}

/// The numbers of an array. Those of type float32 go through float, so that they are the same in every type.
template <class T>
std::vector<T> keras_array(const nlohmann::json& array) {
  std::vector<T> result;
  const bool narrow = array.at("dtype") == "float32";
  for (const auto& number : array.at("data")) {
    result.push_back(narrow ? static_cast<T>(number.get<float>()) : number.get<T>());
  }
  return result;
}

/// The case of that name.
inline const nlohmann::json& keras_case(const nlohmann::json& file, const std::string& name) {
  for (const auto& found : file.at("cases")) {
    if (found.at("name") == name) {
      return found;
    }
  }
  throw std::runtime_error("no case " + name);
}

}  // namespace support

#endif
