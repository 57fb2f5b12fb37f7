// SPDX-License-Identifier: Apache-2.0
// Reads IDX files, the format of MNIST and its relatives, plain or gzip-compressed. Needs zlib.
#ifndef ESPALIER_IO_IDX_HPP
#define ESPALIER_IO_IDX_HPP

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>

namespace espalier::inline v0::io {

/// An array as an IDX file holds it.
/// @tparam T  the element type.
template <class T>
struct idx_array {
  extents shape;          ///< outermost axis first
  std::vector<T> values;  ///< row-major
};

namespace detail {

/// The type code in the third byte of an IDX file.
template <class T>
[[nodiscard]] constexpr unsigned idx_type_code() {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return 0x08;
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    return 0x09;
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    return 0x0B;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return 0x0C;
  } else if constexpr (std::is_same_v<T, float>) {
    return 0x0D;
  } else {
    static_assert(std::is_same_v<T, double>, "IDX holds uint8, int8, int16, int32, float and double");
    return 0x0E;
  }
}

/// A file that zlib reads, whether it is compressed or not.
class idx_source {
 public:
  explicit idx_source(const std::filesystem::path& path)
      : path_(path.string()), file_(gzopen(path_.c_str(), "rb"), &gzclose) {
    if (!file_) {
      fail<file_error>("which cannot be opened", "an IDX file, plain or gzip-compressed");
    }
    gzbuffer(file_.get(), 1U << 18U);
  }

  /// Reads up to as many bytes as fit and says how many came.
  std::size_t read(std::span<std::byte> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto part = static_cast<unsigned>((std::min)(bytes.size() - done, std::size_t{1} << 30U));
      const int got = gzread(file_.get(), bytes.data() + done, part);
      int state = Z_OK;
      gzerror(file_.get(), &state);
      // A stream that ends within its checksum gives all its bytes, and no more than this state to say that it is cut.
      if (got < 0 || (got == 0 && state != Z_OK && state != Z_STREAM_END)) {
        fail<parse_error>("whose compressed data is damaged or cut short", "an intact gzip stream");
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  template <class Error>
  [[noreturn]] void fail(const std::string& got, const std::string& expected) const {
    reject<Error>("io::load_idx", {"'", path_, "', ", got}, {expected});
  }

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

[[nodiscard]] inline std::uint32_t big_endian(std::span<const std::byte, 4> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) {
    value = value << 8U | std::to_integer<std::uint32_t>(byte);
  }
  return value;
}

/// Reads the header: the magic number with type and rank, then one size for each axis.
template <class T>
[[nodiscard]] extents read_idx_shape(idx_source& source) {
  std::array<std::byte, 4> word{};
  if (source.read(word) != word.size()) {
    source.fail<parse_error>("which ends within its magic number", "at least 4 bytes");
  }
  const std::uint32_t magic = big_endian(word);
  const std::uint32_t rank = magic & 0xFFU;
  if (magic >> 8U != idx_type_code<T>() || rank == 0 || rank > extents::max_rank) {
    source.fail<parse_error>("with magic number " + std::to_string(magic),
                             std::to_string(idx_type_code<T>() * 256U) + " + the number of axes, 1 to 4");
  }
  std::array<std::size_t, extents::max_rank> sizes{};
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (source.read(word) != word.size()) {
      source.fail<parse_error>("which ends within its header", std::to_string(rank) + " sizes");
    }
    sizes[axis] = big_endian(word);
  }
  return extents(std::span<const std::size_t>(sizes).first(rank));
}

/// IDX numbers are big-endian.
template <class T>
void to_native(std::span<T> values) {
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
    for (T& value : values) {
      auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
      std::reverse(bytes.begin(), bytes.end());
      value = std::bit_cast<T>(bytes);
    }
  }
}

}  // namespace detail

/// Reads a whole IDX file.
/// @tparam T    uint8_t, int8_t, int16_t, int32_t, float or double; it must be the type in the file.
/// @param path  the file; gzip-compressed files are read as they are.
/// @return shape and values.
/// @throws file_error if the file cannot be opened; parse_error if it is empty, cut short, too long, damaged, or holds
///         another type.   Complexity: one pass over the file.
template <class T>
[[nodiscard]] idx_array<T> load_idx(const std::filesystem::path& path) {
  detail::idx_source source(path);
  idx_array<T> array{detail::read_idx_shape<T>(source), {}};

  // The header may promise more than memory holds, so the array grows with what really comes.
  const std::size_t expected = array.shape.size();
  constexpr std::size_t step = std::size_t{1} << 24U;
  std::size_t bytes = 0;
  while (array.values.size() < expected && bytes == array.values.size() * sizeof(T)) {
    const std::size_t before = array.values.size();
    array.values.resize((std::min)(expected, before + step));
    bytes += source.read(std::as_writable_bytes(std::span(array.values).subspan(before)));
  }
  std::array<std::byte, 1> beyond{};
  if (bytes != expected * sizeof(T) || source.read(beyond) != 0) {
    source.fail<parse_error>(bytes < expected * sizeof(T)
                                 ? "which ends after " + std::to_string(bytes) + " bytes of data"
                                 : "which goes on after its data",
                             std::to_string(expected * sizeof(T)) + " bytes for shape " + to_string(array.shape));
  }
  detail::to_native(std::span(array.values));
  return array;
}

}  // namespace espalier::inline v0::io

#endif
