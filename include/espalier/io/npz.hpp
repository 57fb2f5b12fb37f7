// SPDX-License-Identifier: Apache-2.0
// Writes and reads npz files, NumPy's zip archives of named arrays. Needs libzip.
#ifndef ESPALIER_IO_NPZ_HPP
#define ESPALIER_IO_NPZ_HPP

#include <zip.h>

#if __has_include(<xtensor/io/xnpy.hpp>)
#include <xtensor/io/xnpy.hpp>
#else
#include <xtensor/xnpy.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/io/file.hpp>

namespace espalier::inline v0::io {

/// Collects named arrays and writes them into one npz file.
class npz_writer {
 public:
  /// Adds an array.
  /// @param name    its key in the archive, without ".npy"; unique.
  /// @param shape   outermost axis first.
  /// @param values  row-major, as many as the shape has elements; copied.
  /// @throws shape_error if there are more or fewer values; argument_error if the name is empty or taken.
  template <class T>
  void add(const std::string& name, const extents& shape, std::span<T> values) {
    if (values.size() != shape.size()) {
      reject<shape_error>("io::npz_writer::add", {values.size(), " values for '", name, "'"},
                          {shape.size(), ", as shape ", shape, " has"});
    }
    for (const auto& [taken, bytes] : arrays_) {
      if (name.empty() || name == taken) {
        reject<argument_error>("io::npz_writer::add", {"the name '", name, "'"}, {"a new name for every array"});
      }
    }
    const std::vector<std::size_t> sizes(shape.begin(), shape.end());
    arrays_.emplace_back(name, xt::dump_npy(xt::adapt(values.data(), values.size(), xt::no_ownership(), sizes)));
  }

  /// Writes the archive, uncompressed as numpy.savez does, whole or not at all. Equal arrays give equal bytes.
  /// @param path  where the file shall be; an existing file is replaced.
  /// @throws file_error if it cannot be written.
  void save(const std::filesystem::path& path) const {
    replace_file(path, [&](const std::filesystem::path& temporary) { write(temporary, path.string()); });
  }

 private:
  void write(const std::filesystem::path& temporary, const std::string& name) const {
    int code = 0;
    zip_t* archive = zip_open(temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    bool good = archive != nullptr;
    for (std::size_t i = 0; good && i < arrays_.size(); ++i) {
      good = append(archive, arrays_[i]);
    }
    // libzip writes nothing before it closes the archive.
    if (!good || zip_close(archive) != 0) {
      const std::string why = archive == nullptr ? "error " + std::to_string(code) : zip_strerror(archive);
      if (archive != nullptr) {
        zip_discard(archive);
      }
      reject<file_error>("io::npz_writer::save", {"'", name, "': ", why}, {"a path that can be written"});
    }
  }

  [[nodiscard]] static bool append(zip_t* archive, const std::pair<std::string, std::string>& array) {
    zip_source_t* source = zip_source_buffer(archive, array.second.data(), array.second.size(), 0);
    const zip_int64_t entry = zip_file_add(archive, (array.first + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (entry < 0) {
      zip_source_free(source);
      return false;
    }
    // A fixed date, the first that zip knows: the bytes shall not depend on when they were written.
    constexpr zip_uint16_t first_of_january_1980 = (1U << 5U) | 1U;
    const auto index = static_cast<zip_uint64_t>(entry);
    return zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(archive, index, 0, first_of_january_1980, 0) == 0;
  }

  std::vector<std::pair<std::string, std::string>> arrays_;  // name, npy bytes
};

/// An array as an npz file holds it.
/// @tparam T  the element type.
template <class T>
struct npz_array {
  extents shape;          ///< outermost axis first
  std::vector<T> values;  ///< row-major
};

/// Reads arrays from an npz file by name.
class npz_reader {
 public:
  /// @param path  the file.
  /// @throws file_error if it cannot be opened; parse_error if it is no zip archive, or cut short.
  explicit npz_reader(const std::filesystem::path& path) : path_(path.string()), archive_(nullptr, &zip_discard) {
    int code = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
    if (!archive_) {
      if (code == ZIP_ER_OPEN || code == ZIP_ER_NOENT || code == ZIP_ER_READ || code == ZIP_ER_MEMORY) {
        fail<file_error>("which cannot be opened", "an npz file");
      }
      fail<parse_error>("which is no intact zip archive", "an npz file");
    }
  }

  /// @return the names of the arrays, in the order of the file.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
      const std::string_view name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
      result.emplace_back(name.substr(0, name.ends_with(".npy") ? name.size() - 4 : name.size()));
    }
    return result;
  }

  /// @tparam T    the element type; it must be the type in the file.
  /// @param name  an array's key, without ".npy".
  /// @return the array.
  /// @throws argument_error if there is no such array (with the names that there are); parse_error if it is damaged or
  ///         of another type.
  template <class T>
  [[nodiscard]] npz_array<T> load(const std::string& name) const {
    std::istringstream stream(bytes_of(name));
    try {
      const auto array = xt::load_npy<T, xt::layout_type::row_major>(stream);
      if (!stream || stream.peek() != std::istringstream::traits_type::eof()) {
        fail<parse_error>("whose array '" + name + "' is cut short or goes on after its data", "whole arrays");
      }
      const std::vector<std::size_t> sizes(array.shape().begin(), array.shape().end());
      return {extents(std::span<const std::size_t>(sizes)), {array.begin(), array.end()}};
    } catch (const parse_error&) {
      throw;
    } catch (const std::exception& error) {
      fail<parse_error>("whose array '" + name + "' cannot be read (" + error.what() + ")",
                        "a row-major array of the type asked for, with 1 to 4 axes");
    }
  }

 private:
  template <class Error>
  [[noreturn]] void fail(const std::string& got, const std::string& expected) const {
    reject<Error>("io::npz_reader", {"'", path_, "', ", got}, {expected});
  }

  [[nodiscard]] std::string bytes_of(const std::string& name) const {
    zip_stat_t entry{};
    const std::string file_name = name + ".npy";
    if (zip_stat(archive_.get(), file_name.c_str(), 0, &entry) != 0) {
      std::string known;
      for (const std::string& other : names()) {
        known += (known.empty() ? "" : ", ") + other;
      }
      reject<argument_error>("io::npz_reader::load", {"'", name, "'"}, {"one of: ", known});
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive_.get(), entry.index, 0),
                                                                 &zip_fclose);
    std::string bytes;
    // The size in the archive is a promise; memory is taken for what really comes.
    std::vector<char> part(std::size_t{1} << 16U);
    zip_int64_t got = file ? 1 : -1;
    while (got > 0 && (got = zip_fread(file.get(), part.data(), part.size())) > 0) {
      bytes.append(part.data(), static_cast<std::size_t>(got));
    }
    if (got < 0 || bytes.size() != entry.size) {
      fail<parse_error>("whose array '" + name + "' is damaged", "an intact npz file");
    }
    return bytes;
  }

  std::string path_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> archive_;
};

}  // namespace espalier::inline v0::io

#endif
