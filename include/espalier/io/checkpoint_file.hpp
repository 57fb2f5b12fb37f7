// SPDX-License-Identifier: Apache-2.0
// A file that keeps the state of a pruning run through crashes, full disks and power cuts. Needs zlib.
#ifndef ESPALIER_IO_CHECKPOINT_FILE_HPP
#define ESPALIER_IO_CHECKPOINT_FILE_HPP

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/io/detail/file_lock.hpp>
#include <espalier/io/file.hpp>
#include <espalier/prune/checkpoint.hpp>

namespace espalier::inline v0::io {

/// A checkpoint for `prune::options`. A save writes a file beside its place, forces it to the disk and moves it there,
/// so that there always is the former state or the new one, whole. While it lives no other process can have the same
/// file. POSIX only.
class checkpoint_file {
 public:
  /// @param path  where the state is to be kept; PATH.part and PATH.lock are used too.
  /// @throws file_error if another process keeps a run there, or nothing can be written.
  explicit checkpoint_file(std::filesystem::path path) : path_(std::move(path)), lock_(path_.string() + ".lock") {}

  /// Keeps a state instead of the former one.
  /// @param state  any bytes.
  /// @throws file_error if it cannot be written; the former state stays.   Complexity: O(bytes).
  void save(std::span<const std::byte> state) {
    byte_writer head;
    head(magic, version, std::uint64_t{state.size()}, checksum(state));
    const std::vector<std::byte> first = head.take();
    replace_file(path_, [&](const std::filesystem::path& temporary) {
      const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
      const bool written = file >= 0 && write_all(file, first) && write_all(file, state) && fsync(file) == 0;
      const int error = errno;
      if ((file >= 0 && close(file) != 0) || !written) {
        refuse("save", std::error_code(error, std::generic_category()).message(), "a place with enough room");
      }
    });
    sync_folder();
  }

  /// @return the state that was saved last; empty if there is none.
  /// @throws parse_error that says what is wrong if the file is not as it was saved; file_error if it cannot be read.
  /// Complexity: O(bytes).
  [[nodiscard]] std::vector<std::byte> load() const {
    if (!std::filesystem::exists(path_)) {
      return {};
    }
    std::ifstream file(path_, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file || bytes.empty()) {
      refuse("load", bytes.empty() && file ? "an empty file" : "a file that cannot be read", "a saved run");
    }
    return checked(std::as_bytes(std::span<const char>(bytes)));
  }

  /// Forgets the state, when it is not needed any more.
  /// @throws file_error if the file is there and cannot be removed.
  void remove() {
    std::error_code error;
    std::filesystem::remove(path_, error);
    if (error) {
      refuse("remove", error.message(), "a file that can be removed");
    }
  }

 private:
  static constexpr std::uint64_t magic =
      0x0A7265696C617073U;  // "spalier" and a line end, as a little-endian machine writes
  static constexpr std::uint32_t version = 1;

  [[nodiscard]] static std::uint32_t checksum(std::span<const std::byte> state) {
    const auto* bytes = reinterpret_cast<const Bytef*>(state.data());
    return static_cast<std::uint32_t>(crc32_z(crc32_z(0, nullptr, 0), bytes, state.size()));
  }

  [[nodiscard]] static bool write_all(int file, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(file, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return false;
      }
      bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
  }

  [[nodiscard]] std::vector<std::byte> checked(std::span<const std::byte> bytes) const {
    std::uint64_t its_magic = 0;
    std::uint32_t its_version = 0;
    std::uint64_t size = 0;
    std::uint32_t sum = 0;
    constexpr std::size_t head_size = sizeof(its_magic) + sizeof(its_version) + sizeof(size) + sizeof(sum);
    if (bytes.size() < head_size) {
      spoilt(std::to_string(bytes.size()) + " bytes", "a head of " + std::to_string(head_size));
    }
    byte_reader head(bytes);
    head(its_magic, its_version, size, sum);
    const auto state = bytes.subspan(head_size);
    if (its_magic != magic) {
      spoilt("a file of another kind, or of a machine with another order of bytes", "a saved run");
    }
    if (its_version != version) {
      spoilt("a file of version " + std::to_string(its_version), "version " + std::to_string(version));
    }
    if (state.size() != size) {
      spoilt(std::to_string(state.size()) + " bytes after the head", std::to_string(size) + ", as it says");
    }
    if (checksum(state) != sum) {
      spoilt("bytes that are not those that were saved (their checksum differs)", "an unchanged file");
    }
    return {state.begin(), state.end()};
  }

  /// A rename is on the disk only when its folder is; where folders cannot be synced there is nothing to do about it.
  void sync_folder() const {
    const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
    const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
      fsync(file);
      close(file);
    }
  }

  [[noreturn]] void spoilt(const std::string& got, const std::string& expected) const {
    reject<parse_error>("io::checkpoint_file::load", {"in '", path_.string(), "' ", got}, {expected});
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& got, const std::string& expected) const {
    reject<file_error>("io::checkpoint_file::" + what, {"for '", path_.string(), "': ", got}, {expected});
  }

  std::filesystem::path path_;
  detail::file_lock lock_;
};
static_assert(prune::checkpoint<checkpoint_file>);

}  // namespace espalier::inline v0::io

#endif
