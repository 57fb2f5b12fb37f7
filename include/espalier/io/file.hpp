// SPDX-License-Identifier: Apache-2.0
// Output files that are there whole or not at all, and output folders that are known to be writable before the work.
#ifndef ESPALIER_IO_FILE_HPP
#define ESPALIER_IO_FILE_HPP

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::io {

/// Writes a file beside its place and moves it there when it is complete, so that a reader never sees a part of it.
/// @param path   where the file shall be; an existing file is replaced.
/// @param write  called with the path of the temporary file, to write it; may throw.
/// @throws file_error if the file cannot be moved, and whatever `write` throws; no partial file is left behind.
template <class Write>
void replace_file(const std::filesystem::path& path, Write&& write) {
  std::filesystem::path temporary = path;
  temporary += ".part";
  std::error_code error;
  try {
    write(static_cast<const std::filesystem::path&>(temporary));
  } catch (...) {
    std::filesystem::remove(temporary, error);
    throw;
  }
  std::filesystem::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    reject<file_error>("io::replace_file", {"'", path.string(), "': ", error.message()},
                       {"a path that can be written"});
  }
}

/// Writes text or bytes to a file, whole or not at all.
/// @param path      where the file shall be; an existing file is replaced.
/// @param contents  what it shall hold.
/// @throws file_error if it cannot be written, with the path; no partial file is left behind.
inline void write_file(const std::filesystem::path& path, std::string_view contents) {
  replace_file(path, [&](const std::filesystem::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
    file.close();
    if (!file) {
      reject<file_error>("io::write_file", {"'", path.string(), "', which cannot be written"},
                         {"a path in a writable folder with enough room"});
    }
  });
}

/// Makes sure that files can be written into a folder, before hours of work depend on it.
/// @param folder  created, with its parents, if it is not there.
/// @throws file_error if it is no folder, cannot be created, or no file can be written there.
inline void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path probe = folder / ".espalier_probe";
  const bool written = !error && static_cast<bool>(std::ofstream(probe) << 'x');
  std::filesystem::remove(probe, error);
  if (!written) {
    reject<file_error>("io::prepare_folder", {"'", folder.string(), "', where no file can be written"},
                       {"a folder that is writable or can be created"});
  }
}

}  // namespace espalier::inline v0::io

#endif
