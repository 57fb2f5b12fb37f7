// SPDX-License-Identifier: Apache-2.0
// Everything that needs the standard library only: groups, losses, objectives, knapsack, masks, the pruning loop.
// espalier 0.1.0 in one file, joined by single_header/amalgamate.py: change include/espalier/core.hpp and what it includes instead.

#if defined(ESPALIER_VERSION) && ESPALIER_VERSION != 100
#error two versions of espalier in one translation unit
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// ---- espalier/base/errors.hpp ----
// The exceptions that the library throws, and the one form that all their messages have.
#ifndef ESPALIER_BASE_ERRORS_HPP
#define ESPALIER_BASE_ERRORS_HPP

namespace espalier::inline v0 {

/// A value that the function cannot take: out of range, not finite, unknown name.
class argument_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Sizes or shapes that do not fit each other.
class shape_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Text or bytes that do not follow their format.
class parse_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file or folder that cannot be read or written.
class file_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A computation that left the finite numbers.
class numeric_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Builds a message in the one form of the library: "espalier::WHERE: got X, expected Y".
/// @param where     module and function, such as "knapsack::solve".
/// @param got       what came.
/// @param expected  what would have been right.
/// @return the message.
[[nodiscard]] inline std::string error_message(std::string_view where, std::string_view got,
                                               std::string_view expected) {
  std::string message = "espalier::";
  message.append(where).append(": got ").append(got).append(", expected ").append(expected);
  return message;
}

/// A part of a message: text, a number, or what else has a `to_string`. It refers to that, and is text only if the
/// message is needed: checks, of which there are many, would otherwise take most of the time to compile.
class message_part {
 public:
  message_part(const char* text) noexcept : value_(text), add_(&add_text) {}
  template <class T>
  message_part(const T& value) noexcept : value_(&value), add_(&add<T>) {}

  void add_to(std::string& message) const { add_(message, value_); }

 private:
  static void add_text(std::string& message, const void* text) { message += static_cast<const char*>(text); }
  template <class T>
  static void add(std::string& message, const void* value) {
    const T& own = *static_cast<const T*>(value);
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      message += std::string_view(own);
    } else {
      using std::to_string;
      message += to_string(own);
    }
  }

  const void* value_;
  void (*add_)(std::string&, const void*);
};

/// What a message is made of, in order.
using message_parts = std::initializer_list<message_part>;

/// @return the parts, one after the other.
[[nodiscard]] inline std::string text_of(message_parts parts) {
  std::string message;
  for (const message_part& part : parts) {
    part.add_to(message);
  }
  return message;
}

/// Throws an error with such a message.
/// @tparam Error    of the ones above.
/// @param where     see error_message.
/// @param got       what came, part by part: {std::size_t{3}, " weights"}.
/// @param expected  what would have been right, part by part.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void reject(std::string_view where, message_parts got, message_parts expected) {
  throw Error(error_message(where, text_of(got), text_of(expected)));
}

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/extents.hpp ----
// The shape of an array: up to four sizes, held inline.
#ifndef ESPALIER_BASE_EXTENTS_HPP
#define ESPALIER_BASE_EXTENTS_HPP

namespace espalier::inline v0 {

/// The shape of a kernel or of one sample, outermost axis first, without a batch axis.
///
/// Kernels follow Keras: Dense (in, out), Conv2D (height, width, channels, filters).
class extents {
 public:
  /// The largest number of axes.
  static constexpr std::size_t max_rank = 4;

  /// A shape without axes; its size is 1.
  constexpr extents() = default;

  /// @param sizes  the size of each axis, at most four.
  /// @throws shape_error if there are more than four axes, or if the number of elements overflows.
  constexpr extents(std::initializer_list<std::size_t> sizes)
      : extents(std::span<const std::size_t>(sizes.begin(), sizes.size())) {}

  /// @param sizes  the size of each axis, at most four.
  /// @throws shape_error if there are more than four axes, or if the number of elements overflows.
  constexpr explicit extents(std::span<const std::size_t> sizes) : rank_(sizes.size()) {
    if (sizes.size() > max_rank) {
      reject<shape_error>("base::extents", {sizes.size(), " axes"}, {"at most 4 axes"});
    }
    std::size_t elements = 1;
    for (std::size_t axis = 0; axis < rank_; ++axis) {
      sizes_[axis] = sizes[axis];
      if (sizes[axis] != 0 && elements > (std::numeric_limits<std::size_t>::max)() / sizes[axis]) {
        reject<shape_error>("base::extents", {"a shape with too many elements for std::size_t"},
                            {"a product of sizes that fits"});
      }
      elements *= sizes[axis];
    }
  }

  /// @return the number of axes, 0 to 4.
  [[nodiscard]] constexpr std::size_t rank() const noexcept { return rank_; }

  /// @param axis  0 (outermost) to rank() - 1.
  /// @return the size of that axis.
  [[nodiscard]] constexpr std::size_t operator[](std::size_t axis) const noexcept { return sizes_[axis]; }

  /// @return the size of the last (fastest) axis; 1 without axes.
  [[nodiscard]] constexpr std::size_t back() const noexcept { return rank_ == 0 ? 1 : sizes_[rank_ - 1]; }

  /// @return the number of elements: the product of all sizes.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    std::size_t product = 1;
    for (std::size_t axis = 0; axis < rank_; ++axis) {
      product *= sizes_[axis];
    }
    return product;
  }

  [[nodiscard]] constexpr const std::size_t* begin() const noexcept { return sizes_.data(); }
  [[nodiscard]] constexpr const std::size_t* end() const noexcept { return sizes_.data() + rank_; }

  [[nodiscard]] friend constexpr bool operator==(const extents& a, const extents& b) noexcept {
    if (a.rank_ != b.rank_) {
      return false;
    }
    for (std::size_t axis = 0; axis < a.rank_; ++axis) {
      if (a.sizes_[axis] != b.sizes_[axis]) {
        return false;
      }
    }
    return true;
  }

 private:
  std::array<std::size_t, max_rank> sizes_{};
  std::size_t rank_ = 0;
};

/// Writes a shape as people do, such as "(5, 5, 1, 6)".
/// @param shape  any shape.
/// @return the text.
[[nodiscard]] inline std::string to_string(const extents& shape) {
  std::string text = "(";
  for (const std::size_t size : shape) {
    text += (text.size() == 1 ? "" : ", ") + std::to_string(size);
  }
  return text + ")";
}

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/closest_name.hpp ----
// The name that somebody most likely meant, for error messages.
#ifndef ESPALIER_BASE_CLOSEST_NAME_HPP
#define ESPALIER_BASE_CLOSEST_NAME_HPP

namespace espalier::inline v0 {

namespace detail {

/// How many letters must be inserted, removed or replaced to make one word of the other (Levenshtein).
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = (std::min)({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace detail

/// @param name   what came.
/// @param names  what there is; a range of strings.
/// @return the one with the fewest letters to change, the first of equal ones; empty if there is none.
/// Complexity: O(letters of the name * letters of all names).
template <class Names>
[[nodiscard]] std::string_view closest_name(std::string_view name, const Names& names) {
  std::string_view best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& candidate : names) {
    const std::size_t distance = detail::edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace espalier::inline v0

#endif

// ---- espalier/hls/layer_config.hpp ----
// What an HLS tool is told about one layer: how to multiply, how often to reuse a multiplier, how wide numbers are.
#ifndef ESPALIER_HLS_LAYER_CONFIG_HPP
#define ESPALIER_HLS_LAYER_CONFIG_HPP

namespace espalier::inline v0::hls {

/// How a layer's multiplications are laid out in hardware; the names are hls4ml's.
enum class strategy : std::uint8_t { latency, resource, resource_unrolled, distributed_arithmetic };

/// The names of the strategies, in the order of the enumeration.
inline constexpr std::array<std::string_view, 4> strategy_names{"latency", "resource", "resource_unrolled",
                                                                "distributed_arithmetic"};

/// How data moves between layers.
enum class io_type : std::uint8_t { io_parallel, io_stream };

/// The settings of one layer.
struct layer_config {
  hls::strategy strategy = hls::strategy::latency;
  std::uint64_t reuse_factor = 1;   ///< multiplications that one multiplier does in turn, >= 1
  std::uint32_t weight_width = 16;  ///< bits of a weight, 1 to 64
  std::uint32_t output_width = 16;  ///< bits of an output element, 1 to 64
  hls::io_type io_type = hls::io_type::io_parallel;
  bool compression = false;  ///< hls4ml's compressed weights: what a zero saves then is not known
  std::string warning{};     ///< what was doubtful about these settings where they were read; empty: nothing

  friend bool operator==(const layer_config&, const layer_config&) = default;
};

/// @param s  a strategy.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(strategy s) noexcept {
  return strategy_names[static_cast<std::size_t>(s)];
}

/// @param type  an I/O type.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(io_type type) noexcept {
  return type == io_type::io_stream ? "io_stream" : "io_parallel";
}

/// @param name  "io_parallel" or "io_stream".
/// @return the I/O type.
/// @throws parse_error for another name, with the closest.
[[nodiscard]] inline io_type parse_io_type(std::string_view name) {
  constexpr std::array<std::string_view, 2> names{"io_parallel", "io_stream"};
  if (name != names[0] && name != names[1]) {
    reject<parse_error>("hls::parse_io_type", {"'", name, "'"}, {"'", closest_name(name, names), "' or the other"});
  }
  return name == names[0] ? io_type::io_parallel : io_type::io_stream;
}

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/structure/rules.hpp ----
// The rules by which the weights of a kernel form groups: single weights, units, inputs, multipliers, tiles, n of m.
#ifndef ESPALIER_STRUCTURE_RULES_HPP
#define ESPALIER_STRUCTURE_RULES_HPP

namespace espalier::inline v0::structure {

/// Every weight is a group.
struct unstructured {
  friend bool operator==(const unstructured&, const unstructured&) = default;
};

/// All weights of a neuron (Dense) or filter (Conv1D, Conv2D, DepthwiseConv2D) are a group.
struct structured {
  friend bool operator==(const structured&, const structured&) = default;
};

/// Weights that hardware multiplies in the same units. The kernel with its outputs first, [out][in] or
/// [filters][height][width][channels], is flattened and reshaped to (rows, n / rows): row k holds the weights that
/// multiplier k takes in turn. A group is a run of rows, which share words of block RAM; the last run may be short.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct pattern {
  std::size_t rows = 1;         ///< how many multipliers there are: n / reuse factor; divides n
  std::size_t consecutive = 1;  ///< rows in a group, >= 1
  friend bool operator==(const pattern&, const pattern&) = default;
};

/// Tiles of the kernel's (inputs, outputs) matrix, row by row of tiles; those at the lower and right edge may be short.
struct block {
  std::size_t height = 1;  ///< along the inputs (height * width * channels for a Conv2D), >= 1
  std::size_t width = 1;   ///< along the outputs, >= 1
  friend bool operator==(const block&, const block&) = default;
};

/// All weights that read one input (Dense) or one input channel (Conv1D, Conv2D) are a group: what structured pruning
/// of the layer before would free here.
struct channel {
  friend bool operator==(const channel&, const channel&) = default;
};

/// Semi-structured sparsity, such as 2:4. In every run of m consecutive inputs of a unit n weights stay; the m - n with
/// the smallest scores can go. A group is all weights of a unit that can go; one last group holds all that stay. The
/// last run of a unit may be short and then loses fewer. Which weights are meant depends on scores.
/// Source: Mishra et al. 2021, "Accelerating sparse deep neural networks", arXiv 2104.08378.
struct n_of_m {
  std::size_t n = 2;  ///< weights that stay in a run, 1 to m - 1
  std::size_t m = 4;  ///< weights in a run, >= 2
  friend bool operator==(const n_of_m&, const n_of_m&) = default;
};

/// Units that go together, because hardware or a library wants their number in steps. Group 0 holds the `units` units
/// with the smallest scores, group 1 the next, and so on; the best ones that fill no group are one last group, which
/// stays. Which units are meant depends on scores.
struct round_to {
  std::size_t units = 8;  ///< neurons or filters that are removed together, >= 1
  friend bool operator==(const round_to&, const round_to&) = default;
};

/// Any of the rules.
using rule = std::variant<unstructured, structured, pattern, block, channel, n_of_m, round_to>;

namespace detail {

/// Calls an action with the struct that a rule is. std::visit does so too, by a table of functions for each action,
/// which takes compilers four times as long.
/// @param action  gives the same type for each of them.
template <std::size_t Index = 0, class Action>
decltype(auto) visit(const rule& r, Action&& action) {
  if constexpr (Index + 1 < std::variant_size_v<rule>) {
    if (r.index() != Index) {
      return visit<Index + 1>(r, action);
    }
  }
  return action(std::get<Index>(r));
}

}  // namespace detail

/// @param r  a rule.
/// @return its name and numbers, such as "pattern of 1920 rows, 2 consecutive".
[[nodiscard]] inline std::string to_string(const rule& r) {
  struct {
    std::string operator()(unstructured) const { return "unstructured"; }
    std::string operator()(structured) const { return "structured"; }
    std::string operator()(const pattern& p) const {
      return "pattern of " + std::to_string(p.rows) + " rows, " + std::to_string(p.consecutive) + " consecutive";
    }
    std::string operator()(const block& b) const {
      return "block of " + std::to_string(b.height) + " x " + std::to_string(b.width);
    }
    std::string operator()(channel) const { return "channel"; }
    std::string operator()(const n_of_m& r) const { return std::to_string(r.n) + " of " + std::to_string(r.m); }
    std::string operator()(const round_to& r) const { return "rounded to " + std::to_string(r.units) + " units"; }
  } name;
  return detail::visit(r, name);
}

/// @param r  a rule.
/// @return whether its groups depend on a score for every weight: n_of_m and round_to.
[[nodiscard]] inline bool needs_scores(const rule& r) noexcept {
  return std::holds_alternative<n_of_m>(r) || std::holds_alternative<round_to>(r);
}

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/attributes/layer_attributes.hpp ----
// What is known of a layer before anything is decided about it.
#ifndef ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP
#define ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP

namespace espalier::inline v0::attributes {

/// What a layer computes, as far as pruning has to know.
enum class layer_kind : std::uint8_t { dense, conv2d, conv1d, depthwise_conv2d };

/// One prunable layer: its kind, shapes, place in the network and hardware settings.
struct layer_attributes {
  std::string name;  ///< unique in the network, not empty
  layer_kind kind = layer_kind::dense;
  extents kernel_shape{};              ///< Dense (in, out); Conv1D (width, channels, filters); Conv2D (height, width,
                                       ///< channels, filters); DepthwiseConv2D (height, width, channels, multiplier)
  extents input_shape{};               ///< of one sample, without a batch axis; no axes: not known
  extents output_shape{};              ///< of one sample, without a batch axis; no axes: not known
  std::vector<std::string> inbound{};  ///< prunable layers whose outputs reach this one; empty: the network's input
  hls::layer_config hls{};             ///< what the HLS tool is told
  bool optimizable = true;             ///< false: the user wants it left alone
  bool prune = true;                   ///< may groups be pruned
  bool share = false;                  ///< may groups be replaced by their mean
  std::optional<structure::rule> grouped_by{};  ///< the user's own choice; none: what the objective says
};

/// @param kind  a kind of layer.
/// @return its name, as Keras and hls4ml write it.
[[nodiscard]] constexpr const char* to_string(layer_kind kind) noexcept {
  switch (kind) {
    case layer_kind::dense:
      return "Dense";
    case layer_kind::conv1d:
      return "Conv1D";
    case layer_kind::depthwise_conv2d:
      return "DepthwiseConv2D";
    case layer_kind::conv2d:
      break;
  }
  return "Conv2D";
}

/// The shape in which a layer's kernel is grouped: its last axis holds the units. A DepthwiseConv2D has one unit for
/// each channel and multiplier, which sees one channel: (height, width, 1, channels * multiplier).
/// @param layer  its kernel has the shape of its kind.
/// @return a shape of as many weights in the same order.
[[nodiscard]] constexpr extents grouping_shape(const layer_attributes& layer) {
  const extents& kernel = layer.kernel_shape;
  if (layer.kind != layer_kind::depthwise_conv2d || kernel.rank() != 4) {
    return kernel;
  }
  return {kernel[0], kernel[1], 1, kernel[2] * kernel[3]};
}

}  // namespace espalier::inline v0::attributes

#endif

// ---- espalier/attributes/prunable_layer.hpp ----
// A layer as a model shows it to the pruning: what is known of it, and its weights in place.
#ifndef ESPALIER_ATTRIBUTES_PRUNABLE_LAYER_HPP
#define ESPALIER_ATTRIBUTES_PRUNABLE_LAYER_HPP

namespace espalier::inline v0::attributes {

/// One layer of a prunable model.
/// @tparam Value  float or double.
template <class Value>
struct prunable_layer {
  layer_attributes attributes;
  std::span<Value> kernel;  ///< the model's own weights, row-major in attributes.kernel_shape
  std::span<Value> bias;    ///< one per neuron or filter; empty without a bias
};

}  // namespace espalier::inline v0::attributes

#endif

// ---- espalier/hls/detail/expect_reuse_factor.hpp ----
// Refuses reuse factors that are none, by the layer's name.
#ifndef ESPALIER_HLS_DETAIL_EXPECT_REUSE_FACTOR_HPP
#define ESPALIER_HLS_DETAIL_EXPECT_REUSE_FACTOR_HPP

namespace espalier::inline v0::hls::detail {

/// @param factor  0, and one that no int64 holds, are refused: the latter was a negative number once.
/// @param where   module and function, for the message.
/// @param layer   the layer's name.
inline void expect_reuse_factor(std::uint64_t factor, std::string_view where, const std::string& layer) {
  constexpr auto largest = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
  if (factor == 0 || factor > largest) {
    const std::string got = std::to_string(static_cast<std::int64_t>(factor));
    reject<argument_error>(where, {"layer '", layer, "' with reuse factor ", got}, {"1 or more"});
  }
}

}  // namespace espalier::inline v0::hls::detail

#endif

// ---- espalier/attributes/validate.hpp ----
// Checks what a model says of its layers before anything is computed from it.
#ifndef ESPALIER_ATTRIBUTES_VALIDATE_HPP
#define ESPALIER_ATTRIBUTES_VALIDATE_HPP

namespace espalier::inline v0::attributes {

namespace detail {

inline void expect(bool right, const layer_attributes& layer, const std::string& got, const std::string& expected) {
  if (!right) {
    reject<argument_error>("attributes::validate", {"layer '", layer.name, "' with ", got}, {expected});
  }
}

/// What the kernel of each kind looks like.
struct kernel_form {
  std::size_t rank = 4;
  const char* axes = "";
};

[[nodiscard]] constexpr kernel_form form_of(layer_kind kind) noexcept {
  switch (kind) {
    case layer_kind::dense:
      return {2, "(in, out) without a 0"};
    case layer_kind::conv1d:
      return {3, "(width, channels, filters) without a 0"};
    case layer_kind::depthwise_conv2d:
      return {4, "(height, width, channels, multiplier) without a 0"};
    case layer_kind::conv2d:
      break;
  }
  return {4, "(height, width, channels, filters) without a 0"};
}

inline void expect_shape(bool right, const layer_attributes& layer, const std::string& got,
                         const std::string& expected) {
  if (!right) {
    reject<shape_error>("attributes::validate", {"layer '", layer.name, "' (", layer.kind, ") with ", got}, {expected});
  }
}

inline void expect_shapes(const layer_attributes& layer) {
  const kernel_form form = form_of(layer.kind);
  const extents& kernel = layer.kernel_shape;
  expect_shape(kernel.rank() == form.rank && kernel.size() != 0, layer, "kernel shape " + to_string(kernel), form.axes);
  const std::size_t channels = kernel[kernel.rank() - 2];
  expect_shape(layer.input_shape.rank() == 0 || layer.input_shape.back() == channels, layer,
               "input shape " + to_string(layer.input_shape),
               "a last axis of " + std::to_string(channels) + " for kernel shape " + to_string(kernel));
  const std::size_t units = grouping_shape(layer).back();
  expect_shape(layer.output_shape.rank() == 0 || layer.output_shape.back() == units, layer,
               "output shape " + to_string(layer.output_shape),
               "a last axis of " + std::to_string(units) + " for kernel shape " + to_string(kernel));
}

inline void expect_inbound(const layer_attributes& layer, const std::set<std::string>& names) {
  for (const std::string& inbound : layer.inbound) {
    expect(names.contains(inbound), layer, "inbound layer '" + inbound + "'",
           "the name of a layer of the same model, such as '" + std::string(closest_name(inbound, names)) + "'");
  }
}

}  // namespace detail

/// @param layer  what is known of one layer.
/// @throws argument_error or shape_error that names the layer, what came and what was expected: no name, a kernel shape
///         that is empty or not its kind's, inputs or outputs that do not fit it, a reuse factor below 1, a strategy
///         that is none, a width outside 1 to 64 bits.
inline void validate(const layer_attributes& layer) {
  detail::expect(!layer.name.empty(), layer, "an empty name", "a name");
  detail::expect_shapes(layer);
  hls::detail::expect_reuse_factor(layer.hls.reuse_factor, "attributes::validate", layer.name);
  const auto strategy = static_cast<std::size_t>(layer.hls.strategy);
  detail::expect(strategy < hls::strategy_names.size(), layer, "strategy number " + std::to_string(strategy),
                 "latency, resource, resource_unrolled or distributed_arithmetic");
  for (const std::uint32_t bits : {layer.hls.weight_width, layer.hls.output_width}) {
    detail::expect(bits >= 1 && bits <= 64, layer, std::to_string(bits) + " bits", "1 to 64");
  }
}

/// @param layers  the layers of a model.
/// @throws what validate(layer) throws; argument_error if two layers have one name or an inbound name is no layer's
/// (the
///         closest is given); shape_error if a kernel has not as many weights as its shape; numeric_error if a weight
///         is not finite.
/// Complexity: O(weights).
template <class Value>
void validate(std::span<const prunable_layer<Value>> layers) {
  std::set<std::string> names;
  for (const auto& layer : layers) {
    validate(layer.attributes);
    detail::expect(names.insert(layer.attributes.name).second, layer.attributes, "the name of another layer",
                   "names that differ");
    const std::size_t weights = layer.attributes.kernel_shape.size();
    detail::expect_shape(layer.kernel.size() == weights, layer.attributes,
                         std::to_string(layer.kernel.size()) + " weights",
                         std::to_string(weights) + " for kernel shape " + to_string(layer.attributes.kernel_shape));
    for (std::size_t i = 0; i < layer.kernel.size(); ++i) {
      if (!std::isfinite(layer.kernel[i])) {
        reject<numeric_error>("attributes::validate",
                              {"layer '", layer.attributes.name, "' with weight ", i, " not a finite number"},
                              {"finite weights"});
      }
    }
  }
  for (const auto& layer : layers) {
    detail::expect_inbound(layer.attributes, names);
  }
}

}  // namespace espalier::inline v0::attributes

#endif

// ---- espalier/base/byte_reader.hpp ----
// Reads back what byte_writer wrote.
#ifndef ESPALIER_BASE_BYTE_READER_HPP
#define ESPALIER_BASE_BYTE_READER_HPP

namespace espalier::inline v0 {

/// Reads values in the order in which they were written. Never reads beyond its bytes, and never asks for more memory
/// than they could fill.
class byte_reader {
 public:
  static constexpr bool writes = false;

  /// @param bytes  what a byte_writer gave; must outlive the reader.
  explicit byte_reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  /// @param values  of the types that were written, in their order.
  /// @throws parse_error if there are not enough bytes.
  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }

  /// @return how many bytes were not read yet.
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (requires { value.resize(1); }) {
      get_sequence(value);
    } else {
      get_number(value);
    }
  }

  template <class T>
  void get_number(T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "no way is known to read this type");
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;  // a byte that is neither 0 nor 1 must not become a bool
      take(&byte, 1);
      value = byte != 0;
    } else {
      take(&value, 1);
    }
  }

  template <class Sequence>
  void get_sequence(Sequence& sequence) {
    std::uint64_t count = 0;
    get_number(count);
    if (count > left() / sizeof(typename Sequence::value_type)) {
      refuse(count * sizeof(typename Sequence::value_type));
    }
    sequence.resize(static_cast<std::size_t>(count));
    take(sequence.data(), sequence.size());
  }

  template <class T>
  void take(T* first, std::size_t count) {
    if (count > left() / sizeof(T)) {
      refuse(count * sizeof(T));
    }
    if (count > 0) {
      std::memcpy(first, bytes_.data(), count * sizeof(T));
      bytes_ = bytes_.subspan(count * sizeof(T));
    }
  }

  [[noreturn]] void refuse(std::uint64_t wanted) const {
    reject<parse_error>("base::byte_reader", {left(), " bytes where a value begins"}, {wanted, " or more"});
  }

  std::span<const std::byte> bytes_;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/byte_writer.hpp ----
// Turns numbers, texts and sequences of numbers into bytes, for what is to be gone on with later.
#ifndef ESPALIER_BASE_BYTE_WRITER_HPP
#define ESPALIER_BASE_BYTE_WRITER_HPP

namespace espalier::inline v0 {

/// Writes values one after the other; `byte_reader` reads them in the same order. Numbers are written as the machine
/// holds them, sequences after their length.
class byte_writer {
 public:
  static constexpr bool writes = true;

  /// @param values  numbers, enumerators, texts, or vectors of numbers.
  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

  /// @return all bytes written so far; the writer is empty then.
  [[nodiscard]] std::vector<std::byte> take() noexcept { return std::exchange(bytes_, {}); }

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (requires { value.data(); }) {
      put(std::uint64_t{value.size()});
      append(value.data(), value.size());
    } else {
      append(&value, 1);
    }
  }

  template <class T>
  void append(const T* first, std::size_t count) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "no way is known to write this type");
    if (count > 0) {
      const std::size_t begin = bytes_.size();
      bytes_.resize(begin + count * sizeof(T));
      std::memcpy(bytes_.data() + begin, first, count * sizeof(T));
    }
  }

  std::vector<std::byte> bytes_;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/callback.hpp ----
// A function of the user's that the library calls back.
#ifndef ESPALIER_BASE_CALLBACK_HPP
#define ESPALIER_BASE_CALLBACK_HPP

namespace espalier::inline v0 {

template <class Signature>
class callback;

/// Holds a copy of anything that can be called so, or nothing.
///
/// A type of its own rather than std::function, since <functional> alone would be a tenth of what the core takes to
/// compile.
/// @tparam Result     what it returns.
/// @tparam Arguments  what it is called with.
template <class Result, class... Arguments>
class callback<Result(Arguments...)> {
 public:
  /// Nothing to call.
  callback() noexcept = default;

  /// @param function  kept as a copy.
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, callback>) &&
      std::is_invocable_r_v<Result, std::decay_t<Function>&, Arguments...>
      // NOLINTNEXTLINE(*-explicit-constructor,*-forwarding-reference-overload): options.on_level = a lambda
      callback(Function&& function) : held_(new holder<std::decay_t<Function>>(std::forward<Function>(function))) {}

  callback(const callback& other) : held_(other.held_ == nullptr ? nullptr : other.held_->copy()) {}
  callback(callback&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  callback& operator=(callback other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~callback() { delete held_; }

  /// @return whether there is something to call.
  [[nodiscard]] explicit operator bool() const noexcept { return held_ != nullptr; }

  /// Calls it; there must be something to call.
  Result operator()(Arguments... arguments) const { return held_->call(std::forward<Arguments>(arguments)...); }

 private:
  struct held {
    held() = default;
    held(const held&) = delete;
    held& operator=(const held&) = delete;
    virtual ~held() = default;
    virtual Result call(Arguments... arguments) = 0;
    [[nodiscard]] virtual held* copy() const = 0;
  };
  template <class Function>
  struct holder final : held {
    explicit holder(Function f) : function(std::move(f)) {}
    Result call(Arguments... arguments) override {
      return static_cast<Result>(function(std::forward<Arguments>(arguments)...));
    }
    [[nodiscard]] held* copy() const override { return new holder(function); }
    Function function;
  };

  held* held_ = nullptr;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/fingerprint.hpp ----
// One number that stands for many, to find out whether two things are the same.
#ifndef ESPALIER_BASE_FINGERPRINT_HPP
#define ESPALIER_BASE_FINGERPRINT_HPP

namespace espalier::inline v0 {

/// Sums up numbers and texts, in their order. Different contents have different sums but for one case in 2^64 or so; it
/// is no protection against a person who wants two equal ones.
/// Source: the mixing step of splitmix64, on words of eight bytes.
class fingerprint {
 public:
  /// @param number  a number or an enumerator.
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) fingerprint& add(T number) noexcept {
    return add_bytes(&number, 1, sizeof(T));
  }

  fingerprint& add(std::string_view text) noexcept { return add_bytes(text.data(), text.size(), 1); }

  /// @param numbers  with their count, so that parts cannot run together.   Complexity: O(n).
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) fingerprint& add(std::span<const T> numbers) noexcept {
    return add_bytes(numbers.data(), numbers.size(), sizeof(T));
  }

  /// @tparam T  any type; what is added is its name, as the compiler spells it.
  template <class T>
  fingerprint& add_type() noexcept {
    return add(std::string_view(__PRETTY_FUNCTION__));
  }

  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  fingerprint& add_bytes(const void* first, std::size_t count, std::size_t size_of_each) noexcept {
    mix(count);
    const auto* const bytes = static_cast<const unsigned char*>(first);
    const std::size_t size = count * size_of_each;
    for (std::size_t begin = 0; begin < size; begin += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + begin, size - begin < sizeof(word) ? size - begin : sizeof(word));
      mix(word);
    }
    return *this;
  }

  void mix(std::uint64_t word) noexcept {
    value_ = (value_ ^ word) * 0xBF58476D1CE4E5B9U;
    value_ ^= value_ >> 31U;
  }

  std::uint64_t value_ = 0x9E3779B97F4A7C15U;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/random_generator.hpp ----
// Seeded random numbers that do not depend on the compiler or its standard library.
#ifndef ESPALIER_BASE_RANDOM_GENERATOR_HPP
#define ESPALIER_BASE_RANDOM_GENERATOR_HPP

namespace espalier::inline v0 {

/// A counter-based generator (splitmix64) with the few distributions that the library draws from.
///
/// It is a std::uniform_random_bit_generator. The distributions of the standard library are not used with it:
/// their results differ between implementations.
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
class random_generator {
 public:
  using result_type = std::uint64_t;

  /// @param seed  any number; equal seeds give equal sequences.
  constexpr explicit random_generator(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] static constexpr result_type(min)() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type(max)() noexcept { return ~result_type{0}; }

  /// @return the next 64 random bits.
  constexpr result_type operator()() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// @return a number in [0, 1), a multiple of 2^-53.
  constexpr double uniform() noexcept { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

  /// @param bound  greater than 0.
  /// @return a whole number in [0, bound), without bias (rejection).
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    const std::uint64_t mask = ~std::uint64_t{0} >> static_cast<unsigned>(std::countl_zero(bound | 1U));
    std::uint64_t draw = (*this)() & mask;
    while (draw >= bound) {
      draw = (*this)() & mask;
    }
    return draw;
  }

  /// @return a draw from the normal distribution with mean 0 and variance 1 (Marsaglia's polar method).
  double normal() noexcept {
    double x = 0;
    double square = 0;
    do {
      x = 2 * uniform() - 1;
      const double y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * std::sqrt(-2 * std::log(square) / square);
  }

  /// Puts the elements into a random order (Fisher and Yates).
  /// @param elements  any sequence; every order is equally likely.
  template <class T, std::size_t Extent>
  constexpr void shuffle(std::span<T, Extent> elements) noexcept {
    for (std::size_t left = elements.size(); left > 1; --left) {
      using std::swap;
      swap(elements[left - 1], elements[static_cast<std::size_t>(below(left))]);
    }
  }

  /// @return a generator for an independent stream, drawn from this one.
  constexpr random_generator split() noexcept { return random_generator((*this)()); }

 private:
  std::uint64_t state_;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/stop_condition.hpp ----
// Whether long work shall end early.
#ifndef ESPALIER_BASE_STOP_CONDITION_HPP
#define ESPALIER_BASE_STOP_CONDITION_HPP

namespace espalier::inline v0 {

/// Something that can be asked whether to stop, such as a std::stop_token.
template <class Source>
concept stop_source = std::copy_constructible<Source> && requires(const Source& source) {
  { source.stop_requested() } -> std::convertible_to<bool>;
};

/// Says whether long work shall end early; made from a std::stop_token or from any other stop_source.
///
/// A type of its own rather than std::stop_token, since <stop_token> alone would be a tenth of what the core takes to
/// compile, and since a signal's flag or a framework's own cancellation serve as well.
/// Copies ask copies of the same source.
class stop_condition {
 public:
  /// Never stops.
  stop_condition() noexcept = default;

  /// @param source  asked from now on, from whatever thread works; kept as a copy.
  template <class Source>
  requires(!std::same_as<Source, stop_condition>) &&
      stop_source<Source> stop_condition(Source source)  // NOLINT(google-explicit-constructor): a token is a condition
      : asked_([source = std::move(source)] { return static_cast<bool>(source.stop_requested()); }) {}

  /// @return true if the work shall end; false for ever if there is no source.
  [[nodiscard]] bool stop_requested() const { return asked_ && asked_(); }

 private:
  callback<bool()> asked_;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/sum.hpp ----
// A sum of many numbers that loses nothing to rounding along the way.
#ifndef ESPALIER_BASE_SUM_HPP
#define ESPALIER_BASE_SUM_HPP

namespace espalier::inline v0 {

/// Adds doubles with the rounding errors carried along; the result is as good as one of twice the precision, rounded.
/// Source: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen".
class compensated_sum {
 public:
  /// @param number  finite.
  void add(double number) noexcept {
    const double next = sum_ + number;
    lost_ += std::abs(sum_) >= std::abs(number) ? (sum_ - next) + number : (number - next) + sum_;
    sum_ = next;
  }

  /// @return the sum of all numbers added, 0 if there was none.
  [[nodiscard]] double result() const noexcept { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace espalier::inline v0

#endif

// ---- espalier/base/view_of.hpp ----
// All elements of a vector as a span.
#ifndef ESPALIER_BASE_VIEW_OF_HPP
#define ESPALIER_BASE_VIEW_OF_HPP

namespace espalier::inline v0 {

/// What the conversion of a vector to a span gives as well. That one looks at the vector as a range, which takes
/// compilers some 20 ms for each type of elements; code that every program includes uses this one.
/// @param all  must outlive the result.
/// @return a view of its elements.
template <class T>
[[nodiscard]] std::span<const T> view_of(const std::vector<T>& all) noexcept {
  return {all.data(), all.size()};
}

}  // namespace espalier::inline v0

#endif

// ---- espalier/hls/precision.hpp ----
// The type of a number in hardware, as HLS tools write it: ap_fixed<16,6>, ac_int<8,false>, auto, and so on.
#ifndef ESPALIER_HLS_PRECISION_HPP
#define ESPALIER_HLS_PRECISION_HPP

namespace espalier::inline v0::hls {

/// What kind of number.
enum class number_kind : std::uint8_t {
  automatic,  ///< not known until the tool or somebody else says
  fixed,      ///< fixed point
  integer,    ///< fixed point without a fraction
  floating    ///< float, double or half
};

/// The type of a number. The names of modes are those of ap_fixed without "AP_".
struct precision {
  number_kind kind = number_kind::automatic;
  std::uint32_t width = 0;               ///< bits, 1 to 4096; 0 for automatic
  std::int32_t integer = 0;              ///< bits before the point, sign included; may be negative or above the width
  bool is_signed = true;                 ///< two's complement
  std::string_view rounding = "TRN";     ///< TRN, TRN_ZERO, RND, RND_CONV, RND_ZERO, RND_INF, RND_MIN_INF
  std::string_view saturation = "WRAP";  ///< WRAP, SAT, SAT_ZERO, SAT_SYM
  std::int32_t saturation_bits = 0;      ///< of WRAP

  friend bool operator==(const precision&, const precision&) = default;
};

/// Writes a type as hls4ml does.
/// @param p  a type.
/// @return such as "fixed<16,6,TRN,WRAP,0>", "uint<3>", "auto", "float"; parse_precision reads it back.
[[nodiscard]] inline std::string to_string(const precision& p) {
  switch (p.kind) {
    case number_kind::automatic:
      return "auto";
    case number_kind::floating:
      return p.width == 16 ? "half" : p.width == 32 ? "float" : "double";
    case number_kind::integer:
      return (p.is_signed ? "int<" : "uint<") + std::to_string(p.width) + ">";
    case number_kind::fixed:
      break;
  }
  return (p.is_signed ? "fixed<" : "ufixed<") + std::to_string(p.width) + "," + std::to_string(p.integer) + "," +
         std::string(p.rounding) + "," + std::string(p.saturation) + "," + std::to_string(p.saturation_bits) + ">";
}

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/hls/config.hpp ----
// The HLS settings of a whole model: for all layers, for a kind of layer, for one layer by name.
#ifndef ESPALIER_HLS_CONFIG_HPP
#define ESPALIER_HLS_CONFIG_HPP

namespace espalier::inline v0::hls {

/// What one granularity of a configuration says; what is not given is left to a coarser one.
struct settings {
  std::optional<hls::strategy> strategy{};
  std::optional<std::uint64_t> reuse_factor{};  ///< >= 1
  std::optional<std::uint32_t> weight_width{};  ///< bits, if only that is known; else see precision
  std::optional<std::uint32_t> output_width{};  ///< bits, if only that is known; else see precision
  std::optional<bool> compression{};            ///< compressed weights, where a resource strategy is asked for
  std::map<std::string, hls::precision>
      precision{};        ///< by variable: "weight", "bias", "result", ...; "default": others
  std::string warning{};  ///< what was doubtful about the strategy where it was read
};

/// Settings at three granularities. Each setting on its own comes from the finest one that gives it, as in hls4ml.
struct config {
  settings model{};                        ///< for every layer
  std::map<std::string, settings> type{};  ///< by kind of layer, as hls4ml writes it: "Dense", "Conv2D"
  std::map<std::string, settings> name{};  ///< by name of layer
  hls::io_type io_type = hls::io_type::io_parallel;

  /// @param layer_name  the layer's own name.
  /// @param layer_type  its kind, as hls4ml writes it.
  /// @return its settings; what nothing gives has the defaults of layer_config. A weight or output whose type is not
  ///         known ("auto") has the width of the model's default type, as hls4ml gives it.
  /// @throws argument_error if a reuse factor of 0, or a negative one, was given.   Complexity: O(log n).
  [[nodiscard]] layer_config of(const std::string& layer_name, const std::string& layer_type) const {
    layer_config result;
    result.io_type = io_type;
    const auto levels = levels_of(layer_name, layer_type);
    for (std::size_t i = levels.size(); i-- > 0;) {
      const settings* const level = levels[i];
      if (level == nullptr) {
        continue;
      }
      result.reuse_factor = level->reuse_factor.value_or(result.reuse_factor);
      result.compression = level->compression.value_or(result.compression);
      if (level->strategy) {
        result.strategy = *level->strategy;
        result.warning = level->warning;
      }
    }
    detail::expect_reuse_factor(result.reuse_factor, "hls::config::of", layer_name);
    const bool resource =
        result.strategy == hls::strategy::resource || result.strategy == hls::strategy::resource_unrolled;
    result.compression = result.compression && resource && layer_type.find("Dense") != std::string::npos;
    result.weight_width = width_of(levels, "weight", &settings::weight_width);
    result.output_width = width_of(levels, "result", &settings::output_width);
    return result;
  }

  /// @param layer_name  the layer's own name.
  /// @param layer_type  its kind, as hls4ml writes it.
  /// @param variable    "weight", "bias", "result", ...
  /// @return the type of the variable: at the finest granularity that gives one, its own or else the default's;
  ///         automatic if none does.
  [[nodiscard]] hls::precision precision_of(const std::string& layer_name, const std::string& layer_type,
                                            const std::string& variable) const {
    for (const settings* level : levels_of(layer_name, layer_type)) {
      if (const hls::precision* given = level == nullptr ? nullptr : precision_at(*level, variable)) {
        return *given;
      }
    }
    return {};
  }

 private:
  using levels_type = std::array<const settings*, 3>;

  /// The finest first; null where nothing is said.
  [[nodiscard]] levels_type levels_of(const std::string& layer_name, const std::string& layer_type) const {
    const auto by_name = name.find(layer_name);
    const auto by_type = type.find(layer_type);
    return {by_name == name.end() ? nullptr : &by_name->second, by_type == type.end() ? nullptr : &by_type->second,
            &model};
  }

  [[nodiscard]] static const hls::precision* precision_at(const settings& level, const std::string& variable) {
    const auto own = level.precision.find(variable);
    const auto found = own != level.precision.end() ? own : level.precision.find("default");
    return found == level.precision.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::uint32_t width_of(const levels_type& levels, const std::string& variable,
                                       std::optional<std::uint32_t> settings::*width) const {
    for (const settings* level : levels) {
      if (level == nullptr) {
        continue;
      }
      if (const auto given = level->*width) {
        return *given;
      }
      if (const hls::precision* given = precision_at(*level, variable)) {
        const hls::precision* known = given->kind != number_kind::automatic ? given : precision_at(model, "default");
        return known == nullptr || known->kind == number_kind::automatic ? default_width : known->width;
      }
    }
    return default_width;
  }

  static constexpr std::uint32_t default_width = 16;  // hls4ml's ap_fixed<16,6>
};

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/hls/detail/precision_reader.hpp ----
// Reads the type of a number as HLS tools write it.
#ifndef ESPALIER_HLS_DETAIL_PRECISION_READER_HPP
#define ESPALIER_HLS_DETAIL_PRECISION_READER_HPP

namespace espalier::inline v0::hls::detail {

inline constexpr std::array<std::string_view, 7> roundings{"TRN",      "TRN_ZERO", "RND",        "RND_CONV",
                                                           "RND_ZERO", "RND_INF",  "RND_MIN_INF"};
inline constexpr std::array<std::string_view, 4> saturations{"WRAP", "SAT", "SAT_ZERO", "SAT_SYM"};

/// Reads one precision string.
class precision_reader {
 public:
  explicit precision_reader(std::string_view text) : text_(text) {}

  [[nodiscard]] precision operator()() const {
    const std::string_view all = trimmed(text_);
    if (lower(all) == "auto") {
      return {};
    }
    for (const auto& [name, width] : floating_types) {
      if (all == name) {
        return {.kind = number_kind::floating, .width = width};
      }
    }
    const std::size_t open = all.find('<');
    const std::string_view type = all.substr(0, open);
    const bool ac = type.starts_with("ac_");
    std::string_view core = type;
    if (ac || core.starts_with("ap_")) {
      core.remove_prefix(3);
    }
    const bool is_unsigned = core.starts_with("u") && !ac;
    core.remove_prefix(is_unsigned ? 1 : 0);
    if (core != "fixed" && core != "int") {
      refuse("the type '" + std::string(type) + "'",
             "such as '" + std::string(closest_name(type, types)) + "', or auto, float, double, half");
    }
    if (open == std::string_view::npos || all.find('>') != all.size() - 1) {
      refuse("'" + std::string(text_) + "'", "the type's numbers between < and > and nothing behind");
    }
    return arguments({split(all.substr(open + 1, all.size() - open - 2)), ac, core == "fixed", !is_unsigned});
  }

 private:
  static constexpr std::array<std::string_view, 10> types{"ap_fixed", "ap_ufixed", "ap_int", "ap_uint", "ac_fixed",
                                                          "ac_int",   "fixed",     "ufixed", "int",     "uint"};

  struct floating_type {
    std::string_view name;
    std::uint32_t width;
  };
  static constexpr std::array<floating_type, 3> floating_types{{{"half", 16}, {"float", 32}, {"double", 64}}};

  struct parts {
    std::vector<std::string_view> fields;
    bool ac;
    bool fixed;
    bool is_signed;
  };

  [[noreturn]] static void refuse(const std::string& got, const std::string& expected) {
    reject<parse_error>("hls::parse_precision", {got}, {expected});
  }

  [[nodiscard]] static std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  }

  [[nodiscard]] static std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
      letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return result;
  }

  [[nodiscard]] static std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> fields;
    for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
      fields.push_back(trimmed(text.substr(0, comma)));
      text.remove_prefix(comma + 1);
    }
    fields.push_back(trimmed(text));
    return fields;
  }

  [[nodiscard]] precision arguments(const parts& p) const {
    const std::size_t numbers = p.fixed ? 2 : 1;
    std::size_t most = p.ac ? numbers + 1 : numbers;
    most += p.fixed ? (p.ac ? 2 : 3) : 0;
    if (p.fields.size() < numbers || p.fields.size() > most) {
      refuse("'" + std::string(text_) + "' with " + std::to_string(p.fields.size()) + " arguments",
             std::to_string(numbers) + " to " + std::to_string(most));
    }
    precision result{.kind = p.fixed ? number_kind::fixed : number_kind::integer};
    result.width = static_cast<std::uint32_t>(number(p.fields[0], 1, 4096));
    result.integer = p.fixed ? number(p.fields[1], -4096, 4096) : static_cast<std::int32_t>(result.width);
    result.is_signed = p.is_signed;
    std::size_t next = numbers;
    if (p.ac && next < p.fields.size()) {
      result.is_signed = truth(p.fields[next++]);
    }
    if (next < p.fields.size()) {
      result.rounding = mode(p.fields[next++], roundings);
    }
    if (next < p.fields.size()) {
      result.saturation = mode(p.fields[next++], saturations);
    }
    if (next < p.fields.size()) {
      result.saturation_bits = number(p.fields[next], 0, 4096);
    }
    return result;
  }

  [[nodiscard]] std::int32_t number(std::string_view field, std::int32_t low, std::int32_t high) const {
    const bool negative = field.starts_with("-");
    std::int32_t result = 0;
    bool right = field.size() > (negative ? 1U : 0U);
    for (const char digit : field.substr(negative ? 1 : 0)) {
      right = right && digit >= '0' && digit <= '9' && result < 100'000'000;
      result = right ? 10 * result + (digit - '0') : 0;
    }
    result = negative ? -result : result;
    if (!right || result < low || result > high) {
      refuse("'" + std::string(field) + "' in '" + std::string(text_) + "'",
             "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return result;
  }

  [[nodiscard]] bool truth(std::string_view field) const {
    const std::string word = lower(field);
    if (word != "true" && word != "false" && word != "1" && word != "0") {
      refuse("sign '" + std::string(field) + "' in '" + std::string(text_) + "'", "true or false");
    }
    return word == "true" || word == "1";
  }

  template <std::size_t Count>
  [[nodiscard]] std::string_view mode(std::string_view field, const std::array<std::string_view, Count>& modes) const {
    std::string_view name = field;
    if (name.starts_with("AP_") || name.starts_with("AC_")) {
      name.remove_prefix(3);
    }
    for (const std::string_view known : modes) {
      if (name == known) {
        return known;
      }
    }
    refuse("mode '" + std::string(field) + "' in '" + std::string(text_) + "'",
           "such as '" + std::string(closest_name(name, modes)) + "'");
  }

  std::string_view text_;
};

}  // namespace espalier::inline v0::hls::detail

#endif

// ---- espalier/hls/parse_precision.hpp ----
// Reads the type of a number: ap_fixed<16,6>, ac_int<8,false>, auto, and so on.
#ifndef ESPALIER_HLS_PARSE_PRECISION_HPP
#define ESPALIER_HLS_PARSE_PRECISION_HPP

namespace espalier::inline v0::hls {

/// Reads the type of a number: ap_fixed, ap_ufixed, ap_int, ap_uint, ac_fixed, ac_int, the same without "ap_", auto,
/// float, double, half.
/// @param text  such as "ap_fixed<16,6,AP_RND,AP_SAT>" or "ac_fixed<16,6,false>".
/// @return the type; automatic for "auto" in any case.
/// @throws parse_error that says what came and what was expected: an unknown type or mode (the closest is given),
///         missing or too many arguments, a width that is no whole number from 1 to 4096, text behind the bracket.
[[nodiscard]] inline precision parse_precision(std::string_view text) {
  return detail::precision_reader(text)();
}

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/hls/parse_strategy.hpp ----
// Reads the name of a strategy in any case, and says where hls4ml would read something else.
#ifndef ESPALIER_HLS_PARSE_STRATEGY_HPP
#define ESPALIER_HLS_PARSE_STRATEGY_HPP

namespace espalier::inline v0::hls {

/// A strategy that was read, and what its reader should know.
struct parsed_strategy {
  hls::strategy strategy = hls::strategy::latency;
  std::string warning{};  ///< what hls4ml makes of the name that was written, if that is not what it says; else empty
};

namespace detail {

/// Letters in lower case, without underscores.
[[nodiscard]] inline std::string plain(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    if (letter != '_') {
      result += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  return result;
}

/// hls4ml's own way: an underscore before every capital that has none and is not the first, then lower case.
[[nodiscard]] inline std::string as_hls4ml_reads(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    if (capital && !result.empty() && result.back() != '_') {
      result += '_';
    }
    result += capital ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return result;
}

}  // namespace detail

/// @param name  such as "Resource", "resource_unrolled", "ResourceUnrolled" or "LATENCY".
/// @return the strategy. hls4ml builds with latency, and says nothing, whatever it cannot read: names in capitals
///         ("RESOURCE"), and "Unrolled", which is no strategy but was written by many. The former are what they say
///         here, the latter is latency; both come with a warning.
/// @throws argument_error for any other name that is none; the message has the closest one.
[[nodiscard]] inline parsed_strategy parse_strategy(std::string_view name) {
  const std::string plain = detail::plain(name);
  for (std::size_t i = 0; i < strategy_names.size(); ++i) {
    if (plain == detail::plain(strategy_names[i])) {
      const auto strategy = static_cast<hls::strategy>(i);
      const bool alike = detail::as_hls4ml_reads(name) == strategy_names[i] || strategy == hls::strategy::latency;
      return {strategy, alike ? ""
                              : "hls4ml reads strategy '" + std::string(name) + "' as latency; write '" +
                                    std::string(strategy_names[i]) + "'"};
    }
  }
  const std::string closest(closest_name(plain, strategy_names));
  if (plain == "unrolled") {
    return {hls::strategy::latency, "unknown strategy '" + std::string(name) +
                                        "', which hls4ml builds as latency; the closest is '" + closest + "'"};
  }
  reject<argument_error>("hls::parse_strategy", {"strategy '", name, "'"},
                         {"one of hls4ml's, such as '", closest, "'; it would build latency, silently"});
}

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/hls/reuse_factor.hpp ----
// Which reuse factors hls4ml accepts for a kernel matrix, and to which one it moves when it does not.
#ifndef ESPALIER_HLS_REUSE_FACTOR_HPP
#define ESPALIER_HLS_REUSE_FACTOR_HPP

namespace espalier::inline v0::hls {

/// A kernel as hls4ml multiplies it.
struct matrix_size {
  std::uint64_t inputs = 1;   ///< Dense: last axis of the input; Conv2D: height * width * channels
  std::uint64_t outputs = 1;  ///< neurons or filters
};

/// @param matrix        both sizes >= 1.
/// @param reuse_factor  any number.
/// @return whether hls4ml's resource strategies take the factor as it is; 0 never is.
/// Source: hls4ml, `FPGABackend._validate_reuse_factor`.
[[nodiscard]] constexpr bool is_valid_reuse_factor(const matrix_size& matrix, std::uint64_t reuse_factor) noexcept {
  if (reuse_factor == 0) {
    return false;
  }
  const std::uint64_t weights = matrix.inputs * matrix.outputs;
  const std::uint64_t multipliers_in = (std::min)(matrix.inputs, reuse_factor);
  const std::uint64_t limit = (weights + multipliers_in - 1) / multipliers_in;
  const bool outputs_align = limit % matrix.outputs == 0 || reuse_factor >= matrix.inputs;
  const bool inputs_align = reuse_factor % matrix.inputs == 0 || reuse_factor < matrix.inputs;
  return outputs_align && inputs_align && weights % reuse_factor == 0;
}

/// @param matrix  both sizes >= 1.
/// @return all valid factors, ascending; never empty, since 1 is valid.
/// @throws argument_error if a size is 0 or the weights overflow.   Complexity: O(sqrt(n) log n).
[[nodiscard]] inline std::vector<std::uint64_t> valid_reuse_factors(const matrix_size& matrix) {
  if (matrix.inputs == 0 || matrix.outputs == 0) {
    reject<argument_error>("hls::valid_reuse_factors", {"a matrix of ", matrix.inputs, " x ", matrix.outputs},
                           {"at least 1 x 1"});
  }
  if (matrix.inputs > (std::numeric_limits<std::uint64_t>::max)() / matrix.outputs) {
    reject<argument_error>("hls::valid_reuse_factors", {"a matrix of ", matrix.inputs, " x ", matrix.outputs},
                           {"as many weights as a uint64 counts"});
  }
  const std::uint64_t weights = matrix.inputs * matrix.outputs;
  std::vector<std::uint64_t> factors;
  const auto take = [&](std::uint64_t factor) {
    if (weights % factor == 0 && is_valid_reuse_factor(matrix, factor)) {
      factors.push_back(factor);
    }
  };
  std::uint64_t divisor = 1;
  for (; divisor <= weights / divisor; ++divisor) {
    take(divisor);
  }
  while (--divisor > 0) {  // the others, which belong to one of these each
    if (weights % divisor == 0 && weights / divisor != divisor) {
      take(weights / divisor);
    }
  }
  return factors;
}

/// @param factors    valid factors, ascending, not empty.
/// @param requested  the factor asked for, >= 1.
/// @return the valid factor that is closest to it; of two equally close ones the smaller.
/// @throws argument_error if there are no factors.
[[nodiscard]] inline std::uint64_t closest_reuse_factor(const std::vector<std::uint64_t>& factors,
                                                        std::uint64_t requested) {
  if (factors.empty()) {
    reject<argument_error>("hls::closest_reuse_factor", {"no factors"}, {"at least one valid factor"});
  }
  const auto distance = [&](std::uint64_t factor) {
    return factor > requested ? factor - requested : requested - factor;
  };
  return *std::min_element(factors.begin(), factors.end(),
                           [&](std::uint64_t a, std::uint64_t b) { return distance(a) < distance(b); });
}

}  // namespace espalier::inline v0::hls

#endif

// ---- espalier/knapsack/problem.hpp ----
// What a knapsack is asked: items with values, in classes that share one weight per resource, and the capacities.
#ifndef ESPALIER_KNAPSACK_PROBLEM_HPP
#define ESPALIER_KNAPSACK_PROBLEM_HPP

namespace espalier::inline v0::knapsack {

/// Consecutive items of one class.
struct run {
  std::uint32_t item_class = 0;  ///< index of the class
  std::uint64_t count = 0;       ///< how many items, 0 or more

  friend bool operator==(const run&, const run&) = default;
};

/// Maximize the sum of the values of the kept items, subject to the sum of their weights <= capacity in every
/// resource.
///
/// Items are numbered in the order of `values`; `runs` says, in the same order, which class they belong to. Several
/// runs may name the same class, and a class may have no item.
/// @tparam Value  float or double.
template <class Value>
struct problem {
  std::span<const Value> values;         ///< n values, finite and >= 0; not owned
  std::vector<run> runs;                 ///< classes of the items; the counts sum to n
  std::vector<std::int64_t> weights;     ///< classes x resources, row-major, >= 0
  std::vector<std::int64_t> capacities;  ///< one per resource, >= 0

  /// @return the number of items.
  [[nodiscard]] std::size_t items() const noexcept { return values.size(); }
  /// @return the number of resources.
  [[nodiscard]] std::size_t resources() const noexcept { return capacities.size(); }
  /// @return the number of classes; 0 if there are no resources.
  [[nodiscard]] std::size_t classes() const noexcept {
    return capacities.empty() ? 0 : weights.size() / capacities.size();
  }
  /// @param item_class  index of a class.
  /// @return its weight in every resource.
  [[nodiscard]] std::span<const std::int64_t> weights_of(std::size_t item_class) const noexcept {
    return {weights.data() + item_class * resources(), resources()};
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/choice_problem.hpp ----
// What a multiple-choice knapsack is asked: groups that take one of several options, and the capacities.
#ifndef ESPALIER_KNAPSACK_CHOICE_PROBLEM_HPP
#define ESPALIER_KNAPSACK_CHOICE_PROBLEM_HPP

namespace espalier::inline v0::knapsack {

/// Maximize the sum of the values of the chosen options, one for each group, subject to the sum of their weights <=
/// capacity in every resource.
///
/// Such as: keep a group of weights, share it, give it fewer bits, prune it. The groups of a class have the same
/// options with the same weights; the values are their own. Each class has a lightest option, such as pruning, that
/// weighs no more than any other in any resource.
/// @tparam Value  float or double.
template <class Value>
struct choice_problem {
  std::span<const Value> values;      ///< the options of the first group, of the second, ...; finite, >= 0; not owned
  std::vector<run> runs;              ///< classes of the groups; the counts sum to the number of groups
  std::vector<std::size_t> options;   ///< how many options each class has, 1 or more
  std::vector<std::int64_t> weights;  ///< options of all classes x resources, row-major, >= 0
  std::vector<std::int64_t> capacities;  ///< one per resource, >= 0

  /// @return the number of resources.
  [[nodiscard]] std::size_t resources() const noexcept { return capacities.size(); }
  /// @return the number of groups.
  [[nodiscard]] std::size_t groups() const noexcept {
    std::size_t sum = 0;
    for (const run& one : runs) {
      sum += static_cast<std::size_t>(one.count);
    }
    return sum;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/solution.hpp ----
// What a knapsack answers: the kept items, their value, a proven upper bound, and what the answer is worth.
#ifndef ESPALIER_KNAPSACK_SOLUTION_HPP
#define ESPALIER_KNAPSACK_SOLUTION_HPP

namespace espalier::inline v0::knapsack {

/// What an answer is worth.
enum class status : std::uint8_t {
  optimal,    ///< no feasible choice has a larger value
  feasible,   ///< the capacities hold; the bound says how much larger the optimum can be
  infeasible  ///< no choice satisfies the capacities
};

/// @param s  a status.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(status s) noexcept {
  switch (s) {
    case status::optimal:
      return "optimal";
    case status::feasible:
      return "feasible";
    case status::infeasible:
      break;
  }
  return "infeasible";
}

/// What an exact answer took.
struct statistics {
  std::uint64_t scans = 0;         ///< passes over the values
  std::uint64_t window_items = 0;  ///< items that the last pass left undecided
  std::uint64_t dual_steps = 0;    ///< break solutions tried to find the prices
  std::uint64_t searches = 0;      ///< passes of the search
  std::uint64_t states = 0;        ///< the most partial choices held at once
  std::uint64_t work = 0;          ///< partial choices tried; counts against the work limit
  double seconds = 0;              ///< if asked for, else 0
};

/// The answer of a solver.
struct solution {
  std::vector<std::uint8_t> kept;     ///< n entries, 1 for a kept item, else 0
  std::vector<std::uint64_t> counts;  ///< how many items of each class are kept
  std::vector<std::int64_t> used;     ///< the sum of the weights of the kept items, per resource
  double value = 0;                   ///< the sum of the values of the kept items
  double bound = 0;                   ///< a proven upper bound on the value of every feasible choice
  std::vector<double>
      multipliers;  ///< the price of a unit of each resource behind the bound; empty if the solver has none
  knapsack::status status = knapsack::status::infeasible;
  knapsack::statistics statistics;  ///< what it took; zeros if the solver does not say

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/choice_solution.hpp ----
// What a multiple-choice knapsack answers: an option for each group, their value, and a proven upper bound.
#ifndef ESPALIER_KNAPSACK_CHOICE_SOLUTION_HPP
#define ESPALIER_KNAPSACK_CHOICE_SOLUTION_HPP

namespace espalier::inline v0::knapsack {

/// The answer to a choice_problem.
struct choice_solution {
  std::vector<std::uint32_t> chosen;  ///< per group, the number of its option, from 0
  std::vector<std::int64_t> used;     ///< the sum of the weights of the chosen options, per resource
  double value = 0;                   ///< the sum of the values of the chosen options
  double bound = 0;                   ///< a proven upper bound on the value of every feasible choice
  std::vector<double> multipliers;    ///< the price of a unit of each resource behind the bound
  knapsack::status status = knapsack::status::infeasible;  ///< infeasible: the lightest options alone, which are chosen
                                                           ///< then, exceed a capacity
  knapsack::statistics statistics;                         ///< what it took

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status != knapsack::status::feasible || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/base/compiled_once.hpp ----
// Lets a program of several units compile what is large and always the same once: units that define
// ESPALIER_COMPILED_ELSEWHERE leave it to the one that defines ESPALIER_COMPILED_HERE.
#ifndef ESPALIER_BASE_COMPILED_ONCE_HPP
#define ESPALIER_BASE_COMPILED_ONCE_HPP

/// Before a function that is to be instantiated; where it is not defined, each unit compiles what it uses.
#if defined(ESPALIER_COMPILED_HERE)
#define ESPALIER_COMPILED_ONCE template
#elif defined(ESPALIER_COMPILED_ELSEWHERE)
#define ESPALIER_COMPILED_ONCE extern template
#endif

#endif

// ---- espalier/knapsack/detail/steady_seconds.hpp ----
// Seconds by a clock that never goes back, for those who ask for a time limit or for how long it took.
#ifndef ESPALIER_KNAPSACK_DETAIL_STEADY_SECONDS_HPP
#define ESPALIER_KNAPSACK_DETAIL_STEADY_SECONDS_HPP

// <chrono> would be a twentieth of what the core takes to compile; it serves where POSIX is not.
#ifndef CLOCK_MONOTONIC
#include <chrono>
#endif

namespace espalier::inline v0::knapsack::detail {

/// Only differences mean anything.
[[nodiscard]] inline double steady_seconds() noexcept {
#ifdef CLOCK_MONOTONIC
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
#else
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
#endif
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/solve_options.hpp ----
// How much work the exact knapsack solver may do before it answers with what it has.
#ifndef ESPALIER_KNAPSACK_SOLVE_OPTIONS_HPP
#define ESPALIER_KNAPSACK_SOLVE_OPTIONS_HPP

namespace espalier::inline v0::knapsack {

/// Limits of `solve`. Past one it returns its best solution with the proven bound.
struct solve_options {
  std::uint64_t work_limit = 200'000'000;            ///< partial solutions tried; the same on every machine
  std::size_t memory_limit = std::size_t{1} << 30U;  ///< bytes for partial solutions
  double relative_gap = 0;                           ///< good enough: (bound - value) / bound at most this, >= 0
  double time_limit =
      std::numeric_limits<double>::infinity();  ///< seconds, >= 0, by a clock that is read only if this is finite
  bool measure_time = false;                    ///< fill in statistics::seconds; reads the clock
  stop_condition stop{};  ///< asked every few milliseconds; once it says so, the answer is what is known by then
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/detail/budget.hpp ----
// What a search may still spend: work, memory, time if asked, and whether it was told to stop.
#ifndef ESPALIER_KNAPSACK_DETAIL_BUDGET_HPP
#define ESPALIER_KNAPSACK_DETAIL_BUDGET_HPP

namespace espalier::inline v0::knapsack::detail {

/// Thrown and caught within the solvers: told to stop where there is no answer yet to go on with.
struct interrupted {};

/// Counts work against the limits of the options.
class budget {
 public:
  explicit budget(const solve_options& options) : options_(options) {
    if (options.time_limit < never) {
      end_ = steady_seconds() + options.time_limit;
    }
  }

  /// Counts one piece of work. False once a limit is reached, and from then on.
  [[nodiscard]] bool spend() {
    if (++work_ > options_.work_limit) {
      exhausted_ = true;
    } else if ((work_ & 0xFFFU) == 0) {
      look();
    }
    return !exhausted_;
  }
  /// False if that much memory, or anything else, is beyond the limits.
  [[nodiscard]] bool allows(std::size_t bytes) {
    look();
    exhausted_ = exhausted_ || bytes > options_.memory_limit;
    return !exhausted_;
  }
  /// Looks at the stop condition and the clock, as must be done every millisecond or so before the search begins.
  /// @throws interrupted if it is time to end.
  void keep_going() {
    if (is_over()) {
      exhausted_ = true;
      throw interrupted{};
    }
  }
  /// The same at one step in 2^16, for loops whose steps take nanoseconds.
  void keep_going(std::size_t step) {
    if ((step & 0xFFFFU) == 0xFFFFU) {
      keep_going();
    }
  }
  [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
  [[nodiscard]] std::uint64_t work() const noexcept { return work_; }
  /// What is left of the work limit.
  [[nodiscard]] std::uint64_t left() const noexcept {
    return options_.work_limit - (std::min)(work_, options_.work_limit);
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  void look() { exhausted_ = exhausted_ || is_over(); }
  [[nodiscard]] bool is_over() const {
    return options_.stop.stop_requested() || (end_ < never && steady_seconds() >= end_);
  }

  const solve_options& options_;
  double end_ = never;  // the clock is read only if there is a time limit
  std::uint64_t work_ = 0;
  bool exhausted_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/window.hpp ----
// The few items of each class that are near the line between kept and not, sorted: all that is left undecided.
#ifndef ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP
#define ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP

namespace espalier::inline v0::knapsack::detail {

/// An item of a window. Indices reach 2^32.
struct window_item {
  double value = 0;
  std::uint32_t index = 0;

  /// The order in which items of a class are kept: the more valuable first, the lower index among equals.
  friend bool operator<(const window_item& a, const window_item& b) noexcept {
    return a.value > b.value || (a.value == b.value && a.index < b.index);
  }
};

/// How many of the items of a class, sorted, are worth more than a price.   Complexity: O(log items).
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::size_t count_above(std::span<const window_item> items, double price) noexcept {
  return static_cast<std::size_t>(
      std::partition_point(items.begin(), items.end(), [price](const window_item& i) { return i.value > price; }) -
      items.begin());
}

/// The items of a class that are undecided: in the order in which items are kept, those from index `begin` on among the
/// items worth `high`, to those below index `end` among the items worth `low`.
///
/// Where values differ, low and high say it all; where millions are equal, a range can begin and end among these.
struct value_range {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  std::uint64_t begin = 0;
  std::uint64_t end = (std::numeric_limits<std::uint64_t>::max)();
};

/// The windows of all classes, one behind the other.
struct windows {
  std::vector<window_item> items;       ///< each class sorted
  std::vector<std::size_t> begin{0};    ///< class c has items begin[c] to begin[c + 1]
  std::vector<std::uint64_t> above;     ///< per class, items more valuable than its window: kept
  std::vector<std::uint64_t> below;     ///< per class, items less valuable: not kept
  std::vector<value_range> ranges;      ///< per class
  std::vector<std::int64_t> remaining;  ///< per row, the capacity less what the items above use; may be negative

  [[nodiscard]] std::size_t classes() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::span<const window_item> of(std::size_t c) const noexcept {
    return {items.data() + begin[c], begin[c + 1] - begin[c]};
  }
};

/// Sorts by the bits of the values, eleven at a time, from the last: a stable sort in six passes over the items.
///
/// Doubles >= 0 are in the order of their bits; negative zero, which is not, does not get into a window.
template <class = void>  // so that it is compiled where it is called only
void radix_sort(std::span<window_item> items, budget& b) {
  constexpr unsigned digit_bits = 11;
  constexpr unsigned digits = 6;
  constexpr std::uint64_t mask = (1U << digit_bits) - 1;
  const auto digit = [](const window_item& item, unsigned d) {
    return static_cast<std::size_t>(~std::bit_cast<std::uint64_t>(item.value) >> (digit_bits * d) & mask);
  };
  std::vector<std::uint32_t> places(digits * (mask + 1), 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    b.keep_going(i);
    for (unsigned d = 0; d < digits; ++d) {
      ++places[d * (mask + 1) + digit(items[i], d)];
    }
  }
  std::vector<window_item> other(items.size());
  std::span<window_item> from = items;
  std::span<window_item> to = other;
  for (unsigned d = 0; d < digits; ++d) {
    const auto place = std::span(places).subspan(d * (mask + 1), mask + 1);
    if (place[digit(from.front(), d)] == items.size()) {
      continue;  // all alike
    }
    std::exclusive_scan(place.begin(), place.end(), place.begin(), std::uint32_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
      b.keep_going(i);
      to[place[digit(from[i], d)]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from.data() != items.data()) {
    std::copy(from.begin(), from.end(), items.begin());
  }
}

/// Sorts items that come in the order of their indices.
/// @throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is called only
void sort_items(std::span<window_item> items, budget& b) {
  constexpr std::size_t many = 1 << 12;
  if (std::is_sorted(items.begin(), items.end())) {
    return;  // as equal values are
  }
  if (items.size() < many || items.size() > std::size_t{1} << 31U) {
    std::sort(items.begin(), items.end());
  } else {
    radix_sort(items, b);
  }
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/relaxation.hpp ----
// The relaxed problem, in which prices stand for the capacities, and its dual function.
#ifndef ESPALIER_KNAPSACK_DETAIL_RELAXATION_HPP
#define ESPALIER_KNAPSACK_DETAIL_RELAXATION_HPP

namespace espalier::inline v0::knapsack::detail {

/// What an item of these weights costs at some prices, one per row.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] double cost_of(const std::vector<double>& prices, std::span<const std::int64_t> weights) noexcept {
  double cost = 0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    cost += prices[r] * static_cast<double>(weights[r]);
  }
  return cost;
}

/// What the relaxed problem is made of: sorted items per class, each standing for `copies` items.
///
/// Values may be counted from some prices lambda0, as v - lambda0 w; then a unit of slack costs lambda0, and the prices
/// that are looked for are what is to be added.
struct relaxation {
  std::span<const window_item> items;        ///< each class sorted
  std::span<const std::size_t> begin;        ///< classes + 1
  std::span<const std::int64_t> weights;     ///< classes x rows
  std::span<const std::int64_t> capacities;  ///< per row, for these items
  std::span<const double> copies;            ///< per class; empty: 1
  std::span<const double> slack_costs;       ///< lambda0 per row; empty: 0

  [[nodiscard]] std::size_t classes() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::size_t rows() const noexcept { return capacities.size(); }
  [[nodiscard]] std::span<const window_item> of(std::size_t c) const noexcept {
    return items.subspan(begin[c], begin[c + 1] - begin[c]);
  }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept {
    return slack_costs.empty() ? 0.0 : slack_costs[row];
  }
};

/// A break solution: the items worth more than they cost at some prices.
struct break_solution {
  double value = 0;
  std::vector<double> used;  ///< per row
};

/// The Lagrangian dual function
///
///     L(lambda) = lambda C + sum over items of max(0, v - lambda w),   lambda >= 0,
///
/// convex, an upper bound on the optimum everywhere. One evaluation is a binary search per class.
template <class = void>  // so that it is compiled where it is used only
class dual_function {
 public:
  /// @throws interrupted if told to stop.
  dual_function(const relaxation& r, budget& b) : relaxation_(r), sums_(r.items.size() + r.classes(), 0.0) {
    for (std::size_t c = 0; c < r.classes(); ++c) {
      double sum = 0;
      for (std::size_t i = r.begin[c]; i < r.begin[c + 1]; ++i) {
        b.keep_going(i);
        sum += copies(c) * r.items[i].value;
        sums_[i + c + 1] = sum;
        magnitude_ += copies(c) * std::abs(r.items[i].value);
      }
    }
  }

  [[nodiscard]] const relaxation& terms() const noexcept { return relaxation_; }
  [[nodiscard]] std::size_t rows() const noexcept { return relaxation_.rows(); }
  [[nodiscard]] std::int64_t capacity(std::size_t row) const noexcept { return relaxation_.capacities[row]; }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept { return relaxation_.slack_cost(row); }
  /// What all items together use of a row.
  [[nodiscard]] double all_used(std::size_t row) const noexcept {
    double sum = 0;
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      sum += copies(c) * static_cast<double>(relaxation_.begin[c + 1] - relaxation_.begin[c]) *
             static_cast<double>(relaxation_.weights[c * rows() + row]);
    }
    return sum;
  }
  [[nodiscard]] double copies(std::size_t c) const noexcept {
    return relaxation_.copies.empty() ? 1.0 : relaxation_.copies[c];
  }
  [[nodiscard]] double threshold(std::size_t c, const std::vector<double>& prices) const noexcept {
    return cost_of(prices, relaxation_.weights.subspan(c * rows(), rows()));
  }

  /// The break solution at some prices.
  [[nodiscard]] break_solution at(const std::vector<double>& prices) const {
    break_solution result{0, std::vector<double>(prices.size(), 0.0)};
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      const std::size_t kept = count_above(relaxation_.of(c), threshold(c, prices));
      if (kept > 0) {
        result.value += sums_[relaxation_.begin[c] + c + kept];
        const double count = copies(c) * static_cast<double>(kept);
        for (std::size_t r = 0; r < prices.size(); ++r) {
          result.used[r] += count * static_cast<double>(relaxation_.weights[c * prices.size() + r]);
        }
      }
    }
    return result;
  }

  /// The sum of all absolute values: what rounding errors are relative to.
  [[nodiscard]] double magnitude() const noexcept { return magnitude_; }

  /// L at some prices, given the break solution there.
  [[nodiscard]] double value(const std::vector<double>& prices, const break_solution& kept) const noexcept {
    double result = kept.value;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result += prices[r] * (static_cast<double>(relaxation_.capacities[r]) - kept.used[r]);
    }
    return result;
  }

 private:
  relaxation relaxation_;
  std::vector<double> sums_;  // per class, of its first k items, k = 0 and up
  double magnitude_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/validate.hpp ----
// Checks a knapsack problem before it is solved; every error names the index at fault.
#ifndef ESPALIER_KNAPSACK_VALIDATE_HPP
#define ESPALIER_KNAPSACK_VALIDATE_HPP

namespace espalier::inline v0::knapsack {

namespace detail {

[[noreturn]] inline void refuse(message_parts got, message_parts expected) {
  reject<argument_error>("knapsack", got, expected);
}

inline void validate_options(const solve_options& options) {
  if (!(options.relative_gap >= 0)) {
    refuse({"a relative gap of ", options.relative_gap}, {"a gap >= 0"});
  }
  if (!(options.time_limit >= 0)) {
    refuse({"a time limit of ", options.time_limit, " seconds"}, {"a limit >= 0"});
  }
}

template <class Value>
void validate_values(const problem<Value>& p) {
  for (std::size_t i = 0; i < p.values.size(); ++i) {
    if (!(p.values[i] >= 0 && p.values[i] <= (std::numeric_limits<Value>::max)())) {
      refuse({"value ", static_cast<double>(p.values[i]), " of item ", i}, {"finite values >= 0"});
    }
  }
}

template <class Value>
void validate_weights(const problem<Value>& p) {
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (p.capacities[r] < 0) {
      refuse({"capacity ", p.capacities[r], " of resource ", r}, {"capacities >= 0"});
    }
  }
  if (p.resources() == 0 ? !p.weights.empty() : p.weights.size() % p.resources() != 0) {
    reject<shape_error>("knapsack", {p.weights.size(), " weights for ", p.resources(), " resources"},
                        {"one weight for each class and resource"});
  }
  for (std::size_t i = 0; i < p.weights.size(); ++i) {
    if (p.weights[i] < 0) {
      refuse({"weight ", p.weights[i], " of class ", i / p.resources()}, {"weights >= 0"});
    }
  }
}

/// The runs must name classes, cover the items, and weigh in all what an int64 holds.
template <class Value>
void validate_runs(const problem<Value>& p) {
  std::uint64_t items = 0;
  std::vector<std::int64_t> total(p.resources(), 0);
  for (std::size_t i = 0; i < p.runs.size(); ++i) {
    const run& one = p.runs[i];
    if (p.resources() > 0 && one.item_class >= p.classes()) {
      refuse({"class ", one.item_class, " in run ", i}, {"a class below ", p.classes()});
    }
    if (one.count > p.values.size() - items) {
      items = p.values.size() + 1;
      break;
    }
    items += one.count;
    for (std::size_t r = 0; r < p.resources(); ++r) {
      std::int64_t weight = 0;
      if (__builtin_mul_overflow(p.weights_of(one.item_class)[r], static_cast<std::int64_t>(one.count), &weight) ||
          __builtin_add_overflow(total[r], weight, &total[r])) {
        refuse({"a total weight beyond 2^63 in resource ", r, ", reached at run ", i}, {"totals that an int64 holds"});
      }
    }
  }
  if (items != p.values.size()) {
    reject<shape_error>("knapsack", {"runs of more or fewer items than there are values"},
                        {"counts that sum to ", p.values.size()});
  }
}

}  // namespace detail

/// @param p  a problem.
/// @throws shape_error if sizes do not fit each other; argument_error if a value, weight or capacity is negative or not
///         finite, a class does not exist, or a total weight overflows int64.   Complexity: O(n).
template <class Value>
void validate(const problem<Value>& p) {
  detail::validate_weights(p);
  detail::validate_runs(p);
  detail::validate_values(p);
}

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/detail/choice_table.hpp ----
// The options of a multiple-choice knapsack: what each adds to the lightest one, checked and ready to be priced.
#ifndef ESPALIER_KNAPSACK_DETAIL_CHOICE_TABLE_HPP
#define ESPALIER_KNAPSACK_DETAIL_CHOICE_TABLE_HPP

namespace espalier::inline v0::knapsack::detail {

/// Checks a choice_problem and answers for its options.
template <class Value>
class choice_table {
 public:
  /// @throws shape_error or argument_error for what is wrong, with the index at fault.
  explicit choice_table(const choice_problem<Value>& p) : problem_(p), remaining_(p.capacities) {
    std::size_t total = 0;
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      if (p.options[c] == 0) {
        refuse({"a class without options, number ", c}, {"at least one option"});
      }
      first_.push_back(total);
      total += p.options[c];
    }
    validate_sizes(total);
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      lightest_.push_back(find_lightest(c));
    }
    std::vector<std::int64_t> heaviest(p.resources(), 0);
    for (const run& one : p.runs) {
      const auto count = static_cast<std::int64_t>(one.count);
      for (std::size_t r = 0; r < p.resources(); ++r) {
        std::int64_t most = 0;
        for (std::size_t o = 0; o < p.options[one.item_class]; ++o) {
          most = (std::max)(most, weights(one.item_class, o)[r]);
        }
        if (__builtin_mul_overflow(most, count, &most) || __builtin_add_overflow(heaviest[r], most, &heaviest[r])) {
          refuse({"a total weight beyond 2^63 in resource ", r}, {"totals that an int64 holds"});
        }
        remaining_[r] -= weights(one.item_class, lightest_[one.item_class])[r] * count;
      }
    }
  }

  [[nodiscard]] const choice_problem<Value>& problem() const noexcept { return problem_; }
  [[nodiscard]] std::size_t rows() const noexcept { return problem_.resources(); }
  [[nodiscard]] std::size_t options(std::size_t c) const noexcept { return problem_.options[c]; }
  [[nodiscard]] std::size_t lightest(std::size_t c) const noexcept { return lightest_[c]; }
  [[nodiscard]] std::span<const std::int64_t> weights(std::size_t c, std::size_t option) const noexcept {
    return {problem_.weights.data() + (first_[c] + option) * rows(), rows()};
  }
  /// The place of a class's first option among all.
  [[nodiscard]] std::size_t first(std::size_t c) const noexcept { return first_[c]; }
  /// The capacities less what the lightest options use; negative if the problem has no solution.
  [[nodiscard]] const std::vector<std::int64_t>& remaining() const noexcept { return remaining_; }

  /// Calls action(group, class, place of its first value) for every group in order.
  template <class Action>
  void for_each_group(Action&& action) const {
    std::size_t group = 0;
    std::size_t value = 0;
    for (const run& one : problem_.runs) {
      for (std::uint64_t i = 0; i < one.count; ++i, ++group, value += options(one.item_class)) {
        action(group, static_cast<std::size_t>(one.item_class), value);
      }
    }
  }

 private:
  void validate_sizes(std::size_t total) const {
    const auto& p = problem_;
    if (p.weights.size() != total * p.resources()) {
      reject<shape_error>("knapsack::choose", {p.weights.size(), " weights"},
                          {total * p.resources(), ", for each option and resource one"});
    }
    for (std::size_t r = 0; r < p.resources(); ++r) {
      if (p.capacities[r] < 0) {
        refuse({"capacity ", p.capacities[r], " of resource ", r}, {"capacities >= 0"});
      }
    }
    for (std::size_t i = 0; i < p.weights.size(); ++i) {
      if (p.weights[i] < 0) {
        refuse({"weight ", p.weights[i], " of option ", i / p.resources()}, {"weights >= 0"});
      }
    }
    std::size_t values = 0;
    for (std::size_t i = 0; i < p.runs.size(); ++i) {
      if (p.runs[i].item_class >= p.options.size()) {
        refuse({"class ", p.runs[i].item_class, " in run ", i}, {"a class below ", p.options.size()});
      }
      const std::size_t each = p.options[p.runs[i].item_class];
      values = p.runs[i].count > (p.values.size() - values) / each
                   ? p.values.size() + 1
                   : values + each * static_cast<std::size_t>(p.runs[i].count);
      if (values > p.values.size()) {
        break;
      }
    }
    if (values != p.values.size()) {
      reject<shape_error>("knapsack::choose", {p.values.size(), " values"}, {"one for each option of each group"});
    }
    for (std::size_t i = 0; i < p.values.size(); ++i) {
      if (!(p.values[i] >= 0 && p.values[i] <= (std::numeric_limits<Value>::max)())) {
        refuse({"value ", static_cast<double>(p.values[i]), " at ", i}, {"finite values >= 0"});
      }
    }
  }

  [[nodiscard]] std::size_t find_lightest(std::size_t c) const {
    for (std::size_t o = 0; o < options(c); ++o) {
      bool lightest = true;
      for (std::size_t other = 0; other < options(c); ++other) {
        for (std::size_t r = 0; r < rows(); ++r) {
          lightest = lightest && weights(c, o)[r] <= weights(c, other)[r];
        }
      }
      if (lightest) {
        return o;
      }
    }
    refuse({"class ", c, " without an option that is lightest in all resources"}, {"one, such as pruning"});
  }

  const choice_problem<Value>& problem_;
  std::vector<std::size_t> first_;
  std::vector<std::size_t> lightest_;
  std::vector<std::int64_t> remaining_;
};

/// The Lagrangian of a multiple-choice knapsack, counted from the lightest options:
///
///     L(lambda) = lambda C + sum over groups of max over options (v - lambda w).
template <class Value>
class choice_dual {
 public:
  explicit choice_dual(const choice_table<Value>& table) : table_(table), all_used_(table.rows(), 0.0) {
    table.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      double most = 0;
      for (std::size_t o = 0; o < table.options(c); ++o) {
        most = (std::max)(most, static_cast<double>(table.problem().values[first + o]));
      }
      magnitude_ += most;
    });
    for (const run& one : table.problem().runs) {
      for (std::size_t r = 0; r < table.rows(); ++r) {
        std::int64_t most = 0;
        for (std::size_t o = 0; o < table.options(one.item_class); ++o) {
          most = (std::max)(most, added(one.item_class, o, r));
        }
        all_used_[r] += static_cast<double>(most) * static_cast<double>(one.count);
      }
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return table_.rows(); }
  [[nodiscard]] std::int64_t capacity(std::size_t row) const noexcept { return table_.remaining()[row]; }
  [[nodiscard]] static double slack_cost(std::size_t) noexcept { return 0; }
  [[nodiscard]] double all_used(std::size_t row) const noexcept { return all_used_[row]; }
  [[nodiscard]] double magnitude() const noexcept { return magnitude_; }

  /// The break solution at some prices: the best option of each group. Complexity: O(values).
  [[nodiscard]] break_solution at(const std::vector<double>& prices) const {
    const auto& p = table_.problem();
    std::vector<double> costs;
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      for (std::size_t o = 0; o < p.options[c]; ++o) {
        double cost = 0;
        for (std::size_t r = 0; r < prices.size(); ++r) {
          cost += prices[r] * static_cast<double>(added(c, o, r));
        }
        costs.push_back(cost);
      }
    }
    std::vector<std::uint64_t> counts(costs.size(), 0);
    compensated_sum value;
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      const double* cost = &costs[table_.first(c)];
      std::size_t best = table_.lightest(c);
      double most = static_cast<double>(p.values[first + best]);
      const double base = most;
      for (std::size_t o = 0; o < table_.options(c); ++o) {
        const double score = static_cast<double>(p.values[first + o]) - cost[o];
        best = score > most ? o : best;
        most = (std::max)(most, score);
      }
      value.add(static_cast<double>(p.values[first + best]) - base);
      ++counts[table_.first(c) + best];
    });
    break_solution result{value.result(), std::vector<double>(prices.size(), 0.0)};
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      for (std::size_t o = 0; o < p.options[c]; ++o) {
        for (std::size_t r = 0; r < prices.size(); ++r) {
          result.used[r] += static_cast<double>(added(c, o, r)) * static_cast<double>(counts[table_.first(c) + o]);
        }
      }
    }
    return result;
  }

  [[nodiscard]] double value(const std::vector<double>& prices, const break_solution& s) const noexcept {
    double result = s.value;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result += prices[r] * (static_cast<double>(capacity(r)) - s.used[r]);
    }
    return result;
  }

 private:
  /// What an option weighs more than the lightest one.
  [[nodiscard]] std::int64_t added(std::size_t c, std::size_t option, std::size_t row) const noexcept {
    return table_.weights(c, option)[row] - table_.weights(c, table_.lightest(c))[row];
  }

  const choice_table<Value>& table_;
  std::vector<double> all_used_;
  double magnitude_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/fixed_point.hpp ----
// Values as whole numbers, so that everything that is claimed to be proven is exact arithmetic.
#ifndef ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP
#define ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP

namespace espalier::inline v0::knapsack::detail {

/// Products of a price with a weight, and prices times a determinant, fit with room to spare.
__extension__ using int128 = __int128;

/// Rounds doubles to multiples of a power of two such that the largest one has 54 bits, and multiplies them by a whole
/// factor on request, for prices that are fractions.
class fixed_point {
 public:
  /// @param largest  of the values, finite and >= 0.
  explicit fixed_point(double largest) noexcept { scale_by(largest > 0 ? 53 - std::ilogb(largest) : 0); }

  /// The same with so many bits less, for values that do not need them.
  [[nodiscard]] fixed_point coarser(int bits) const noexcept {
    fixed_point result = *this;
    result.scale_by(exponent_ - bits);
    return result;
  }

  [[nodiscard]] std::int64_t round(double value) const noexcept {
    // Truncating v + 1/2 rounds half up, but for v = 1/2 - 2^-54, where either way is within the promise.
    const double scaled = value * low_ * high_;
    return scaled < 0x1p52 ? static_cast<std::int64_t>(scaled + 0.5) : static_cast<std::int64_t>(scaled);
  }
  [[nodiscard]] double to_double(int128 value) const noexcept {
    return std::ldexp(static_cast<double>(value), -exponent_);
  }
  /// A number on the scale of the values, not rounded.
  [[nodiscard]] double scaled(double value) const noexcept { return value * low_ * high_; }

 private:
  void scale_by(int exponent) noexcept {
    exponent_ = exponent;
    // 2^exponent overflows a double where the values are denormal, so it is applied in two halves.
    low_ = std::ldexp(1.0, exponent_ / 2);
    high_ = std::ldexp(1.0, exponent_ - exponent_ / 2);
  }

  int exponent_ = 0;
  double low_ = 1;
  double high_ = 1;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/lattice.hpp ----
// Whole-number linear algebra of weight vectors: independence, inverse times determinant, and the lattice they span.
#ifndef ESPALIER_KNAPSACK_DETAIL_LATTICE_HPP
#define ESPALIER_KNAPSACK_DETAIL_LATTICE_HPP

namespace espalier::inline v0::knapsack::detail {

/// Collects linearly independent vectors, by elimination modulo the prime 2^61 - 1: what is independent there is
/// independent in the whole numbers too.
template <class = void>  // so that it is compiled where it is used only
class independent_vectors {
 public:
  explicit independent_vectors(std::size_t dimension) : rows_(dimension) {}

  /// True, and the vector is remembered, if it is no combination of those before.
  bool add(std::span<const std::int64_t> vector) {
    std::vector<std::int64_t> rest;
    for (const std::int64_t entry : vector) {
      rest.push_back(entry % prime);
    }
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == 0) {
        continue;
      }
      if (rows_[i].empty()) {
        rows_[i] = std::move(rest);
        return true;
      }
      // rest * pivot - row * rest[i] clears entry i without a division.
      const std::int64_t pivot = rows_[i][i];
      const std::int64_t factor = rest[i];
      for (std::size_t j = i; j < rest.size(); ++j) {
        rest[j] = static_cast<std::int64_t>((int128{rest[j]} * pivot - int128{rows_[i][j]} * factor) % prime);
      }
    }
    return false;
  }

 private:
  static constexpr std::int64_t prime = (std::int64_t{1} << 61U) - 1;
  std::vector<std::vector<std::int64_t>> rows_;  // echelon form; empty where no pivot is known
};

/// The inverse of a square matrix of whole numbers as scaled / denominator, denominator > 0, in lowest terms.
struct whole_inverse {
  std::vector<std::int64_t> scaled;  ///< row-major
  std::int64_t denominator = 1;
};

/// @param columns  dimension vectors of that dimension, which become the columns of the matrix.
/// @return nothing if they are dependent or if numbers beyond 2^62 occur on the way.
/// Source: Bareiss 1968, "Sylvester's identity and multistep integer-preserving Gaussian elimination".
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::optional<whole_inverse> invert(const std::vector<std::vector<std::int64_t>>& columns) {
  const std::size_t n = columns.size();
  const std::size_t width = 2 * n;
  constexpr int128 most = int128{1} << 62U;
  std::vector<int128> a(n * width, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      a[i * width + j] = columns[j][i];
    }
    a[i * width + n + i] = 1;
  }
  int128 previous = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t row = k;
    while (row < n && a[row * width + k] == 0) {
      ++row;
    }
    if (row == n) {
      return std::nullopt;
    }
    std::swap_ranges(&a[k * width], &a[k * width] + width, &a[row * width]);
    const int128 pivot = a[k * width + k];
    for (std::size_t i = 0; i < n; ++i) {
      const int128 factor = a[i * width + k];
      for (std::size_t j = 0; j < width && i != k; ++j) {
        int128& entry = a[i * width + j];
        entry = (pivot * entry - factor * a[k * width + j]) / previous;
        if (entry > most || entry < -most) {
          return std::nullopt;
        }
      }
    }
    previous = pivot;
  }
  // Now the left half is previous times the identity, the right half previous times the inverse.
  whole_inverse result;
  std::int64_t common = static_cast<std::int64_t>(previous < 0 ? -previous : previous);
  result.denominator = common;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const int128 entry = a[i * width + n + j];
      result.scaled.push_back(static_cast<std::int64_t>(previous < 0 ? -entry : entry));
      common = std::gcd(common, result.scaled.back());
    }
  }
  result.denominator /= common;
  for (std::int64_t& entry : result.scaled) {
    entry /= common;
  }
  return result;
}

/// The lattice of all whole combinations of some vectors, as a triangular basis (Hermite form).
///
/// Weights of whatever is kept lie in the lattice of the weight vectors, so the slack s of a row with capacity C has
/// C - s in it. The order of Z^M / lattice says how many remainders slack may have to make up.
template <class = void>  // so that it is compiled where it is used only
class lattice {
 public:
  explicit lattice(std::size_t dimension) : rows_(dimension) {}

  /// Adds a generator.
  void add(std::span<const std::int64_t> generator) {
    std::vector<int128> rest(generator.begin(), generator.end());
    for (std::size_t i = 0; i < rest.size() && valid_; ++i) {
      if (rest[i] == 0) {
        continue;
      }
      if (rows_[i].empty()) {
        rows_[i] = std::move(rest);
        tidy();
        return;
      }
      while (rest[i] != 0) {  // Euclid on entry i
        subtract(rows_[i], rest, rows_[i][i] / rest[i], i);
        std::swap(rows_[i], rest);
      }
      tidy();
      reduce_from(rest, i + 1);
    }
  }

  /// How many classes of vectors there are modulo the lattice; 0 if infinitely many, or too many to say.
  [[nodiscard]] std::int64_t index() const noexcept {
    int128 product = 1;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!valid_ || rows_[i].empty() || product > most) {
        return 0;
      }
      product *= rows_[i][i];
    }
    return product > most ? 0 : static_cast<std::int64_t>(product);
  }

  /// The number of the class of a vector, 0 to index() - 1; 0 is the lattice itself. The index must not be 0.
  [[nodiscard]] std::int64_t class_of(std::span<const std::int64_t> vector) const {
    std::vector<int128> rest(vector.begin(), vector.end());
    int128 number = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      subtract(rest, rows_[i], floor_div(rest[i], rows_[i][i]), i);
      number = number * rows_[i][i] + rest[i];
    }
    return static_cast<std::int64_t>(number);
  }

  /// A vector of the class with this number.
  [[nodiscard]] std::vector<std::int64_t> member_of(std::int64_t number) const {
    std::vector<std::int64_t> result(rows_.size(), 0);
    for (std::size_t i = rows_.size(); i-- > 0;) {
      const auto size = static_cast<std::int64_t>(rows_[i][i]);
      result[i] = number % size;
      number /= size;
    }
    return result;
  }

 private:
  static constexpr int128 most = int128{1} << 60U;

  [[nodiscard]] static int128 floor_div(int128 a, int128 b) {
    const int128 quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
  }
  static void subtract(std::vector<int128>& from, const std::vector<int128>& row, int128 times, std::size_t first) {
    for (std::size_t j = first; j < from.size(); ++j) {
      from[j] -= times * row[j];
    }
  }
  void reduce_from(std::vector<int128>& vector, std::size_t first) {
    for (std::size_t j = first; j < vector.size(); ++j) {
      if (!rows_[j].empty()) {
        subtract(vector, rows_[j], floor_div(vector[j], rows_[j][j]), j);
      }
      valid_ = valid_ && vector[j] < most && vector[j] > -most;
    }
  }
  /// Makes the pivots positive and the entries beside them small.
  void tidy() {
    for (std::size_t i = rows_.size(); i-- > 0;) {
      if (rows_[i].empty()) {
        continue;
      }
      if (rows_[i][i] < 0) {
        for (int128& entry : rows_[i]) {
          entry = -entry;
        }
      }
      reduce_from(rows_[i], i + 1);
    }
  }

  std::vector<std::vector<int128>> rows_;  // row i begins with i zeros; empty if there is no pivot
  bool valid_ = true;
};

/// The least cost of a slack that the lattice can leave at all:
///
///     min { prices s : s >= 0 whole, capacities - s in the lattice }
///
/// as a shortest way through Z^M / lattice; 0, which is always a bound, where that is too large to walk.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::int64_t least_slack_cost(const lattice<>& weights, std::span<const std::int64_t> capacities,
                                            std::span<const std::int64_t> prices) {
  constexpr std::int64_t largest_group = 1 << 12;
  constexpr std::int64_t largest_price = std::int64_t{1} << 48U;  // so that a way through the group cannot overflow
  const std::int64_t order = weights.index();
  if (order <= 1 || order > largest_group) {
    return 0;
  }
  // Units of slack are taken from the capacities, row by row: each row walks the cycles of its unit twice.
  std::vector<std::int64_t> distance(static_cast<std::size_t>(order), (std::numeric_limits<std::int64_t>::max)() / 2);
  distance[static_cast<std::size_t>(weights.class_of(capacities))] = 0;
  for (std::size_t row = 0; row < prices.size(); ++row) {
    std::vector<std::size_t> next;
    for (std::int64_t number = 0; number < order; ++number) {
      std::vector<std::int64_t> place = weights.member_of(number);
      --place[row];
      next.push_back(static_cast<std::size_t>(weights.class_of(view_of(place))));
    }
    std::vector<std::uint8_t> seen(next.size(), 0);
    for (std::size_t first = 0; first < next.size(); ++first) {
      if (seen[first] != 0) {
        continue;
      }
      std::size_t at = first;
      for (int turn = 0; turn < 2; turn += at == first ? 1 : 0) {
        seen[at] = 1;
        const std::int64_t cost = distance[at] + (std::min)(prices[row], largest_price);
        at = next[at];
        distance[at] = (std::min)(distance[at], cost);
      }
    }
  }
  return distance[0];
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/presolve.hpp ----
// The problem without what decides nothing: rows that cannot bind, items that weigh nothing or fit nowhere, equal
// classes.
#ifndef ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP
#define ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP

namespace espalier::inline v0::knapsack::detail {

/// Consecutive items.
struct piece {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Whether an item of these weights fits into what is left of each row.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] bool fits_in(std::span<const std::int64_t> weights, const std::vector<std::int64_t>& room) noexcept {
  return std::equal(weights.begin(), weights.end(), room.begin(),
                    [](std::int64_t weight, std::int64_t left) { return weight <= left; });
}

/// All items of one weight vector.
///
/// The best k of them are the k most valuable ones, so how many are kept is all there is to decide.
struct item_class {
  std::vector<piece> pieces;  ///< where the items lie, in ascending order
  std::uint64_t size = 0;     ///< how many they are
};

/// What is left to decide.
struct core_problem {
  std::vector<item_class> classes;       ///< distinct weight vectors, none of them zero, no class empty
  std::vector<std::int64_t> weights;     ///< classes x rows, divided by the gcd of the row
  std::vector<std::int64_t> capacities;  ///< of the rows that can bind, divided by the gcd of the row
  std::vector<std::size_t> rows;         ///< their numbers in the problem
  std::vector<std::int64_t> divisors;    ///< the gcd of each row
  std::vector<piece> free_pieces;        ///< items that weigh nothing where it matters; all kept

  [[nodiscard]] std::span<const std::int64_t> weights_of(std::size_t c) const noexcept {
    return {weights.data() + c * rows.size(), rows.size()};
  }
};

/// Finds equal weight vectors by hashing; the vectors live in a flat array.
template <class = void>  // so that it is compiled where it is used only
class weight_table {
 public:
  /// @param weights  where the vectors of known classes are appended.
  weight_table(std::vector<std::int64_t>& weights, std::size_t rows) : weights_(weights), rows_(rows), table_(16, 0) {}

  /// The number of the class with these weights; a new one if there is none yet.
  [[nodiscard]] std::uint32_t number_of(std::span<const std::int64_t> vector) {
    if (2 * (known_ + 1) > table_.size()) {
      grow();
    }
    const std::size_t place = find(vector);
    if (table_[place] == 0) {
      weights_.insert(weights_.end(), vector.begin(), vector.end());
      table_[place] = static_cast<std::uint32_t>(++known_);
    }
    return table_[place] - 1;
  }

 private:
  [[nodiscard]] std::span<const std::int64_t> known(std::size_t c) const {
    return std::span<const std::int64_t>(weights_).subspan(c * rows_, rows_);
  }
  [[nodiscard]] std::size_t find(std::span<const std::int64_t> vector) const {
    std::uint64_t hash = 0;
    for (const std::int64_t weight : vector) {
      hash = (hash ^ static_cast<std::uint64_t>(weight)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    std::size_t place = static_cast<std::size_t>(hash) & (table_.size() - 1);
    while (table_[place] != 0 && !std::ranges::equal(known(table_[place] - 1), vector)) {
      place = (place + 1) & (table_.size() - 1);
    }
    return place;
  }
  void grow() {
    table_.assign(2 * table_.size(), 0);
    for (std::size_t c = 0; c < known_; ++c) {
      table_[find(known(c))] = static_cast<std::uint32_t>(c + 1);
    }
  }

  std::vector<std::int64_t>& weights_;
  std::size_t rows_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 is empty, else class + 1
  std::size_t known_ = 0;
};

/// Which classes fit at all, and the rows whose capacity those together exceed.
struct what_matters {
  std::vector<std::uint8_t> fits;   ///< per class of the problem
  std::vector<std::uint64_t> size;  ///< items per class of the problem
  std::vector<std::size_t> rows;
};

template <class Value>
[[nodiscard]] what_matters find_what_matters(const problem<Value>& p, const std::vector<std::int64_t>& largest) {
  what_matters result;
  result.fits.assign(p.classes(), 1);
  result.size.assign(p.classes(), 0);
  for (const run& one : p.runs) {
    if (p.resources() > 0) {
      result.size[one.item_class] += one.count;
    }
  }
  std::vector<std::int64_t> total(p.resources(), 0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    const auto weights = p.weights_of(c);
    result.fits[c] = fits_in(weights, largest) ? 1 : 0;
    for (std::size_t r = 0; r < p.resources() && result.fits[c] != 0; ++r) {
      total[r] += weights[r] * static_cast<std::int64_t>(result.size[c]);
    }
  }
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (total[r] > p.capacities[r]) {
      result.rows.push_back(r);
    }
  }
  return result;
}

/// Drops rows that cannot bind and items that fit nowhere, divides rows by their gcd, merges classes of equal weights.
/// @param largest  capacities that will be asked for in the end, at least those of the problem.
/// @throws interrupted if told to stop.
/// Complexity: O(runs + classes resources); the items are not touched.
template <class Value>
[[nodiscard]] core_problem presolve(const problem<Value>& p, const std::vector<std::int64_t>& largest, budget& b) {
  const what_matters matters = find_what_matters(p, largest);
  core_problem core;
  core.rows = matters.rows;
  for (const std::size_t row : core.rows) {
    std::int64_t divisor = 0;
    for (std::size_t c = 0; c < p.classes(); ++c) {
      divisor = matters.size[c] == 0 || matters.fits[c] == 0 ? divisor : std::gcd(divisor, p.weights_of(c)[row]);
    }
    core.divisors.push_back(divisor);
    core.capacities.push_back(p.capacities[row] / divisor);
  }

  constexpr std::uint32_t is_free = ~std::uint32_t{0};
  std::vector<std::uint32_t> number(p.classes(), is_free);
  weight_table table(core.weights, core.rows.size());
  std::vector<std::int64_t> weights(core.rows.size());
  for (std::size_t c = 0; c < p.classes(); ++c) {
    b.keep_going(c);
    if (matters.fits[c] == 0 || matters.size[c] == 0) {
      continue;
    }
    for (std::size_t i = 0; i < core.rows.size(); ++i) {
      weights[i] = p.weights_of(c)[core.rows[i]] / core.divisors[i];
    }
    if (std::any_of(weights.begin(), weights.end(), [](std::int64_t w) { return w != 0; })) {
      number[c] = table.number_of(weights);
      core.classes.resize((std::max)(core.classes.size(), std::size_t{number[c]} + 1));
    }
  }
  std::uint64_t item = 0;
  for (std::size_t i = 0; i < p.runs.size(); ++i) {
    b.keep_going(i);
    const run& one = p.runs[i];
    const piece here{item, one.count};
    item += one.count;
    if (one.count == 0 || (p.resources() > 0 && matters.fits[one.item_class] == 0)) {
      continue;
    }
    const std::uint32_t c = p.resources() > 0 ? number[one.item_class] : is_free;
    if (c == is_free) {
      core.free_pieces.push_back(here);
    } else {
      core.classes[c].pieces.push_back(here);
      core.classes[c].size += one.count;
    }
  }
  return core;
}

/// Prices of the core's rows as multipliers of the problem's resources.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<double> multipliers_of(const core_problem& core, const std::vector<double>& prices,
                                                 std::size_t resources) {
  std::vector<double> result(resources, 0.0);
  for (std::size_t i = 0; i < core.rows.size(); ++i) {
    result[core.rows[i]] = prices[i] / static_cast<double>(core.divisors[i]);
  }
  return result;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/sorting.hpp ----
// Orders of things by a number of each; one instantiation of std::sort serves all, which compilers thank for.
#ifndef ESPALIER_KNAPSACK_DETAIL_SORTING_HPP
#define ESPALIER_KNAPSACK_DETAIL_SORTING_HPP

namespace espalier::inline v0::knapsack::detail {

/// The places of some keys in ascending order of the keys; among equals, in ascending order.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<std::uint32_t> order_of(const std::vector<std::int64_t>& keys) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> pairs;
  pairs.reserve(keys.size());
  for (const std::int64_t key : keys) {
    pairs.emplace_back(key, static_cast<std::uint32_t>(pairs.size()));
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<std::uint32_t> order;
  order.reserve(pairs.size());
  for (const auto& [key, place] : pairs) {
    order.push_back(place);
  }
  return order;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/prices.hpp ----
// Prices as exact fractions: those at which as many items as there are rows are worth exactly what they cost.
#ifndef ESPALIER_KNAPSACK_DETAIL_PRICES_HPP
#define ESPALIER_KNAPSACK_DETAIL_PRICES_HPP

namespace espalier::inline v0::knapsack::detail {

/// Prices lambda = scaled / factor in the fixed point of the values, all >= 0.
struct exact_prices {
  std::vector<int128> scaled;
  std::int64_t factor = 1;  ///< what values are multiplied by to compare with scaled prices

  /// What a unit of each row of these weights costs in all.
  [[nodiscard]] int128 cost(std::span<const std::int64_t> weights) const noexcept {
    int128 sum = 0;
    for (std::size_t r = 0; r < weights.size(); ++r) {
      sum += scaled[r] * weights[r];
    }
    return sum;
  }
};

/// The prices to the nearest whole number of the fixed point.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] exact_prices rounded_prices(const std::vector<double>& prices, const fixed_point& scale) {
  exact_prices result;
  for (const double price : prices) {
    result.scaled.push_back(static_cast<int128>((std::max)(0.0, std::floor(scale.scaled(price) + 0.5))));
  }
  return result;
}

/// L(lambda) less what is kept above the windows, times the factor.
/// @throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] int128 exact_dual(const core_problem& core, const windows& w, const fixed_point& scale,
                                const exact_prices& prices, budget& b) {
  int128 sum = prices.cost(view_of(w.remaining));
  for (std::size_t c = 0; c < w.classes(); ++c) {
    const int128 t = prices.cost(core.weights_of(c));
    const auto items = w.of(c);
    for (std::size_t i = 0; i < items.size(); ++i) {
      b.keep_going(i);
      const int128 r = int128{scale.round(items[i].value)} * prices.factor - t;
      if (r <= 0) {
        break;
      }
      sum += r;
    }
  }
  return sum;
}

/// A column of the relaxed problem that seems to be at its turning point.
struct candidate {
  double distance = 0;                ///< from there, relative
  std::vector<std::int64_t> weights;  ///< of an item, or a unit of slack
  std::int64_t value = 0;             ///< of the item in fixed point; 0 for slack
};

template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<candidate> turning_points(const core_problem& core, const windows& w,
                                                    const fixed_point& scale, const std::vector<double>& prices) {
  std::vector<candidate> result;
  double dearest = 0;
  for (std::size_t c = 0; c < w.classes(); ++c) {
    const auto weights = core.weights_of(c);
    const double t = cost_of(prices, weights);
    dearest = (std::max)(dearest, t);
    const auto items = w.of(c);
    const auto line = items.begin() + static_cast<std::ptrdiff_t>(count_above(items, t));
    for (auto item = line - (line == items.begin() ? 0 : 1); item != items.end() && item <= line; ++item) {
      result.push_back({std::abs(item->value - t), {weights.begin(), weights.end()}, scale.round(item->value)});
    }
  }
  for (std::size_t r = 0; r < prices.size(); ++r) {
    std::vector<std::int64_t> unit(prices.size(), 0);
    unit[r] = 1;
    result.push_back({prices[r], std::move(unit), 0});
  }
  for (candidate& one : result) {
    one.distance /= dearest > 0 ? dearest : 1.0;
  }
  return result;
}

/// Solves lambda w_b = v_b for the rows() columns nearest to their turning points; nothing if they do not fit.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::optional<exact_prices> vertex_prices(const std::vector<candidate>& candidates, std::size_t rows) {
  constexpr std::int64_t largest_factor = std::int64_t{1} << 40U;
  std::vector<std::int64_t> keys;
  for (const candidate& one : candidates) {
    keys.push_back(std::bit_cast<std::int64_t>(one.distance));  // in the same order, as none is negative
  }
  independent_vectors independent(rows);
  std::vector<std::vector<std::int64_t>> basis;
  std::vector<std::int64_t> values;
  for (const std::uint32_t place : order_of(keys)) {
    const candidate& one = candidates[place];
    if (basis.size() < rows && independent.add(one.weights)) {
      basis.push_back(one.weights);
      values.push_back(one.value);
    }
  }
  const auto inverse = basis.size() == rows ? invert(basis) : std::nullopt;
  if (!inverse || inverse->denominator > largest_factor) {
    return std::nullopt;
  }
  exact_prices result{std::vector<int128>(rows, 0), inverse->denominator};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t b = 0; b < rows; ++b) {
      const std::int64_t entry = inverse->scaled[b * rows + r];
      if (entry > largest_factor || entry < -largest_factor) {
        return std::nullopt;
      }
      result.scaled[r] += int128{values[b]} * entry;
    }
    if (result.scaled[r] < 0) {
      return std::nullopt;
    }
  }
  return result;
}

/// How many of the last bits of the fixed point no value in the windows has.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] int unused_bits(const windows& w, const fixed_point& scale, budget& b) {
  std::uint64_t used = std::uint64_t{1} << 53U;
  for (std::size_t i = 0; i < w.items.size() && used % 2 == 0; ++i) {
    b.keep_going(i);
    used |= static_cast<std::uint64_t>(scale.round(w.items[i].value));
  }
  return std::countr_zero(used);
}

/// Prices in a fixed point with so many bits less than the one of the problem.
struct sharp_prices {
  exact_prices prices;
  int unused = 0;
};

/// Prices at the very corner that the given ones are close to, if that bounds no worse; else these, rounded.
///
/// At a corner, ties have a regret of exactly 0, without which plateaus of equal values could not be closed. Its prices
/// are made of values, so they are whole in the coarsest fixed point that values are, which leaves room for the factor.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] sharp_prices sharpen(const core_problem& core, const windows& w, const fixed_point& scale,
                                   const std::vector<double>& prices, budget& b) {
  exact_prices rounded = rounded_prices(prices, scale);
  const int bits = unused_bits(w, scale, b);
  const fixed_point coarse = scale.coarser(bits);
  auto corner = vertex_prices(turning_points(core, w, coarse, prices), prices.size());
  if (corner && exact_dual(core, w, coarse, *corner, b) * (int128{1} << static_cast<unsigned>(bits)) <=
                    (exact_dual(core, w, scale, rounded, b) + int128{1}) * corner->factor) {
    return {*std::move(corner), bits};
  }
  return {std::move(rounded), 0};
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/regret.hpp ----
// The regret: how much a choice falls short of the Lagrangian bound, as a sum of small non-negative terms.
#ifndef ESPALIER_KNAPSACK_DETAIL_REGRET_HPP
#define ESPALIER_KNAPSACK_DETAIL_REGRET_HPP

namespace espalier::inline v0::knapsack::detail {

/// Regrets are whole numbers; what reaches this one is beyond what any search looks at.
constexpr std::int64_t endless = std::int64_t{1} << 61U;

[[nodiscard]] constexpr std::int64_t saturated(int128 cost) noexcept {
  return cost < endless ? static_cast<std::int64_t>(cost) : endless;
}
[[nodiscard]] constexpr std::int64_t add_costs(std::int64_t a, std::int64_t b) noexcept {
  return (std::min)(a + b, endless);
}

/// phi of one column, in one direction: the cost of moving 1, 2, ... of its items; grows as far as it is asked for.
struct move_costs {
  std::vector<std::int64_t> costs;  ///< costs[d - 1] of d moves, ascending and convex
  bool ended = false;               ///< no further item can be moved
};

/// With prices lambda, t = lambda w for the class of an item, and k0 the items with v > t, every feasible choice k has
///
///     value(k) = L(lambda) - [ sum over classes of phi(k - k0) + lambda slack ],
///
/// where phi(d) is the sum of |v - t| over the d items moved: convex, >= 0, 0 at d = 0. The bracket is the regret.
/// Maximizing the value is minimizing the regret, and no large numbers are left in it.
///
/// The columns of a regret are the classes and then, row by row, the slack, of which any amount may be left at
/// lambda a unit.
///
/// What walks through many items throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is used only
class regret {
 public:
  regret(const core_problem& core, const windows& w, const fixed_point& scale, exact_prices prices, budget& b)
      : core_(core), windows_(w), scale_(scale), prices_(std::move(prices)), budget_(b), slack_(w.remaining) {
    for (std::size_t c = 0; c < core.classes.size(); ++c) {
      const int128 t = prices_.cost(core.weights_of(c));
      const auto items = w.of(c);
      const auto line = std::partition_point(items.begin(), items.end(), [&](const window_item& item) {
        return int128{scale.round(item.value)} * prices_.factor > t;
      });
      thresholds_.push_back(t);
      lines_.push_back(line - items.begin());
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        slack_[r] -= core.weights_of(c)[r] * lines_.back();
      }
    }
    up_.resize(core.classes.size());
    down_.resize(core.classes.size());
    grain_ = common_divisor();
  }

  [[nodiscard]] const core_problem& core() const noexcept { return core_; }
  [[nodiscard]] std::size_t classes() const noexcept { return lines_.size(); }
  [[nodiscard]] std::size_t rows() const noexcept { return slack_.size(); }
  /// What k0 leaves of each row; negative where it takes too much.
  [[nodiscard]] const std::vector<std::int64_t>& slack() const noexcept { return slack_; }
  [[nodiscard]] const exact_prices& prices() const noexcept { return prices_; }
  /// k0 of a class, counted in its window.
  [[nodiscard]] std::int64_t line(std::size_t c) const noexcept { return lines_[c]; }

  /// phi of a class for d = 1, 2, ... up to the first that costs more than the limit.
  [[nodiscard]] const move_costs& up(std::size_t c, std::int64_t limit) { return extend(up_[c], c, 1, limit); }
  /// phi of a class for d = -1, -2, ... up to the first that costs more than the limit.
  [[nodiscard]] const move_costs& down(std::size_t c, std::int64_t limit) { return extend(down_[c], c, -1, limit); }

  /// phi of a class for d items more than k0; endless if they are not in its window.
  [[nodiscard]] std::int64_t cost(std::size_t c, std::int64_t d) {
    if (d == 0) {
      return 0;
    }
    move_costs& moves = d > 0 ? up_[c] : down_[c];
    const auto count = static_cast<std::size_t>(d > 0 ? d : -d);
    while (moves.costs.size() < count && !moves.ended) {
      extend_by_one(moves, c, d > 0 ? 1 : -1);
    }
    return moves.costs.size() < count ? endless : moves.costs[count - 1];
  }

  /// lambda slack of one row.
  [[nodiscard]] std::int64_t slack_cost(std::size_t row, std::int64_t amount) const noexcept {
    int128 cost = 0;
    return __builtin_mul_overflow(prices_.scaled[row], int128{amount}, &cost) ? endless : saturated(cost);
  }

  /// What is known of a class costs at least this where its window ends and leaves out items; endless if it does not
  /// end within what was asked for so far.
  [[nodiscard]] std::int64_t window_edge(std::size_t c) const noexcept {
    const auto edge = [](const move_costs& moves, bool more) {
      return !more || !moves.ended ? endless : moves.costs.empty() ? 0 : moves.costs.back();
    };
    return (std::min)(edge(up_[c], windows_.below[c] > 0), edge(down_[c], windows_.above[c] > 0));
  }

  /// Whether so many moves up, or if negative down, from k0 are all in the window of a class, or beyond its last item.
  [[nodiscard]] bool holds(std::size_t c, double low, double high) const noexcept {
    const auto line = static_cast<double>(lines_[c]);
    return (windows_.above[c] == 0 || line + low >= 0) &&
           (windows_.below[c] == 0 || line + high <= static_cast<double>(windows_.of(c).size()));
  }

  /// A regret as a difference of values.
  [[nodiscard]] double to_value(std::int64_t cost) const noexcept {
    return scale_.to_double(cost) / static_cast<double>(prices_.factor);
  }
  /// A difference of values as a regret, rounded down.
  [[nodiscard]] std::int64_t from_value(double value) const noexcept {
    const double cost = scale_.scaled(value) * static_cast<double>(prices_.factor) * (1 - 1e-12);
    return cost < static_cast<double>(endless) ? static_cast<std::int64_t>(cost) : endless;
  }
  /// Regrets of any two choices in the windows differ by a multiple of this, since values do: large where values are
  /// quantized, 1 as a rule.
  [[nodiscard]] std::int64_t grain() const noexcept { return grain_; }
  /// The least regret of choices that go beyond a window: nothing inside of it is left to move then. Their regrets need
  /// not follow the grain.   Complexity: O(items in the windows).
  [[nodiscard]] std::int64_t least_outside() const {
    std::int64_t least = endless;
    for (std::size_t c = 0; c < classes(); ++c) {
      const auto items = windows_.of(c);
      const auto line = static_cast<std::size_t>(lines_[c]);
      least = windows_.above[c] > 0 ? (std::min)(least, cost_of_all(c, items.first(line))) : least;
      least = windows_.below[c] > 0 ? (std::min)(least, cost_of_all(c, items.subspan(line))) : least;
    }
    return least;
  }
  /// The price of a row on the scale of the problem's values.
  [[nodiscard]] double price(std::size_t row) const noexcept {
    return scale_.to_double(prices_.scaled[row]) / static_cast<double>(prices_.factor);
  }

 private:
  /// Of all values in the windows, as regrets.
  [[nodiscard]] std::int64_t common_divisor() const {
    // Twos and odd factors apart: values that were floats have many twos in common, and soon no odd factor.
    std::uint64_t bits = 0;
    std::uint64_t odd = 0;
    for (std::size_t i = 0; i < windows_.items.size() && (odd != 1 || bits % 2 == 0); ++i) {
      budget_.keep_going(i);
      const auto value = static_cast<std::uint64_t>(scale_.round(windows_.items[i].value));
      bits |= value;
      if (odd != 1 && value != 0) {
        odd = std::gcd(odd, value >> std::countr_zero(value));
      }
    }
    const std::uint64_t divisor = bits == 0 ? 1 : odd << std::countr_zero(bits);
    return saturated(int128{static_cast<std::int64_t>(divisor)} * prices_.factor);
  }

  /// phi for all of these items, on one side of the line.
  [[nodiscard]] std::int64_t cost_of_all(std::size_t c, std::span<const window_item> items) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      budget_.keep_going(i);
      sum = add_costs(sum, cost_of(c, items[i]));
    }
    return sum;
  }

  [[nodiscard]] std::int64_t cost_of(std::size_t c, const window_item& item) const noexcept {
    const int128 r = int128{scale_.round(item.value)} * prices_.factor - thresholds_[c];
    return saturated(r < 0 ? -r : r);
  }

  [[nodiscard]] const move_costs& extend(move_costs& moves, std::size_t c, std::int64_t direction, std::int64_t limit) {
    while (!moves.ended && (moves.costs.empty() || moves.costs.back() <= limit)) {
      extend_by_one(moves, c, direction);
    }
    return moves;
  }

  void extend_by_one(move_costs& moves, std::size_t c, std::int64_t direction) {
    budget_.keep_going(moves.costs.size());
    const auto done = static_cast<std::int64_t>(moves.costs.size());
    const std::int64_t place = direction > 0 ? lines_[c] + done : lines_[c] - 1 - done;
    const auto items = windows_.of(c);
    if (place < 0 || place >= static_cast<std::int64_t>(items.size())) {
      moves.ended = true;
      return;
    }
    const std::int64_t step = cost_of(c, items[static_cast<std::size_t>(place)]);
    moves.costs.push_back(add_costs(moves.costs.empty() ? 0 : moves.costs.back(), step));
  }

  const core_problem& core_;
  const windows& windows_;
  fixed_point scale_;
  exact_prices prices_;
  budget& budget_;
  std::vector<std::int64_t> slack_;
  std::vector<int128> thresholds_;
  std::vector<std::int64_t> lines_;
  std::vector<move_costs> up_;
  std::vector<move_costs> down_;
  std::int64_t grain_ = 1;
};

/// A complete choice: how many items more than k0 each class keeps.
struct choice {
  std::vector<std::int64_t> moves;
  std::int64_t cost = endless;  ///< its regret
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/columns.hpp ----
// The columns that can move within a regret limit, in coordinates in which as many as there are rows solve themselves.
#ifndef ESPALIER_KNAPSACK_DETAIL_COLUMNS_HPP
#define ESPALIER_KNAPSACK_DETAIL_COLUMNS_HPP

namespace espalier::inline v0::knapsack::detail {

/// One of the moves of a column of which at most one can be made.
struct single_move {
  std::vector<std::int64_t> weights;      ///< what it takes, per row
  std::vector<std::int64_t> coordinates;  ///< the same in basis coordinates
  std::int64_t cost = 0;
};

/// A class, or the slack of a row, with its moves that cost at most the limit.
struct column {
  std::size_t number = 0;                 ///< of the class; or classes + row for slack
  std::vector<std::int64_t> weights;      ///< what one move takes, per row
  std::vector<std::int64_t> coordinates;  ///< the same in basis coordinates
  std::span<const std::int64_t> up;       ///< cost of 1, 2, ... moves up
  std::span<const std::int64_t> down;     ///< cost of 1, 2, ... moves down

  std::int64_t count = 0;              ///< of all moves
  std::vector<single_move> singles{};  ///< instead of moves up and down: one of these

  [[nodiscard]] std::int64_t first_cost() const noexcept {
    std::int64_t least = (std::min)(up.empty() ? endless : up.front(), down.empty() ? endless : down.front());
    for (const single_move& one : singles) {
      least = (std::min)(least, one.cost);
    }
    return least;
  }
};

/// What the moves are to make up for.
struct search_terms {
  std::size_t classes = 0;          ///< columns that are not slack have lower numbers
  std::vector<std::int64_t> slack;  ///< per row
  exact_prices prices;              ///< of a unit of slack, per row

  /// lambda slack of one row.
  [[nodiscard]] std::int64_t slack_cost(std::size_t row, std::int64_t amount) const noexcept {
    int128 cost = 0;
    return __builtin_mul_overflow(prices.scaled[row], int128{amount}, &cost) ? endless : saturated(cost);
  }
};

/// The moves d that make up for the slack b of k0 solve
///
///     sum over columns of d w = b,   classes up and down, slack up only.
///
/// With M independent basic columns W and every vector x in coordinates z = D W^-1 x (D the least that makes all of
/// them whole), what the other columns leave must be z = D d, d the moves of the basic columns: a division each.
/// The columns with the most moves are basic, so that those need not be enumerated.
template <class = void>  // so that it is compiled where it is used only
class columns {
 public:
  /// @param moving  the columns that are not slack, with their moves up to the limit.
  columns(search_terms terms, std::vector<column> moving, std::int64_t limit) : terms_(std::move(terms)) {
    std::vector<column> all = slacks(limit);
    std::move(moving.begin(), moving.end(), std::back_inserter(all));
    sort_descending(all, [](const column& c) { return c.count; });
    if (!choose(all, independent_among(all)) && !choose(all, slack_among(all))) {
      overflow_ = true;
      return;
    }
    // Dear columns have few moves, so they come first.
    sort_descending(free_, [](const column& c) { return c.first_cost(); });
  }

  [[nodiscard]] std::size_t rows() const noexcept { return terms_.slack.size(); }
  [[nodiscard]] const search_terms& terms() const noexcept { return terms_; }
  /// The columns that are to be enumerated, the dearest first.
  [[nodiscard]] const std::vector<column>& free() const noexcept { return free_; }
  /// The columns that are solved for, one per coordinate.
  [[nodiscard]] const std::vector<column>& basic() const noexcept { return basic_; }
  /// D.
  [[nodiscard]] std::int64_t denominator() const noexcept { return denominator_; }
  /// b in basis coordinates.
  [[nodiscard]] const std::vector<std::int64_t>& start() const noexcept { return start_; }
  /// Whether the numbers are too large to search.
  [[nodiscard]] bool overflow() const noexcept { return overflow_; }

  /// What d moves of a basic column cost; endless if that is not allowed.
  [[nodiscard]] std::int64_t basic_cost(std::size_t j, std::int64_t d) const noexcept {
    const column& c = basic_[j];
    if (d == 0) {
      return 0;
    }
    if (is_slack(j)) {
      return d < 0 ? endless : terms_.slack_cost(c.number - terms_.classes, d);
    }
    const auto& costs = d > 0 ? c.up : c.down;
    const auto count = static_cast<std::size_t>(d > 0 ? d : -d);
    return count > costs.size() ? endless : costs[count - 1];
  }
  /// The most moves up (or down) of a basic column.
  [[nodiscard]] std::int64_t most_moves(std::size_t j, bool up) const noexcept {
    const column& c = basic_[j];
    return up ? c.count - static_cast<std::int64_t>(c.down.size()) : static_cast<std::int64_t>(c.down.size());
  }
  /// Whether a basic column is the slack of a row.
  [[nodiscard]] bool is_slack(std::size_t j) const noexcept { return basic_[j].number >= terms_.classes; }

 private:
  static constexpr std::int64_t unlimited = std::int64_t{1} << 60U;
  /// Slack moves that are written down; beyond, a slack column can only be basic.
  static constexpr std::int64_t most_slack = 1 << 16;

  template <class Key>
  static void sort_descending(std::vector<column>& list, Key&& key) {
    std::vector<std::int64_t> keys;
    for (const column& c : list) {
      keys.push_back(-key(c));
    }
    std::vector<column> sorted;
    sorted.reserve(list.size());
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(std::move(list[place]));
    }
    list = std::move(sorted);
  }

  [[nodiscard]] std::vector<column> slacks(std::int64_t limit) const {
    std::vector<column> all;
    for (std::size_t row = 0; row < rows(); ++row) {
      column slack{terms_.classes + row, std::vector<std::int64_t>(rows(), 0), {}, {}, {}, 0, {}};
      slack.weights[row] = 1;
      const int128 price = terms_.prices.scaled[row];
      slack.count = price == 0 ? unlimited : saturated(int128{limit} / price);
      all.push_back(std::move(slack));
    }
    return all;
  }

  [[nodiscard]] std::vector<std::size_t> independent_among(const std::vector<column>& all) const {
    std::vector<std::size_t> chosen;
    independent_vectors independent(rows());
    for (std::size_t i = 0; i < all.size() && chosen.size() < rows(); ++i) {
      if (all[i].singles.empty() && independent.add(all[i].weights)) {
        chosen.push_back(i);
      }
    }
    return chosen;
  }
  [[nodiscard]] std::vector<std::size_t> slack_among(const std::vector<column>& all) const {
    std::vector<std::size_t> chosen(rows());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].number >= terms_.classes) {
        chosen[all[i].number - terms_.classes] = i;
      }
    }
    return chosen;
  }

  /// Takes these columns as basic. False if a column that cannot be enumerated is left, or numbers overflow.
  [[nodiscard]] bool choose(const std::vector<column>& all, const std::vector<std::size_t>& chosen) {
    basic_.clear();
    free_.clear();
    std::vector<std::vector<std::int64_t>> matrix;
    for (const std::size_t i : chosen) {
      basic_.push_back(all[i]);
      matrix.push_back(all[i].weights);
    }
    const auto inverse = invert(matrix);
    if (!inverse) {
      return false;
    }
    denominator_ = inverse->denominator;
    slack_moves_.assign(rows(), {});
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (std::find(chosen.begin(), chosen.end(), i) != chosen.end() || all[i].count == 0) {
        continue;
      }
      free_.push_back(all[i]);
      if (all[i].number >= terms_.classes && !write_slack(free_.back())) {
        return false;
      }
    }
    return transform(*inverse);
  }

  /// Writes down what slack costs. False if that is too much.
  [[nodiscard]] bool write_slack(column& slack) {
    if (slack.count > most_slack) {
      return false;
    }
    const std::size_t row = slack.number - terms_.classes;
    for (std::int64_t d = 1; d <= slack.count; ++d) {
      slack_moves_[row].push_back(terms_.slack_cost(row, d));
    }
    slack.up = slack_moves_[row];
    return true;
  }

  /// Computes all coordinates. False if sums of them might not fit.
  [[nodiscard]] bool transform(const whole_inverse& inverse) {
    constexpr int128 most = int128{1} << 61U;
    std::vector<int128> reach(rows(), 0);
    const auto coordinates = [&](std::span<const std::int64_t> vector, int128 times) {
      std::vector<std::int64_t> result;
      for (std::size_t j = 0; j < rows(); ++j) {
        int128 sum = 0;
        for (std::size_t r = 0; r < rows(); ++r) {
          sum += int128{inverse.scaled[j * rows() + r]} * vector[r];
        }
        reach[j] += (sum < 0 ? -sum : sum) * times;
        result.push_back(sum < most && sum > -most ? static_cast<std::int64_t>(sum) : 0);
      }
      return result;
    };
    start_ = coordinates(terms_.slack, 1);
    for (column& c : free_) {
      for (single_move& one : c.singles) {
        one.coordinates = coordinates(one.weights, 1);
      }
      if (!c.singles.empty()) {
        continue;
      }
      c.coordinates = coordinates(c.weights, int128{c.count});
    }
    return std::all_of(reach.begin(), reach.end(), [](int128 r) { return r < most; });
  }

  search_terms terms_;
  std::vector<std::vector<std::int64_t>> slack_moves_;
  std::vector<column> free_;
  std::vector<column> basic_;
  std::vector<std::int64_t> start_;
  std::int64_t denominator_ = 1;
  bool overflow_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/completion.hpp ----
// The least regret that can still complete a partial choice: tables that prune the search.
#ifndef ESPALIER_KNAPSACK_DETAIL_COMPLETION_HPP
#define ESPALIER_KNAPSACK_DETAIL_COMPLETION_HPP

namespace espalier::inline v0::knapsack::detail {

/// Bounds for partial choices in which the first (or last) k free columns, and the basic ones, are still to move.
///
/// For each coordinate alone, with z what is left of it:
/// - remainders: z must become 0 modulo D. The least cost is a shortest way in Z_D, class by class.
/// - reach: |z| must be taken by moves, the cheapest per unit first, as if they could be cut. Costs are read off in
///   `levels` steps of the limit.
template <class Late = void>  // so that it is compiled where it is used only
class completion {
 public:
  /// @param forward  true: the first k columns are still to move; false: the columns from the k-th on.
  /// @param effort   how many entries the tables of remainders may take to compute.
  completion(const columns<Late>& c, std::int64_t limit, bool forward, std::int64_t effort)
      : columns_(c), limit_(limit), forward_(forward), effort_(effort), stages_(c.free().size() + 1) {
    stride_ = (stages_ + most_stages - 1) / most_stages;
    for (std::size_t j = 0; j < c.rows(); ++j) {
      build_reach(j);
    }
    build_remainders();
  }

  /// A lower bound on what the columns still to move, at stage k, must cost to take z.
  [[nodiscard]] std::int64_t operator()(std::size_t k, const std::int64_t* z) const noexcept {
    std::int64_t least = remainder_cost(k, z);
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t* reach = reach_of(k, j, z[j] > 0);
      const std::int64_t size = z[j] < 0 ? -z[j] : z[j];
      if (size > reach[0]) {
        const auto level = std::lower_bound(reach, reach + levels, size) - reach;
        least = (std::max)(least, level == levels ? endless : cost_above(static_cast<std::size_t>(level) - 1));
      }
    }
    return least;
  }

  /// Whether a partial choice of this cost can be completed within the limit, as far as the bounds say.
  [[nodiscard]] bool possible(std::size_t k, const std::int64_t* z, std::int64_t cost) const noexcept {
    const std::int64_t left = limit_ - cost;
    if (left < 0 || remainder_cost(k, z) > left) {
      return false;
    }
    const std::size_t level = level_of(left);
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t size = z[j] < 0 ? -z[j] : z[j];
      if (size > reach_of(k, j, z[j] > 0)[level]) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr std::size_t levels = 16;
  static constexpr std::size_t most_stages = 64;
  static constexpr std::int64_t largest_modulus = 1 << 12;
  static constexpr std::size_t rates = 128;

  /// Level l answers for costs up to (l + 1) / levels of the limit.
  [[nodiscard]] std::size_t level_of(std::int64_t left) const noexcept {
    return limit_ == 0 ? 0
                       : (std::min)(levels - 1, static_cast<std::size_t>(int128{left} * levels / (int128{limit_} + 1)));
  }
  /// What is out of reach at a level costs more than this.
  [[nodiscard]] std::int64_t cost_above(std::size_t level) const noexcept {
    return static_cast<std::int64_t>((int128{limit_} + 1) * static_cast<int128>(level + 1) / levels);
  }

  [[nodiscard]] const std::int64_t* reach_of(std::size_t k, std::size_t j, bool positive) const noexcept {
    // Not every stage has a table; the next one with more columns to move bounds it too.
    const std::size_t stage = forward_ ? (k + stride_ - 1) / stride_ : k / stride_;
    return &reach_[((j * 2 + (positive ? 1 : 0)) * (most_stages + 2) + stage) * levels];
  }

  /// Moves of one kind by what they cost per unit, in buckets four to an octave; bucket 0 is free of charge.
  class rate_buckets {
   public:
    explicit rate_buckets(std::int64_t limit) : limit_(limit) {
      // From 1 / 2^30 of the limit upwards; dearer rates than 2 limits take less than a unit.
      first_ = static_cast<std::int64_t>(index_of(static_cast<double>(limit) * 0x1p-30));
    }
    void add(double cost, double amount) {
      if (amount <= 0) {
        return;
      }
      const std::int64_t bucket = cost > 0 ? static_cast<std::int64_t>(index_of(cost / amount)) - first_ + 1 : 0;
      amounts_[static_cast<std::size_t>(std::clamp(bucket, std::int64_t{0}, std::int64_t{rates - 1}))] += amount;
    }
    void read(std::int64_t* reach) const {
      double cost = 0;
      double amount = amounts_[0];
      std::size_t bucket = 1;
      for (std::size_t level = 0; level < levels; ++level) {
        const double most = static_cast<double>(limit_) * static_cast<double>(level + 1) / levels * (1 + 1e-9) + 1;
        while (bucket < rates && cost + rate_of(bucket) * amounts_[bucket] <= most) {
          cost += rate_of(bucket) * amounts_[bucket];
          amount += amounts_[bucket++];
        }
        double part = bucket < rates ? (most - cost) / rate_of(bucket) : 0;
        part = amount + part + 1;
        reach[level] = part < 0x1p61 ? static_cast<std::int64_t>(part) : std::int64_t{1} << 61U;
      }
    }

   private:
    [[nodiscard]] static std::uint64_t index_of(double rate) noexcept {
      return std::bit_cast<std::uint64_t>(rate) >> 50U;
    }
    /// The least rate of a bucket.
    [[nodiscard]] double rate_of(std::size_t bucket) const noexcept {
      return std::bit_cast<double>((static_cast<std::uint64_t>(first_) + bucket - 1) << 50U);
    }
    std::int64_t limit_;
    std::int64_t first_ = 0;
    std::array<double, rates> amounts_{};
  };

  static void add_moves(std::span<const std::int64_t> costs, std::int64_t amount, rate_buckets& buckets) {
    std::int64_t before = 0;
    for (std::size_t d = 0; d < costs.size();) {
      // Equal steps, as on a plateau, go together.
      const std::int64_t step = costs[d] - before;
      std::size_t end = d + 1;
      while (end < costs.size() && costs[end] - costs[end - 1] == step) {
        ++end;
      }
      const auto count = static_cast<double>(end - d);
      buckets.add(static_cast<double>(step) * count, static_cast<double>(amount) * count);
      before = costs[end - 1];
      d = end;
    }
  }

  static void add_column(const column& c, std::size_t j, std::array<rate_buckets, 2>& sides) {
    for (const single_move& one : c.singles) {
      const auto size = static_cast<double>(one.coordinates[j]);
      sides[size > 0 ? 1 : 0].add(static_cast<double>(one.cost), std::abs(size));
    }
    if (c.singles.empty()) {
      add_moves(c, c.coordinates[j], sides);
    }
  }

  static void add_moves(const column& c, std::int64_t coordinate, std::array<rate_buckets, 2>& sides) {
    if (coordinate != 0) {
      const std::int64_t size = coordinate < 0 ? -coordinate : coordinate;
      add_moves(c.up, size, sides[coordinate > 0 ? 1 : 0]);
      add_moves(c.down, size, sides[coordinate > 0 ? 0 : 1]);
    }
  }

  void build_reach(std::size_t j) {
    reach_.resize((j + 1) * 2 * (most_stages + 2) * levels);
    std::array<rate_buckets, 2> sides{rate_buckets(limit_), rate_buckets(limit_)};
    if (columns_.is_slack(j)) {
      const auto count = static_cast<double>(columns_.most_moves(j, true));
      sides[1].add(static_cast<double>(columns_.basic_cost(j, 1)) * count,
                   static_cast<double>(columns_.denominator()) * count);
    } else {
      add_moves(columns_.basic()[j], columns_.denominator(), sides);
    }
    const auto write = [&](std::size_t stage) {
      for (std::size_t side = 0; side < 2; ++side) {
        sides[side].read(&reach_[((j * 2 + side) * (most_stages + 2) + stage) * levels]);
      }
    };
    const std::size_t count = columns_.free().size();
    if (forward_) {
      write(0);
      for (std::size_t k = 1; k <= count; ++k) {
        add_column(columns_.free()[k - 1], j, sides);
        if (k % stride_ == 0 || k == count) {
          write((k + stride_ - 1) / stride_);
        }
      }
    } else {
      write(count / stride_);
      for (std::size_t k = count; k-- > 0;) {
        add_column(columns_.free()[k], j, sides);
        if (k % stride_ == 0) {
          write(k / stride_);
        }
      }
    }
  }

  [[nodiscard]] std::int64_t remainder_cost(std::size_t k, const std::int64_t* z) const noexcept {
    std::int64_t least = 0;
    for (const remainder_table& table : tables_) {
      std::int64_t rest = (z[table.coordinate] / table.divisor) % table.modulus;
      rest = rest < 0 ? rest + table.modulus : rest;
      // z that is no multiple of the divisor cannot occur: all coordinates are multiples.
      least =
          (std::max)(least, table.costs[k * static_cast<std::size_t>(table.modulus) + static_cast<std::size_t>(rest)]);
    }
    return least;
  }

  struct remainder_table {
    std::size_t coordinate;
    std::int64_t divisor;
    std::int64_t modulus;
    std::vector<std::int64_t> costs;  // [stage][remainder]
  };

  void build_remainders() {
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      std::int64_t divisor = std::gcd(columns_.denominator(), columns_.start()[j]);
      std::int64_t work = 1;
      for (const column& c : columns_.free()) {
        divisor = c.singles.empty() ? std::gcd(divisor, c.coordinates[j]) : divisor;
        for (const single_move& one : c.singles) {
          divisor = std::gcd(divisor, one.coordinates[j]);
        }
        work += c.count + 1;
      }
      const std::int64_t modulus = columns_.denominator() / divisor;
      if (modulus > 1 && modulus <= largest_modulus && work <= effort_ / modulus) {
        remainder_table table{j, divisor, modulus, {}};
        fill(table);
        tables_.push_back(std::move(table));
      }
    }
  }

  void fill(remainder_table& table) const {
    const auto size = static_cast<std::size_t>(table.modulus);
    table.costs.assign(stages_ * size, endless);
    const std::size_t last = stages_ - 1;
    table.costs[(forward_ ? 0 : last) * size] = 0;
    for (std::size_t i = 1; i <= last; ++i) {
      const std::size_t to = forward_ ? i : last - i;
      const std::size_t from = forward_ ? i - 1 : last - i + 1;
      const column& c = columns_.free()[forward_ ? i - 1 : last - i];
      const std::int64_t* source = &table.costs[from * size];
      std::int64_t* target = &table.costs[to * size];
      std::copy(source, source + size, target);
      const auto unit = [&](const std::vector<std::int64_t>& coordinates, std::int64_t direction) {
        const std::int64_t rest = direction * ((coordinates[table.coordinate] / table.divisor) % table.modulus);
        return rest < 0 ? rest + table.modulus : rest;
      };
      for (const single_move& one : c.singles) {
        spread(std::span(&one.cost, 1), unit(one.coordinates, 1), {source, size}, target);
      }
      if (c.singles.empty()) {
        spread(c.up, unit(c.coordinates, 1), {source, size}, target);
        spread(c.down, unit(c.coordinates, -1), {source, size}, target);
      }
    }
  }

  /// target[x] = min(target[x], costs of d moves + source[x - d unit]).
  static void spread(std::span<const std::int64_t> costs, std::int64_t unit, std::span<const std::int64_t> source,
                     std::int64_t* target) {
    const auto modulus = static_cast<std::int64_t>(source.size());
    std::int64_t shift = 0;
    // After `modulus` moves all remainders recur at a higher cost.
    for (std::size_t d = 0; d < (std::min)(costs.size(), source.size()); ++d) {
      shift = (shift + unit) % modulus;
      for (std::int64_t x = 0; x < modulus; ++x) {
        const std::int64_t y = x >= shift ? x - shift : x - shift + modulus;
        const std::int64_t cost = costs[d] + source[static_cast<std::size_t>(y)];
        target[x] = (std::min)(target[x], cost);
      }
    }
  }

  const columns<Late>& columns_;
  std::int64_t limit_;
  bool forward_;
  std::int64_t effort_;
  std::size_t stages_;
  std::size_t stride_ = 1;
  std::vector<std::int64_t> reach_;  // [coordinate][sign][stage][level]
  std::vector<remainder_table> tables_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/states.hpp ----
// Partial choices of the search: the cheapest one for each remainder, found by hashing.
#ifndef ESPALIER_KNAPSACK_DETAIL_STATES_HPP
#define ESPALIER_KNAPSACK_DETAIL_STATES_HPP

namespace espalier::inline v0::knapsack::detail {

/// How a partial choice came about: a list that shares its tails. Moves of 0 leave no trace.
template <class = void>  // so that it is compiled where it is used only
class move_history {
 public:
  struct step {
    std::uint32_t before = 0;  ///< step + 1; 0: the beginning
    std::uint32_t column = 0;
    std::int64_t moves = 0;
  };

  [[nodiscard]] std::uint32_t add(const step& s) {
    steps_.push_back(s);
    return static_cast<std::uint32_t>(steps_.size());
  }
  [[nodiscard]] const step& operator[](std::uint32_t number) const noexcept { return steps_[number - 1]; }
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return steps_.size() * sizeof(step); }

 private:
  std::vector<step> steps_;
};

/// Partial choices after the same columns.
template <class Late = void>  // so that it is compiled where it is used only
class state_layer {
 public:
  /// What reaches a remainder.
  struct arrival {
    std::int64_t cost = 0;
    std::uint32_t before = 0;  ///< history of the choice that it extends
    std::int32_t moves = 0;    ///< of the column that extends it; 0: none
  };

  /// @param b  looked at wherever all states are walked through; then the layer is of no more use.
  state_layer(std::size_t rows, budget& b) : budget_(&b), rows_(rows), table_(64, 0) {}

  [[nodiscard]] std::size_t size() const noexcept { return arrivals_.size(); }
  [[nodiscard]] const std::int64_t* place(std::size_t state) const noexcept { return &places_[state * rows_]; }
  [[nodiscard]] const arrival& operator[](std::size_t state) const noexcept { return arrivals_[state]; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return arrivals_.size() * (rows_ * sizeof(std::int64_t) + sizeof(arrival)) + table_.size() * sizeof(std::uint32_t);
  }

  /// The least cost known at a place; none if there is no state.
  [[nodiscard]] std::optional<std::int64_t> cost_at(const std::int64_t* place) const noexcept {
    const std::uint32_t state = table_[find(place)];
    return state == 0 ? std::nullopt : std::optional(arrivals_[state - 1].cost);
  }

  /// Adds a state or makes the one at the same place cheaper.
  /// @return its number.
  std::uint32_t insert(const std::int64_t* place, const arrival& a) {
    if (2 * (arrivals_.size() + 1) > table_.size()) {
      rehash();
    }
    const std::size_t slot = find(place);
    if (table_[slot] == 0) {
      places_.insert(places_.end(), place, place + rows_);
      arrivals_.push_back(a);
      table_[slot] = static_cast<std::uint32_t>(arrivals_.size());
    } else if (arrival& known = arrivals_[table_[slot] - 1]; a.cost < known.cost) {
      known = a;
    }
    return table_[slot] - 1;
  }

  /// Writes the last moves of all states into the history, once it is clear which arrivals are the cheapest.
  void settle(std::uint32_t column, move_history<Late>& history) {
    for (std::size_t state = 0; state < arrivals_.size(); ++state) {
      budget_->keep_going(state);
      if (arrival& a = arrivals_[state]; a.moves != 0) {
        a.before = history.add({a.before, column, a.moves});
        a.moves = 0;
      }
    }
  }

  /// Keeps the listed states, in that order.
  void keep(const std::vector<std::uint32_t>& states) {
    state_layer kept(rows_, *budget_);
    for (const std::uint32_t state : states) {
      kept.insert(place(state), arrivals_[state]);
    }
    *this = std::move(kept);
  }

 private:
  /// std::equal would call memcmp, which takes longer than one or two comparisons.
  [[nodiscard]] bool equal(const std::int64_t* a, const std::int64_t* b) const noexcept {
    std::size_t row = 0;
    while (row < rows_ && a[row] == b[row]) {
      ++row;
    }
    return row == rows_;
  }
  [[nodiscard]] std::size_t find(const std::int64_t* place) const noexcept {
    std::uint64_t hash = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      hash = (hash ^ static_cast<std::uint64_t>(place[row])) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    std::size_t slot = static_cast<std::size_t>(hash) & (table_.size() - 1);
    while (table_[slot] != 0 && !equal(place, &places_[(table_[slot] - 1) * rows_])) {
      slot = (slot + 1) & (table_.size() - 1);
    }
    return slot;
  }
  void rehash() {
    table_.assign(2 * table_.size(), 0);
    for (std::size_t state = 0; state < arrivals_.size(); ++state) {
      budget_->keep_going(state);
      table_[find(place(state))] = static_cast<std::uint32_t>(state + 1);
    }
  }

  budget* budget_;
  std::size_t rows_;
  std::vector<std::int64_t> places_;
  std::vector<arrival> arrivals_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 is empty, else state + 1
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/search.hpp ----
// Finds the choice of least regret within a limit: column by column from both ends, meeting in the middle.
#ifndef ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP
#define ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP

namespace espalier::inline v0::knapsack::detail {

/// How much one pass may take.
struct pass_limits {
  std::int64_t regret = 0;               ///< choices of more regret are not looked at
  std::size_t width = 0;                 ///< > 0: from one end only, with so many states, the most promising
  std::size_t states = ~std::size_t{0};  ///< of a layer; with more the pass is given up
  std::int64_t effort = 1 << 14;         ///< for tables that prune
};

/// One pass of the search.
///
/// For a column of single moves, the choice that is found holds the number of the move, from 1.
///
/// A state is what the columns so far have left to take, in basis coordinates. The left side begins with all that is to
/// be taken and the first column, the right side with nothing and the last one; whichever has fewer states goes on.
/// Where they meet, a pair of states fits if their places differ by D times moves that the basic columns can make.
/// @tparam Late  nothing, but what depends on it is compiled where there is something to search only.
template <class Late = void>
class search {
 public:
  /// @param moving  the columns that are not slack, with their moves up to the limit.
  search(search_terms terms, std::vector<column> moving, const pass_limits& limits, budget& b)
      : limits_(limits), budget_(b), columns_(std::move(terms), std::move(moving), limits.regret) {}

  /// Whether finding nothing proves nothing: a limit was reached, or states were dropped.
  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }
  /// The most states that a side had.
  [[nodiscard]] std::size_t most_states() const noexcept { return most_states_; }

  /// @return the choice of least regret within the limit; none if there is none.
  [[nodiscard]] std::optional<choice> operator()() {
    try {
      return columns_.overflow() ? give_up() : look_from_both_ends();
    } catch (const interrupted&) {
      return give_up();
    }
  }

 private:
  [[nodiscard]] std::optional<choice> give_up() {
    cut_short_ = true;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<choice> look_from_both_ends() {
    const std::size_t rows = columns_.rows();
    const std::size_t count = columns_.free().size();
    const completion<Late> after(columns_, limits_.regret, false, limits_.effort);
    const bool both = limits_.width == 0 && count > 1;
    const std::optional<completion<Late>> before =
        both ? std::optional<completion<Late>>(std::in_place, columns_, limits_.regret, true, limits_.effort)
             : std::nullopt;
    state_layer<Late> left(rows, budget_);
    state_layer<Late> right(rows, budget_);
    if (after.possible(0, columns_.start().data(), 0)) {
      left.insert(columns_.start().data(), {});
    }
    const std::vector<std::int64_t> nothing(rows, 0);
    right.insert(nothing.data(), {});
    std::size_t first = 0;
    std::size_t last = count;
    while (first < last && left.size() > 0 && right.size() > 0) {
      const bool go_left = !both || left.size() <= right.size();
      if (!(go_left ? extend_left(left, first, after) : extend_right(right, last - 1, *before))) {
        return give_up();
      }
      go_left ? ++first : --last;
      most_states_ = (std::max)({most_states_, left.size(), right.size()});
    }
    return meet(left, right);
  }

  /// A free column, and whether its moves are taken from places (-1) or added to them (1).
  struct extension {
    std::size_t number;
    std::int64_t sign;
  };

  /// Tries every move of a column on every state.
  template <class Possible, class Shrink>
  [[nodiscard]] bool extend(state_layer<Late>& layer, const extension& e, Possible&& possible, Shrink&& shrink) {
    const column& c = columns_.free()[e.number];
    state_layer<Late> next(columns_.rows(), budget_);
    std::vector<std::int64_t> place(columns_.rows());
    const auto walk = [&](std::size_t state, std::span<const std::int64_t> costs, std::int64_t direction) {
      std::copy_n(layer.place(state), place.size(), place.begin());
      for (std::size_t d = 0; d < costs.size(); ++d) {
        for (std::size_t j = 0; j < place.size(); ++j) {
          place[j] += e.sign * direction * c.coordinates[j];
        }
        const std::int64_t cost = layer[state].cost + costs[d];
        if (cost > limits_.regret) {
          break;
        }
        if (!budget_.spend()) {
          return false;
        }
        // Where another state was before at no higher cost, that one goes on in the same way for less: phi is convex.
        const auto known = costs.size() > 2 ? layer.cost_at(place.data()) : std::nullopt;
        if (known && *known <= cost) {
          break;
        }
        if (possible(place.data(), cost)) {
          const auto moves = static_cast<std::int32_t>(direction * static_cast<std::int64_t>(d + 1));
          next.insert(place.data(), {cost, layer[state].before, moves});
        }
      }
      return true;
    };
    const auto jump = [&](std::size_t state) {
      for (std::size_t k = 0; k < c.singles.size(); ++k) {
        const std::int64_t cost = layer[state].cost + c.singles[k].cost;
        for (std::size_t j = 0; j < place.size(); ++j) {
          place[j] = layer.place(state)[j] + e.sign * c.singles[k].coordinates[j];
        }
        if (!budget_.spend()) {
          return false;
        }
        if (cost <= limits_.regret && possible(place.data(), cost)) {
          next.insert(place.data(), {cost, layer[state].before, static_cast<std::int32_t>(k + 1)});
        }
      }
      return true;
    };
    for (std::size_t state = 0; state < layer.size(); ++state) {
      if (!budget_.spend()) {
        return false;
      }
      if (possible(layer.place(state), layer[state].cost)) {
        next.insert(layer.place(state), layer[state]);
      }
      if (!walk(state, c.up, 1) || !walk(state, c.down, -1) || !jump(state)) {
        return false;
      }
      if (next.size() > limits_.states) {
        return false;
      }
      if (limits_.width > 0 && next.size() > 64 * limits_.width) {
        cut_short_ = true;
        shrink(next);
      }
    }
    if (!budget_.allows(history_.bytes() + layer.bytes() + 2 * next.bytes())) {
      return false;
    }
    layer = std::move(next);
    return true;
  }

  [[nodiscard]] bool extend_left(state_layer<Late>& left, std::size_t number, const completion<Late>& after) {
    const bool good = extend(
        left, {number, -1},
        [&](const std::int64_t* place, std::int64_t cost) { return after.possible(number + 1, place, cost); },
        [&](state_layer<Late>& layer) { narrow(layer, number + 1, after); });
    if (good && limits_.width > 0 && left.size() > limits_.width) {
      cut_short_ = true;
      narrow(left, number + 1, after);
    }
    left.settle(static_cast<std::uint32_t>(number), history_);
    return good;
  }

  [[nodiscard]] bool extend_right(state_layer<Late>& right, std::size_t number, const completion<Late>& before) {
    std::vector<std::int64_t> rest(columns_.rows());
    const auto possible = [&](const std::int64_t* place, std::int64_t cost) {
      for (std::size_t j = 0; j < rest.size(); ++j) {
        rest[j] = columns_.start()[j] - place[j];
      }
      return before.possible(number, rest.data(), cost);
    };
    const bool good = extend(right, {number, 1}, possible, [](state_layer<Late>&) {});
    right.settle(static_cast<std::uint32_t>(number), history_);
    return good;
  }

  /// Keeps the states of the least cost with what they must still cost.
  void narrow(state_layer<Late>& layer, std::size_t number, const completion<Late>& after) const {
    std::vector<std::int64_t> keys;
    for (std::size_t state = 0; state < layer.size(); ++state) {
      budget_.keep_going(state);
      keys.push_back(add_costs(layer[state].cost, after(number, layer.place(state))));
    }
    std::vector<std::uint32_t> best = order_of(keys);
    best.resize(limits_.width);
    layer.keep(best);
  }

  [[nodiscard]] static std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  }
  [[nodiscard]] static std::uint64_t mix(std::uint64_t hash, std::int64_t number) noexcept {
    hash = (hash ^ static_cast<std::uint64_t>(number)) * 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 29U);
  }

  /// The best pair. Pairs are found by hashing the cells of the right side and looking into two per coordinate.
  [[nodiscard]] std::optional<choice> meet(const state_layer<Late>& left, const state_layer<Late>& right) {
    const std::size_t rows = columns_.rows();
    const std::int64_t modulus = columns_.denominator();
    const std::size_t cells = (std::min)(rows, std::size_t{4});  // coordinates that are hashed by cell
    std::vector<std::int64_t> length(rows);                      // of a cell
    for (std::size_t j = 0; j < rows; ++j) {
      const int128 span = int128{modulus} * (int128{columns_.most_moves(j, true)} + columns_.most_moves(j, false) + 1);
      length[j] = saturated(span);
    }
    const auto remainder = [&](const std::int64_t* place) {
      std::uint64_t hash = 0;
      for (std::size_t j = 0; j < rows; ++j) {
        const std::int64_t rest = place[j] % modulus;
        hash = mix(hash, rest < 0 ? rest + modulus : rest);
      }
      return hash;
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> hashed;
    for (std::size_t state = 0; state < right.size(); ++state) {
      budget_.keep_going(state);
      std::uint64_t hash = remainder(right.place(state));
      for (std::size_t j = 0; j < cells; ++j) {
        hash = mix(hash, floor_div(right.place(state)[j], length[j]));
      }
      hashed.emplace_back(hash, static_cast<std::uint32_t>(state));
    }
    const hashed_states bucket(hashed, right, budget_);
    pair_of_states best;
    for (std::size_t state = 0; state < left.size(); ++state) {
      budget_.keep_going(state);
      const std::uint64_t base = remainder(left.place(state));
      for (std::size_t corner = 0; corner < std::size_t{1} << cells; ++corner) {
        std::uint64_t hash = base;
        bool distinct = true;
        for (std::size_t j = 0; j < cells; ++j) {
          const std::int64_t z = left.place(state)[j];
          // Right places lie from z - D up to z + D down, a cell's length at most.
          const std::int64_t low = floor_div(z - modulus * bounded_moves(j, true), length[j]);
          const std::int64_t high = floor_div(z + modulus * bounded_moves(j, false), length[j]);
          distinct = distinct && ((corner >> j & 1U) == 0 || high != low);
          hash = mix(hash, (corner >> j & 1U) == 0 ? low : high);
        }
        if (distinct && !look(left, right, state, hash, bucket, best)) {
          cut_short_ = true;
          return complete(left, right, best);
        }
      }
    }
    return complete(left, right, best);
  }

  /// States by hash, the cheap ones first among equals, so that a dear pair ends the look into a cell.
  class hashed_states {
   public:
    hashed_states(const std::vector<std::pair<std::uint64_t, std::uint32_t>>& states, const state_layer<Late>& layer,
                  budget& b)
        : states_(states.size()) {
      // As many slots as states or twice as many: what shares its leading bits is sorted in no time.
      const auto bits = static_cast<unsigned>(std::bit_width(states.size()) + 1);
      shift_ = 64U - bits;
      first_.assign((std::size_t{1} << bits) + 1, 0);
      for (std::size_t i = 0; i < states.size(); ++i) {
        b.keep_going(i);
        ++first_[static_cast<std::size_t>(states[i].first >> shift_) + 1];
      }
      std::partial_sum(first_.begin(), first_.end(), first_.begin());
      std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
      for (std::size_t i = 0; i < states.size(); ++i) {
        b.keep_going(i);
        states_[next[static_cast<std::size_t>(states[i].first >> shift_)]++] = states[i];
      }
      const auto at = [this](std::uint32_t place) { return states_.begin() + static_cast<std::ptrdiff_t>(place); };
      for (std::size_t slot = 0; slot + 1 < first_.size(); ++slot) {
        b.keep_going(slot);
        if (first_[slot + 1] > first_[slot] + 1) {
          std::sort(at(first_[slot]), at(first_[slot + 1]), [&](const auto& one, const auto& other) {
            return one.first != other.first ? one.first < other.first
                                            : std::pair(layer[one.second].cost, one.second) <
                                                  std::pair(layer[other.second].cost, other.second);
          });
        }
      }
    }
    /// The states with this hash.
    [[nodiscard]] std::span<const std::pair<std::uint64_t, std::uint32_t>> find(std::uint64_t hash) const noexcept {
      std::size_t begin = first_[static_cast<std::size_t>(hash >> shift_)];
      while (begin < states_.size() && states_[begin].first < hash) {
        ++begin;
      }
      std::size_t end = begin;
      while (end < states_.size() && states_[end].first == hash) {
        ++end;
      }
      return std::span(states_).subspan(begin, end - begin);
    }

   private:
    std::vector<std::pair<std::uint64_t, std::uint32_t>> states_;
    std::vector<std::uint32_t> first_;  // by the leading bits of the hash
    unsigned shift_ = 0;
  };

  struct pair_of_states {
    std::size_t left = 0;
    std::size_t right = 0;
    std::int64_t cost = endless;
  };

  [[nodiscard]] std::int64_t bounded_moves(std::size_t j, bool up) const noexcept {
    return (std::min)(columns_.most_moves(j, up), (std::int64_t{1} << 61U) / columns_.denominator());
  }

  /// Looks through one cell of the right side.
  [[nodiscard]] bool look(const state_layer<Late>& left, const state_layer<Late>& right, std::size_t state,
                          std::uint64_t hash, const hashed_states& bucket, pair_of_states& best) {
    for (const auto& candidate : bucket.find(hash)) {
      if (!budget_.spend()) {
        return false;
      }
      std::int64_t cost = left[state].cost + right[candidate.second].cost;
      if (cost > limits_.regret || cost >= best.cost) {
        break;
      }
      for (std::size_t j = 0; j < columns_.rows() && cost < endless; ++j) {
        const std::int64_t z = left.place(state)[j] - right.place(candidate.second)[j];
        const std::int64_t d = z / columns_.denominator();
        cost = z % columns_.denominator() != 0 ? endless : add_costs(cost, columns_.basic_cost(j, d));
      }
      if (cost <= limits_.regret && cost < best.cost) {
        best = {state, candidate.second, cost};
      }
    }
    return true;
  }

  [[nodiscard]] std::optional<choice> complete(const state_layer<Late>& left, const state_layer<Late>& right,
                                               const pair_of_states& best) const {
    if (best.cost >= endless) {
      return std::nullopt;
    }
    choice result{std::vector<std::int64_t>(columns_.terms().classes, 0), best.cost};
    const auto add = [&](std::size_t column, std::int64_t moves) {
      if (column < result.moves.size()) {
        result.moves[column] += moves;
      }
    };
    for (std::uint32_t at : {left[best.left].before, right[best.right].before}) {
      for (; at != 0; at = history_[at].before) {
        add(columns_.free()[history_[at].column].number, history_[at].moves);
      }
    }
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t z = left.place(best.left)[j] - right.place(best.right)[j];
      add(columns_.basic()[j].number, z / columns_.denominator());
    }
    return result;
  }

  pass_limits limits_;
  budget& budget_;
  columns<Late> columns_;
  move_history<Late> history_;
  bool cut_short_ = false;
  std::size_t most_states_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/choice_regret.hpp ----
// The regret of a multiple-choice knapsack, group by group, and the choice of least regret.
#ifndef ESPALIER_KNAPSACK_DETAIL_CHOICE_REGRET_HPP
#define ESPALIER_KNAPSACK_DETAIL_CHOICE_REGRET_HPP

namespace espalier::inline v0::knapsack::detail {

/// With prices lambda, every choice k of options falls short of L(lambda) by
///
///     sum over groups of [ max over options (v - lambda w) - (v_k - lambda w_k) ] + lambda slack,
///
/// a sum of terms >= 0: none for a group that takes its best option at these prices. Only groups that have another
/// option within the limit need to be looked at, each as a column of which one move can be made.
template <class Value>
class choice_regret {
 public:
  choice_regret(const choice_table<Value>& table, const fixed_point& scale, exact_prices prices)
      : table_(table), scale_(scale), prices_(std::move(prices)), slack_(table.problem().capacities) {
    table.for_each_group([&](std::size_t group, std::size_t c, std::size_t first) {
      std::size_t best = table.lightest(c);
      for (std::size_t o = 0; o < table.options(c); ++o) {
        best = score(c, o, first) > score(c, best, first) ? o : best;
      }
      best_.push_back(static_cast<std::uint32_t>(best));
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        slack_[r] -= table.weights(c, best)[r];
      }
      std::int64_t least = endless;
      for (std::size_t o = 0; o < table.options(c); ++o) {
        least = o == best ? least : (std::min)(least, cost(c, o, first, best));
      }
      groups_.push_back({least, group, c, first});
    });
    std::vector<std::int64_t> keys;
    for (const entry& e : groups_) {
      keys.push_back(e.least);
    }
    std::vector<entry> sorted;
    sorted.reserve(groups_.size());
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(groups_[place]);
    }
    groups_.swap(sorted);
  }

  /// The best option of each group at the prices.
  [[nodiscard]] const std::vector<std::uint32_t>& best() const noexcept { return best_; }
  [[nodiscard]] const exact_prices& prices() const noexcept { return prices_; }
  /// What the cheapest other option of the k-th cheapest group costs; endless beyond the last.
  [[nodiscard]] std::int64_t least_cost(std::size_t k) const noexcept {
    return k < groups_.size() ? groups_[k].least : endless;
  }
  /// The regret of taking the lightest option everywhere, which always fits.
  [[nodiscard]] std::int64_t lightest_cost() const {
    int128 sum = prices_.cost(table_.remaining());
    for (const entry& e : groups_) {
      sum += cost(e.item_class, table_.lightest(e.item_class), e.first, best_[e.group]);
      if (sum >= endless) {
        return endless;
      }
    }
    return saturated(sum);
  }

  /// One pass of the search, and what it found as options of all groups.
  struct pass_result {
    std::optional<std::vector<std::uint32_t>> chosen;
    std::int64_t cost = endless;
    bool cut_short = false;
    std::size_t states = 0;
  };
  [[nodiscard]] pass_result pass(const pass_limits& limits, budget& b) const {
    std::vector<column> moving;
    std::vector<std::vector<std::uint32_t>> options;
    for (const entry& e : groups_) {
      if (e.least > limits.regret) {
        break;
      }
      options.emplace_back();
      moving.push_back(column_of(e, limits.regret, options.back()));
      moving.back().number = moving.size() - 1;
    }
    search one({moving.size(), slack_, prices_}, moving, limits, b);
    const auto found = one();
    pass_result result{std::nullopt, endless, one.cut_short(), one.most_states()};
    if (found) {
      result.cost = found->cost;
      result.chosen = best_;
      for (std::size_t k = 0; k < moving.size(); ++k) {
        if (found->moves[k] != 0) {
          (*result.chosen)[groups_[k].group] = options[k][static_cast<std::size_t>(found->moves[k] - 1)];
        }
      }
    }
    return result;
  }

 private:
  struct entry {
    std::int64_t least;
    std::size_t group;
    std::size_t item_class;
    std::size_t first;
  };

  [[nodiscard]] int128 score(std::size_t c, std::size_t option, std::size_t first) const {
    const auto value = static_cast<double>(table_.problem().values[first + option]);
    return int128{scale_.round(value)} * prices_.factor - prices_.cost(table_.weights(c, option));
  }
  [[nodiscard]] std::int64_t cost(std::size_t c, std::size_t option, std::size_t first, std::size_t best) const {
    return saturated(score(c, best, first) - score(c, option, first));
  }

  [[nodiscard]] column column_of(const entry& e, std::int64_t limit, std::vector<std::uint32_t>& options) const {
    column result;
    const std::size_t best = best_[e.group];
    for (std::size_t o = 0; o < table_.options(e.item_class); ++o) {
      const std::int64_t regret = o == best ? endless : cost(e.item_class, o, e.first, best);
      if (regret <= limit) {
        single_move move;
        for (std::size_t r = 0; r < slack_.size(); ++r) {
          move.weights.push_back(table_.weights(e.item_class, o)[r] - table_.weights(e.item_class, best)[r]);
        }
        move.cost = regret;
        result.singles.push_back(std::move(move));
        options.push_back(static_cast<std::uint32_t>(o));
      }
    }
    result.count = static_cast<std::int64_t>(result.singles.size());
    return result;
  }

  const choice_table<Value>& table_;
  fixed_point scale_;
  exact_prices prices_;
  std::vector<std::int64_t> slack_;
  std::vector<std::uint32_t> best_;
  std::vector<entry> groups_;  // by their cheapest other option
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/master_problem.hpp ----
// The best mixture of break solutions, by a simplex method of a few rows.
#ifndef ESPALIER_KNAPSACK_DETAIL_MASTER_PROBLEM_HPP
#define ESPALIER_KNAPSACK_DETAIL_MASTER_PROBLEM_HPP

namespace espalier::inline v0::knapsack::detail {

/// Break solutions, each as the prices where it is one, and their shares of a mixture.
struct price_share {
  double share = 0;
  std::vector<double> prices;
};

/// How many of the items of a class, sorted, a mixture keeps.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] double count_in(const std::vector<price_share>& mixture, std::span<const window_item> items,
                              std::span<const std::int64_t> weights) noexcept {
  double kept = 0;
  for (const price_share& one : mixture) {
    kept += one.share * static_cast<double>(count_above(items, cost_of(one.prices, weights)));
  }
  return kept;
}

/// The master problem of a Dantzig-Wolfe decomposition: the best mixture of break solutions within the capacities.
///
///     max sum mu_k V_k   subject to   sum mu_k A_k + slack = C,   sum mu_k = 1,   mu, slack >= 0
///
/// solved by the simplex method with rows + 1 basic columns; its dual solution are prices.
template <class = void>  // so that it is compiled where it is used only
class master_problem {
 public:
  /// @param capacities   >= 0, in units such that the break solutions use about 1.
  /// @param slack_costs  of a unit of each row.
  master_problem(std::vector<double> capacities, std::vector<double> slack_costs)
      : rows_(capacities.size()), right_(std::move(capacities)), slack_costs_(std::move(slack_costs)) {
    right_.push_back(1.0);
    for (std::size_t i = 0; i <= rows_; ++i) {
      basis_.push_back(unit_column(i));
    }
    factorize();
  }

  [[nodiscard]] const std::vector<double>& prices() const noexcept { return prices_; }

  /// The best mixture of the break solutions so far. Shares that are missing are of the one that keeps nothing.
  [[nodiscard]] std::vector<price_share> mixture() const {
    std::vector<price_share> result;
    for (std::size_t i = 0; i <= rows_; ++i) {
      if (!basis_[i].prices.empty()) {
        result.push_back({(std::max)(0.0, amount(i)), basis_[i].prices});
      }
    }
    return result;
  }

  /// How much the master's value can grow for each unit of this break solution.
  [[nodiscard]] double reduced_cost(const break_solution& s) const noexcept {
    double cost = s.value - convexity_;
    for (std::size_t i = 0; i < rows_; ++i) {
      cost -= prices_[i] * s.used[i];
    }
    return cost;
  }

  /// Brings a break solution into the basis.
  /// @param prices  where it is one.
  void enter(const break_solution& s, const std::vector<double>& prices) {
    column entering{s.value, s.used, prices};
    entering.entries.push_back(1.0);
    pivot(std::move(entering));
    for (std::size_t turn = 0; turn < 4 * rows_; ++turn) {
      const auto row = cheapest_slack();
      if (!row || !pivot(unit_column(*row))) {
        break;
      }
    }
  }

 private:
  struct column {
    double value;
    std::vector<double> entries;
    std::vector<double> prices;  // of a break solution that came in
  };

  /// The slack of a row, or the break solution that keeps nothing.
  [[nodiscard]] column unit_column(std::size_t i) const {
    column result{i < rows_ ? -slack_costs_[i] : 0.0, std::vector<double>(rows_ + 1, 0.0), {}};
    result.entries[i] = 1.0;
    return result;
  }

  /// A row whose price is below what its slack costs.
  [[nodiscard]] std::optional<std::size_t> cheapest_slack() const noexcept {
    for (std::size_t i = 0; i < rows_; ++i) {
      if (prices_[i] + slack_costs_[i] < -1e-14 * scale_) {
        return i;
      }
    }
    return std::nullopt;
  }

  /// How much of the basic column i there is.
  [[nodiscard]] double amount(std::size_t i) const noexcept {
    double sum = 0;
    for (std::size_t j = 0; j <= rows_; ++j) {
      sum += inverse_[i * (rows_ + 1) + j] * right_[j];
    }
    return sum;
  }

  bool pivot(column&& entering) {
    const std::size_t size = rows_ + 1;
    std::size_t leaving = size;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < size; ++i) {
      double direction = 0;
      for (std::size_t j = 0; j < size; ++j) {
        direction += inverse_[i * size + j] * entering.entries[j];
      }
      if (direction > 1e-12) {
        const double ratio = (std::max)(0.0, amount(i)) / direction;
        if (ratio < least) {
          least = ratio;
          leaving = i;
        }
      }
    }
    if (leaving == size) {
      return false;
    }
    std::swap(basis_[leaving], entering);
    if (!factorize()) {
      std::swap(basis_[leaving], entering);
      factorize();
      return false;
    }
    return true;
  }

  /// Inverts the basis by Gauss and Jordan: it is tiny, and so no error builds up. Then prices = values inverse.
  bool factorize() {
    const std::size_t size = rows_ + 1;
    std::vector<double> a(size * size);
    inverse_.assign(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        a[i * size + j] = basis_[j].entries[i];
      }
      inverse_[i * size + i] = 1.0;
    }
    for (std::size_t k = 0; k < size; ++k) {
      std::size_t row = k;
      for (std::size_t i = k + 1; i < size; ++i) {
        row = std::abs(a[i * size + k]) > std::abs(a[row * size + k]) ? i : row;
      }
      if (!(std::abs(a[row * size + k]) > 1e-300)) {
        return false;
      }
      std::swap_ranges(&a[k * size], &a[k * size] + size, &a[row * size]);
      std::swap_ranges(&inverse_[k * size], &inverse_[k * size] + size, &inverse_[row * size]);
      const double pivot = a[k * size + k];
      for (std::size_t j = 0; j < size; ++j) {
        a[k * size + j] /= pivot;
        inverse_[k * size + j] /= pivot;
      }
      for (std::size_t i = 0; i < size; ++i) {
        const double factor = a[i * size + k];
        for (std::size_t j = 0; j < size && i != k && factor != 0; ++j) {
          a[i * size + j] -= factor * a[k * size + j];
          inverse_[i * size + j] -= factor * inverse_[k * size + j];
        }
      }
    }
    prices_.assign(rows_, 0.0);
    convexity_ = 0;
    scale_ = 0;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < rows_; ++j) {
        prices_[j] += basis_[i].value * inverse_[i * size + j];
        scale_ = (std::max)(scale_, std::abs(prices_[j]));
      }
      convexity_ += basis_[i].value * inverse_[i * size + rows_];
    }
    return true;
  }

  std::size_t rows_;
  std::vector<double> right_;
  std::vector<double> slack_costs_;
  std::vector<column> basis_;
  std::vector<double> inverse_;
  std::vector<double> prices_;
  double convexity_ = 0;
  double scale_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/column_generation.hpp ----
// The minimum of a dual function, one break solution after another.
#ifndef ESPALIER_KNAPSACK_DETAIL_COLUMN_GENERATION_HPP
#define ESPALIER_KNAPSACK_DETAIL_COLUMN_GENERATION_HPP

namespace espalier::inline v0::knapsack::detail {

/// Prices and how they were found.
struct dual_solution {
  std::vector<double> prices;          ///< per row
  double value = 0;                    ///< L there
  std::size_t steps = 0;               ///< break solutions tried
  std::vector<price_share> mixture{};  ///< of what the relaxed problem keeps; with one row it may be missing
};

/// Minimizes L by column generation with smoothed prices.
///
/// Source: Dantzig and Wolfe 1960; Wentges 1997, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer
/// programming".
/// @tparam Function  dual_function, or another one with the same members.
template <class Function>
class column_generation {
 public:
  /// @param hint  prices near which the minimum is thought to be.
  column_generation(const Function& function, const std::vector<double>& hint, budget& b)
      : function_(function), budget_(b), unit_(units(function)), master_(capacities(), slack_costs()) {
    best_.prices = hint;
    best_.value = std::numeric_limits<double>::infinity();
    master_.enter(evaluate(hint), hint);
  }

  /// Complexity: O(steps classes log items), typically 10 to 60 steps.
  [[nodiscard]] dual_solution operator()() {
    constexpr std::size_t most_steps = 400;
    const double tolerance = 1e-15 * function_.magnitude();
    const std::size_t patience = 12 + 4 * unit_.size();
    std::size_t idle = 0;
    while (best_.steps < most_steps && idle < 4 * patience) {
      budget_.keep_going();
      const double before = best_.value;
      const std::vector<double> exact = master_prices();
      // Smoothed prices are better columns as a rule; where they lead nowhere, the exact ones must.
      std::vector<double> tried = idle < patience ? mixed(exact) : exact;
      break_solution s = evaluate(tried);
      if (master_.reduced_cost(s) <= tolerance) {
        tried = exact;
        s = evaluate(tried);
        if (master_.reduced_cost(s) <= tolerance) {
          break;
        }
      }
      idle = best_.value < before - tolerance ? 0 : idle + 1;
      master_.enter(s, tried);
    }
    best_.mixture = master_.mixture();
    return best_;
  }

 private:
  /// Units in which all items together use 1 of each row.
  [[nodiscard]] static std::vector<double> units(const Function& function) {
    std::vector<double> unit;
    for (std::size_t r = 0; r < function.rows(); ++r) {
      const double used = function.all_used(r);
      unit.push_back(used > 0 ? used : 1.0);
    }
    return unit;
  }
  [[nodiscard]] std::vector<double> capacities() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(static_cast<double>(function_.capacity(r)) / unit_[r]);
    }
    return result;
  }
  [[nodiscard]] std::vector<double> slack_costs() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(function_.slack_cost(r) * unit_[r]);
    }
    return result;
  }

  [[nodiscard]] std::vector<double> master_prices() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back((std::max)(-function_.slack_cost(r), master_.prices()[r] / unit_[r]));
    }
    return result;
  }
  [[nodiscard]] std::vector<double> mixed(const std::vector<double>& exact) const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(0.5 * best_.prices[r] + 0.5 * exact[r]);
    }
    return result;
  }

  /// The break solution at some prices in the master's units.
  [[nodiscard]] break_solution evaluate(const std::vector<double>& prices) {
    break_solution s = function_.at(prices);
    ++best_.steps;
    const double value = function_.value(prices, s);
    if (value < best_.value) {
      best_.value = value;
      best_.prices = prices;
    }
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      s.used[r] /= unit_[r];
    }
    return s;
  }

  const Function& function_;
  budget& budget_;
  std::vector<double> unit_;
  master_problem<> master_;
  dual_solution best_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/scan.hpp ----
// One pass over the values: above the window kept, inside collected, below not.
#ifndef ESPALIER_KNAPSACK_DETAIL_SCAN_HPP
#define ESPALIER_KNAPSACK_DETAIL_SCAN_HPP

namespace espalier::inline v0::knapsack::detail {

/// Values are read in blocks that stay in the nearest cache, once for each thing that is asked of them: several short
/// loops without branches are faster than one that does it all.
constexpr std::size_t scan_block = 512;

/// The sum of a block of at most scan_block kept values, in eight strands: no sum has more than 64 terms.
template <class Value>
[[nodiscard]] double sum_above(std::span<const Value> values, Value bound) noexcept {
  std::array<double, 8> strands{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      strands[k] += values[i + k] > bound ? static_cast<double>(values[i + k]) : 0.0;
    }
  }
  for (; i < values.size(); ++i) {
    strands[0] += values[i] > bound ? static_cast<double>(values[i]) : 0.0;
  }
  return ((strands[0] + strands[1]) + (strands[2] + strands[3])) +
         ((strands[4] + strands[5]) + (strands[6] + strands[7]));
}

/// The largest value; all are >= 0. Of none: 0.
template <class Value>
[[nodiscard]] double largest_value(std::span<const Value> values) noexcept {
  std::array<Value, 8> strands{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      strands[k] = values[i + k] > strands[k] ? values[i + k] : strands[k];
    }
  }
  for (; i < values.size(); ++i) {
    strands[0] = values[i] > strands[0] ? values[i] : strands[0];
  }
  return static_cast<double>(*std::max_element(strands.begin(), strands.end()));
}

/// Splits the items by their windows.
template <class Value>
class scanner {
 public:
  /// @param values  of all items; not owned.
  explicit scanner(std::span<const Value> values) : values_(values), kept_(values.size(), 0) {}

  /// Keeps all items of a piece.
  void keep(const piece& all) {
    std::fill_n(kept_.begin() + static_cast<std::ptrdiff_t>(all.first), all.count, std::uint8_t{1});
    for (std::uint64_t at = all.first; at < all.first + all.count; at += scan_block) {
      const std::size_t size =
          static_cast<std::size_t>((std::min<std::uint64_t>)(scan_block, all.first + all.count - at));
      free_.add(sum_above<Value>(values_.subspan(at, size), Value{-1}));
    }
  }

  /// @param core    the classes.
  /// @param ranges  one per class.
  /// @param b       looked at between blocks; interrupted, the scanner is of no more use.
  /// @return the windows, sorted.   Complexity: O(n) and sorting what lies in the ranges.
  [[nodiscard]] windows operator()(const core_problem& core, const std::vector<value_range>& ranges, budget& b) {
    above_ = compensated_sum{};
    windows result;
    result.ranges = ranges;
    result.remaining = core.capacities;
    for (std::size_t c = 0; c < core.classes.size(); ++c) {
      const std::uint64_t above = scan_class(core.classes[c], ranges[c], result.items, b);
      b.keep_going();
      const std::size_t first = result.begin.back();
      result.begin.push_back(result.items.size());
      sort_items(std::span(result.items).subspan(first), b);
      result.above.push_back(above);
      result.below.push_back(core.classes[c].size - above - (result.items.size() - first));
      for (std::size_t r = 0; r < core.rows.size(); ++r) {
        result.remaining[r] -= core.weights_of(c)[r] * static_cast<std::int64_t>(above);
      }
    }
    return result;
  }

  /// The items kept so far; those in windows are not.
  [[nodiscard]] std::vector<std::uint8_t>& kept() noexcept { return kept_; }
  /// The value of the items kept so far.
  [[nodiscard]] compensated_sum value() const noexcept {
    compensated_sum total = free_;
    total.add(above_.result());
    return total;
  }

 private:
  [[nodiscard]] std::uint64_t scan_class(const item_class& one, const value_range& range,
                                         std::vector<window_item>& items, budget& b) {
    std::uint64_t above = 0;
    std::uint64_t blocks = 0;
    for (const piece& part : one.pieces) {
      const std::uint64_t end = part.first + part.count;
      for (std::uint64_t at = part.first; at < end;) {
        if (++blocks % 1024 == 0) {
          b.keep_going();
        }
        // No block reaches beyond an index where the range begins or ends: within a block values decide alone.
        std::uint64_t stop = (std::min)(end, at + scan_block);
        stop = range.begin > at ? (std::min)(stop, range.begin) : stop;
        stop = range.end > at ? (std::min)(stop, range.end) : stop;
        above += scan_piece({at, stop - at}, bounds_at(range, at), items);
        at = stop;
      }
    }
    return above;
  }

  /// Values above the high one are kept, those that are not below the low one are undecided.
  struct bounds {
    Value low;
    Value high;
  };

  /// The bounds for items from an index on.
  [[nodiscard]] static bounds bounds_at(const value_range& range, std::uint64_t index) {
    constexpr Value infinity = std::numeric_limits<Value>::infinity();
    // The ranges are exact in Value: they come from values, or are infinite.
    const bounds all{static_cast<Value>(range.low), static_cast<Value>(range.high)};
    return {index < range.end ? all.low : std::nextafter(all.low, infinity),
            index < range.begin ? std::nextafter(all.high, -infinity) : all.high};
  }

  /// Splits at most scan_block items.
  [[nodiscard]] std::uint64_t scan_piece(const piece& part, const bounds& range, std::vector<window_item>& items) {
    const auto block = values_.subspan(part.first, part.count);
    std::uint8_t* kept = &kept_[part.first];
    std::uint32_t above = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      kept[i] = block[i] > range.high ? 1 : 0;
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      above += kept[i];
    }
    above_.add(sum_above<Value>(block, range.high));
    collect(block, range, part.first, items);
    return above;
  }

  void collect(std::span<const Value> block, const bounds& range, std::uint64_t first,
               std::vector<window_item>& items) {
    std::array<std::uint16_t, scan_block> inside;  // NOLINT: every entry that is read is written first
    std::size_t found = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      inside[found] = static_cast<std::uint16_t>(i);
      found += static_cast<std::size_t>(static_cast<unsigned>(block[i] >= range.low) &
                                        static_cast<unsigned>(block[i] <= range.high));
    }
    for (std::size_t k = 0; k < found; ++k) {
      // Adding 0 makes negative zero positive.
      items.push_back({static_cast<double>(block[inside[k]]) + 0.0, static_cast<std::uint32_t>(first + inside[k])});
    }
  }

  std::span<const Value> values_;
  std::vector<std::uint8_t> kept_;
  compensated_sum free_;
  compensated_sum above_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/choose.hpp ----
// The multiple-choice knapsack: for each group one of several options, optimal with a proof or with a proven bound.
#ifndef ESPALIER_KNAPSACK_CHOOSE_HPP
#define ESPALIER_KNAPSACK_CHOOSE_HPP

namespace espalier::inline v0::knapsack {

namespace detail {

/// Prices, regret, and a search with a growing limit, as for the knapsack with two options.
template <class Value>
class choosing {
 public:
  choosing(const choice_table<Value>& table, const solve_options& options)
      : table_(table),
        budget_(options),
        relative_gap_(options.relative_gap),
        scale_(largest_value(table.problem().values)) {}

  [[nodiscard]] choice_solution operator()() {
    std::vector<std::uint32_t> lightest;
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t) {
      lightest.push_back(static_cast<std::uint32_t>(table_.lightest(c)));
    });
    const auto& remaining = table_.remaining();
    if (std::any_of(remaining.begin(), remaining.end(), [](std::int64_t left) { return left < 0; })) {
      choice_solution none = describe(std::move(lightest));
      none.bound = none.value;
      none.multipliers.assign(table_.rows(), 0.0);
      return none;
    }
    const choice_dual<Value> function(table_);
    dual_solution dual;
    try {
      dual = column_generation(function, std::vector<double>(table_.rows(), 0.0), budget_)();
    } catch (const interrupted&) {
      choice_solution result = describe(std::move(lightest));
      result.status = status::feasible;
      result.bound = function.magnitude() * (1 + 1e-12);  // the best option of every group
      result.multipliers.assign(table_.rows(), 0.0);
      return result;
    }
    took_.dual_steps = dual.steps;
    const choice_regret<Value> regret(table_, scale_, rounded_prices(dual.prices, scale_));
    chosen_ = std::move(lightest);
    best_ = regret.lightest_cost();
    prove(regret);
    return assemble(regret);
  }

 private:
  void prove(const choice_regret<Value>& regret) {
    std::int64_t limit = regret.least_cost(table_.rows() + 4);
    std::size_t states = std::size_t{1} << 15U;
    bool beamed = false;
    while (least_ < best_ && !budget_.exhausted() && !good_enough(regret)) {
      limit = (std::min)(limit, best_ - 1);
      if (take(regret, {limit, 0, states, 1 << 14})) {
        least_ = best_ <= limit ? best_ : limit + 1;
        limit = saturated(last_states_ < 64 ? 4 * int128{limit} + 1 : int128{limit} + limit / 2 + 1);
      } else if (!beamed) {
        // A good choice to search below; a poor one is better than none.
        beamed = true;
        states = ~std::size_t{0};
        const std::int64_t found_before = best_;
        for (std::int64_t reach = limit; best_ == found_before && reach < endless && !budget_.exhausted();
             reach = saturated(8 * int128{reach} + 1)) {
          take(regret, {(std::min)(reach, best_ - 1), 256, ~std::size_t{0}, 1 << 14});
        }
      } else {
        break;  // the budget is spent, or numbers are too large to search
      }
    }
  }

  /// True if the pass was complete.
  bool take(const choice_regret<Value>& regret, const pass_limits& limits) {
    auto result = regret.pass(limits, budget_);
    ++took_.searches;
    took_.states = (std::max)(took_.states, std::uint64_t{result.states});
    last_states_ = result.states;
    if (result.chosen && result.cost < best_) {
      best_ = result.cost;
      chosen_ = *std::move(result.chosen);
    }
    return !result.cut_short;
  }

  [[nodiscard]] bool good_enough(const choice_regret<Value>& regret) const {
    if (relative_gap_ <= 0 || best_ >= endless) {
      return false;
    }
    const double value = describe(chosen_).value;
    const double open = scale_.to_double(int128{best_} - least_) / static_cast<double>(regret.prices().factor);
    return open <= relative_gap_ * (value + open);
  }

  [[nodiscard]] choice_solution describe(std::vector<std::uint32_t> chosen) const {
    choice_solution result;
    result.used.assign(table_.rows(), 0);
    compensated_sum value;
    table_.for_each_group([&](std::size_t group, std::size_t c, std::size_t first) {
      value.add(static_cast<double>(table_.problem().values[first + chosen[group]]));
      for (std::size_t r = 0; r < result.used.size(); ++r) {
        result.used[r] += table_.weights(c, chosen[group])[r];
      }
    });
    result.chosen = std::move(chosen);
    result.value = value.result();
    return result;
  }

  [[nodiscard]] choice_solution assemble(const choice_regret<Value>& regret) {
    choice_solution result = describe(std::move(chosen_));
    for (std::size_t r = 0; r < table_.rows(); ++r) {
      if (result.used[r] > table_.problem().capacities[r]) {
        throw std::logic_error("espalier::knapsack::choose: the answer exceeds a capacity; please report this");
      }
      result.multipliers.push_back(scale_.to_double(regret.prices().scaled[r]));
    }
    const bool optimal = best_ < endless && least_ >= best_;
    result.status = optimal ? status::optimal : status::feasible;
    // Where the regret of the choice is beyond what is counted, the bound is that of the best options at the prices.
    const double open = best_ < endless
                            ? result.value * (1 + 1e-15) + scale_.to_double(int128{best_} - least_) * (1 + 1e-12)
                            : lagrangian(result.multipliers) * (1 + 1e-12);
    result.bound = optimal ? result.value : std::nextafter(open, std::numeric_limits<double>::infinity());
    result.statistics = took_;
    result.statistics.work = budget_.work();
    return result;
  }

  /// L at some prices.
  [[nodiscard]] double lagrangian(const std::vector<double>& prices) const {
    compensated_sum sum;
    sum.add(cost_of(prices, table_.problem().capacities));
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      double most = -std::numeric_limits<double>::infinity();
      for (std::size_t o = 0; o < table_.options(c); ++o) {
        most = (std::max)(
            most, static_cast<double>(table_.problem().values[first + o]) - cost_of(prices, table_.weights(c, o)));
      }
      sum.add(most);
    });
    return sum.result();
  }

  const choice_table<Value>& table_;
  budget budget_;
  double relative_gap_;
  fixed_point scale_;
  statistics took_;
  std::vector<std::uint32_t> chosen_;
  std::int64_t best_ = endless;  // the regret of the chosen
  std::int64_t least_ = 0;       // no choice has less
  std::size_t last_states_ = 0;
};

}  // namespace detail

/// Solves a multiple-choice knapsack: the best option for each group within the capacities.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54.
/// @param p        the problem; the values must stay alive during the call.
/// @param options  limits; windows do not occur, so scans and window_items stay 0.
/// @return an option for each group, with status optimal; past a limit status feasible, with a bound that is proven;
///         infeasible if even the lightest options exceed a capacity.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(values) for each of some ten to sixty steps to the prices, O(groups log groups), and a search over the
/// groups that are near a change of option; exponential at worst, within the limits.
/// Source: Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 11.
template <class Value>
[[nodiscard]] choice_solution choose(const choice_problem<Value>& p, const solve_options& options = {}) {
  detail::validate_options(options);
  const detail::choice_table<Value> table(p);
  if (!options.measure_time) {
    return detail::choosing<Value>(table, options)();
  }
  const double begin = detail::steady_seconds();
  choice_solution result = detail::choosing<Value>(table, options)();
  result.statistics.seconds = detail::steady_seconds() - begin;
  return result;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE choice_solution choose<float>(const choice_problem<float>& p, const solve_options& options);
ESPALIER_COMPILED_ONCE choice_solution choose<double>(const choice_problem<double>& p, const solve_options& options);
#endif

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/detail/answer.hpp ----
// Turns a kept mask into a solution: value, counts and use summed again from the problem itself.
#ifndef ESPALIER_KNAPSACK_DETAIL_ANSWER_HPP
#define ESPALIER_KNAPSACK_DETAIL_ANSWER_HPP

namespace espalier::inline v0::knapsack::detail {

/// Calls action(item, class) for every item in order.
template <class Value, class Action>
void for_each_item(const problem<Value>& p, Action&& action) {
  std::size_t item = 0;
  for (const run& one : p.runs) {
    for (std::uint64_t i = 0; i < one.count; ++i) {
      action(item++, static_cast<std::size_t>(one.item_class));
    }
  }
}

/// How many items of each class are kept.
template <class Value>
[[nodiscard]] std::vector<std::uint64_t> count_kept(const problem<Value>& p, const std::vector<std::uint8_t>& kept) {
  std::vector<std::uint64_t> counts(p.classes(), 0);
  auto next = kept.begin();
  for (const run& one : p.runs) {
    const auto end = next + static_cast<std::ptrdiff_t>(one.count);
    if (!counts.empty()) {
      counts[one.item_class] = std::accumulate(next, end, counts[one.item_class]);
    }
    next = end;
  }
  return counts;
}

/// The solution that keeps the given items, of known value, as feasible; bound and multipliers are the caller's.
template <class Value>
[[nodiscard]] solution describe(const problem<Value>& p, std::vector<std::uint8_t> kept, double value) {
  solution result;
  result.counts = count_kept(p, kept);
  result.used.assign(p.resources(), 0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    for (std::size_t r = 0; r < p.resources(); ++r) {
      result.used[r] += p.weights_of(c)[r] * static_cast<std::int64_t>(result.counts[c]);
    }
  }
  result.kept = std::move(kept);
  result.value = value;
  result.status = status::feasible;
  return result;
}

/// The solution that keeps the given items, as feasible; bound and multipliers are the caller's.
template <class Value>
[[nodiscard]] solution answer(const problem<Value>& p, std::vector<std::uint8_t> kept) {
  compensated_sum value;
  for (std::size_t item = 0; item < kept.size(); ++item) {
    if (kept[item] != 0) {
      value.add(static_cast<double>(p.values[item]));
    }
  }
  return describe(p, std::move(kept), value.result());
}

/// A bound on what any items are worth together, at a glance.
template <class Value>
[[nodiscard]] double bound_of_all(const problem<Value>& p) {
  return largest_value(p.values) * static_cast<double>(p.items()) * (1 + 1e-12);
}

/// Whether the use of a solution stays within the capacities.
template <class Value>
[[nodiscard]] bool fits(const problem<Value>& p, const solution& s) {
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (s.used[r] > p.capacities[r]) {
      return false;
    }
  }
  return true;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/dynamic_programming.hpp ----
// Knapsack with one resource by dynamic programming over capacities: exact, for small capacities.
#ifndef ESPALIER_KNAPSACK_DYNAMIC_PROGRAMMING_HPP
#define ESPALIER_KNAPSACK_DYNAMIC_PROGRAMMING_HPP

namespace espalier::inline v0::knapsack {

/// The best value for every capacity from 0 up, item by item (Bellman's recursion).
///
/// Memory: n bits for each unit of capacity. Values are added as doubles in the order of the items.
/// Complexity: O(n capacity).   Source: Martello and Toth 1990, "Knapsack problems", section 2.6.
struct dynamic_programming {
  std::size_t memory_limit = std::size_t{1} << 30U;  ///< bytes

  /// @param p  a valid problem with one resource.
  /// @return the optimum; of equally good choices one that leaves out later items.
  /// @throws argument_error if there is not exactly one resource or the memory limit is too small; what validate
  /// throws.
  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    validate(p);
    if (p.resources() != 1) {
      reject<argument_error>("knapsack::dynamic_programming", {p.resources(), " resources"}, {"one"});
    }
    std::vector<std::int64_t> weights;
    weights.reserve(p.items());
    std::int64_t total = 0;
    detail::for_each_item(p, [&](std::size_t, std::size_t c) {
      weights.push_back(p.weights[c]);
      total += p.weights[c];
    });
    const auto capacity = static_cast<std::size_t>((std::min)(p.capacities.front(), total));
    expect_memory(p.items(), capacity);

    std::vector<double> best(capacity + 1, 0.0);
    std::vector<std::vector<bool>> taken(p.items());
    for (std::size_t item = 0; item < p.items(); ++item) {
      taken[item].assign(capacity + 1, false);
      const auto weight = static_cast<std::size_t>(weights[item]);
      for (std::size_t room = capacity + 1; room-- > weight;) {
        const double with = best[room - weight] + static_cast<double>(p.values[item]);
        if (with > best[room] || weight == 0) {
          best[room] = with;
          taken[item][room] = true;
        }
      }
    }
    std::vector<std::uint8_t> kept(p.items(), 0);
    std::size_t room = capacity;
    for (std::size_t item = p.items(); item-- > 0;) {
      if (taken[item][room]) {
        kept[item] = 1;
        room -= static_cast<std::size_t>(weights[item]);
      }
    }
    solution result = detail::answer(p, std::move(kept));
    result.bound = result.value;
    result.status = status::optimal;
    return result;
  }

 private:
  void expect_memory(std::size_t items, std::size_t capacity) const {
    if (items > 0 && capacity / 8 > memory_limit / items) {
      reject<argument_error>("knapsack::dynamic_programming", {items, " items and a capacity of ", capacity},
                             {"items x capacity / 8 within the memory limit of ", memory_limit, " bytes; use solve"});
    }
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/greedy.hpp ----
// Greedy knapsack: fast, always feasible, and in one dimension at least half of the optimum.
#ifndef ESPALIER_KNAPSACK_GREEDY_HPP
#define ESPALIER_KNAPSACK_GREEDY_HPP

namespace espalier::inline v0::knapsack {

namespace detail {

/// What an item takes, as a share of each capacity, all shares added; infinite where the capacity is 0.
template <class Value>
[[nodiscard]] std::vector<double> scaled_weights(const problem<Value>& p) {
  std::vector<double> scaled(p.classes(), 0.0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    for (std::size_t r = 0; r < p.resources(); ++r) {
      const auto weight = static_cast<double>(p.weights_of(c)[r]);
      if (weight > 0) {
        scaled[c] += p.capacities[r] == 0 ? std::numeric_limits<double>::infinity()
                                          : weight / static_cast<double>(p.capacities[r]);
      }
    }
  }
  return scaled;
}

/// Keeps items in the given order as long as they fit, skipping what does not.
template <class Value>
[[nodiscard]] std::vector<std::uint8_t> keep_in_order(const problem<Value>& p, const std::vector<std::size_t>& order,
                                                      const std::vector<std::uint32_t>& classes) {
  std::vector<std::uint8_t> kept(p.items(), 0);
  std::vector<std::int64_t> left = p.capacities;
  for (const std::size_t item : order) {
    if (p.resources() == 0) {
      kept[item] = 1;
      continue;
    }
    const auto weights = p.weights_of(classes[item]);
    bool room = true;
    for (std::size_t r = 0; r < left.size(); ++r) {
      room = room && weights[r] <= left[r];
    }
    if (room) {
      kept[item] = 1;
      for (std::size_t r = 0; r < left.size(); ++r) {
        left[r] -= weights[r];
      }
    }
  }
  return kept;
}

}  // namespace detail

/// Takes items by value per share of the capacities, skips what does not fit and goes on; if the single most valuable
/// item that fits is worth more than all of these, it starts again from that one.
///
/// The bound that it reports is the value of all items: it proves nothing more.
/// Complexity: O(n log n + resources n).   Source: Martello and Toth 1990, "Knapsack problems", chapter 2.
struct greedy {
  /// @param p  a valid problem.
  /// @return a feasible solution; optimal is claimed only if everything fits.
  /// @throws what validate throws.
  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    validate(p);
    std::vector<std::uint32_t> classes(p.items(), 0);
    detail::for_each_item(p, [&](std::size_t item, std::size_t c) { classes[item] = static_cast<std::uint32_t>(c); });
    const std::vector<double> scaled = detail::scaled_weights(p);
    const auto weight = [&](std::size_t item) { return scaled.empty() ? 0.0 : scaled[classes[item]]; };
    std::vector<std::size_t> order(p.items());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // a before b if v_a / w_a > v_b / w_b, without dividing by 0.
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const double score_a =
          weight(a) == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(p.values[a]) / weight(a);
      const double score_b =
          weight(b) == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(p.values[b]) / weight(b);
      return score_a > score_b;
    });
    solution by_density = detail::answer(p, detail::keep_in_order(p, order, classes));

    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const bool fits_a = std::isfinite(weight(a));
      const bool fits_b = std::isfinite(weight(b));
      return fits_a != fits_b ? fits_a : p.values[a] > p.values[b];
    });
    solution by_value = detail::answer(p, detail::keep_in_order(p, order, classes));
    solution best = by_value.value > by_density.value ? std::move(by_value) : std::move(by_density);

    compensated_sum all;
    for (const Value value : p.values) {
      all.add(static_cast<double>(value));
    }
    best.bound = (std::max)(all.result(), best.value);
    const bool everything = std::find(best.kept.begin(), best.kept.end(), 0) == best.kept.end();
    best.status = everything ? status::optimal : status::feasible;
    return best;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/detail/one_price.hpp ----
// The price of the only resource, by bisection: where there is one row, nothing has to be generated.
#ifndef ESPALIER_KNAPSACK_DETAIL_ONE_PRICE_HPP
#define ESPALIER_KNAPSACK_DETAIL_ONE_PRICE_HPP

namespace espalier::inline v0::knapsack::detail {

/// Finds the least price at which the items worth more than they cost fit. There the dual function, whose slope is the
/// capacity less what they use, turns upwards.
template <class = void>  // so that it is compiled where it is used only
class one_price {
 public:
  /// @param items     each class sorted.
  /// @param begin     classes + 1.
  /// @param weights   per class, > 0.
  /// @param capacity  >= 0.
  one_price(std::span<const window_item> items, std::span<const std::size_t> begin,
            std::span<const std::int64_t> weights, std::int64_t capacity)
      : items_(items), begin_(begin), weights_(weights), capacity_(static_cast<double>(capacity)) {
    for (std::size_t c = 0; c < weights.size(); ++c) {
      open_.push_back({begin[c], begin[c + 1]});
    }
  }

  /// Every price at which an item turns is tried, or lies beyond one that was.
  /// @return the price.   Complexity: O(classes log^2 items) as a rule.
  [[nodiscard]] double operator()() {
    double best = 0;
    if (used(0) <= capacity_) {
      return best;
    }
    for (std::size_t c = draw(); c < open_.size(); c = draw()) {
      const std::size_t middle = open_[c].first + (open_[c].last - open_[c].first) / 2;
      const double price = price_of(middle, c);
      const bool fits = used(price) <= capacity_;
      best = fits ? price : best;
      for (std::size_t i = 0; i < open_.size(); ++i) {
        (fits ? open_[i].first : open_[i].last) = end_above(i, open_[i], price, fits);
      }
    }
    return best;
  }

  /// @return how many prices were tried.
  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

 private:
  /// Items of a class whose own price may be the one; empty: none.
  struct range {
    std::size_t first;
    std::size_t last;
  };

  /// A class to try next: by chance, so that classes of one item each do no harm, whatever their order; the likelier
  /// the more it has left. None has anything left: the number of classes.
  [[nodiscard]] std::size_t draw() {
    std::size_t left = 0;
    for (const range& r : open_) {
      left += r.last - r.first;
    }
    if (left == 0) {
      return open_.size();
    }
    std::size_t place = static_cast<std::size_t>(random_.below(left));
    std::size_t c = 0;
    for (; place >= open_[c].last - open_[c].first; ++c) {
      place -= open_[c].last - open_[c].first;
    }
    return c;
  }

  /// Of an item at which it is worth what it costs; all comparisons are of these, so that equal ones are.
  [[nodiscard]] double price_of(std::size_t item, std::size_t c) const noexcept {
    return items_[item].value / static_cast<double>(weights_[c]);
  }

  /// The first item of a class in [from, to) whose price is not above, or not at least, the given one.
  [[nodiscard]] std::size_t end_above(std::size_t c, range r, double price, bool or_equal) const {
    while (r.first < r.last) {
      const std::size_t middle = r.first + (r.last - r.first) / 2;
      const double its_own = price_of(middle, c);
      if (its_own > price || (or_equal && its_own == price)) {
        r.first = middle + 1;
      } else {
        r.last = middle;
      }
    }
    return r.first;
  }

  /// What the items worth more than they cost use.
  [[nodiscard]] double used(double price) {
    ++steps_;
    double sum = 0;
    for (std::size_t c = 0; c < weights_.size(); ++c) {
      const std::size_t kept = end_above(c, {begin_[c], begin_[c + 1]}, price, false) - begin_[c];
      sum += static_cast<double>(weights_[c]) * static_cast<double>(kept);
    }
    return sum;
  }

  std::span<const window_item> items_;
  std::span<const std::size_t> begin_;
  std::span<const std::int64_t> weights_;
  double capacity_;
  std::vector<range> open_;
  random_generator random_{0x70726963};
  std::size_t steps_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/dual.hpp ----
// Prices for the resources (Lagrange multipliers) at which the relaxed problem bounds the optimum most tightly.
#ifndef ESPALIER_KNAPSACK_DETAIL_DUAL_HPP
#define ESPALIER_KNAPSACK_DETAIL_DUAL_HPP

namespace espalier::inline v0::knapsack::detail {

/// The items near the line at some prices, with values counted from it: there L is a sum of few small terms, and
/// rounding is relative to these.
template <class = void>  // so that it is compiled where it is used only
class neighbourhood {
 public:
  /// @param reach  how many items of each class to take on either side of the line.
  neighbourhood(const dual_function<>& function, const std::vector<double>& prices, std::size_t reach, budget& b) {
    const relaxation& all = function.terms();
    capacities_.assign(all.capacities.begin(), all.capacities.end());
    for (std::size_t r = 0; r < prices.size(); ++r) {
      slack_costs_.push_back(all.slack_cost(r) + prices[r]);
    }
    for (std::size_t c = 0; c < all.classes(); ++c) {
      const double t = function.threshold(c, prices);
      const auto items = all.of(c);
      const std::size_t line = count_above(items, t);
      const std::size_t first = line - (std::min)(line, reach);
      const std::size_t last = (std::min)(items.size(), line + reach);
      complete_ = complete_ && first == 0 && last == items.size();
      for (std::size_t i = first; i < last; ++i) {
        b.keep_going(i);
        items_.push_back({items[i].value - t, items[i].index});
      }
      begin_.push_back(items_.size());
      for (std::size_t r = 0; r < prices.size(); ++r) {
        capacities_[r] -= all.weights[c * prices.size() + r] * static_cast<std::int64_t>(first);
      }
    }
    weights_ = all.weights;
  }

  /// Whether nothing is left out.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// Whether keeping all that lies above fits.
  [[nodiscard]] bool fits() const noexcept {
    return std::all_of(capacities_.begin(), capacities_.end(), [](std::int64_t c) { return c >= 0; });
  }
  [[nodiscard]] relaxation terms() const noexcept {
    return {view_of(items_), view_of(begin_), weights_, view_of(capacities_), {}, view_of(slack_costs_)};
  }

 private:
  std::vector<window_item> items_;
  std::vector<std::size_t> begin_{0};
  std::span<const std::int64_t> weights_;
  std::vector<std::int64_t> capacities_;
  std::vector<double> slack_costs_;
  bool complete_ = true;
};

/// Minimizes L: over all items first, then over ever smaller neighbourhoods of the minimum, for the last digits.
/// @param terms  single items (no copies); capacities >= 0.
/// @param hint   prices near which the minimum is thought to be; empty: 0.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] dual_solution minimize_dual(const relaxation& terms, const std::vector<double>& hint, budget& b) {
  const dual_function function(terms, b);
  if (terms.rows() == 1) {
    one_price price(terms.items, terms.begin, terms.weights, terms.capacities[0]);
    const std::vector<double> prices{price()};
    return {prices, function.value(prices, function.at(prices)), price.steps(), {}};
  }
  dual_solution best = column_generation(function, hint.empty() ? std::vector<double>(terms.rows(), 0.0) : hint, b)();
  constexpr std::size_t last_reach = 12;
  std::size_t reach = last_reach;
  for (std::size_t c = 0; c < terms.classes(); ++c) {
    reach = (std::max)(reach, (terms.begin[c + 1] - terms.begin[c]) / 32);
  }
  for (int turn = 0; turn < 12; ++turn) {
    const neighbourhood near(function, best.prices, reach, b);
    if (!near.fits()) {
      reach *= 8;
      continue;
    }
    const dual_function local(near.terms(), b);
    const dual_solution found = column_generation(local, std::vector<double>(terms.rows(), 0.0), b)();
    best.steps += found.steps;
    std::vector<double> prices = best.prices;
    double moved = 0;
    for (std::size_t r = 0; r < terms.rows(); ++r) {
      moved = (std::max)(moved, std::abs(found.prices[r]) - 1e-13 * std::abs(best.prices[r]));
      prices[r] = (std::max)(0.0, prices[r] + found.prices[r]);
    }
    if (function.value(prices, function.at(prices)) > best.value + 1e-14 * function.magnitude()) {
      reach *= 8;  // the minimum of the neighbourhood lies outside of it, as where more items are equal than it holds
      if (near.complete()) {
        break;
      }
      continue;
    }
    best.prices = std::move(prices);
    best.value = (std::min)(best.value, function.value(best.prices, function.at(best.prices)));
    if (reach == last_reach && moved <= 0) {
      break;
    }
    reach = (std::max)(last_reach, reach / 32);
  }
  best.value = function.value(best.prices, function.at(best.prices));
  return best;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/moving.hpp ----
// The classes that can move within a regret limit, and up to which regret nothing outside of the windows matters.
#ifndef ESPALIER_KNAPSACK_DETAIL_MOVING_HPP
#define ESPALIER_KNAPSACK_DETAIL_MOVING_HPP

namespace espalier::inline v0::knapsack::detail {

/// The classes of a regret that can move within a limit.
struct moving_classes {
  std::vector<column> columns;
  std::int64_t window_edge = endless;  ///< up to this regret nothing outside of the windows matters
  std::vector<std::size_t> narrow;     ///< classes whose windows are why that is less than the limit
};

/// Classes that could move beyond their windows within the limit, as where more items are equal than a window holds,
/// and whether what the others do keeps them inside.
///
/// The moves d of open classes O with independent weights W, those of the others, and the slack s make up for b:
///
///     W d = b - sum over the others of d_c w_c - s,   0 <= s <= limit / lambda,   d_c within the limit,
///
/// which leaves an interval for each entry of d. If that lies in the window, what is beyond does not matter.
template <class = void>  // so that it is compiled where it is used only
class open_classes {
 public:
  explicit open_classes(const regret<>& r) : regret_(r) {}

  void add(std::size_t c) { open_.push_back(c); }
  [[nodiscard]] const std::vector<std::size_t>& list() const noexcept { return open_; }

  /// @param moving  all classes that can move within the limit, the open ones too.
  /// @return true if there is no open class, or none of them can leave its window.
  [[nodiscard]] bool stay_inside(const std::vector<column>& moving, std::int64_t limit) const {
    if (open_.size() > regret_.rows()) {
      return open_.empty();
    }
    const std::vector<std::size_t> rows = independent_rows();
    const auto inverse = rows.size() == open_.size() ? invert(weights_in(rows)) : std::nullopt;
    if (!inverse) {
      return open_.empty();
    }
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto factors = std::span(inverse->scaled).subspan(i * rows.size(), rows.size());
      const interval reach = reach_of(rows, factors, moving, limit);
      if (!regret_.holds(open_[i], reach.low / static_cast<double>(inverse->denominator),
                         reach.high / static_cast<double>(inverse->denominator))) {
        return false;
      }
    }
    return true;
  }

 private:
  struct interval {
    double low = 0;
    double high = 0;
  };

  /// As many rows as there are open classes, in which their weights are independent; slack must cost something there.
  [[nodiscard]] std::vector<std::size_t> independent_rows() const {
    std::vector<std::size_t> result;
    independent_vectors independent(open_.size());
    for (std::size_t row = 0; row < regret_.rows() && result.size() < open_.size(); ++row) {
      std::vector<std::int64_t> entries;
      for (const std::size_t c : open_) {
        entries.push_back(regret_.core().weights_of(c)[row]);
      }
      if (regret_.prices().scaled[row] > 0 && independent.add(entries)) {
        result.push_back(row);
      }
    }
    return result;
  }
  [[nodiscard]] std::vector<std::vector<std::int64_t>> weights_in(const std::vector<std::size_t>& rows) const {
    std::vector<std::vector<std::int64_t>> result;
    for (const std::size_t c : open_) {
      result.emplace_back();
      for (const std::size_t row : rows) {
        result.back().push_back(regret_.core().weights_of(c)[row]);
      }
    }
    return result;
  }

  /// Where factors (b - sum d_c w_c - s) can lie, with room for rounding.
  [[nodiscard]] interval reach_of(const std::vector<std::size_t>& rows, std::span<const std::int64_t> factors,
                                  const std::vector<column>& moving, std::int64_t limit) const {
    interval result;
    double magnitude = 0;
    const auto add = [&](double least, double most) {
      result.low += (std::min)(least, most);
      result.high += (std::max)(least, most);
      magnitude += std::abs(least) + std::abs(most);
    };
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto factor = static_cast<double>(factors[k]);
      const double fixed = factor * static_cast<double>(regret_.slack()[rows[k]]);
      add(fixed, fixed);
      add(0, -factor * static_cast<double>(limit) / static_cast<double>(regret_.prices().scaled[rows[k]]));
    }
    for (const column& one : moving) {
      if (std::find(open_.begin(), open_.end(), one.number) == open_.end()) {
        double effect = 0;
        for (std::size_t k = 0; k < rows.size(); ++k) {
          effect += static_cast<double>(factors[k]) * static_cast<double>(one.weights[rows[k]]);
        }
        add(-effect * static_cast<double>(one.up.size()), effect * static_cast<double>(one.down.size()));
      }
    }
    const double error = 1 + 1e-8 * magnitude;
    return {result.low - error, result.high + error};
  }

  const regret<>& regret_;
  std::vector<std::size_t> open_;
};

/// Lists the moves within a limit.   Complexity: O(classes rows) and the moves that were not asked for before.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] moving_classes find_moving(regret<>& r, std::int64_t limit) {
  moving_classes result;
  open_classes open(r);
  std::int64_t nearest = endless;
  for (std::size_t c = 0; c < r.classes(); ++c) {
    const auto within = [limit](const move_costs& moves) {
      return std::span(moves.costs)
          .first(static_cast<std::size_t>(std::upper_bound(moves.costs.begin(), moves.costs.end(), limit) -
                                          moves.costs.begin()));
    };
    const auto up = within(r.up(c, limit));
    const auto down = within(r.down(c, limit));
    const std::int64_t edge = r.window_edge(c);
    if (edge <= limit) {
      open.add(c);
      nearest = (std::min)(nearest, edge);
    } else {
      result.window_edge = (std::min)(result.window_edge, edge);
    }
    if (!up.empty() || !down.empty()) {
      const auto weights = r.core().weights_of(c);
      const auto count = static_cast<std::int64_t>(up.size() + down.size());
      result.columns.push_back({c, {weights.begin(), weights.end()}, {}, up, down, count, {}});
    }
  }
  if (!open.stay_inside(result.columns, limit)) {
    result.window_edge = nearest;
    result.narrow = open.list();
  }
  return result;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/one_row.hpp ----
// The least regret with one resource: items join one by one, the cheapest to move first, and dominated choices go.
#ifndef ESPALIER_KNAPSACK_DETAIL_ONE_ROW_HPP
#define ESPALIER_KNAPSACK_DETAIL_ONE_ROW_HPP

namespace espalier::inline v0::knapsack::detail {

/// A core that expands item by item, as minknap does, on regrets.
///
/// A state is a slack s, negative where too much is kept, and the cost c of the items moved so far. Of two states, the
/// one with no less slack and no less value, c + lambda s, serves for both. With all further items costing at least
/// rho a unit, no state leads below c + min(rho, lambda) s, or c - rho s where s < 0.
/// Source: Pisinger 1997, "A minimal algorithm for the 0-1 knapsack problem".
template <class Late = void>  // so that it is compiled where it is used only
class one_row_search {
 public:
  /// @param grain  by how much at least a better choice is better; see regret::grain.
  one_row_search(regret<>& r, std::int64_t grain, budget& b)
      : regret_(r), grain_(grain), budget_(b), price_(r.prices().scaled.front()) {}

  /// Takes at most a quarter of the work that is left: where it does not do, other ways may.
  /// @param best  a choice to improve on.
  /// @return the choice of least regret if that is less; cut_short() says whether nothing was left out.
  [[nodiscard]] std::optional<choice> operator()(const choice& best) {
    const std::uint64_t reserve = budget_.left() / 4 * 3;
    aim_below(best.cost);
    if (!list_moves(most_)) {
      cut_short_ = true;
      return std::nullopt;
    }
    states_.assign(1, {regret_.slack().front(), 0, 0});
    finish(states_.front());
    for (std::size_t i = 0; i < moves_.size() && !states_.empty() && moves_[i].cost <= most_; ++i) {
      if (!expand(i) || budget_.left() < reserve) {
        cut_short_ = true;
        return std::nullopt;
      }
    }
    if (least_ == endless) {
      return std::nullopt;
    }
    choice result{std::vector<std::int64_t>(regret_.classes(), 0), least_};
    for (std::uint32_t at = found_; at != 0; at = history_[at].before) {
      result.moves[history_[at].column] += history_[at].moves;
    }
    return result;
  }

  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }
  /// The most states at once.
  [[nodiscard]] std::size_t most_states() const noexcept { return most_states_; }
  /// Up to this regret nothing outside of the windows matters.
  [[nodiscard]] std::int64_t window_edge() const noexcept { return window_edge_; }

 private:
  struct move {
    std::int64_t cost;    ///< |v - t|
    std::int64_t weight;  ///< > 0: slack that removing gives; < 0: slack that adding takes
    std::uint32_t item_class;
  };
  struct state {
    std::int64_t slack;
    std::int64_t cost;
    std::uint32_t before;
  };

  static constexpr std::size_t most_moves = 1 << 20;  // sorting more takes longer than a stop may wait

  /// The items that can be moved within the limit, the cheapest first, and the least rate of those from each on.
  /// @return false if they are too many to try one by one.
  [[nodiscard]] bool list_moves(std::int64_t limit) {
    const moving_classes moving = find_moving(regret_, limit);
    window_edge_ = moving.window_edge;
    for (const column& one : moving.columns) {
      const auto list = [&](std::span<const std::int64_t> costs, std::int64_t weight) {
        std::int64_t before = 0;
        for (const std::int64_t cost : costs) {
          moves_.push_back({cost - before, weight, static_cast<std::uint32_t>(one.number)});
          before = cost;
        }
      };
      list(one.up, -one.weights.front());
      list(one.down, one.weights.front());
      if (moves_.size() > most_moves) {
        return false;
      }
    }
    std::vector<std::int64_t> keys;
    for (const move& one : moves_) {
      keys.push_back(one.cost);
    }
    std::vector<move> sorted;
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(moves_[place]);
    }
    moves_.swap(sorted);
    rates_.assign(moves_.size() + 1, std::numeric_limits<double>::infinity());
    for (std::size_t i = moves_.size(); i-- > 0;) {
      const auto weight = static_cast<double>(moves_[i].weight < 0 ? -moves_[i].weight : moves_[i].weight);
      rates_[i] = (std::min)(rates_[i + 1], static_cast<double>(moves_[i].cost) / weight);
    }
    return true;
  }

  void aim_below(std::int64_t cost) noexcept { most_ = cost < endless ? cost - grain_ : endless - 1; }

  /// Remembers a state if it is a better choice than all before.
  void finish(const state& s) {
    if (s.slack >= 0) {
      const std::int64_t total = add_costs(s.cost, regret_.slack_cost(0, s.slack));
      if (total <= most_) {
        least_ = total;
        found_ = s.before;
        aim_below(total);
      }
    }
  }

  [[nodiscard]] int128 potential(const state& s) const noexcept { return s.cost + price_ * s.slack; }

  /// Whether a state may lead to less than the best, with the moves from the i-th on.
  [[nodiscard]] bool hopeful(const state& s, std::size_t i) const noexcept {
    const double rate = s.slack < 0 ? -rates_[i] : (std::min)(rates_[i], static_cast<double>(price_));
    const double more = s.slack == 0 ? 0 : rate * static_cast<double>(s.slack);
    return static_cast<double>(s.cost) + more * (1 - 1e-12) <= static_cast<double>(most_) * (1 + 1e-12);
  }

  /// Makes or leaves move i in every state; both lists are in the order of their slack, so they merge.
  [[nodiscard]] bool expand(std::size_t i) {
    const move& m = moves_[i];
    next_.clear();
    std::size_t stay = 0;
    std::size_t go = 0;
    // From the largest slack down, a state must have less potential than all before it.
    std::optional<int128> lowest;
    while (stay < states_.size() || go < states_.size()) {
      if (!budget_.spend()) {
        return false;
      }
      const bool moved =
          stay == states_.size() || (go < states_.size() && states_[go].slack + m.weight > states_[stay].slack);
      state s = moved ? states_[go++] : states_[stay++];
      if (moved) {
        s.slack += m.weight;
        s.cost = add_costs(s.cost, m.cost);
      }
      const int128 here = potential(s);
      if ((lowest && here >= *lowest) || s.cost > most_ || !hopeful(s, i + 1)) {
        // A move that ends below the best is never lost here: hopeful counts what its slack costs.
        continue;
      }
      lowest = here;
      if (moved) {
        s.before = history_.add({s.before, m.item_class, m.weight < 0 ? 1 : -1});
        finish(s);
      }
      next_.push_back(s);
    }
    states_.swap(next_);
    most_states_ = (std::max)(most_states_, states_.size());
    return (i & 63U) != 0 || budget_.allows(history_.bytes() + 2 * states_.capacity() * sizeof(state));
  }

  regret<>& regret_;
  std::int64_t grain_;
  budget& budget_;
  int128 price_;
  std::vector<move> moves_;
  std::vector<double> rates_;
  std::vector<state> states_;
  std::vector<state> next_;
  move_history<Late> history_;
  std::int64_t least_ = endless;  // that was found
  std::int64_t most_ = endless;   // of what would be better
  std::uint32_t found_ = 0;
  std::int64_t window_edge_ = endless;
  std::size_t most_states_ = 0;
  bool cut_short_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/repair.hpp ----
// A better choice near a known one, an item at a time: what closes plateaus, where many items are worth their price.
#ifndef ESPALIER_KNAPSACK_DETAIL_REPAIR_HPP
#define ESPALIER_KNAPSACK_DETAIL_REPAIR_HPP

namespace espalier::inline v0::knapsack::detail {

/// A shortest way over the slacks that single items lead to, the cheapest first.
///
/// The items in which two choices differ can be moved in an order that never strays further from the straight way than
/// rows x largest weight in any row. So few slacks have to be looked at, as many items as there may be; here those
/// within the largest weight. It is no proof: ways of many items are looked at one item at a time, and not all of them.
/// Source: the Steinitz lemma as in Eisenbrand and Weismantel 2020, "Proximity results and faster algorithms for
/// integer programming using the Steinitz lemma".
template <class Late = void>  // so that it is compiled where there is something to search only
class repair {
 public:
  repair(regret<>& r, budget& b) : regret_(r), budget_(b), known_(r.rows(), b) {}

  /// @param from    a feasible choice of a regret below endless.
  /// @param enough  a regret at which to stop.
  /// @return a feasible choice of less regret; none if none was found.
  [[nodiscard]] std::optional<choice> operator()(const choice& from, std::int64_t enough) {
    best_ = from.cost;
    start(from);
    const std::uint64_t last = budget_.work() + most_steps;
    while (!queue_.empty() && best_ > enough && budget_.work() < last) {
      std::pop_heap(queue_.begin(), queue_.end(), dearer);
      const auto [cost, distance, state] = queue_.back();
      queue_.pop_back();
      if (cost != known_[state].cost) {
        continue;  // there was a cheaper way
      }
      place_.assign(known_.place(state), known_.place(state) + regret_.rows());
      moves_ = from.moves;
      for (std::uint32_t at = known_[state].before; at != 0; at = history_[at].before) {
        moves_[history_[at].column] += history_[at].moves;
      }
      finish(cost);
      if (!step(cost, known_[state].before)) {
        break;
      }
    }
    return best_ < from.cost ? std::optional(choice{found_, best_}) : std::nullopt;
  }

 private:
  static constexpr std::uint64_t most_steps = 1 << 17;

  /// Among the cheapest ways, the one nearest to no slack goes on first.
  struct arrival {
    std::int64_t cost;
    std::int64_t distance;
    std::uint32_t state;
  };
  [[nodiscard]] static bool dearer(const arrival& a, const arrival& b) noexcept {
    return a.cost != b.cost ? a.cost > b.cost : a.distance != b.distance ? a.distance > b.distance : a.state > b.state;
  }

  void start(const choice& from) {
    place_ = regret_.slack();
    std::int64_t cost = from.cost;
    for (std::size_t row = 0; row < place_.size(); ++row) {
      std::int64_t largest = 0;
      for (std::size_t c = 0; c < regret_.classes(); ++c) {
        const std::int64_t weight = regret_.core().weights_of(c)[row];
        place_[row] -= weight * from.moves[c];
        largest = (std::max)(largest, weight);
      }
      cost -= regret_.slack_cost(row, place_[row]);
      least_slack_.push_back(-largest);
      most_slack_.push_back(place_[row] + largest);
    }
    queue_.push_back({cost, 0, known_.insert(place_.data(), {cost, 0, 0})});
  }

  /// Remembers the choice at hand if it is feasible and the best so far.
  void finish(std::int64_t cost) {
    for (std::size_t row = 0; row < place_.size(); ++row) {
      cost = place_[row] < 0 ? endless : add_costs(cost, regret_.slack_cost(row, place_[row]));
    }
    if (cost < best_) {
      best_ = cost;
      found_ = moves_;
    }
  }

  /// Tries an item more and an item less of every class. False if the budget is spent.
  [[nodiscard]] bool step(std::int64_t cost, std::uint32_t before) {
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      for (const std::int64_t direction : {1, -1}) {
        const std::int64_t after = regret_.cost(c, moves_[c] + direction);
        const std::int64_t total = cost - regret_.cost(c, moves_[c]) + after;
        if (!budget_.spend()) {
          return false;
        }
        if (after < endless && total < best_ && shift(c, direction)) {
          arrive(total, {before, static_cast<std::uint32_t>(c), direction});
        }
      }
    }
    return true;
  }

  /// Computes where a step leads. False if that is too far off.
  [[nodiscard]] bool shift(std::size_t c, std::int64_t direction) {
    const auto weights = regret_.core().weights_of(c);
    next_ = place_;
    bool near = true;
    for (std::size_t row = 0; row < next_.size(); ++row) {
      next_[row] -= direction * weights[row];
      near = near && next_[row] >= least_slack_[row] && next_[row] <= most_slack_[row];
    }
    return near;
  }

  /// What the slack is worth, missing slack too.
  [[nodiscard]] std::int64_t distance_of(const std::vector<std::int64_t>& place) const noexcept {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < place.size(); ++row) {
      sum = add_costs(sum, regret_.slack_cost(row, place[row] < 0 ? -place[row] : place[row]));
    }
    return sum;
  }

  void arrive(std::int64_t cost, const typename move_history<Late>::step& s) {
    const auto known = known_.cost_at(next_.data());
    if (!known || cost < *known) {
      const std::uint32_t state = known_.insert(next_.data(), {cost, history_.add(s), 0});
      queue_.push_back({cost, distance_of(next_), state});
      std::push_heap(queue_.begin(), queue_.end(), dearer);
    }
  }

  regret<>& regret_;
  budget& budget_;
  state_layer<Late> known_;
  move_history<Late> history_;
  std::vector<arrival> queue_;             // a heap, the cheapest first
  std::vector<std::int64_t> least_slack_;  // per row
  std::vector<std::int64_t> most_slack_;
  std::vector<std::int64_t> place_;  // the slack at hand
  std::vector<std::int64_t> next_;
  std::vector<std::int64_t> moves_;
  std::vector<std::int64_t> found_;
  std::int64_t best_ = endless;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/proof.hpp ----
// The least regret with a proof: bounds that grow and choices that improve until they meet.
#ifndef ESPALIER_KNAPSACK_DETAIL_PROOF_HPP
#define ESPALIER_KNAPSACK_DETAIL_PROOF_HPP

namespace espalier::inline v0::knapsack::detail {

/// The best choice known and what is proven of all others.
struct proof {
  choice best;
  std::int64_t least_regret = 0;      ///< no choice has less; at least best.cost if that is optimal
  bool left_window = false;           ///< items outside of the windows might matter
  std::vector<std::size_t> narrow{};  ///< then: the classes whose windows do not do
};

/// Searches with a growing limit: what is found within a limit is optimal; if nothing is, the limit is a bound.
/// @tparam Late  nothing, but what depends on it is compiled where something is solved only.
template <class Late = void>
class prover {
 public:
  /// @param good_enough  a difference of regrets that need not be closed.
  prover(regret<>& r, choice first, std::int64_t good_enough, budget& b)
      : regret_(r), good_enough_(good_enough), budget_(b), outside_(r.grain() > 1 ? r.least_outside() : 0) {
    result_.best = std::move(first);
  }

  /// @return what is known when it is proven, or the budget is spent, or the windows turn out too narrow.
  [[nodiscard]] proof operator()(statistics& took) {
    try {
      close(took);
    } catch (const interrupted&) {  // what is known so far is the answer, and the budget says that it is spent
    }
    return result_;
  }

 private:
  void close(statistics& took) {
    raise_bound(lattice_bound());
    std::int64_t limit = (std::max)(result_.least_regret, first_limit());
    if (on_plateau() && result_.best.cost < endless && !done()) {
      take(repair<Late>(regret_, budget_)(result_.best, result_.least_regret));
    }
    std::size_t step = 0;
    while (!done()) {
      limit = (std::min)(limit, most_that_improves());
      const bool complete = pass({limit, 0, stages[step].states, stages[step].effort}, took);
      if (nothing_to_prove() && !done()) {
        result_.left_window = true;
        break;
      }
      const std::int64_t seen = (std::min)(limit, edge_);
      if (complete) {
        raise_bound(result_.best.cost <= seen ? result_.best.cost : seen + (seen < edge_ ? 1 : 0));
      }
      const std::int64_t next = (std::min)(grown(limit), most_that_improves());
      if (done() || (complete && seen == limit && next > limit)) {
        limit = next;
      } else if (step + 1 < stages.size()) {
        // The windows, or so few states, do not do. A better choice may bring the search within them.
        beam(limit, stages[step], took);
        if (step == 0 && regret_.rows() == 1 && !done()) {
          search_one_row(took);
        }
        ++step;
        limit = (std::max)(result_.least_regret, limit);
      } else {
        result_.left_window = complete;
        break;  // the windows are too narrow, the budget is spent, or numbers are too large to search
      }
    }
  }

  /// How large a search may become, and the beam that is tried when that does not do.
  struct stage {
    std::size_t states;
    std::int64_t effort;
    std::size_t beam_width;
    std::int64_t beam_reach;
  };
  static constexpr std::array<stage, 4> stages{{{std::size_t{1} << 13U, 1 << 14, 64, 2},
                                                {std::size_t{1} << 17U, 1 << 16, 1024, 4},
                                                {std::size_t{1} << 20U, 1 << 20, 8192, 4},
                                                {~std::size_t{0}, 1 << 22, 0, 0}}};

  [[nodiscard]] bool done() const {
    return result_.least_regret >= result_.best.cost || result_.best.cost - result_.least_regret <= good_enough_ ||
           budget_.exhausted();
  }

  /// The largest regret of a choice that is better than the best one known.
  [[nodiscard]] std::int64_t most_that_improves() {
    return result_.best.cost < endless ? result_.best.cost - grain() : endless - 1;
  }

  /// By how much at least a better choice is better. Outside of the windows values may be finer than inside.
  [[nodiscard]] std::int64_t grain() {
    if (result_.best.cost != judged_) {
      judged_ = result_.best.cost;
      inside_ = outside_ >= judged_ ||
                (regret_.grain() > 1 && judged_ < endless && find_moving(regret_, judged_).window_edge > judged_);
    }
    return inside_ ? regret_.grain() : 1;
  }

  /// No choice has a regret below this bound, so none below the next one that values allow.
  void raise_bound(std::int64_t bound) {
    const std::int64_t open = result_.best.cost - bound;
    const std::int64_t next = result_.best.cost < endless && open > 0 ? bound + open % grain() : bound;
    result_.least_regret = (std::max)(result_.least_regret, next);
  }

  void take(std::optional<choice> found) {
    if (found && found->cost < result_.best.cost) {
      result_.best = *std::move(found);
      raise_bound(result_.least_regret);
    }
  }

  /// Whether more items can be moved free of charge than the one for each row that prices are made of.
  [[nodiscard]] bool on_plateau() const { return free_moves_ > regret_.rows(); }

  /// What a few moves cost: below, there is hardly anything to choose from.
  [[nodiscard]] std::int64_t first_limit() {
    std::vector<std::int64_t> costs;
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      costs.push_back(regret_.cost(c, 1));
      costs.push_back(regret_.cost(c, -1));
    }
    for (const std::int64_t cost : costs) {
      least_cost_ = cost > 0 ? (std::min)(least_cost_, cost) : least_cost_;
      free_moves_ += cost == 0 ? 1 : 0;
    }
    const std::size_t few = regret_.rows() + 5;
    if (costs.size() <= few) {
      return result_.best.cost / 4096;
    }
    return (std::min)(costs[order_of(costs)[few]], result_.best.cost / 64);
  }

  /// The next limit: the fewer states there were, the further it may go without overshooting.
  [[nodiscard]] std::int64_t grown(std::int64_t limit) const {
    const int128 more = last_states_ < 32 ? int128{limit} * 3 : last_states_ < 512 ? int128{limit} : int128{limit / 2};
    return (std::max)(saturated(int128{limit} + more + 1), least_cost_);
  }

  [[nodiscard]] std::int64_t lattice_bound() const {
    lattice<Late> weights(regret_.rows());
    std::vector<std::int64_t> prices;
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      weights.add(regret_.core().weights_of(c));
    }
    for (const int128 price : regret_.prices().scaled) {
      prices.push_back(saturated(price));
    }
    return least_slack_cost(weights, regret_.slack(), prices);
  }

  /// True if all choices within the limit, and within the windows, were looked at.
  bool pass(const pass_limits& limits, statistics& took) {
    moving_classes moving = find_moving(regret_, limits.regret);
    edge_ = moving.window_edge;
    result_.narrow = moving.narrow;
    if (nothing_to_prove()) {
      return false;
    }
    search<Late> one({regret_.classes(), regret_.slack(), regret_.prices()}, std::move(moving.columns), limits,
                     budget_);
    std::optional<choice> found = one();
    last_states_ = one.most_states();
    ++took.searches;
    took.states = (std::max)(took.states, std::uint64_t{last_states_});
    take(std::move(found));
    return !one.cut_short();
  }

  /// Whether the windows of the last pass end where no bound can grow.
  [[nodiscard]] bool nothing_to_prove() const { return !result_.narrow.empty() && edge_ <= result_.least_regret; }

  /// A narrow search for a good choice.
  void beam(std::int64_t limit, const stage& s, statistics& took) {
    if (!done()) {
      const std::int64_t wide = (std::min)(most_that_improves(), saturated(s.beam_reach * int128{limit}));
      pass({wide, s.beam_width, ~std::size_t{0}, 1 << 16}, took);
    }
  }

  /// With one resource there is a better way than ever larger searches.
  void search_one_row(statistics& took) {
    one_row_search<Late> one(regret_, grain(), budget_);
    std::optional<choice> found = one(result_.best);
    ++took.searches;
    took.states = (std::max)(took.states, std::uint64_t{one.most_states()});
    take(std::move(found));
    if (!one.cut_short() && result_.best.cost <= one.window_edge()) {
      result_.least_regret = result_.best.cost;
    }
  }

  regret<>& regret_;
  std::int64_t good_enough_;
  budget& budget_;
  std::int64_t outside_;  // the least regret there; 0 if it does not matter
  proof result_;
  std::int64_t judged_ = -1;           // the regret for which the next is known
  bool inside_ = false;                // whether no choice of less regret goes beyond the windows
  std::int64_t least_cost_ = endless;  // of a move that costs anything
  std::size_t free_moves_ = 0;
  std::int64_t edge_ = endless;  // of the last pass
  std::size_t last_states_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/rounding.hpp ----
// A first feasible choice near the relaxed optimum: remove what is too much, then fill what is left.
#ifndef ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP
#define ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP

namespace espalier::inline v0::knapsack::detail {

/// Rounds k0, or another choice, to a feasible one.
template <class = void>  // so that it is compiled where it is used only
class rounding {
 public:
  rounding(regret<>& r, budget& b) : regret_(r), budget_(b), slack_(r.slack()), moves_(r.classes(), 0) {}

  /// @param start  moves from k0 to begin with, all in the windows.
  /// @return a feasible choice with its regret; none if the windows are too narrow to leave room.
  /// Complexity: O(turns x classes), a turn moves items of one class as long as they cost the same.
  [[nodiscard]] std::optional<choice> operator()(const std::vector<std::int64_t>& start) {
    for (std::size_t c = 0; c < start.size(); ++c) {
      change(c, start[c] < 0 ? -1 : 1, start[c] < 0 ? -start[c] : start[c]);
    }
    return (*this)();
  }
  /// The same from k0.
  [[nodiscard]] std::optional<choice> operator()() {
    while (const auto c = cheapest_removal()) {
      const auto weights = regret_.core().weights_of(*c);
      change(*c, -1, times(*c, -1, [&](std::size_t row) {
        return slack_[row] < 0 && weights[row] > 0 ? (-slack_[row] + weights[row] - 1) / weights[row] : std::int64_t{0};
      }));
    }
    if (std::any_of(slack_.begin(), slack_.end(), [](std::int64_t s) { return s < 0; })) {
      return std::nullopt;
    }
    while (const auto c = cheapest_addition()) {
      const auto weights = regret_.core().weights_of(*c);
      std::int64_t room = (std::numeric_limits<std::int64_t>::max)();
      for (std::size_t row = 0; row < slack_.size(); ++row) {
        room = weights[row] > 0 ? (std::min)(room, slack_[row] / weights[row]) : room;
      }
      // With several rows, half of what fits: the rest may be better aligned with what that leaves.
      const std::int64_t most = slack_.size() == 1 ? room : (room + 1) / 2;
      change(*c, 1, times(*c, 1, [&](std::size_t) { return most; }));
    }
    std::int64_t cost = 0;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      cost = add_costs(cost, regret_.slack_cost(row, slack_[row]));
    }
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      cost = add_costs(cost, regret_.cost(c, moves_[c]));
    }
    return choice{moves_, cost};
  }

 private:
  [[nodiscard]] std::int64_t step(std::size_t c, std::int64_t direction) {
    const std::int64_t after = regret_.cost(c, moves_[c] + direction);
    return after >= endless ? endless : after - regret_.cost(c, moves_[c]);
  }

  /// How often a move may be repeated at the same cost, at most as often as one row asks for, at least once.
  template <class Wanted>
  [[nodiscard]] std::int64_t times(std::size_t c, std::int64_t direction, Wanted&& wanted) {
    std::int64_t most = 1;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      most = (std::max)(most, wanted(row));
    }
    const std::int64_t first = step(c, direction);
    std::int64_t count = 1;
    while (count < most) {
      budget_.keep_going(static_cast<std::size_t>(count));
      const std::int64_t before = regret_.cost(c, moves_[c] + count * direction);
      const std::int64_t after = regret_.cost(c, moves_[c] + (count + 1) * direction);
      if (after >= endless || after - before != first) {
        break;
      }
      ++count;
    }
    return count;
  }

  void change(std::size_t c, std::int64_t direction, std::int64_t count) {
    budget_.keep_going();
    moves_[c] += direction * count;
    for (std::size_t r = 0; r < slack_.size(); ++r) {
      slack_[r] -= direction * count * regret_.core().weights_of(c)[r];
    }
  }

  /// The class whose next item costs least for each unit that is missing; none if nothing is missing, or to remove.
  [[nodiscard]] std::optional<std::size_t> cheapest_removal() {
    std::optional<std::size_t> best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      double useful = 0;
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        if (slack_[r] < 0) {
          useful += static_cast<double>((std::min)(-slack_[r], regret_.core().weights_of(c)[r])) /
                    static_cast<double>(-slack_[r]);
        }
      }
      if (useful > 0) {
        const std::int64_t cost = step(c, -1);
        if (cost < endless && (!best || static_cast<double>(cost) / useful < least)) {
          least = static_cast<double>(cost) / useful;
          best = c;
        }
      }
    }
    return best;
  }

  /// How evenly an item takes from what is left of the rows: 1 if it leaves none of them over, less otherwise.
  [[nodiscard]] double alignment(std::span<const std::int64_t> weights) const noexcept {
    double sum = 0;
    double most = 0;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      const double part = weights[row] == 0 ? 0 : static_cast<double>(weights[row]) / static_cast<double>(slack_[row]);
      sum += part;
      most = (std::max)(most, part);
    }
    return most > 0 ? sum / (most * static_cast<double>(slack_.size())) : 1;
  }

  /// The class whose next item fits and adds the least regret, among equal ones the most even; none if nothing fits.
  [[nodiscard]] std::optional<std::size_t> cheapest_addition() {
    std::optional<std::size_t> best;
    std::int64_t least = endless;
    double even = 0;
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      const auto weights = regret_.core().weights_of(c);
      if (fits_in(weights, slack_)) {
        const std::int64_t cost = step(c, 1);
        if (cost < endless && (cost < least || (cost == least && alignment(weights) > even))) {
          least = cost;
          even = alignment(weights);
          best = c;
        }
      }
    }
    return best;
  }

  regret<>& regret_;
  budget& budget_;
  std::vector<std::int64_t> slack_;
  std::vector<std::int64_t> moves_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/window_solver.hpp ----
// From windows to the choice in them: prices, regret, search.
#ifndef ESPALIER_KNAPSACK_DETAIL_WINDOW_SOLVER_HPP
#define ESPALIER_KNAPSACK_DETAIL_WINDOW_SOLVER_HPP

namespace espalier::inline v0::knapsack::detail {

/// What is decided in the windows.
struct window_choice {
  std::vector<std::size_t> kept;  ///< per class, how many of its window, the best first
  std::vector<double> prices;     ///< per row
  double value = 0;               ///< of all kept items
  double bound = 0;               ///< no choice is worth more
  bool optimal = false;
};

/// Solves what a core problem leaves undecided in its windows.
/// @tparam Value  the problem's scalar.
template <class Value>
class window_solver {
 public:
  /// @param scale  of all values of the problem.
  window_solver(const core_problem& core, const fixed_point& scale, double relative_gap, budget& b)
      : core_(core), scale_(scale), relative_gap_(relative_gap), budget_(b) {}

  /// @param above  the value of all items that are kept already.
  /// @param hint   prices near the best; empty if nothing is known.
  /// @throws interrupted if told to stop before there is a choice.
  /// @return nothing if the windows are too narrow; then prices() says where to look, unless that is empty.
  [[nodiscard]] std::optional<window_choice> operator()(const windows& w, double above,
                                                        const std::vector<double>& hint) {
    above_ = above;
    narrow_.clear();
    if (std::any_of(w.remaining.begin(), w.remaining.end(), [](std::int64_t left) { return left < 0; })) {
      return std::nullopt;
    }
    const dual_solution dual = minimize_dual(
        {view_of(w.items), view_of(w.begin), view_of(core_.weights), view_of(w.remaining), {}, {}}, hint, budget_);
    took_.dual_steps += dual.steps;
    prices_ = dual.prices;
    bool too_large = false;
    auto result = minimize(w, sharpen(core_, w, scale_, dual.prices, budget_), dual.mixture, too_large);
    if (too_large) {  // numbers without the factor are smaller
      result = minimize(w, {rounded_prices(dual.prices, scale_), 0}, dual.mixture, too_large);
    }
    return result;
  }

  /// Classes whose windows are too narrow for a proof, the others being wide enough; empty if all are to be widened.
  [[nodiscard]] const std::vector<std::size_t>& narrow() const noexcept { return narrow_; }
  /// The best prices for the last windows.
  [[nodiscard]] const std::vector<double>& prices() const noexcept { return prices_; }
  /// What an item of a class costs at these prices.
  [[nodiscard]] double threshold(std::size_t c) const { return cost_of(prices_, core_.weights_of(c)); }
  /// What all calls so far took.
  [[nodiscard]] statistics took() const {
    statistics result = took_;
    result.work = budget_.work();
    return result;
  }

 private:
  /// Nothing if the windows are too narrow, or too_large: the prices' factor makes numbers in which nobody can say how
  /// good a choice is.
  [[nodiscard]] std::optional<window_choice> minimize(const windows& w, const sharp_prices& at,
                                                      const std::vector<price_share>& mixture, bool& too_large) {
    narrow_ = left_windows(w, at);
    if (!narrow_.empty()) {
      return std::nullopt;
    }
    const exact_prices& prices = at.prices;
    const fixed_point scale = scale_.coarser(at.unused);
    regret<> r(core_, w, scale, prices, budget_);
    const auto first = round(w, r, mixture);
    if (!first) {
      return std::nullopt;
    }
    too_large = first->cost >= endless && prices.factor > 1;
    if (too_large) {
      return std::nullopt;
    }
    const double dual =
        above_ + scale.to_double(exact_dual(core_, w, scale, prices, budget_)) / static_cast<double>(prices.factor);
    const auto good_enough = relative_gap_ > 0 ? r.from_value(relative_gap_ * dual) : 0;
    const proof found = prover(r, *first, good_enough, budget_)(took_);
    narrow_ = found.narrow;
    return found.left_window ? std::nullopt : std::optional(describe_choice(w, r, found, dual));
  }

  /// The classes with items above their window that are not worth their price, or below and worth more.
  [[nodiscard]] std::vector<std::size_t> left_windows(const windows& w, const sharp_prices& at) const {
    std::vector<std::size_t> result;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const int128 t = at.prices.cost(core_.weights_of(c)) * (int128{1} << static_cast<unsigned>(at.unused));
      if ((w.above[c] > 0 && t > int128{scale_.round(w.ranges[c].high)} * at.prices.factor) ||
          (w.below[c] > 0 && t < int128{scale_.round(w.ranges[c].low)} * at.prices.factor)) {
        result.push_back(c);
      }
    }
    return result;
  }

  /// The first choice. On a plateau k0 may be far from where the rows are used up evenly, but the mixture is there.
  [[nodiscard]] std::optional<choice> round(const windows& w, regret<>& r, const std::vector<price_share>& mixture) {
    std::optional<choice> result = rounding(r, budget_)();
    std::size_t free_moves = 0;
    for (std::size_t c = 0; c < r.classes(); ++c) {
      free_moves += r.cost(c, 1) == 0 || r.cost(c, -1) == 0 ? std::size_t{1} : 0;
    }
    if (result && result->cost > 0 && free_moves > 0 && !mixture.empty()) {
      const auto other = rounding(r, budget_)(moves_to(w, r, mixture));
      result = other && other->cost < result->cost ? other : result;
    }
    return result;
  }

  /// The moves from k0 to what a mixture keeps, rounded down.
  [[nodiscard]] std::vector<std::int64_t> moves_to(const windows& w, const regret<>& r,
                                                   const std::vector<price_share>& mixture) const {
    std::vector<std::int64_t> result;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const double kept = count_in(mixture, w.of(c), core_.weights_of(c));
      const auto most = static_cast<double>(w.of(c).size());
      result.push_back(static_cast<std::int64_t>((std::min)(most, kept + 1e-6)) - r.line(c));
    }
    return result;
  }

  [[nodiscard]] window_choice describe_choice(const windows& w, const regret<>& r, const proof& found,
                                              double dual) const {
    window_choice result;
    compensated_sum value;
    value.add(above_);
    for (std::size_t c = 0; c < w.classes(); ++c) {
      result.kept.push_back(static_cast<std::size_t>(r.line(c) + found.best.moves[c]));
      for (const window_item& item : w.of(c).first(result.kept.back())) {
        value.add(item.value);
      }
    }
    for (std::size_t i = 0; i < core_.rows.size(); ++i) {
      result.prices.push_back(r.price(i));
    }
    result.value = value.result();
    result.optimal = found.best.cost < endless && found.least_regret >= found.best.cost;
    const double gap = found.best.cost < endless ? r.to_value(found.best.cost - found.least_regret) : 0;
    const double open = found.best.cost < endless ? result.value * (1 + 1e-15) + gap * (1 + 1e-12) : dual * (1 + 1e-12);
    result.bound = result.optimal ? result.value : std::nextafter(open, std::numeric_limits<double>::infinity());
    return result;
  }

  const core_problem& core_;
  fixed_point scale_;
  double relative_gap_;
  budget& budget_;
  statistics took_;
  std::vector<double> prices_;
  std::vector<std::size_t> narrow_;
  double above_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/sample.hpp ----
// Guesses from a sample which values are near the line between kept and not. A wrong guess costs time, nothing else.
#ifndef ESPALIER_KNAPSACK_DETAIL_SAMPLE_HPP
#define ESPALIER_KNAPSACK_DETAIL_SAMPLE_HPP

namespace espalier::inline v0::knapsack::detail {

/// Ranges to look into, and the prices that they are built around.
struct sampled_ranges {
  std::vector<value_range> ranges;  ///< per class
  std::vector<double> prices;       ///< per row; empty if nothing was sampled
};

/// Some items of every class: sorted values, and for how many items each stands.
struct sample {
  std::vector<window_item> items;
  std::vector<std::size_t> begin{0};
  std::vector<double> copies;
};

/// Draws stratified samples: one item at random from each of equally long stretches of a class.
template <class Value>
class sampler {
 public:
  static constexpr std::uint64_t small_problem = 32768;  ///< items up to which there is nothing to save
  static constexpr std::uint64_t small_class = 64;       ///< draws up to which a class is better taken whole
  static constexpr std::size_t most_equal = 8;  ///< times what chance allows: equal values up to which are taken whole

  sampler(const core_problem& core, std::span<const Value> values, budget& b)
      : core_(core), values_(values), budget_(b) {
    for (const item_class& c : core.classes) {
      items_ += c.size;
    }
  }

  /// Guesses the ranges: the sample's thresholds, give or take how far those of two halves differ from them and what
  /// chance allows in ranks.   Complexity: O(m log m) with m = max(8192, 2 n^(2/3)) draws.
  [[nodiscard]] sampled_ranges operator()() {
    if (items_ <= small_problem) {
      return {std::vector<value_range>(core_.classes.size()), {}};
    }
    draws_ = (std::max)(8192.0, 2 * std::pow(static_cast<double>(items_), 2.0 / 3.0));
    const std::array<sample, 2> halves{draw(), draw()};
    const sample all = merge(halves);
    const dual_solution middle = relax(all, std::vector<double>(core_.rows.size(), 0.0));
    const std::array<std::vector<double>, 2> sides{relax(halves[0], middle.prices).prices,
                                                   relax(halves[1], middle.prices).prices};
    sampled_ranges result{{}, middle.prices};
    for (std::size_t c = 0; c < core_.classes.size(); ++c) {
      result.ranges.push_back(is_whole(c) ? value_range{} : range_of(c, all, middle, sides));
    }
    return result;
  }

 private:
  [[nodiscard]] std::uint64_t draws_of(std::size_t c) const {
    return static_cast<std::uint64_t>(draws_ / 2 * static_cast<double>(core_.classes[c].size) /
                                      static_cast<double>(items_)) +
           small_class;
  }
  [[nodiscard]] bool is_whole(std::size_t c) const { return core_.classes[c].size <= 4 * draws_of(c); }

  [[nodiscard]] sample draw() {
    sample result;
    for (std::size_t c = 0; c < core_.classes.size(); ++c) {
      budget_.keep_going(c);
      const item_class& one = core_.classes[c];
      const std::uint64_t count = is_whole(c) ? one.size : draws_of(c);
      const double stretch = static_cast<double>(one.size) / static_cast<double>(count);
      std::size_t part = 0;
      std::uint64_t passed = 0;  // items of the class before this part
      for (std::uint64_t i = 0; i < count; ++i) {
        const double shift = is_whole(c) ? 0.5 : random_.uniform();
        const auto place =
            (std::min)(one.size - 1, static_cast<std::uint64_t>((static_cast<double>(i) + shift) * stretch));
        while (place - passed >= one.pieces[part].count) {
          passed += one.pieces[part++].count;
        }
        const std::uint64_t index = one.pieces[part].first + (place - passed);
        result.items.push_back({static_cast<double>(values_[index]) + 0.0, static_cast<std::uint32_t>(index)});
      }
      sort_items(std::span(result.items).subspan(result.begin.back()), budget_);
      result.begin.push_back(result.items.size());
      result.copies.push_back(stretch);
    }
    return result;
  }

  [[nodiscard]] static sample merge(const std::array<sample, 2>& halves) {
    sample result;
    result.items.resize(halves[0].items.size() + halves[1].items.size());
    for (std::size_t c = 0; c + 1 < halves[0].begin.size(); ++c) {
      const auto part = [c](const sample& s) {
        return std::span(s.items).subspan(s.begin[c], s.begin[c + 1] - s.begin[c]);
      };
      const auto first = part(halves[0]);
      const auto second = part(halves[1]);
      std::merge(first.begin(), first.end(), second.begin(), second.end(),
                 result.items.begin() + static_cast<std::ptrdiff_t>(result.begin.back()));
      result.begin.push_back(result.begin.back() + first.size() + second.size());
      result.copies.push_back(halves[0].copies[c] / 2);
    }
    return result;
  }

  [[nodiscard]] dual_solution relax(const sample& s, const std::vector<double>& hint) const {
    const dual_function function(
        {view_of(s.items), view_of(s.begin), view_of(core_.weights), view_of(core_.capacities), view_of(s.copies), {}},
        budget_);
    return column_generation(function, hint, budget_)();
  }

  [[nodiscard]] value_range range_of(std::size_t c, const sample& all, const dual_solution& middle,
                                     const std::array<std::vector<double>, 2>& sides) const {
    const auto items = std::span(all.items).subspan(all.begin[c], all.begin[c + 1] - all.begin[c]);
    const auto weights = core_.weights_of(c);
    const double t = cost_of(middle.prices, weights);
    const double apart = (std::max)(std::abs(cost_of(sides[0], weights) - t), std::abs(cost_of(sides[1], weights) - t));
    const double spread = 2 * apart + 1e-9 * t;  // values equal to t are on neither side of it
    // A price that is off by chance moves every class by about half the square root of all draws, in its share.
    const auto chance = static_cast<std::size_t>(5 + 1.5 * static_cast<double>(items.size()) /
                                                         std::sqrt(static_cast<double>(all.items.size())));
    std::size_t first = count_above(items, t + spread);
    std::size_t last = count_above(items, t - spread);
    if (last - first > most_equal * chance) {  // equal values: only those near the last one kept are of interest
      const auto kept = static_cast<std::size_t>(count_in(middle.mixture, items, weights));
      first = last = (std::clamp)(kept, first, last);
    }
    value_range range;
    if (first >= chance) {
      range.high = items[first - chance].value;
      range.begin = items[first - chance].index;
    }
    if (last + chance < items.size()) {
      range.low = items[last + chance].value;
      range.end = std::uint64_t{items[last + chance].index} + 1;
    }
    return range;
  }

  const core_problem& core_;
  std::span<const Value> values_;
  budget& budget_;
  std::uint64_t items_ = 0;
  double draws_ = 0;
  random_generator random_{0x6B6E6170};
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/solving.hpp ----
// From a problem to its solution: each step is a header of its own.
#ifndef ESPALIER_KNAPSACK_DETAIL_SOLVING_HPP
#define ESPALIER_KNAPSACK_DETAIL_SOLVING_HPP

namespace espalier::inline v0::knapsack::detail {

/// Presolve, windows, prices, regret, search: for problems whose classes have many items each, or that are small.
template <class Value>
class solving {
 public:
  /// @param b  what stops the search, and counts what it spends.
  solving(const problem<Value>& p, const solve_options& options, budget& b)
      : problem_(p),
        budget_(b),
        core_(presolve(p, p.capacities, budget_)),
        scan_(p.values),
        solver_(core_, fixed_point(largest_value(p.values)), options.relative_gap, budget_) {}

  /// @throws interrupted if told to stop before there is a choice.
  [[nodiscard]] solution operator()() {
    for (const piece& part : core_.free_pieces) {
      scan_.keep(part);
    }
    if (core_.classes.empty()) {
      solution everything = describe(problem_, std::move(scan_.kept()), scan_.value().result());
      everything.status = status::optimal;
      everything.bound = everything.value;
      everything.multipliers.assign(problem_.resources(), 0.0);
      return everything;
    }
    return search_windows();
  }

 private:
  [[nodiscard]] solution search_windows() {
    sampled_ranges guess = sampler<Value>(core_, problem_.values, budget_)();
    for (int round = 0;; ++round) {
      const windows w = scan_(core_, guess.ranges, budget_);
      if (const auto choice = solver_(w, scan_.value().result(), guess.prices)) {
        solution result = assemble(w, *choice);
        result.statistics.scans = static_cast<std::uint64_t>(round) + 1;
        return result;
      }
      widen(guess, w, round);
    }
  }

  [[nodiscard]] solution assemble(const windows& w, const window_choice& choice) {
    std::vector<std::uint8_t> kept = std::move(scan_.kept());
    for (std::size_t c = 0; c < w.classes(); ++c) {
      for (const window_item& item : w.of(c).first(choice.kept[c])) {
        kept[item.index] = 1;
      }
    }
    solution result = describe(problem_, std::move(kept), choice.value);
    if (!fits(problem_, result)) {
      throw std::logic_error("espalier::knapsack::solve: the answer exceeds a capacity; please report this");
    }
    result.multipliers = multipliers_of(core_, choice.prices, problem_.resources());
    result.bound = choice.bound;
    result.status = choice.optimal ? status::optimal : status::feasible;
    result.statistics = solver_.took();
    result.statistics.window_items = w.items.size();
    return result;
  }

  static constexpr int patience = 3;  // rounds in which windows grow; then they become as large as can be

  /// Looks further around the prices that the last windows gave, at all items in the end.
  void widen(sampled_ranges& guess, const windows& w, int round) const {
    const bool all = solver_.narrow().empty() || round >= 2 * patience;
    for (const std::size_t c : solver_.narrow()) {
      widen(guess.ranges[c], c, round);
    }
    for (std::size_t c = 0; c < w.classes() && all; ++c) {
      widen(guess.ranges[c], c, round);
    }
  }
  void widen(value_range& range, std::size_t c, int round) const {
    if (round >= patience || solver_.prices().empty() || !std::isfinite(range.high)) {
      range = {};
      return;
    }
    const double t = solver_.threshold(c);
    const double reach = (std::max)({range.high - range.low, t - range.high, range.low - t});
    range = {(std::max)(0.0, (std::min)(range.low, t) - reach), (std::max)(range.high, t) + reach};
  }

  const problem<Value>& problem_;
  budget& budget_;
  core_problem core_;
  scanner<Value> scan_;
  window_solver<Value> solver_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/detail/fixing.hpp ----
// Problems of many small classes, as with an own weight for every item: most items are decided by prices alone.
#ifndef ESPALIER_KNAPSACK_DETAIL_FIXING_HPP
#define ESPALIER_KNAPSACK_DETAIL_FIXING_HPP

namespace espalier::inline v0::knapsack::detail {

/// Whether there are many items, and so few in a class that windows of classes would be no smaller than these.
template <class Value>
[[nodiscard]] bool has_small_classes(const problem<Value>& p) noexcept {
  constexpr std::size_t many = 65536;
  constexpr std::size_t few = 16;
  return p.items() > many && p.classes() > p.items() / few;
}

/// The items that prices leave undecided, as a problem of their own.
template <class Value>
struct undecided_items {
  std::vector<Value> values;
  std::vector<std::uint32_t> indices;  ///< in the whole problem
  problem<Value> rest;                 ///< what the others leave
  double bound = 0;                    ///< L at the prices that decided
};

/// At prices lambda an item with r = v - lambda w is decided if |r| is large: kept if r > 0, else not. Every choice
/// that keeps one of the latter, or leaves out one of the former, falls short of the bound L(lambda) by at least |r|.
/// So if the best choice among the others falls short of it by no more than every |r|, it is the best of all.
///
/// Prices come from a sample first, then from the solution of what was left undecided, until that holds.
/// Source: reduced-cost fixing, e.g. Ingargiola and Korsh 1973, "Reduction algorithm for zero-one single knapsack
/// problems"; with cores, Pisinger 1999, "Core problems in knapsack algorithms".
template <class Value>
class fixing {
 public:
  /// @param aim  about how many items to leave undecided at first.
  fixing(const problem<Value>& p, const solve_options& options, budget& b, double aim = 16384)
      : problem_(p), options_(options), budget_(b), aim_(aim) {}

  /// @throws interrupted if told to stop before there is a choice.
  /// Complexity: O(n) a round, mostly one or two. Memory: a byte an item and the undecided items.
  [[nodiscard]] solution operator()() {
    terms at = sample_terms();
    for (int round = 0; round < most_rounds; ++round) {
      auto open = split(at);
      if (open.indices.size() > problem_.items() / 2) {
        break;
      }
      const auto& left = open.rest.capacities;
      if (std::any_of(left.begin(), left.end(), [](std::int64_t capacity) { return capacity < 0; })) {
        at.reach *= 4;
        continue;
      }
      open.rest.values = open.values;
      solution found = solving<Value>(open.rest, options_, budget_)();
      const double regret = regret_of(open, found);
      const double nearest = nearest_decided(found.multipliers);
      if (regret <= nearest || budget_.exhausted()) {
        found.statistics.scans = static_cast<std::uint64_t>(round) + 1;
        // A choice that decides as here is worth no more than what the search proved, any other no more than L less
        // the nearest item.
        const double gap = (std::max)(found.bound - found.value, regret - nearest);
        return assemble(open, found, gap, at.prices);
      }
      at.prices = found.multipliers;
      at.spread.assign(at.spread.size(), 0.0);
      at.reach = (std::max)(at.reach, 2 * regret);
    }
    return solving<Value>(problem_, options_, budget_)();
  }

 private:
  static constexpr int most_rounds = 8;
  static constexpr std::uint8_t undecided = 2;  // beside 0 and 1

  /// What decides an item: |v - lambda w| > reach + spread w.
  struct terms {
    std::vector<double> prices;  // per resource
    std::vector<double> spread;  // per resource, how far off the price may be
    double reach = 0;
  };

  /// Some items, each a class of its own.
  struct sampled_items {
    std::vector<window_item> items;
    std::vector<std::size_t> begin{0};
    std::vector<std::int64_t> weights;

    void add(const window_item& item, std::span<const std::int64_t> its_weights) {
      items.push_back(item);
      begin.push_back(items.size());
      weights.insert(weights.end(), its_weights.begin(), its_weights.end());
    }
  };

  /// Calls action(item, class) for every item that could be kept.
  template <class Action>
  void for_each_fitting(Action&& action) {
    for_each_item(problem_, [&](std::size_t item, std::size_t c) {
      budget_.keep_going(item);
      if (fits_in(problem_.weights_of(c), problem_.capacities)) {
        action(item, c);
      }
    });
  }

  /// The prices of a sample, how far those of its halves differ, and a reach that leaves about as many items as wanted.
  [[nodiscard]] terms sample_terms() {
    const double draws = (std::max)(8192.0, 2 * std::pow(static_cast<double>(problem_.items()), 2.0 / 3.0));
    const double stretch = static_cast<double>(problem_.items()) / draws;
    sampled_items all;
    std::array<sampled_items, 2> halves;
    double next = random_.uniform() * stretch;
    for_each_item(problem_, [&](std::size_t item, std::size_t c) {
      budget_.keep_going(item);
      if (static_cast<double>(item) >= next) {
        next += stretch * (0.5 + random_.uniform());
        const window_item drawn{static_cast<double>(problem_.values[item]) + 0.0, static_cast<std::uint32_t>(item)};
        if (fits_in(problem_.weights_of(c), problem_.capacities)) {
          halves[all.items.size() % 2].add(drawn, problem_.weights_of(c));
          all.add(drawn, problem_.weights_of(c));
        }
      }
    });
    terms result;
    result.prices = prices_of(all, stretch, std::vector<double>(problem_.resources(), 0.0));
    result.spread.assign(problem_.resources(), 0.0);
    for (const sampled_items& half : halves) {
      const std::vector<double> prices = prices_of(half, 2 * stretch, result.prices);
      for (std::size_t r = 0; r < prices.size(); ++r) {
        result.spread[r] = (std::max)(result.spread[r], std::abs(prices[r] - result.prices[r]));
      }
    }
    result.reach = reach_in(all, result.prices, aim_ / stretch);
    return result;
  }

  [[nodiscard]] std::vector<double> prices_of(const sampled_items& s, double copies, const std::vector<double>& hint) {
    const std::vector<double> each(s.items.size(), copies);
    const dual_function function({s.items, s.begin, s.weights, problem_.capacities, each, {}}, budget_);
    return column_generation(function, hint, budget_)().prices;
  }

  /// The distance from its price that so many of the sampled items are within.
  [[nodiscard]] double reach_in(const sampled_items& s, const std::vector<double>& prices, double count) const {
    std::vector<double> distances;
    for (std::size_t i = 0; i < s.items.size(); ++i) {
      const auto weights = std::span(s.weights).subspan(i * prices.size(), prices.size());
      distances.push_back(std::abs(s.items[i].value - cost_of(prices, weights)));
    }
    if (distances.empty()) {
      return 0;
    }
    const auto place =
        distances.begin() + static_cast<std::ptrdiff_t>((std::min)(count, static_cast<double>(distances.size() - 1)));
    std::nth_element(distances.begin(), place, distances.end());
    return *place;
  }

  /// Decides what can be decided.
  [[nodiscard]] undecided_items<Value> split(const terms& at) {
    undecided_items<Value> result;
    result.rest.capacities = problem_.capacities;
    compensated_sum bound;
    bound.add(cost_of(at.prices, problem_.capacities));
    decided_.assign(problem_.items(), 0);
    std::size_t last = problem_.classes();
    for_each_fitting([&](std::size_t item, std::size_t c) {
      const auto weights = problem_.weights_of(c);
      const double r = static_cast<double>(problem_.values[item]) - cost_of(at.prices, weights);
      const double reach = at.reach + cost_of(at.spread, weights);
      bound.add((std::max)(0.0, r));
      if (r > reach) {
        decided_[item] = 1;
        std::transform(result.rest.capacities.begin(), result.rest.capacities.end(), weights.begin(),
                       result.rest.capacities.begin(), std::minus<>{});
      } else if (r >= -reach) {
        decided_[item] = undecided;
        result.values.push_back(problem_.values[item]);
        result.indices.push_back(static_cast<std::uint32_t>(item));
        if (c != last) {
          last = c;
          const std::size_t number = result.rest.runs.size();
          result.rest.runs.push_back({static_cast<std::uint32_t>(number), 0});
          result.rest.weights.insert(result.rest.weights.end(), weights.begin(), weights.end());
        }
        ++result.rest.runs.back().count;
      }
    });
    result.bound = bound.result() * (1 + 1e-12);
    return result;
  }

  /// By how much a choice falls short of L, as a sum of small terms.
  [[nodiscard]] static double regret_of(const undecided_items<Value>& open, const solution& found) {
    double regret = 0;
    for_each_item(open.rest, [&](std::size_t item, std::size_t c) {
      const double r = static_cast<double>(open.values[item]) - cost_of(found.multipliers, open.rest.weights_of(c));
      regret += (std::max)(0.0, found.kept[item] != 0 ? -r : r);
    });
    for (std::size_t row = 0; row < found.used.size(); ++row) {
      regret += found.multipliers[row] * static_cast<double>(open.rest.capacities[row] - found.used[row]);
    }
    return regret;
  }

  /// The least |r| of the decided items at some prices, below 0 if one should have been decided otherwise, or if there
  /// is no time to look.
  [[nodiscard]] double nearest_decided(const std::vector<double>& prices) {
    double nearest = std::numeric_limits<double>::infinity();
    try {
      for_each_fitting([&](std::size_t item, std::size_t c) {
        if (decided_[item] != undecided) {
          const auto value = static_cast<double>(problem_.values[item]);
          const double t = cost_of(prices, problem_.weights_of(c));
          const double error = 1e-12 * (value + t);
          nearest = (std::min)(nearest, (decided_[item] != 0 ? value - t : t - value) - error);
        }
      });
    } catch (const interrupted&) {
      return -std::numeric_limits<double>::infinity();
    }
    return nearest;
  }

  /// @param gap     no choice is worth more than the one that was found and this.
  /// @param prices  that decided; they prove a bound too.
  [[nodiscard]] solution assemble(const undecided_items<Value>& from, const solution& found, double gap,
                                  const std::vector<double>& prices) {
    for (std::size_t i = 0; i < from.indices.size(); ++i) {
      decided_[from.indices[i]] = found.kept[i];
    }
    solution result = answer(problem_, std::move(decided_));
    result.statistics = found.statistics;
    result.statistics.window_items = from.indices.size();
    const double bound = (result.value + gap) * (1 + 1e-12);
    result.multipliers = bound <= from.bound ? found.multipliers : prices;
    result.status = gap <= 0 ? status::optimal : status::feasible;
    result.bound = gap <= 0 ? result.value : (std::max)(result.value, (std::min)(bound, from.bound));
    return result;
  }

  const problem<Value>& problem_;
  const solve_options& options_;
  budget& budget_;
  double aim_;
  std::vector<std::uint8_t> decided_;
  random_generator random_{0x66697869};
};

}  // namespace espalier::inline v0::knapsack::detail

#endif

// ---- espalier/knapsack/solve.hpp ----
// The exact knapsack solver: the optimum with a proof, or the best found with a proven bound.
#ifndef ESPALIER_KNAPSACK_SOLVE_HPP
#define ESPALIER_KNAPSACK_SOLVE_HPP

namespace espalier::inline v0::knapsack {

namespace detail {

/// The answer to a stop before there is a choice: nothing is kept, and the bound is one that all values have.
template <class Value>
[[nodiscard]] solution keep_nothing(const problem<Value>& p) {
  solution result = describe(p, std::vector<std::uint8_t>(p.items(), 0), 0);
  result.bound = bound_of_all(p);
  result.multipliers.assign(p.resources(), 0.0);
  return result;
}

/// The way from a problem to its solution, within the limits.
template <class Value>
[[nodiscard]] solution solve_or_stop(const problem<Value>& p, const solve_options& options) {
  try {
    budget limits(options);
    return has_small_classes(p) ? fixing<Value>(p, options, limits)() : solving<Value>(p, options, limits)();
  } catch (const interrupted&) {
    return keep_nothing(p);
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE solution solve_or_stop<float>(const problem<float>& p, const solve_options& options);
ESPALIER_COMPILED_ONCE solution solve_or_stop<double>(const problem<double>& p, const solve_options& options);
#endif

template <class Value>
void validate_all(const problem<Value>& p, const solve_options& options) {
  validate_options(options);
  validate(p);
  if (p.items() > std::size_t{1} << 32U) {
    refuse({p.items(), " items"}, {"at most 2^32"});
  }
}

}  // namespace detail

/// Solves a knapsack problem exactly: presolve, windows, prices (dual), regret, search, check; where classes are of few
/// items each, prices decide most items first, and the others are the problem.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54. Among equal values of one class
/// the lowest index is kept. Same problem and options, same solution.
/// @param p        the problem, at most 2^32 items; the values must stay alive during the call.
/// @param options  limits.
/// @return the kept items with status optimal; past a limit, or told to stop, status feasible, with a bound that is
///         proven (told to stop before there is anything, nothing is kept, and the bound is that of all values). A
///         problem with valid input always has a feasible solution.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(n), sorting the few items near the line, and a search that is small where classes are few; exponential
///         at worst, within the limits. Memory: a byte an item, and 16 bytes for each item near the line.
/// Source: Lagrangian duality, e.g. Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 9; meeting in
/// the middle: Horowitz and Sahni 1974.
template <class Value>
[[nodiscard]] solution solve(const problem<Value>& p, const solve_options& options = {}) {
  detail::validate_all(p, options);
  if (!options.measure_time) {
    return detail::solve_or_stop(p, options);
  }
  const double begin = detail::steady_seconds();
  solution result = detail::solve_or_stop(p, options);
  result.statistics.seconds = detail::steady_seconds() - begin;
  return result;
}

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/pareto.hpp ----
// The best value against the capacity of one resource, for many capacities in one go.
#ifndef ESPALIER_KNAPSACK_PARETO_HPP
#define ESPALIER_KNAPSACK_PARETO_HPP

namespace espalier::inline v0::knapsack {

/// The optimum at one capacity.
struct pareto_point {
  std::int64_t capacity = 0;        ///< of the resource that is varied
  double value = 0;                 ///< the sum of the values of the kept items
  double bound = 0;                 ///< a proven upper bound on the value of every feasible choice
  std::int64_t used = 0;            ///< what the kept items weigh in that resource
  std::vector<double> multipliers;  ///< the price of a unit of each resource behind the bound
  knapsack::status status = knapsack::status::infeasible;

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

namespace detail {

/// A point to which a stop came before anything was known: nothing is kept, and the bound is one that all values have.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] pareto_point keep_nothing(std::int64_t capacity, std::size_t resources, double bound) {
  return {capacity, 0, bound, 0, std::vector<double>(resources, 0.0), status::feasible};
}

/// All items sorted once; a capacity then takes a look at the few items near its line.
template <class Value>
class frontier {
 public:
  /// @param p         the problem with the least of the capacities.
  /// @param largest   all capacities, with the largest one in `resource`.
  /// @param resource  the one that is varied.
  /// @param b         what stops the preparations; they throw interrupted then.
  frontier(const problem<Value>& p, const std::vector<std::int64_t>& largest, std::size_t resource, budget& b)
      : problem_(p), core_(presolve(p, largest, b)), scale_(largest_value(p.values)) {
    scanner<Value> scan(p.values);
    for (const piece& part : core_.free_pieces) {
      scan.keep(part);
    }
    free_ = scan.value().result();
    all_ = scan(core_, std::vector<value_range>(core_.classes.size()), b);
    for (std::size_t c = 0; c < all_.classes(); ++c) {
      compensated_sum sum;
      sums_.push_back(0);
      for (const window_item& item : all_.of(c)) {
        b.keep_going(sums_.size());
        sum.add(item.value);
        sums_.push_back(sum.result());
      }
    }
    const what_matters matters = find_what_matters(p, largest);
    for (std::size_t c = 0; c < p.classes(); ++c) {
      everything_ += matters.fits[c] == 0 ? 0 : p.weights_of(c)[resource] * static_cast<std::int64_t>(matters.size[c]);
    }
    const auto row = std::find(core_.rows.begin(), core_.rows.end(), resource);
    varied_ = static_cast<std::size_t>(row - core_.rows.begin());
    capacities_ = core_.capacities;
    function_.emplace(relaxation{all_.items, all_.begin, core_.weights, capacities_, {}, {}}, b);
  }
  frontier(const frontier&) = delete;
  frontier& operator=(const frontier&) = delete;

  /// @param options  limits for this point.
  [[nodiscard]] pareto_point at(std::int64_t capacity, const solve_options& options) {
    if (varied_ < capacities_.size()) {
      capacities_[varied_] = capacity / core_.divisors[varied_];
    }
    pareto_point point;
    point.capacity = capacity;
    if (core_.classes.empty()) {
      point.value = point.bound = free_;
      point.used = everything_;
      point.multipliers.assign(problem_.resources(), 0.0);
      point.status = status::optimal;
      return point;
    }
    try {
      solve(point, options);
    } catch (const interrupted&) {
      return keep_nothing(capacity, problem_.resources(), free_ + function_->magnitude() * (1 + 1e-12));
    }
    return point;
  }

 private:
  struct slice {
    windows window;
    double above = 0;
  };

  void solve(pareto_point& point, const solve_options& options) {
    budget limits(options);
    prices_.resize(core_.rows.size(), 0.0);
    prices_ = column_generation(*function_, prices_, limits)().prices;
    window_solver<Value> solver(core_, scale_, options.relative_gap, limits);
    for (std::size_t reach = (std::max)(std::size_t{32}, 8192 / core_.classes.size());; reach *= 8) {
      const slice near = cut(reach);
      if (const auto choice = solver(near.window, near.above, prices_)) {
        fill(point, near.window, *choice);
        return;
      }
      prices_ = solver.prices().empty() ? prices_ : solver.prices();
    }
  }

  /// The windows of `reach` items on either side of the line at the current prices.
  [[nodiscard]] slice cut(std::size_t reach) const {
    slice result;
    compensated_sum above;
    above.add(free_);
    result.window.remaining = capacities_;
    for (std::size_t c = 0; c < all_.classes(); ++c) {
      const auto items = all_.of(c);
      const std::size_t line = count_above(items, function_->threshold(c, prices_));
      const std::size_t first = line - (std::min)(line, reach);
      const std::size_t last = (std::min)(items.size(), line + reach);
      const auto inside = items.subspan(first, last - first);
      result.window.items.insert(result.window.items.end(), inside.begin(), inside.end());
      result.window.begin.push_back(result.window.items.size());
      result.window.above.push_back(first);
      result.window.below.push_back(items.size() - last);
      result.window.ranges.push_back(inside.empty() ? value_range{}
                                                    : value_range{inside.back().value, inside.front().value});
      above.add(sums_[all_.begin[c] + c + first]);
      for (std::size_t r = 0; r < capacities_.size(); ++r) {
        result.window.remaining[r] -= core_.weights_of(c)[r] * static_cast<std::int64_t>(first);
      }
    }
    result.above = above.result();
    return result;
  }

  void fill(pareto_point& point, const windows& w, const window_choice& choice) const {
    point.value = choice.value;
    point.bound = choice.bound;
    point.status = choice.optimal ? status::optimal : status::feasible;
    point.multipliers = multipliers_of(core_, choice.prices, problem_.resources());
    point.used = varied_ < core_.rows.size() ? 0 : everything_;
    for (std::size_t i = 0; i < core_.rows.size(); ++i) {
      std::int64_t used = 0;
      for (std::size_t c = 0; c < core_.classes.size(); ++c) {
        used += core_.weights_of(c)[i] * static_cast<std::int64_t>(w.above[c] + choice.kept[c]);
      }
      if (used > capacities_[i]) {
        throw std::logic_error("espalier::knapsack::pareto: an answer exceeds a capacity; please report this");
      }
      point.used = i == varied_ ? used * core_.divisors[i] : point.used;
    }
  }

  const problem<Value>& problem_;
  core_problem core_;
  fixed_point scale_;
  double free_ = 0;
  std::int64_t everything_ = 0;  // what all items that fit weigh in the varied resource
  windows all_;
  std::vector<double> sums_;  // per class, of its first k items, k = 0 and up
  std::size_t varied_ = 0;
  std::vector<std::int64_t> capacities_;
  std::optional<dual_function<>> function_;
  std::vector<double> prices_;
};

}  // namespace detail

/// The best value against the capacity of one resource, the other capacities fixed: what a budget costs, at a glance.
///
/// Each point is as exact as `solve`; the items are sorted once for all. Whoever wants the items of a point solves for
/// its capacity.
/// @param p           the problem, at most 2^32 items; its own capacity of that resource does not matter.
/// @param resource    index of the resource to vary.
/// @param capacities  for which to solve, each >= 0, in any order.
/// @param options     limits for each point.
/// @return one point for each capacity, in the same order.
/// @throws what solve throws; argument_error if the resource does not exist or a capacity is negative.
/// Complexity: O(n log n) and a search for each point. Memory: 32 bytes an item.
template <class Value>
[[nodiscard]] std::vector<pareto_point> pareto(const problem<Value>& p, std::size_t resource,
                                               std::span<const std::int64_t> capacities,
                                               const solve_options& options = {}) {
  if (resource >= p.resources()) {
    reject<argument_error>("knapsack::pareto", {"resource ", resource}, {"one below ", p.resources()});
  }
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    if (capacities[i] < 0) {
      reject<argument_error>("knapsack::pareto", {"capacity ", capacities[i], " at ", i}, {"capacities >= 0"});
    }
  }
  if (capacities.empty()) {
    return {};
  }
  problem<Value> least = p;
  std::vector<std::int64_t> largest = p.capacities;
  least.capacities[resource] = *std::min_element(capacities.begin(), capacities.end());
  largest[resource] = *std::max_element(capacities.begin(), capacities.end());
  detail::validate_all(least, options);
  const solve_options preparations{.stop = options.stop};
  detail::budget unlimited(preparations);
  std::optional<detail::frontier<Value>> curve;
  try {
    curve.emplace(least, largest, resource, unlimited);
  } catch (const detail::interrupted&) {  // then there is no curve
  }
  const double bound = curve ? 0 : detail::bound_of_all(least);
  std::vector<pareto_point> points;
  for (const std::int64_t capacity : capacities) {
    points.push_back(curve ? curve->at(capacity, options) : detail::keep_nothing(capacity, least.resources(), bound));
  }
  return points;
}

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/solver.hpp ----
// The concept that all knapsack solvers model, and the exact one as such a model.
#ifndef ESPALIER_KNAPSACK_SOLVER_HPP
#define ESPALIER_KNAPSACK_SOLVER_HPP

namespace espalier::inline v0::knapsack {

/// Called with a problem, gives a solution that satisfies the capacities.
/// @tparam Value  the problem's scalar, float or double.
template <class Solver, class Value = double>
concept solver = requires(const Solver& s, const problem<Value>& p) {
  { s(p) } -> std::same_as<solution>;
};

/// `solve` as a solver with its limits.
struct exact {
  solve_options options;

  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    return solve(p, options);
  }
};

static_assert(solver<exact>);
static_assert(solver<greedy>);
static_assert(solver<dynamic_programming>);

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/knapsack/verify.hpp ----
// Checks a solution against its problem, and what its multipliers alone prove, without trusting any solver.
#ifndef ESPALIER_KNAPSACK_VERIFY_HPP
#define ESPALIER_KNAPSACK_VERIFY_HPP

namespace espalier::inline v0::knapsack {

/// What is true of a solution.
struct verification {
  std::string fault;  ///< the first claim of the solution that does not hold; empty if all do
  double value = 0;   ///< the sum of the values of the kept items
  double bound = 0;   ///< no feasible choice is worth more: the Lagrangian bound of the multipliers, rounded up

  /// @return whether every claim holds.
  [[nodiscard]] bool valid() const noexcept { return fault.empty(); }
  /// @return how far the value can be from the optimum by this bound alone, relative to it.
  [[nodiscard]] double gap() const noexcept { return bound <= 0 ? 0 : (std::max)(0.0, (bound - value) / bound); }
};

namespace detail {

/// L(lambda) = lambda C + sum over items of max(0, v - lambda w), with all rounding errors on the upper side.
template <class Value>
[[nodiscard]] double lagrangian_bound(const problem<Value>& p, const std::vector<double>& multipliers) {
  const auto cost = [&](const std::int64_t* weights) {
    double sum = 0;
    for (std::size_t r = 0; r < multipliers.size(); ++r) {
      sum += multipliers[r] * static_cast<double>(weights[r]);
    }
    return sum;
  };
  std::vector<double> thresholds(p.classes(), 0.0);
  for (std::size_t c = 0; c < p.classes() && !multipliers.empty(); ++c) {
    thresholds[c] = cost(p.weights_of(c).data());
  }
  compensated_sum sum;
  sum.add(multipliers.empty() ? 0.0 : cost(p.capacities.data()));
  double magnitude = sum.result();
  for_each_item(p, [&](std::size_t item, std::size_t c) {
    const double threshold = thresholds.empty() ? 0.0 : thresholds[c];
    const auto value = static_cast<double>(p.values[item]);
    if (value > threshold) {
      sum.add(value - threshold);
      magnitude += value;
    }
  });
  const double epsilon = std::numeric_limits<double>::epsilon();
  return sum.result() + epsilon * static_cast<double>(p.resources() + 2) * magnitude;
}

/// What a solution says of its items, against what they are; empty if it is true.
template <class Value>
[[nodiscard]] std::string find_fault(const problem<Value>& p, const solution& s, const verification& found) {
  if (std::any_of(s.kept.begin(), s.kept.end(), [](std::uint8_t k) { return k > 1; })) {
    return "kept has entries other than 0 and 1";
  }
  const solution again = describe(p, s.kept, found.value);
  if (s.counts != again.counts) {
    return "counts are not those of the kept items";
  }
  if (s.used != again.used) {
    return "used is not what the kept items weigh";
  }
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (again.used[r] > p.capacities[r]) {
      return "resource " + std::to_string(r) + " uses " + std::to_string(again.used[r]) + " of " +
             std::to_string(p.capacities[r]);
    }
  }
  const double tolerance = 1e-13 * found.value;
  if (!(std::abs(s.value - found.value) <= tolerance)) {
    return "value is not the sum of the kept values";
  }
  if (!(s.bound >= s.value)) {
    return "bound is below value";
  }
  if (s.status == status::optimal && s.bound > s.value + tolerance) {
    return "status is optimal, but bound is above value";
  }
  if (found.bound < found.value - tolerance) {
    return "value is above what the multipliers prove to be possible";
  }
  return {};
}

}  // namespace detail

/// Checks that a solution is feasible and is what it says, and computes the bound that its multipliers prove.
///
/// A proven optimum may lie below that bound: the rest of the proof is a search. How far it can be is the gap.
/// @param p  a valid problem.
/// @param s  a solution of it by any solver; without multipliers the bound is the value of all items.
/// @return the first fault, the value and the bound.
/// @throws what validate throws for the problem; a wrong solution is no exception but a fault.
/// Complexity: O(n).
template <class Value>
[[nodiscard]] verification verify(const problem<Value>& p, const solution& s) {
  validate(p);
  verification result;
  if (s.kept.size() != p.items()) {
    result.fault = "kept has " + std::to_string(s.kept.size()) + " entries for " + std::to_string(p.items()) + " items";
    return result;
  }
  if (!s.multipliers.empty() && s.multipliers.size() != p.resources()) {
    result.fault = "there are " + std::to_string(s.multipliers.size()) + " multipliers for " +
                   std::to_string(p.resources()) + " resources";
    return result;
  }
  for (const double multiplier : s.multipliers) {
    if (!(multiplier >= 0 && std::isfinite(multiplier))) {
      result.fault = "a multiplier is negative or not finite";
      return result;
    }
  }
  result.value = detail::answer(p, s.kept).value;
  result.bound = detail::lagrangian_bound(p, s.multipliers);
  result.fault = detail::find_fault(p, s, result);
  return result;
}

}  // namespace espalier::inline v0::knapsack

#endif

// ---- espalier/mask/action.hpp ----
// What is done with a group of weights.
#ifndef ESPALIER_MASK_ACTION_HPP
#define ESPALIER_MASK_ACTION_HPP

namespace espalier::inline v0::mask {

/// What is done with a group of weights.
enum class action : std::uint8_t {
  keep,   ///< its weights are trained on
  prune,  ///< its weights are 0
  share   ///< its weights are their mean
};

}  // namespace espalier::inline v0::mask

#endif

// ---- espalier/mask/weight_mask.hpp ----
// Which weights of a kernel are still trained, and the value that the others are held at.
#ifndef ESPALIER_MASK_WEIGHT_MASK_HPP
#define ESPALIER_MASK_WEIGHT_MASK_HPP

namespace espalier::inline v0::mask {

/// A decision for every weight of one kernel: kept (mask 1), pruned (mask 0, offset 0), shared (mask 0, offset = mean).
/// @tparam Value  float or double.
template <class Value>
struct weight_mask {
  /// Of no weight.
  weight_mask() = default;
  /// Constructors are spelled out since g++ 12 ends with an internal error on a default of the last member.
  /// @param of_weights  becomes mask.
  /// @param offsets     becomes offset; default: no weight is shared.
  /// @param groups      becomes trained_as_one; default: shared weights stay at their offsets.
  weight_mask(std::vector<std::uint8_t> of_weights, std::vector<Value> offsets = {},
              std::vector<std::uint32_t> groups = {})
      : mask(std::move(of_weights)), offset(std::move(offsets)), trained_as_one(std::move(groups)) {}

  std::vector<std::uint8_t> mask;  ///< one per weight, 1 kept, 0 held at its offset
  std::vector<Value> offset;       ///< one per weight; empty if no weight is shared
  /// One per weight: 0, or the number of a shared group whose weights are trained as one, from their offset on; empty:
  /// shared weights stay at their offsets.
  std::vector<std::uint32_t> trained_as_one;

  /// Sets every weight that is not kept to its offset.
  /// @param kernel  the weights, as many as the mask has entries.
  /// @throws shape_error if the sizes differ, also those of mask and offsets.   Complexity: O(n).
  void apply(std::span<Value> kernel) const {
    if (kernel.size() != mask.size()) {
      reject<shape_error>("mask::weight_mask::apply", {kernel.size(), " weights"}, {mask.size(), ", as the mask has"});
    }
    expect_none_or_all(offset.size(), "offsets");
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      if (mask[i] == 0) {
        kernel[i] = offset.empty() ? Value{0} : offset[i];
      }
    }
  }

  /// Does what `apply` does, but for weights that are trained as one: those of a group become the first of them, and so
  /// do their offsets. After a step or a training the mask then says where it led.
  /// @param kernel  the weights, as many as the mask has entries.
  /// @throws shape_error if the sizes differ, also those of mask, offsets and groups.   Complexity: O(n).
  void follow(std::span<Value> kernel) {
    expect_none_or_all(trained_as_one.size(), "group numbers");
    if (!trained_as_one.empty() && kernel.size() == mask.size()) {
      offset.resize(offset.empty() ? mask.size() : offset.size());
      expect_none_or_all(offset.size(), "offsets");
      std::unordered_map<std::uint32_t, Value> first;
      for (std::size_t i = 0; i < kernel.size(); ++i) {
        if (trained_as_one[i] != 0) {
          offset[i] = first.try_emplace(trained_as_one[i], kernel[i]).first->second;
        }
      }
    }
    apply(kernel);
  }

 private:
  void expect_none_or_all(std::size_t count, const std::string& what) const {
    if (count != 0 && count != mask.size()) {
      reject<shape_error>("mask::weight_mask::apply", {count, " ", what},
                          {"none, or ", mask.size(), ", as the mask has"});
    }
  }
};

}  // namespace espalier::inline v0::mask

#endif

// ---- espalier/structure/kernel_matrix.hpp ----
// A kernel seen as a matrix of inputs and outputs, which is how all rules group it.
#ifndef ESPALIER_STRUCTURE_KERNEL_MATRIX_HPP
#define ESPALIER_STRUCTURE_KERNEL_MATRIX_HPP

namespace espalier::inline v0::structure {

/// A kernel as a row-major matrix: the last axis holds the outputs, all others together the inputs.
struct kernel_matrix {
  std::size_t inputs = 0;    ///< Dense: in; Conv1D: width * channels; Conv2D: height * width * channels
  std::size_t outputs = 0;   ///< neurons or filters
  std::size_t channels = 0;  ///< the fastest axis of the inputs; Dense: all inputs

  kernel_matrix() = default;

  /// @param shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels, filters).
  /// @throws shape_error if it has another rank or a 0.
  explicit kernel_matrix(const extents& shape) {
    if (shape.rank() < 2 || shape.size() == 0) {
      reject<shape_error>("structure::grouping", {"a kernel of shape ", shape},
                          {"(in, out), (width, channels, filters) or (height, width, channels, filters) without a 0"});
    }
    outputs = shape.back();
    inputs = shape.size() / outputs;
    channels = shape[shape.rank() - 2];
  }

  /// @return the number of weights.
  [[nodiscard]] constexpr std::size_t weights() const noexcept { return inputs * outputs; }
};

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/structure/detail/assign.hpp ----
// Forms the groups that depend on scores: the weakest of every m weights, the weakest units.
#ifndef ESPALIER_STRUCTURE_DETAIL_ASSIGN_HPP
#define ESPALIER_STRUCTURE_DETAIL_ASSIGN_HPP

namespace espalier::inline v0::structure::detail {

/// Sorts places descending by their scores; of equal ones the first comes first. One sort serves both rules below.
inline void sort_best_first(std::vector<std::size_t>& places, const double* scores) {
  std::sort(places.begin(), places.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] > scores[b] || (scores[a] == scores[b] && a < b); });
}

/// @return one group per weight: its unit if it can go, the number of units if it stays.
[[nodiscard]] inline std::vector<std::uint32_t> assign(const n_of_m& rule, const kernel_matrix& m,
                                                       std::span<const double> scores) {
  std::vector<std::uint32_t> groups(m.weights(), static_cast<std::uint32_t>(m.outputs));
  std::vector<std::size_t> order;
  for (std::size_t output = 0; output < m.outputs; ++output) {
    for (std::size_t begin = 0; begin < m.inputs; begin += (std::min)(rule.m, m.inputs - begin)) {
      order.resize((std::min)(rule.m, m.inputs - begin));
      for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = (begin + i) * m.outputs + output;
      }
      sort_best_first(order, scores.data());
      for (std::size_t place = rule.n; place < order.size(); ++place) {
        groups[order[place]] = static_cast<std::uint32_t>(output);
      }
    }
  }
  return groups;
}

/// @return one group per unit, the weakest first.
[[nodiscard]] inline std::vector<std::uint32_t> assign(const round_to& rule, const kernel_matrix& m,
                                                       std::span<const double> scores) {
  std::vector<double> sums(m.outputs, 0.0);
  for (std::size_t index = 0; index < scores.size(); ++index) {
    sums[index % m.outputs] += scores[index];
  }
  std::vector<std::size_t> order(m.outputs);
  std::iota(order.begin(), order.end(), std::size_t{0});
  sort_best_first(order, sums.data());
  std::vector<std::uint32_t> groups(m.outputs);
  for (std::size_t place = 0; place < order.size(); ++place) {
    groups[order[place]] = static_cast<std::uint32_t>((order.size() - 1 - place) / rule.units);
  }
  return groups;
}

/// All other rules need no scores.
template <class Rule>
[[nodiscard]] std::vector<std::uint32_t> assign(const Rule& /*rule*/, const kernel_matrix& /*m*/,
                                                std::span<const double> /*scores*/) {
  return {};
}

}  // namespace espalier::inline v0::structure::detail

#endif

// ---- espalier/structure/size_run.hpp ----
// How large the groups of a kernel are, in runs of equal ones.
#ifndef ESPALIER_STRUCTURE_SIZE_RUN_HPP
#define ESPALIER_STRUCTURE_SIZE_RUN_HPP

namespace espalier::inline v0::structure {

/// Consecutive groups of equal size.
struct size_run {
  std::size_t count = 0;    ///< how many groups
  std::size_t weights = 0;  ///< in one of them; 0 where a rule leaves a group empty
  std::size_t units = 0;    ///< neurons or filters of which a group holds all weights; 0 if it holds parts of units
  bool removable = true;    ///< false: the rule wants the group to stay

  friend bool operator==(const size_run&, const size_run&) = default;
};

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/structure/detail/group_of.hpp ----
// Which groups the weights of a kernel belong to, and how large the groups are, for each rule.
#ifndef ESPALIER_STRUCTURE_DETAIL_GROUP_OF_HPP
#define ESPALIER_STRUCTURE_DETAIL_GROUP_OF_HPP

namespace espalier::inline v0::structure::detail {

/// Groups that depend on scores: n_of_m has one entry per weight, round_to one per unit, other rules none.
using assignment = std::span<const std::uint32_t>;

/// A rule on a matrix; `row(input)` goes through the weights of one input: group() is the group of the present one, and
/// next() goes on to the next output. Without a division for each weight.
template <class Rule>
struct view;

/// Groups that are numbered along a row.
struct counted_row {
  [[nodiscard]] std::size_t group() const noexcept { return place; }
  void next() noexcept { ++place; }
  std::size_t place;
};

/// Groups that are looked up along a row.
struct listed_row {
  [[nodiscard]] std::size_t group() const noexcept { return *place; }
  void next() noexcept { ++place; }
  const std::uint32_t* place;
};

template <>
struct view<unstructured> {
  view(const unstructured& /*rule*/, const kernel_matrix& m, assignment /*assigned*/) : outputs(m.outputs) {}
  [[nodiscard]] counted_row row(std::size_t input) const noexcept { return {input * outputs}; }
  std::size_t outputs;
};

template <>
struct view<structured> {
  view(const structured& /*rule*/, const kernel_matrix& /*m*/, assignment /*assigned*/) {}
  [[nodiscard]] counted_row row(std::size_t /*input*/) const noexcept { return {0}; }
};

/// Weight (input, output) of a pattern is number output * inputs + input; `size` consecutive ones are a group.
struct pattern_row {
  [[nodiscard]] std::size_t group() const noexcept { return whole; }
  void next() noexcept {
    whole += groups_on;
    if (weights_on != 0) {
      rest += weights_on;
      const bool carry = rest >= size;
      rest -= carry ? size : 0;
      whole += carry ? 1U : 0U;
    }
  }
  std::size_t size;        // of a group that is not short
  std::size_t groups_on;   // whole groups from one output to the next
  std::size_t weights_on;  // and what is left over
  std::size_t whole;
  std::size_t rest;
};

template <>
struct view<pattern> {
  view(const pattern& rule, const kernel_matrix& m, assignment /*assigned*/)
      : size(m.weights() / rule.rows * (std::min)(rule.consecutive, rule.rows)), inputs(m.inputs) {}
  [[nodiscard]] pattern_row row(std::size_t input) const noexcept {
    return {size, inputs / size, inputs % size, input / size, input % size};
  }
  std::size_t size;
  std::size_t inputs;
};

template <>
struct view<block> {
  view(const block& rule, const kernel_matrix& m, assignment /*assigned*/)
      : tile(rule), across((m.outputs - 1) / rule.width + 1) {}

  struct one_row {
    [[nodiscard]] std::size_t group() const noexcept { return tile; }
    void next() noexcept {
      const bool beyond = ++column == width;
      column = beyond ? 0 : column;
      tile += beyond ? 1U : 0U;
    }
    std::size_t tile;
    std::size_t width;
    std::size_t column;
  };
  [[nodiscard]] one_row row(std::size_t input) const noexcept { return {input / tile.height * across, tile.width, 0}; }

  block tile;
  std::size_t across;
};

template <>
struct view<channel> {
  view(const channel& /*rule*/, const kernel_matrix& m, assignment /*assigned*/) : channels(m.channels) {}

  struct one_row {
    [[nodiscard]] std::size_t group() const noexcept { return channel; }
    void next() const noexcept {}
    std::size_t channel;
  };
  [[nodiscard]] one_row row(std::size_t input) const noexcept { return {input % channels}; }

  std::size_t channels;
};

template <>
struct view<n_of_m> {
  view(const n_of_m& /*rule*/, const kernel_matrix& m, assignment all) : outputs(m.outputs), assigned(all) {}
  [[nodiscard]] listed_row row(std::size_t input) const noexcept { return {assigned.data() + input * outputs}; }
  std::size_t outputs;
  assignment assigned;
};

template <>
struct view<round_to> {
  view(const round_to& /*rule*/, const kernel_matrix& /*m*/, assignment all) : assigned(all) {}
  [[nodiscard]] listed_row row(std::size_t /*input*/) const noexcept { return {assigned.data()}; }
  assignment assigned;
};

// The sizes of the groups, in their order.

[[nodiscard]] inline std::vector<size_run> sizes(const unstructured& /*rule*/, const kernel_matrix& m) {
  return {{m.weights(), 1, 0, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const structured& /*rule*/, const kernel_matrix& m) {
  return {{m.outputs, m.inputs, 1, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const pattern& rule, const kernel_matrix& m) {
  const std::size_t in_a_row = m.weights() / rule.rows;
  const std::size_t consecutive = (std::min)(rule.consecutive, rule.rows);
  std::vector<size_run> result{{rule.rows / consecutive, consecutive * in_a_row, 0, true}};
  if (const std::size_t rest = rule.rows % consecutive; rest != 0) {
    result.push_back({1, rest * in_a_row, 0, true});
  }
  return result;
}

[[nodiscard]] inline std::vector<size_run> sizes(const block& rule, const kernel_matrix& m) {
  std::vector<size_run> result;
  for (std::size_t top = 0; top < m.inputs; top += (std::min)(rule.height, m.inputs - top)) {
    const std::size_t height = (std::min)(rule.height, m.inputs - top);
    if (const std::size_t whole = m.outputs / rule.width; whole != 0) {
      result.push_back({whole, height * rule.width, 0, true});
    }
    if (const std::size_t rest = m.outputs % rule.width; rest != 0) {
      result.push_back({1, height * rest, 0, true});
    }
  }
  return result;
}

[[nodiscard]] inline std::vector<size_run> sizes(const channel& /*rule*/, const kernel_matrix& m) {
  return {{m.channels, m.weights() / m.channels, 0, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const n_of_m& rule, const kernel_matrix& m) {
  const std::size_t rest = m.inputs % rule.m;
  const std::size_t weak = m.inputs / rule.m * (rule.m - rule.n) + (rest > rule.n ? rest - rule.n : 0);
  return {{m.outputs, weak, 0, true}, {1, m.weights() - m.outputs * weak, 0, false}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const round_to& rule, const kernel_matrix& m) {
  std::vector<size_run> result;
  if (const std::size_t whole = m.outputs / rule.units; whole != 0) {
    result.push_back({whole, rule.units * m.inputs, rule.units, true});
  }
  if (const std::size_t rest = m.outputs % rule.units; rest != 0) {
    result.push_back({1, rest * m.inputs, rest, false});
  }
  return result;
}

}  // namespace espalier::inline v0::structure::detail

#endif

// ---- espalier/structure/size_runs.hpp ----
// The sizes of the groups that a rule makes of a kernel, known without looking at a weight.
#ifndef ESPALIER_STRUCTURE_SIZE_RUNS_HPP
#define ESPALIER_STRUCTURE_SIZE_RUNS_HPP

namespace espalier::inline v0::structure {

namespace detail {

inline void expect_number(bool right, const std::string& got, const char* expected) {
  if (!right) {
    reject<argument_error>("structure::grouping", {got}, {expected});
  }
}

inline void expect_division(const pattern& rule, std::size_t weights) {
  if (weights % rule.rows == 0) {
    return;
  }
  std::string factors;
  for (std::size_t factor = 1; factor <= weights && factors.size() < 60; ++factor) {
    if (weights % factor == 0) {
      factors += (factors.empty() ? "" : ", ") + std::to_string(factor);
    }
  }
  reject<shape_error>("structure::grouping", {rule.rows, " rows for ", weights, " weights"},
                      {"rows that divide them, from a reuse factor of ", factors, " ..."});
}

template <class Rule>
void expect_rule(const Rule& /*rule*/, const kernel_matrix& /*m*/) {}

inline void expect_rule(const pattern& rule, const kernel_matrix& m) {
  expect_number(rule.rows > 0, "0 rows", "1 or more");
  expect_number(rule.consecutive > 0, "0 consecutive rows", "1 or more");
  expect_division(rule, m.weights());
}

inline void expect_rule(const block& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.height > 0, "block height 0", "1 or more");
  expect_number(rule.width > 0, "block width 0", "1 or more");
}

inline void expect_rule(const n_of_m& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.n > 0 && rule.n < rule.m, to_string(structure::rule(rule)) + " weights", "0 < n < m");
}

inline void expect_rule(const round_to& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.units > 0, "rounding to 0 units", "1 or more");
}

}  // namespace detail

/// @param r             a rule.
/// @param kernel_shape  as for `grouping`.
/// @return the sizes of its groups in their order, in runs.
/// @throws shape_error or argument_error as `grouping` does.
/// Complexity: O(1), for blocks O(rows of tiles).
[[nodiscard]] inline std::vector<size_run> size_runs(const rule& r, const extents& kernel_shape) {
  const kernel_matrix matrix(kernel_shape);
  return detail::visit(r, [&](const auto& one) {
    detail::expect_rule(one, matrix);
    return detail::sizes(one, matrix);
  });
}

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/structure/grouping.hpp ----
// A partition of the weights of a kernel into groups that stand or fall together.
#ifndef ESPALIER_STRUCTURE_GROUPING_HPP
#define ESPALIER_STRUCTURE_GROUPING_HPP

namespace espalier::inline v0::structure {

/// The groups of one kernel by one rule. Ranking, masking and sharing are written once, over this.
class grouping {
 public:
  /// @param r             the rule.
  /// @param kernel_shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels,
  ///                      filters), DepthwiseConv2D (height, width, 1, channels * multiplier); no axis is 0.
  /// @param scores        one per weight, only for rules whose groups depend on them; see needs_scores.
  /// @throws shape_error if the kernel has another rank or is empty, if the rows of a pattern do not divide its size
  ///         (the message lists reuse factors that do), or if scores are missing; argument_error if a number of the
  ///         rule is out of its range; numeric_error if a score is not finite.
  grouping(const structure::rule& r, const extents& kernel_shape, std::span<const double> scores = {})
      : rule_(r), matrix_(kernel_shape), runs_(size_runs(r, kernel_shape)) {
    for (const size_run& run : runs_) {
      count_ += run.count;
    }
    if (needs_scores(rule_)) {
      expect_scores(scores);
      assigned_ = detail::visit(rule_, [&](const auto& one) { return detail::assign(one, matrix_, scores); });
    }
  }

  /// @return the rule.
  [[nodiscard]] const structure::rule& rule() const noexcept { return rule_; }
  /// @return the number of groups.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// @return the number of weights.
  [[nodiscard]] std::size_t weights() const noexcept { return matrix_.weights(); }

  /// Goes through all weights in memory order.
  /// @param action  called as action(group, index): the number of the group and the flat index of the weight.
  /// Complexity: O(n), without allocation.
  template <class Action>
  void visit(Action&& action) const {
    detail::visit(rule_, [&]<class Rule>(const Rule& one) {
      const detail::view<Rule> view(one, matrix_, view_of(assigned_));
      const std::size_t inputs = matrix_.inputs;
      const std::size_t outputs = matrix_.outputs;
      std::size_t index = 0;
      for (std::size_t input = 0; input < inputs; ++input) {
        auto place = view.row(input);
        for (std::size_t output = 0; output < outputs; ++output) {
          action(place.group(), index++);
          place.next();
        }
      }
    });
  }

  /// @return how many weights each group has.   Complexity: O(groups).
  [[nodiscard]] std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> result(count_);
    auto place = result.begin();
    for (const size_run& run : runs_) {
      place = std::fill_n(place, run.count, run.weights);
    }
    return result;
  }

 private:
  void expect_scores(std::span<const double> scores) const {
    if (scores.size() != weights()) {
      reject<shape_error>("structure::grouping", {scores.size(), " scores for groups of ", rule_},
                          {weights(), ", one per weight"});
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (!std::isfinite(scores[i])) {
        reject<numeric_error>("structure::grouping", {"score ", i, " not finite"}, {"finite scores"});
      }
    }
  }

  structure::rule rule_;
  kernel_matrix matrix_;
  std::vector<size_run> runs_;
  std::vector<std::uint32_t> assigned_;
  std::size_t count_ = 0;
};

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/structure/group_means.hpp ----
// The mean weight of every group of a kernel.
#ifndef ESPALIER_STRUCTURE_GROUP_MEANS_HPP
#define ESPALIER_STRUCTURE_GROUP_MEANS_HPP

namespace espalier::inline v0::structure {

/// The mean weight of each group.
/// @param groups  a partition of the kernel.
/// @param kernel  as many weights as the partition has.
/// @return one mean per group, in double; 0 for a group without weights.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<double> group_means(const grouping& groups, std::span<const Value> kernel) {
  std::vector<double> means(groups.count(), 0.0);
  std::vector<std::size_t> sizes(groups.count(), 0);
  groups.visit([&](std::size_t group, std::size_t index) {
    means[group] += static_cast<double>(kernel[index]);
    ++sizes[group];
  });
  for (std::size_t group = 0; group < means.size(); ++group) {
    means[group] = sizes[group] == 0 ? 0 : means[group] / static_cast<double>(sizes[group]);
  }
  return means;
}

}  // namespace espalier::inline v0::structure

#endif

// ---- espalier/mask/make_mask.hpp ----
// Turns what is decided for the groups of a kernel into a mask of its weights.
#ifndef ESPALIER_MASK_MAKE_MASK_HPP
#define ESPALIER_MASK_MAKE_MASK_HPP

namespace espalier::inline v0::mask {

/// A mask that keeps every weight.
/// @param weights  how many there are.
template <class Value>
[[nodiscard]] weight_mask<Value> keep_all(std::size_t weights) {
  return {std::vector<std::uint8_t>(weights, 1), {}};
}

namespace detail {

inline void expect_fitting(const structure::grouping& groups, std::span<const action> actions, std::size_t weights,
                           std::string_view where) {
  if (actions.size() != groups.count() || weights != groups.weights()) {
    reject<shape_error>(where, {actions.size(), " actions and ", weights, " weights"},
                        {groups.count(), " and ", groups.weights()});
  }
}

}  // namespace detail

/// Kept groups get mask 1, pruned ones mask 0, shared ones mask 0 and their mean as the offset.
/// @param groups   a partition of the kernel.
/// @param actions  one per group.
/// @param kernel   the weights, whose means are shared.
/// @return the mask; without offsets if nothing is shared.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] weight_mask<Value> make_mask(const structure::grouping& groups, std::span<const action> actions,
                                           std::span<const Value> kernel) {
  detail::expect_fitting(groups, actions, kernel.size(), "mask::make_mask");
  weight_mask<Value> result{std::vector<std::uint8_t>(kernel.size()), {}};
  std::uint8_t* const mask = result.mask.data();
  const action* const decided = actions.data();
  groups.visit(
      [mask, decided](std::size_t group, std::size_t index) { mask[index] = decided[group] == action::keep ? 1 : 0; });
  if (std::find(actions.begin(), actions.end(), action::share) == actions.end()) {
    return result;
  }
  const std::vector<double> means = structure::group_means<Value>(groups, kernel);
  result.offset.assign(kernel.size(), Value{0});
  groups.visit([&](std::size_t group, std::size_t index) {
    if (actions[group] == action::share) {
      result.offset[index] = static_cast<Value>(means[group]);
    }
  });
  return result;
}

/// Lets the weights of every shared group be trained as one weight, in place of being held at their mean.
/// @param m        what make_mask gave.
/// @param groups   and of which groups.
/// @param actions  and of which actions.
/// @return the mask with the numbers of its shared groups, from 1.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] weight_mask<Value> train_shared(weight_mask<Value> m, const structure::grouping& groups,
                                              std::span<const action> actions) {
  detail::expect_fitting(groups, actions, m.mask.size(), "mask::train_shared");
  m.trained_as_one.assign(m.mask.size(), 0);
  groups.visit([&](std::size_t group, std::size_t index) {
    m.trained_as_one[index] = actions[group] == action::share ? static_cast<std::uint32_t>(group + 1) : 0;
  });
  return m;
}

}  // namespace espalier::inline v0::mask

#endif

// ---- espalier/objective/objective.hpp ----
// What an objective says of a layer, and the concept that all objectives model.
#ifndef ESPALIER_OBJECTIVE_OBJECTIVE_HPP
#define ESPALIER_OBJECTIVE_OBJECTIVE_HPP

namespace espalier::inline v0::objective {

/// Consecutive groups that save the same.
/// @tparam Resources  how many resources the objective counts.
template <std::size_t Resources>
struct saving_run {
  std::size_t count = 0;                         ///< how many groups
  std::array<std::int64_t, Resources> saving{};  ///< of one of them, per resource, in units of 1 / denominator
  /// What one of them saves if its weights are shared (all are their mean), 0 to `saving`; nothing unless said.
  std::array<std::int64_t, Resources> sharing{};

  friend bool operator==(const saving_run&, const saving_run&) = default;
};

/// What pruning one layer, or sharing its weights, can save.
/// @tparam Resources  how many resources the objective counts.
template <std::size_t Resources>
struct layer_savings {
  std::string note;                             ///< why nothing can be saved; empty if the layer takes part
  std::string remark;                           ///< what is worth knowing though it can: a reuse factor that moved
  structure::rule rule;                         ///< which weights form a group
  std::uint64_t reuse_factor = 1;               ///< the one that hardware really uses
  std::array<std::int64_t, Resources> usage{};  ///< of the dense layer, per resource
  std::int64_t denominator = 1;                 ///< savings are multiples of 1 / denominator, >= 1
  std::vector<saving_run<Resources>> savings;   ///< in the order of the groups

  /// @return whether pruning pays at all.
  [[nodiscard]] bool optimizable() const noexcept { return note.empty(); }
};

/// Says what is saved in hardware, or in whatever a user counts.
///
/// - `resources`: the names of what it counts, a std::array of std::string_view.
/// - `name`: its own name.
/// - called with the attributes of a layer: the layer's savings. Where pruning pays nothing, `note` says why.
template <class Objective>
concept objective = requires(const Objective& o, const attributes::layer_attributes& layer) {
  { Objective::name } -> std::convertible_to<std::string_view>;
  { Objective::resources[0] } -> std::convertible_to<std::string_view>;
  requires Objective::resources.size() > 0;
  { o(layer) } -> std::same_as<layer_savings<Objective::resources.size()>>;
};

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/detail/savings.hpp ----
// What all objectives share: the rule that applies, and savings from the sizes of groups.
#ifndef ESPALIER_OBJECTIVE_DETAIL_SAVINGS_HPP
#define ESPALIER_OBJECTIVE_DETAIL_SAVINGS_HPP

namespace espalier::inline v0::objective::detail {

/// Why a layer has nothing to count; empty if it has.
[[nodiscard]] inline std::string why_no_kernel(const attributes::layer_attributes& layer) {
  return layer.kernel_shape.rank() == 0 ? "it has no kernel" : "";
}

/// At how many positions a convolution applies its kernel; 1 for a Dense.
[[nodiscard]] inline std::size_t output_positions(const attributes::layer_attributes& layer,
                                                  std::string_view objective) {
  if (layer.kind == attributes::layer_kind::dense) {
    return 1;
  }
  const std::size_t rank = layer.kind == attributes::layer_kind::conv1d ? 2 : 3;
  if (layer.output_shape.rank() != rank || layer.output_shape.size() == 0) {
    reject<shape_error>("objective::" + std::string(objective),
                        {"layer '", layer.name, "' (", layer.kind, ") with output shape ", layer.output_shape},
                        {rank == 2 ? "(positions, filters) without a 0" : "(height, width, filters) without a 0"});
  }
  return layer.output_shape.size() / layer.output_shape.back();
}

/// Refuses a rule that the user chose and the objective cannot count for.
inline void expect_rule(bool right, const attributes::layer_attributes& layer, std::string_view objective,
                        std::string_view expected) {
  if (!right) {
    reject<argument_error>("objective::" + std::string(objective),
                           {"layer '", layer.name, "' grouped by ", *layer.grouped_by}, {expected});
  }
}

/// One run of savings for each run of equal groups; what a rule wants to stay saves nothing.
/// @param saving  called with a structure::size_run: what one of its groups saves.
template <std::size_t M, class Saving>
[[nodiscard]] std::vector<saving_run<M>> savings_of(const attributes::layer_attributes& layer,
                                                    const structure::rule& rule, Saving&& saving) {
  std::vector<saving_run<M>> result;
  for (const structure::size_run& run : structure::size_runs(rule, grouping_shape(layer))) {
    const std::array<std::int64_t, M> one = run.removable ? saving(run) : std::array<std::int64_t, M>{};
    if (result.empty() || result.back().saving != one) {
      result.push_back({0, one});
    }
    result.back().count += run.count;
  }
  return result;
}

}  // namespace espalier::inline v0::objective::detail

#endif

// ---- espalier/objective/gpu_flops.hpp ----
// The objective that counts floating-point operations, as a CPU or GPU does them for one sample.
#ifndef ESPALIER_OBJECTIVE_GPU_FLOPS_HPP
#define ESPALIER_OBJECTIVE_GPU_FLOPS_HPP

namespace espalier::inline v0::objective {

/// Multiplications and additions for one sample: Dense (2 in + 1) out; convolutions (2 height width channels + 1)
/// filters at every output position, where a DepthwiseConv2D has one channel for each filter. The bias always counts,
/// the leading axes of a Dense input do not.
///
/// Structured: a unit saves its share. Other rules of whole units (round_to) and of whole inputs (channel: the products
/// with it, not the bias) are possible. What a unit saves in the layers behind it is `chain_aware`'s to count.
struct gpu_flops {
  static constexpr std::string_view name = "gpu_flops";
  static constexpr std::array<std::string_view, 1> resources{"FLOPs"};

  /// @param layer  with its output shape, if it is a convolution.
  /// @return usage, and what each unit saves.
  /// @throws shape_error if a convolution's output shape is missing or of another rank; argument_error if the
  ///         user's own rule cuts units and inputs apart.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.rule = layer.grouped_by.value_or(structure::structured{});
    const bool by_channel = std::holds_alternative<structure::channel>(result.rule);
    const extents kernel = grouping_shape(layer);
    const auto positions = static_cast<std::int64_t>(detail::output_positions(layer, name));
    const auto units = static_cast<std::int64_t>(kernel.back());
    const auto inputs = static_cast<std::int64_t>(kernel.size()) / units;
    result.usage = {(2 * inputs + 1) * units * positions};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(run.units > 0 || by_channel, layer, name, "groups of whole units or whole inputs");
      const auto weights = static_cast<std::int64_t>(run.weights);
      return std::array<std::int64_t, 1>{(2 * weights + static_cast<std::int64_t>(run.units)) * positions};
    });
    return result;
  }
};
static_assert(objective<gpu_flops>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/chained_flops.hpp ----
// The objective that counts floating-point operations along the network: a unit answers for what reads it, too.
#ifndef ESPALIER_OBJECTIVE_CHAINED_FLOPS_HPP
#define ESPALIER_OBJECTIVE_CHAINED_FLOPS_HPP

namespace espalier::inline v0::objective {

/// The chain-aware form of gpu_flops. Without a unit the layer behind it has an input less, and multiplies less.
///
/// A product belongs half to the unit that makes its input and half to the unit that adds it up; all of it to the
/// latter, with the bias, where the input is the network's own or comes from several layers. So all savings together
/// are the network's operations, and if shares a and b of the units on both sides are kept, a b of the products remain,
/// which is at most the (a + b) / 2 that are counted: the real network is never above the budget.
/// The usage of a layer is what its units answer for.
class chained_flops {
 public:
  static constexpr std::string_view name = "chained_flops";
  static constexpr std::array<std::string_view, 1> resources{"FLOPs"};

  /// @param layers  of the network, with output shapes where they are convolutions.
  /// @throws what gpu_flops throws; argument_error if two layers have one name or an inbound name is no layer's.
  /// Complexity: O(layers^2).
  explicit chained_flops(std::span<const attributes::layer_attributes> layers) {
    for (const attributes::layer_attributes& layer : layers) {
      if (find(layer.name) != nullptr) {
        reject<argument_error>("objective::chained_flops", {"two layers with the name '", layer.name, "'"},
                               {"names that differ"});
      }
      const std::size_t units = layer.kernel_shape.rank() == 0 ? 0 : grouping_shape(layer).back();
      layers_.push_back({layer.name, units, 0});
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      add(layers[l], l);
    }
  }

  /// @param layer  one of the network's.
  /// @return usage, and what each unit saves, in halves.
  /// @throws argument_error for a layer of another network (the closest name is given), or if the user's own rule cuts
  ///         units apart.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    const known_layer* known = find(layer.name);
    if (known == nullptr) {
      reject<argument_error>("objective::chained_flops", {"layer '", layer.name, "'"},
                             {"a layer of its network, such as '", closest(layer.name), "'"});
    }
    result.rule = layer.grouped_by.value_or(structure::structured{});
    const std::int64_t of_a_unit = known->halves / static_cast<std::int64_t>(known->units);
    result.denominator = 2;
    result.usage = {(known->halves + 1) / 2};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(run.units > 0, layer, name, "groups of whole units");
      return std::array<std::int64_t, 1>{of_a_unit * static_cast<std::int64_t>(run.units)};
    });
    return result;
  }

 private:
  struct known_layer {
    std::string name;
    std::size_t units;    // 0: there is no kernel
    std::int64_t halves;  // of operations that its units answer for
  };

  /// Null if there is none.
  [[nodiscard]] const known_layer* find(const std::string& wanted) const noexcept {
    for (const known_layer& one : layers_) {
      if (one.name == wanted) {
        return &one;
      }
    }
    return nullptr;
  }
  [[nodiscard]] std::string closest(const std::string& wanted) const {
    std::vector<std::string> names;
    for (const known_layer& one : layers_) {
      names.push_back(one.name);
    }
    return std::string(closest_name(wanted, names));
  }

  /// Divides the operations of a layer between its own units and those in front of it.
  void add(const attributes::layer_attributes& layer, std::size_t place) {
    if (layer.kernel_shape.rank() == 0) {
      return;
    }
    attributes::layer_attributes own = layer;
    own.grouped_by.reset();
    const std::int64_t all = gpu_flops{}(own).usage[0];
    known_layer& here = layers_[place];
    const auto units = static_cast<std::int64_t>(here.units);
    const std::int64_t biases = units * static_cast<std::int64_t>(detail::output_positions(layer, name));
    const known_layer* before = source(layer);
    here.halves += 2 * biases + (before == nullptr ? 2 : 1) * (all - biases);
    if (before != nullptr) {
      layers_[static_cast<std::size_t>(before - layers_.data())].halves += all - biases;
    }
  }

  /// The layer whose units are the inputs of this one; null if there is not exactly one that fits.
  [[nodiscard]] const known_layer* source(const attributes::layer_attributes& layer) const {
    for (const std::string& inbound : layer.inbound) {
      if (find(inbound) == nullptr) {
        reject<argument_error>("objective::chained_flops", {"inbound layer '", inbound, "'"},
                               {"a layer of the network, such as '", closest(inbound), "'"});
      }
    }
    if (layer.inbound.size() != 1) {
      return nullptr;
    }
    const known_layer* before = find(layer.inbound.front());
    const extents kernel = grouping_shape(layer);
    const bool depthwise = layer.kind == attributes::layer_kind::depthwise_conv2d;
    const std::size_t reads = depthwise ? layer.kernel_shape[2] : kernel.size() / kernel.back();
    return before->units > 0 && reads % before->units == 0 ? before : nullptr;
  }

  std::vector<known_layer> layers_;  // few enough to look through
};
static_assert(objective<chained_flops>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/explain.hpp ----
// Says, before any training, what pruning and sharing can save in every layer and why nothing is saved where it is not.
#ifndef ESPALIER_OBJECTIVE_EXPLAIN_HPP
#define ESPALIER_OBJECTIVE_EXPLAIN_HPP

namespace espalier::inline v0::objective {

/// One line of an explanation.
struct explained_layer {
  std::string layer;                ///< its name
  std::string kind;                 ///< as Keras and hls4ml write it
  bool takes_part = false;          ///< whether pruning pays in it and the user allows it
  std::string grouping;             ///< which weights form a group; empty if it does not take part
  std::size_t groups = 0;           ///< how many
  std::vector<std::int64_t> usage;  ///< of the dense layer, per resource
  std::string saving;               ///< of one group that is pruned, such as "2 DSP, 1 BRAM" or "1/4 DSP"
  std::string sharing;              ///< of one group whose weights are shared, such as "1 to 2 BRAM" or "nothing"
  std::string why;                  ///< why nothing is saved, or what is worth knowing: a reuse factor that moved
};

/// What an objective says of a network.
struct explanation {
  std::string objective;                ///< its name
  std::vector<std::string> resources;   ///< what it counts
  std::vector<explained_layer> layers;  ///< in the order of the network
};

namespace detail {

/// A number of 1 / denominator units, reduced.
[[nodiscard]] inline std::string fraction(std::int64_t number, std::int64_t denominator) {
  const std::int64_t common = std::gcd(number, denominator);
  const std::string whole = std::to_string(number / common);
  return denominator == common ? whole : whole + "/" + std::to_string(denominator / common);
}

/// What one group saves: "2 DSP, 1 BRAM"; a range where groups differ; nothing of a resource that none saves.
/// @param what  saving_run<M>::saving or saving_run<M>::sharing.
template <std::size_t M, class Names>
[[nodiscard]] std::string describe_saving(const layer_savings<M>& savings, const Names& names,
                                          std::array<std::int64_t, M> saving_run<M>::*what) {
  std::string text;
  for (std::size_t r = 0; r < M; ++r) {
    std::int64_t least = savings.savings.empty() ? 0 : (savings.savings.front().*what)[r];
    std::int64_t most = least;
    for (const auto& run : savings.savings) {
      least = (std::min)(least, (run.*what)[r]);
      most = (std::max)(most, (run.*what)[r]);
    }
    if (most > 0) {
      text += (text.empty() ? "" : ", ") +
              (least < most ? fraction(least, savings.denominator) + " to " : std::string()) +
              fraction(most, savings.denominator) + " " + std::string(names[r]);
    }
  }
  return text.empty() ? "nothing" : text;
}

/// A table with columns as wide as their widest cell, two spaces apart.
[[nodiscard]] inline std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize((std::max)(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = (std::max)(widths[column], row[column].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace detail

/// Asks an objective about every layer, as the pruning will.
/// @param objective  what is to be saved.
/// @param layers     of a network, with their hls settings.
/// @return one line per layer.
/// @throws what the objective throws.   Complexity: that of the objective, for every layer.
template <objective Objective>
[[nodiscard]] explanation explain(const Objective& objective, std::span<const attributes::layer_attributes> layers) {
  explanation result;
  result.objective = std::string(Objective::name);
  result.resources.assign(Objective::resources.begin(), Objective::resources.end());
  for (const attributes::layer_attributes& layer : layers) {
    const auto savings = objective(layer);
    explained_layer line;
    line.layer = layer.name;
    line.kind = to_string(layer.kind);
    line.usage.assign(savings.usage.begin(), savings.usage.end());
    line.takes_part = savings.optimizable() && layer.optimizable && (layer.prune || layer.share);
    line.why = savings.optimizable() ? savings.remark : savings.note;
    if (line.takes_part) {
      line.grouping = to_string(savings.rule);
      using run = saving_run<Objective::resources.size()>;
      line.saving = detail::describe_saving(savings, Objective::resources, &run::saving);
      line.sharing = detail::describe_saving(savings, Objective::resources, &run::sharing);
      for (const auto& equal : savings.savings) {
        line.groups += equal.count;
      }
    } else if (savings.optimizable()) {
      line.why = layer.optimizable ? "no action is on" : "left alone as asked";
    }
    result.layers.push_back(std::move(line));
  }
  return result;
}

/// @param e  an explanation.
/// @return it as a table for people to read, a line for each layer.
[[nodiscard]] inline std::string to_string(const explanation& e) {
  std::vector<std::vector<std::string>> rows{{"layer", "kind"}};
  for (const std::string& resource : e.resources) {
    rows[0].push_back(resource);
  }
  for (const char* title : {"groups", "a group is", "and saves", "shared", "note"}) {
    rows[0].push_back(title);
  }
  for (const explained_layer& layer : e.layers) {
    std::vector<std::string> row{layer.layer, layer.kind};
    for (const std::int64_t usage : layer.usage) {
      row.push_back(std::to_string(usage));
    }
    row.push_back(std::to_string(layer.groups));
    row.push_back(layer.takes_part ? layer.grouping : "-");
    row.push_back(layer.takes_part ? layer.saving : "nothing");
    row.push_back(layer.takes_part ? layer.sharing : "nothing");
    row.push_back(layer.why);
    rows.push_back(std::move(row));
  }
  return detail::table(rows);
}

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/detail/join_savings.hpp ----
// Lays what several objectives count side by side.
#ifndef ESPALIER_OBJECTIVE_DETAIL_JOIN_SAVINGS_HPP
#define ESPALIER_OBJECTIVE_DETAIL_JOIN_SAVINGS_HPP

namespace espalier::inline v0::objective::detail {

/// All names in one array.
template <class... Objectives>
[[nodiscard]] constexpr auto join_resources() {
  constexpr std::size_t count = (Objectives::resources.size() + ...);
  std::array<std::string_view, count> names{};
  std::size_t next = 0;
  const auto append = [&](const auto& some) {
    for (const std::string_view one : some) {
      names[next++] = one;
    }
  };
  (append(Objectives::resources), ...);
  return names;
}

template <std::size_t Count>
[[nodiscard]] constexpr bool all_differ(const std::array<std::string_view, Count>& names) {
  for (std::size_t a = 0; a < Count; ++a) {
    for (std::size_t b = a + 1; b < Count; ++b) {
      if (names[a] == names[b]) {
        return false;
      }
    }
  }
  return true;
}

/// Lays the savings of one objective beside those of others, in common units.
template <std::size_t All>
class savings_joiner {
 public:
  template <std::size_t M>
  void add(const layer_savings<M>& one, std::size_t first_resource) {
    const std::int64_t common = std::lcm(joined_.denominator, one.denominator);
    for (auto& run : joined_.savings) {
      for (std::size_t r = 0; r < first_resource; ++r) {
        run.saving[r] *= common / joined_.denominator;
        run.sharing[r] *= common / joined_.denominator;
      }
    }
    std::vector<saving_run<All>> result;
    std::size_t place = 0;
    std::size_t done = 0;
    for (const auto& run : one.savings) {
      for (std::size_t left = run.count; left > 0;) {
        if (joined_.savings.size() == place) {
          joined_.savings.push_back({left, {}, {}});  // of the first objective
        }
        const std::size_t count = (std::min)(left, joined_.savings[place].count - done);
        saving_run<All> both{count, joined_.savings[place].saving, joined_.savings[place].sharing};
        for (std::size_t r = 0; r < M; ++r) {
          both.saving[first_resource + r] = run.saving[r] * (common / one.denominator);
          both.sharing[first_resource + r] = run.sharing[r] * (common / one.denominator);
        }
        append(result, both);
        left -= count;
        done += count;
        place += done == joined_.savings[place].count ? 1U : 0U;
        done = place < joined_.savings.size() && done < joined_.savings[place].count ? done : 0;
      }
    }
    joined_.savings = std::move(result);
    joined_.denominator = common;
  }

  [[nodiscard]] layer_savings<All>& joined() noexcept { return joined_; }

 private:
  static void append(std::vector<saving_run<All>>& runs, const saving_run<All>& run) {
    if (runs.empty() || runs.back().saving != run.saving || runs.back().sharing != run.sharing) {
      runs.push_back({0, run.saving, run.sharing});
    }
    runs.back().count += run.count;
  }

  layer_savings<All> joined_;
};

}  // namespace espalier::inline v0::objective::detail

#endif

// ---- espalier/objective/joined.hpp ----
// Joins objectives into one that counts the resources of all of them.
#ifndef ESPALIER_OBJECTIVE_JOINED_HPP
#define ESPALIER_OBJECTIVE_JOINED_HPP

namespace espalier::inline v0::objective {

/// Several objectives at once. In every layer their groupings must agree: they do if the objectives say the same rule,
/// or if one says a rule over which the others can count (parameters can over any). An objective that can save nothing
/// in a layer saves 0 there.
/// @tparam Objectives  two or more, whose resources have different names; the solver is made for four resources.
template <objective... Objectives>
class joined {
 public:
  static constexpr std::string_view name = "joined";
  static constexpr auto resources = detail::join_resources<Objectives...>();
  static_assert(sizeof...(Objectives) >= 2, "one objective needs no joining");
  static_assert(detail::all_differ(resources), "two of the objectives count a resource of the same name");

  /// @param objectives  the objectives themselves.
  explicit joined(Objectives... objectives) : objectives_(std::move(objectives)...) {}
  /// Objectives as they are without settings.
  joined() requires(std::is_default_constructible_v<Objectives>&&...) : objectives_() {}

  /// @param layer  any.
  /// @return the savings of all objectives side by side.
  /// @throws argument_error that names the layer and the two objectives whose groupings do not agree; what the
  ///         objectives throw.
  [[nodiscard]] layer_savings<resources.size()> operator()(const attributes::layer_attributes& layer) const {
    if (const auto rule = common_rule(layer)) {
      attributes::layer_attributes same = layer;
      same.grouped_by = *rule;
      return join(same);
    }
    return join(layer);
  }

 private:
  /// What one objective says, as far as rules are concerned.
  struct opinion {
    std::string_view objective;
    std::optional<structure::rule> rule;  // none if it can save nothing
  };

  [[nodiscard]] std::vector<opinion> ask(const attributes::layer_attributes& layer) const {
    std::vector<opinion> result;
    const auto one = [&](const auto& objective) {
      const auto savings = objective(layer);
      result.push_back({std::decay_t<decltype(objective)>::name,
                        savings.optimizable() ? std::optional(savings.rule) : std::nullopt});
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    return result;
  }

  /// The first rule of an objective over which all others can count; none if no objective can save anything.
  [[nodiscard]] std::optional<structure::rule> common_rule(const attributes::layer_attributes& layer) const {
    const std::vector<opinion> opinions = ask(layer);
    std::string refused;
    const opinion* first = nullptr;
    for (const opinion& one : opinions) {
      if (!one.rule) {
        continue;
      }
      attributes::layer_attributes same = layer;
      same.grouped_by = one.rule;
      const std::string_view who = who_refuses(same);
      if (who.empty()) {
        return one.rule;
      }
      first = first == nullptr ? &one : first;
      refused = refused.empty() ? std::string(who) : refused;
    }
    if (first != nullptr) {
      reject<argument_error>("objective::joined",
                             {"layer '", layer.name, "', which ", first->objective, " groups by ", *first->rule,
                              " and ", refused, " cannot"},
                             {"objectives whose groupings agree"});
    }
    return std::nullopt;
  }

  /// The first objective that cannot count over the layer's rule; empty if all can.
  [[nodiscard]] std::string_view who_refuses(const attributes::layer_attributes& layer) const {
    std::string_view who;
    const auto one = [&](const auto& objective) {
      try {
        const auto savings = objective(layer);
        const bool follows = !savings.optimizable() || savings.rule == *layer.grouped_by;
        who = who.empty() && !follows ? std::decay_t<decltype(objective)>::name : who;
      } catch (const argument_error&) {
        who = who.empty() ? std::decay_t<decltype(objective)>::name : who;
      }
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    return who;
  }

  [[nodiscard]] layer_savings<resources.size()> join(const attributes::layer_attributes& layer) const {
    detail::savings_joiner<resources.size()> joiner;
    layer_savings<resources.size()>& result = joiner.joined();
    std::string notes;
    std::size_t first_resource = 0;
    bool any = false;
    const auto one = [&](const auto& objective) {
      const auto savings = objective(layer);
      for (std::size_t r = 0; r < savings.usage.size(); ++r) {
        result.usage[first_resource + r] = savings.usage[r];
      }
      if (savings.optimizable()) {
        any = true;
        result.rule = savings.rule;
        result.reuse_factor = (std::max)(result.reuse_factor, savings.reuse_factor);
        joiner.add(savings, first_resource);
        append(result.remark, savings.remark);
      } else {
        append(notes, savings.note);
      }
      first_resource += savings.usage.size();
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    append(any ? result.remark : result.note, notes);
    return std::move(result);
  }

  static void append(std::string& text, const std::string& more) {
    if (!more.empty() && text.find(more) == std::string::npos) {
      text += (text.empty() ? "" : "; ") + more;
    }
  }

  std::tuple<Objectives...> objectives_;
};

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/parameters.hpp ----
// The objective that counts weights: every weight that is pruned saves one.
#ifndef ESPALIER_OBJECTIVE_PARAMETERS_HPP
#define ESPALIER_OBJECTIVE_PARAMETERS_HPP

namespace espalier::inline v0::objective {

/// Number of weights in kernels; unstructured, or by any rule that the user chooses for a layer.
struct parameters {
  static constexpr std::string_view name = "parameters";
  static constexpr std::array<std::string_view, 1> resources{"parameters"};

  /// @param layer  any layer with a kernel.
  /// @return usage n, and groups that save as many as they have weights; shared, all but one: the mean is stored.
  /// @throws what structure::size_runs throws for a rule that does not fit the kernel.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.rule = layer.grouped_by.value_or(structure::unstructured{});
    result.usage = {static_cast<std::int64_t>(layer.kernel_shape.size())};
    result.savings = detail::savings_of<1>(layer, result.rule, [](const structure::size_run& run) {
      return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights)};
    });
    for (saving_run<1>& run : result.savings) {
      run.sharing = {(std::max)(std::int64_t{0}, run.saving[0] - 1)};
    }
    return result;
  }
};
static_assert(objective<parameters>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/detail/vivado.hpp ----
// How hls4ml lays out multiplications with Vivado: the reuse factor really taken, multipliers, block RAM columns.
#ifndef ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP
#define ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP

namespace espalier::inline v0::objective::detail {

/// Products of fewer bits are made of look-up tables.
inline constexpr std::uint32_t narrowest_dsp_weight = 9;
/// A word of block RAM has 36 bits.
inline constexpr std::uint64_t bram_word = 36;

[[nodiscard]] constexpr std::int64_t divide_up(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<std::int64_t>(a / b + (a % b == 0 ? 0 : 1));
}

[[nodiscard]] constexpr bool is_resource(const hls::layer_config& config) noexcept {
  return config.strategy == hls::strategy::resource || config.strategy == hls::strategy::resource_unrolled;
}

/// Whether a resource strategy may take every valid reuse factor: resource_unrolled may not take n_in * n_out, but is
/// plain resource at reuse factor 1 and for a Conv2D in io_parallel.
[[nodiscard]] inline bool takes_largest(const attributes::layer_attributes& layer) noexcept {
  const hls::layer_config& config = layer.hls;
  return config.strategy == hls::strategy::resource || config.reuse_factor == 1 ||
         (layer.kind == attributes::layer_kind::conv2d && config.io_type == hls::io_type::io_parallel);
}

/// The reuse factor that hls4ml takes: only the resource strategies move to a valid one, and not
/// compressed weights.
[[nodiscard]] inline std::uint64_t real_reuse_factor(const attributes::layer_attributes& layer) {
  const hls::layer_config& config = layer.hls;
  hls::detail::expect_reuse_factor(config.reuse_factor, "objective", layer.name);
  if (!is_resource(config) || config.compression || layer.kernel_shape.rank() == 0) {
    return config.reuse_factor;
  }
  const extents kernel = grouping_shape(layer);
  const hls::matrix_size matrix{kernel.size() / kernel.back(), kernel.back()};
  auto factors = hls::valid_reuse_factors(matrix);
  if (!takes_largest(layer) && factors.size() > 1) {
    factors.pop_back();
  }
  return hls::closest_reuse_factor(factors, config.reuse_factor);
}

/// Why hls4ml's use of a layer is not known, whatever is counted; empty if it is.
[[nodiscard]] inline std::string why_unknown(const attributes::layer_attributes& layer) {
  if (layer.kernel_shape.rank() == 0) {
    return "it has no kernel";
  }
  if (layer.hls.weight_width == 0 || layer.hls.weight_width > 64) {
    reject<argument_error>("objective", {"layer '", layer.name, "' with weights of ", layer.hls.weight_width, " bits"},
                           {"1 to 64"});
  }
  if (layer.hls.compression && is_resource(layer.hls)) {
    return "what zeros save in compressed weights is not known";
  }
  if (layer.kind == attributes::layer_kind::depthwise_conv2d && is_resource(layer.hls)) {
    return "hls4ml has no resource strategy for a DepthwiseConv2D; the latency strategy would save DSPs";
  }
  return {};
}

/// Why no DSP can be saved in a layer; empty if some can.
[[nodiscard]] inline std::string why_no_dsp(const attributes::layer_attributes& layer) {
  if (std::string why = why_unknown(layer); !why.empty()) {
    return why;
  }
  if (layer.hls.strategy == hls::strategy::distributed_arithmetic) {
    return "strategy distributed_arithmetic uses no DSP";
  }
  if (layer.hls.weight_width < narrowest_dsp_weight) {
    return "weights of " + std::to_string(layer.hls.weight_width) + " bits use no DSP (fewer than 9)";
  }
  return {};
}

/// What to say of a layer that takes part: doubts about its settings, and a reuse factor that hls4ml does not take.
[[nodiscard]] inline std::string remark_on(const attributes::layer_attributes& layer, std::uint64_t real) {
  std::string remark = layer.hls.warning;
  if (real != layer.hls.reuse_factor) {
    remark += (remark.empty() ? "" : "; ") + std::string("reuse factor ") + std::to_string(layer.hls.reuse_factor) +
              " moved to " + std::to_string(real) + ", the closest that hls4ml takes";
  }
  return remark;
}

/// The pattern of a layer's multipliers: the objective's own run of rows, or the user's, which must have the same rows.
[[nodiscard]] inline structure::pattern multiplier_pattern(const attributes::layer_attributes& layer,
                                                           std::string_view objective, structure::pattern own) {
  if (!layer.grouped_by) {
    return own;
  }
  const auto* chosen = std::get_if<structure::pattern>(&*layer.grouped_by);
  expect_rule(chosen != nullptr && chosen->rows == own.rows && chosen->consecutive > 0, layer, objective,
              "a pattern of " + std::to_string(own.rows) + " rows, one for each multiplier");
  return *chosen;
}

}  // namespace espalier::inline v0::objective::detail

#endif

// ---- espalier/objective/vivado_dsp.hpp ----
// The objective that counts DSP blocks of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_DSP_HPP
#define ESPALIER_OBJECTIVE_VIVADO_DSP_HPP

namespace espalier::inline v0::objective {

/// DSP blocks: one for each multiplier, n / reuse factor of them, in weights of 9 bits and more.
///
/// Resource strategies: a group is a row, the weights of one multiplier, and saves 1; the user may choose runs of
/// several rows. Latency strategy: a weight saves exactly 1 / reuse factor of ceil(n / reuse factor); the user may
/// choose any rule. A DepthwiseConv2D has the latency strategy only.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_dsp {
  static constexpr std::string_view name = "vivado_dsp";
  static constexpr std::array<std::string_view, 1> resources{"DSP"};

  /// @param layer  with its hls settings.
  /// @return the layer's savings.
  /// @throws argument_error if the reuse factor is 0, the width not 1 to 64 bits, or the user's own rule no pattern of
  ///         the multipliers' rows.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    const std::size_t weights = layer.kernel_shape.size();
    layer_savings<1> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = detail::why_no_dsp(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.remark = detail::remark_on(layer, result.reuse_factor);
    result.usage = {detail::divide_up(weights, result.reuse_factor)};
    if (detail::is_resource(layer.hls)) {
      const std::size_t weights_in_a_row = static_cast<std::size_t>(result.reuse_factor);
      result.rule = detail::multiplier_pattern(layer, name, {weights / weights_in_a_row, 1});
      result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
        return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights / weights_in_a_row)};
      });
    } else {
      result.rule = layer.grouped_by.value_or(structure::unstructured{});
      result.denominator = static_cast<std::int64_t>(result.reuse_factor);
      result.savings = detail::savings_of<1>(layer, result.rule, [](const structure::size_run& run) {
        return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights)};
      });
    }
    return result;
  }
};
static_assert(objective<vivado_dsp>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/vivado_dsp_bram.hpp ----
// The objective that counts DSP blocks and block RAM together, of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_DSP_BRAM_HPP
#define ESPALIER_OBJECTIVE_VIVADO_DSP_BRAM_HPP

namespace espalier::inline v0::objective {

/// DSP blocks as `vivado_dsp` counts them, and the 36-bit columns of block RAM that hold the weights.
///
/// Resource strategies with a reuse factor above 1: the rows of multipliers lie side by side in columns of 36 bits, so
/// rows [a, b) of width P free ceil(b P / 36) - ceil(a P / 36) columns, those that begin in them; groups are as many
/// consecutive rows as share whole words. Rows that share their weights hold the same word, of which the first row is
/// enough: the columns that begin in the others are free, ceil(b P / 36) - ceil((a + 1) P / 36); their multipliers are
/// still needed. Otherwise the weights are in logic and only DSPs count.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_dsp_bram {
  static constexpr std::string_view name = "vivado_dsp_bram";
  static constexpr std::array<std::string_view, 2> resources{"DSP", "BRAM"};

  /// @param layer  with its hls settings.
  /// @return the layer's savings.
  /// @throws as vivado_dsp does.
  [[nodiscard]] layer_savings<2> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<2> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = detail::why_unknown(layer);
    if (!result.optimizable()) {
      return result;
    }
    const std::string no_dsp = detail::why_no_dsp(layer);
    if (detail::is_resource(layer.hls) && result.reuse_factor > 1) {
      in_block_ram(layer, no_dsp.empty(), result);
    } else if (no_dsp.empty()) {
      in_logic(layer, result);
    } else {
      result.note = no_dsp + ", and without a resource strategy and a reuse factor above 1 there is no block RAM";
    }
    if (result.optimizable()) {
      append_remark(detail::remark_on(layer, result.reuse_factor), result);
    }
    return result;
  }

 private:
  static void append_remark(const std::string& remark, layer_savings<2>& result) {
    result.remark += (result.remark.empty() || remark.empty() ? "" : "; ") + remark;
  }

  /// How many rows share whole words.
  [[nodiscard]] static std::size_t rows_in_a_group(std::uint64_t width) noexcept {
    return detail::bram_word % width == 0 ? detail::bram_word / width
                                          : static_cast<std::size_t>(detail::divide_up(2 * detail::bram_word, width));
  }

  static void in_block_ram(const attributes::layer_attributes& layer, bool with_dsp, layer_savings<2>& result) {
    const std::uint64_t width = layer.hls.weight_width;
    const std::size_t rows = layer.kernel_shape.size() / static_cast<std::size_t>(result.reuse_factor);
    const structure::pattern groups = detail::multiplier_pattern(layer, name, {rows, rows_in_a_group(width)});
    const std::size_t consecutive = (std::min)(groups.consecutive, rows);
    const auto columns_up_to = [&](std::size_t row) { return detail::divide_up(row * width, detail::bram_word); };
    result.rule = groups;
    result.usage = {with_dsp ? static_cast<std::int64_t>(rows) : 0, columns_up_to(rows)};
    for (std::size_t begin = 0; begin < rows; begin += consecutive) {
      const std::size_t end = (std::min)(begin + consecutive, rows);
      const std::array<std::int64_t, 2> saving{with_dsp ? static_cast<std::int64_t>(end - begin) : 0,
                                               columns_up_to(end) - columns_up_to(begin)};
      // The first row still holds the word that all are.
      const std::array<std::int64_t, 2> sharing{0, columns_up_to(end) - columns_up_to(begin + 1)};
      if (result.savings.empty() || result.savings.back().saving != saving ||
          result.savings.back().sharing != sharing) {
        result.savings.push_back({0, saving, sharing});
      }
      ++result.savings.back().count;
    }
  }

  static void in_logic(const attributes::layer_attributes& layer, layer_savings<2>& result) {
    result.remark = (detail::is_resource(layer.hls) ? "reuse factor 1"
                                                    : "strategy " + std::string(hls::to_string(layer.hls.strategy))) +
                    " keeps weights in logic, so only DSPs are saved";
    result.rule = layer.grouped_by.value_or(structure::unstructured{});
    result.usage = {detail::divide_up(layer.kernel_shape.size(), result.reuse_factor), 0};
    result.denominator = static_cast<std::int64_t>(result.reuse_factor);
    result.savings = detail::savings_of<2>(layer, result.rule, [](const structure::size_run& run) {
      return std::array<std::int64_t, 2>{static_cast<std::int64_t>(run.weights), 0};
    });
  }
};
static_assert(objective<vivado_dsp_bram>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/objective/vivado_ff.hpp ----
// The objective that counts flip-flops of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_FF_HPP
#define ESPALIER_OBJECTIVE_VIVADO_FF_HPP

namespace espalier::inline v0::objective {

/// Flip-flops: with the latency strategy weights are held in registers, n P of them; with io_parallel so are all output
/// elements, each of the output's width.
///
/// Resource strategies and io_parallel: structured, a unit saves its output elements (all positions of a convolution's
/// filter). Latency: unstructured, a weight saves its P bits and no output; with groups of whole units, which the user
/// may choose, outputs too. Resource strategies and io_stream: nothing that pruning could save.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_ff {
  static constexpr std::string_view name = "vivado_ff";
  static constexpr std::array<std::string_view, 1> resources{"FF"};

  /// @param layer  with its hls settings, and its output shape if io_parallel.
  /// @return the layer's savings.
  /// @throws argument_error if the reuse factor is 0, a width not 1 to 64 bits, or the user's own rule cuts units apart
  ///         where only outputs count; shape_error if an output shape is needed and missing.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = why_nothing(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.remark = detail::remark_on(layer, result.reuse_factor);
    const bool weights_count = !detail::is_resource(layer.hls);
    result.rule = layer.grouped_by.value_or(weights_count ? structure::rule(structure::unstructured{})
                                                          : structure::rule(structure::structured{}));
    const std::int64_t bits_of_weight = weights_count ? layer.hls.weight_width : 0;
    const std::int64_t bits_of_unit = output_bits_of_a_unit(layer);
    const auto bits = [&](std::size_t weights, std::size_t units) {
      return static_cast<std::int64_t>(weights) * bits_of_weight + static_cast<std::int64_t>(units) * bits_of_unit;
    };
    result.usage = {bits(layer.kernel_shape.size(), grouping_shape(layer).back())};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(weights_count || run.units > 0, layer, name, "groups of whole units");
      return std::array<std::int64_t, 1>{bits(run.weights, run.units)};
    });
    return result;
  }

 private:
  [[nodiscard]] static std::string why_nothing(const attributes::layer_attributes& layer) {
    if (std::string why = detail::why_unknown(layer); !why.empty()) {
      return why;
    }
    if (layer.hls.strategy == hls::strategy::distributed_arithmetic) {
      return "what strategy distributed_arithmetic holds in flip-flops is not known";
    }
    return detail::is_resource(layer.hls) && layer.hls.io_type == hls::io_type::io_stream
               ? "a resource strategy with io_stream holds neither weights nor outputs in flip-flops"
               : "";
  }

  /// With io_parallel all output elements are registers, as many for each unit.
  [[nodiscard]] static std::int64_t output_bits_of_a_unit(const attributes::layer_attributes& layer) {
    if (layer.hls.io_type == hls::io_type::io_stream) {
      return 0;
    }
    if (layer.output_shape.rank() == 0 || layer.output_shape.size() == 0) {
      reject<shape_error>("objective::vivado_ff",
                          {"layer '", layer.name, "' with io_parallel and output shape ", layer.output_shape},
                          {"an output shape without a 0"});
    }
    if (layer.hls.output_width == 0 || layer.hls.output_width > 64) {
      reject<argument_error>("objective::vivado_ff",
                             {"layer '", layer.name, "' with outputs of ", layer.hls.output_width, " bits"},
                             {"1 to 64"});
    }
    return static_cast<std::int64_t>(layer.output_shape.size() / layer.output_shape.back() * layer.hls.output_width);
  }
};
static_assert(objective<vivado_ff>);

}  // namespace espalier::inline v0::objective

#endif

// ---- espalier/prune/checkpoint.hpp ----
// Where the loop keeps the state of a run, so that a run that was ended goes on where it was.
#ifndef ESPALIER_PRUNE_CHECKPOINT_HPP
#define ESPALIER_PRUNE_CHECKPOINT_HPP

namespace espalier::inline v0::prune {

/// A place for one state.
///
/// - `save(bytes)`: keeps them instead of what it kept before, wholly or, if it throws, not at all.
/// - `load()`: what it keeps; empty if nothing was saved yet. Throws if that is not what was saved.
template <class Checkpoint>
concept checkpoint = requires(Checkpoint& place, std::span<const std::byte> bytes) {
  place.save(bytes);
  { place.load() } -> std::same_as<std::vector<std::byte>>;
};

/// A reference to any checkpoint, or to none.
class checkpoint_reference {
 public:
  /// No checkpoint.
  checkpoint_reference() = default;

  /// @param place  must outlive the reference.
  template <checkpoint Checkpoint>
  checkpoint_reference(Checkpoint& place)  // NOLINT(google-explicit-constructor): options.checkpoint = place
      : place_(&place),
        save_([](void* to, std::span<const std::byte> bytes) { static_cast<Checkpoint*>(to)->save(bytes); }),
        load_([](void* from) { return static_cast<Checkpoint*>(from)->load(); }) {}

  [[nodiscard]] explicit operator bool() const noexcept { return place_ != nullptr; }

  void save(std::span<const std::byte> bytes) const { save_(place_, bytes); }
  [[nodiscard]] std::vector<std::byte> load() const { return load_(place_); }

 private:
  void* place_ = nullptr;
  void (*save_)(void*, std::span<const std::byte>) = nullptr;
  std::vector<std::byte> (*load_)(void*) = nullptr;
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/prunable_model.hpp ----
// What a network must show to be pruned; a user's own classes satisfy it with two member functions.
#ifndef ESPALIER_PRUNE_PRUNABLE_MODEL_HPP
#define ESPALIER_PRUNE_PRUNABLE_MODEL_HPP

namespace espalier::inline v0::prune {

/// A network that can be pruned.
///
/// - `value_type`: float or double.
/// - `layers()`: the layers with weights to prune, in the order in which data takes them; kernel and bias are views of
///   the network's own numbers. The same layers in the same order at every call.
/// - `parameters()`: views of all numbers that training changes (kernels and biases included), so that they can be
///   saved and restored.
template <class Model>
concept prunable_model = std::floating_point<typename Model::value_type> && requires(Model& model) {
  { model.layers() } -> std::same_as<std::vector<attributes::prunable_layer<typename Model::value_type>>>;
  { model.parameters() } -> std::same_as<std::vector<std::span<typename Model::value_type>>>;
};

/// A prunable model that keeps masks itself: `set_masks(masks)`, one per layer, holds the weights from now on. After a
/// run it is told the masks of the best network, so that further training keeps to them.
template <class Model>
concept maskable_model = prunable_model<Model> &&
    requires(Model& model, std::span<const mask::weight_mask<typename Model::value_type>> masks) {
  model.set_masks(masks);
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/snapshot.hpp ----
// A copy of a model's parameters, to go back to.
#ifndef ESPALIER_PRUNE_SNAPSHOT_HPP
#define ESPALIER_PRUNE_SNAPSHOT_HPP

namespace espalier::inline v0::prune {

/// The parameters of a model at one moment.
/// @tparam Model  a prunable model.
template <prunable_model Model>
class snapshot {
 public:
  using value_type = typename Model::value_type;

  /// @param model  whose parameters to copy.   Complexity: O(parameters).
  explicit snapshot(Model& model) {
    for (const auto& view : model.parameters()) {
      saved_.emplace_back(view.begin(), view.end());
    }
  }

  /// @param values  what `values()` of another snapshot gave.
  explicit snapshot(std::vector<std::vector<value_type>> values) : saved_(std::move(values)) {}

  /// @return the numbers, as `parameters()` of the model shows them.
  [[nodiscard]] const std::vector<std::vector<value_type>>& values() const noexcept { return saved_; }

  /// Puts the parameters back.
  /// @param model  the model they came from.
  /// @throws shape_error if it has more, fewer or other parameters; the model is as before then.
  /// Complexity: O(parameters).
  void restore(Model& model) const {
    const auto views = model.parameters();
    if (!std::equal(views.begin(), views.end(), saved_.begin(), saved_.end(),
                    [](const auto& view, const auto& saved) { return view.size() == saved.size(); })) {
      reject<shape_error>("prune::snapshot", {"a model with other parameters"},
                          {"the one whose parameters were saved, or one of the same shape"});
    }
    for (std::size_t i = 0; i < saved_.size(); ++i) {
      std::copy(saved_[i].begin(), saved_[i].end(), views[i].begin());
    }
  }

 private:
  std::vector<std::vector<value_type>> saved_;
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/report/time_split.hpp ----
// Where the seconds of a run went.
#ifndef ESPALIER_REPORT_TIME_SPLIT_HPP
#define ESPALIER_REPORT_TIME_SPLIT_HPP

namespace espalier::inline v0::report {

/// The seconds of a run, by what they were spent on.
struct time_split {
  double training = 0;    ///< of the trainer, with all that it does around its epochs
  double ranking = 0;     ///< of the trainer, for gradients or Fisher information
  double selection = 0;   ///< losses of groups, knapsack and masks
  double evaluation = 0;  ///< of the trainer, for the metric
  double other = 0;       ///< saving, callbacks and the loop itself

  /// @return the parts with their names, in this order.
  [[nodiscard]] constexpr std::array<std::pair<std::string_view, double>, 5> parts() const {
    return {{{"training", training},
             {"ranking", ranking},
             {"selection", selection},
             {"evaluation", evaluation},
             {"other", other}}};
  }

  /// @return the sum of the parts.
  [[nodiscard]] constexpr double total() const { return training + ranking + selection + evaluation + other; }
};

}  // namespace espalier::inline v0::report

#endif

// ---- espalier/report/pruning_report.hpp ----
// What a pruning run did, as plain values: level by level, layer by layer, resource by resource.
#ifndef ESPALIER_REPORT_PRUNING_REPORT_HPP
#define ESPALIER_REPORT_PRUNING_REPORT_HPP

namespace espalier::inline v0::report {

/// One resource of the hardware, such as DSP blocks, over the whole network.
struct resource {
  std::string name;         ///< as the objective calls it
  std::int64_t before = 0;  ///< used by the dense network
  std::int64_t after = 0;   ///< used by the pruned network
};

/// One attempt at one target.
struct level {
  double sparsity = 0;             ///< the share of every resource that is to be freed, 0 to 1
  std::vector<std::int64_t> used;  ///< what the selection leaves, per resource
  double metric = 0;               ///< the trainer's metric after the level's training
  bool accepted = false;           ///< whether the metric was good enough
  std::string status;              ///< the knapsack's status: optimal, feasible or infeasible
  double gap = 0;                  ///< how far the knapsack can be from its optimum, relative to its bound
};

/// One prunable layer.
struct layer {
  std::string name;
  std::size_t weights = 0;           ///< in its kernel
  std::size_t weights_kept = 0;      ///< still trained, in the end
  std::size_t weights_shared = 0;    ///< with others as one value, in the end
  std::vector<std::int64_t> before;  ///< usage of the dense layer, per resource
  std::vector<std::int64_t> after;   ///< usage of the pruned layer, per resource
  std::string note;                  ///< why the layer does not take part; empty if it does
};

/// A whole run. Unless times are asked for it holds none, so that equal runs have equal reports.
struct pruning_report {
  std::string objective;            ///< what was to be saved
  double baseline = 0;              ///< the metric before pruning
  double metric = 0;                ///< the metric of the result
  std::vector<resource> resources;  ///< one per resource of the objective
  std::vector<level> levels;        ///< in the order in which they were tried
  std::vector<layer> layers;        ///< in the order of the model
  std::string ended;                ///< why the run ended, a sentence
  std::optional<time_split> times;  ///< where the time went, if that was asked for
};

}  // namespace espalier::inline v0::report

#endif

// ---- espalier/prune/found_network.hpp ----
// A network that a pruning run came by: its numbers, its masks, what it uses and how good it is.
#ifndef ESPALIER_PRUNE_FOUND_NETWORK_HPP
#define ESPALIER_PRUNE_FOUND_NETWORK_HPP

namespace espalier::inline v0::prune {

/// One network of a run; a plain value.
/// @tparam Value  float or double.
template <class Value>
struct found_network {
  std::vector<std::vector<Value>> parameters;   ///< as `parameters()` of the model shows them
  std::vector<mask::weight_mask<Value>> masks;  ///< one per layer
  std::vector<report::layer> layers;            ///< what is left of every layer
  std::vector<std::int64_t> used;               ///< of every resource
  double sparsity = 0;                          ///< the target under which it was found; 0: the dense network
  double metric = 0;                            ///< the trainer's
  bool accepted = true;                         ///< whether the run took the metric for good enough

  /// Puts the network into a model: its numbers and, if the model keeps masks, its masks.
  /// @param model  that the run was about, or one with the same parameters.
  /// @throws shape_error if it has others.   Complexity: O(parameters).
  template <prunable_model Model>
  void restore(Model& model) const {
    if constexpr (maskable_model<Model>) {
      model.set_masks(masks);
    }
    snapshot<Model>(parameters).restore(model);
  }
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/front.hpp ----
// The best networks of a run under every budget: none of them is beaten by another one that uses no more.
#ifndef ESPALIER_PRUNE_FRONT_HPP
#define ESPALIER_PRUNE_FRONT_HPP

namespace espalier::inline v0::prune {

/// Networks in the order in which they were found, rejected ones too: what is too bad for the run may be good enough
/// for a smaller device.
/// @tparam Value  float or double.
template <class Value>
class front {
 public:
  using network = found_network<Value>;

  /// @param larger_is_better  what the metric is.
  explicit front(bool larger_is_better = true) : larger_is_better_(larger_is_better) {}

  /// Takes a network in if none that uses no more is as good, and drops those that it beats in this way. One with a
  /// metric that is not finite is left out.
  /// @return whether it was taken in.   Complexity: O(networks x resources).
  bool add(network candidate) {
    if (!std::isfinite(candidate.metric)) {
      return false;
    }
    for (const network& other : networks_) {
      if (no_larger(other.used, candidate.used) && no_worse(other.metric, candidate.metric)) {
        return false;
      }
    }
    std::erase_if(networks_, [&](const network& other) {
      return no_larger(candidate.used, other.used) && no_worse(candidate.metric, other.metric);
    });
    networks_.push_back(std::move(candidate));
    return true;
  }

  [[nodiscard]] const std::vector<network>& networks() const noexcept { return networks_; }

  /// @param budget  the most that may be used of every resource.
  /// @return the best network within it, of equal ones the first; null if there is none.
  /// @throws shape_error if there are more or fewer resources.
  [[nodiscard]] const network* best_within(std::span<const std::int64_t> budget) const {
    const network* best = nullptr;
    for (const network& candidate : networks_) {
      if (candidate.used.size() != budget.size()) {
        reject<shape_error>("prune::front", {"a budget for ", budget.size(), " resources"}, {candidate.used.size()});
      }
      if (no_larger(candidate.used, budget) && (best == nullptr || !no_worse(best->metric, candidate.metric))) {
        best = &candidate;
      }
    }
    return best;
  }

 private:
  [[nodiscard]] static bool no_larger(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
    for (std::size_t r = 0; r < a.size(); ++r) {
      if (a[r] > b[r]) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool no_worse(double a, double b) const { return larger_is_better_ ? a >= b : a <= b; }

  bool larger_is_better_;
  std::vector<network> networks_;
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/regularize/regularizer.hpp ----
// The concept of a regularizer: a penalty on the weights of a layer, group by group, and its gradient.
#ifndef ESPALIER_REGULARIZE_REGULARIZER_HPP
#define ESPALIER_REGULARIZE_REGULARIZER_HPP

namespace espalier::inline v0::regularize {

/// What a regularizer says of a kernel.
/// @tparam Value  float or double.
template <class Value>
struct regularization {
  double penalty = 0;             ///< to add to the loss, >= 0
  std::vector<Value> gradient{};  ///< of the penalty, one number per weight
};

/// Called with a partition of a kernel and its weights: the penalty and its gradient.
template <class Regularizer>
concept regularizer = requires(const Regularizer& r, const structure::grouping& groups, std::span<const float> narrow,
                               std::span<const double> wide) {
  { r(groups, narrow) } -> std::same_as<regularization<float>>;
  { r(groups, wide) } -> std::same_as<regularization<double>>;
};

}  // namespace espalier::inline v0::regularize

#endif

// ---- espalier/regularize/group_norms.hpp ----
// A regularizer that draws whole groups towards zero, and the weights of a group towards each other.
#ifndef ESPALIER_REGULARIZE_GROUP_NORMS_HPP
#define ESPALIER_REGULARIZE_GROUP_NORMS_HPP

namespace espalier::inline v0::regularize {

/// Over how groups add up.
enum class norm_over_groups : std::uint8_t {
  one,  ///< the sum over groups (group lasso), which empties whole groups
  two   ///< the root of the sum of squares over groups
};

/// Settings of `group_norms`.
struct group_norms_options {
  double alpha = 0;                               ///< strength of the norms, finite, >= 0
  double beta = 0;                                ///< strength of the variances, finite, >= 0
  norm_over_groups norm = norm_over_groups::one;  ///< over the groups
};

/// alpha sum_g ||w_g||_2 + beta sum_g Var(w_g); with norm two alpha (sum_g ||w_g||_2^2)^(1/2) and
/// beta (sum_g Var(w_g)^2)^(1/2) instead. Where every weight is a group the variance is that of all weights. A filter
/// is one group. The gradient at a group of zeros is 0.
///
/// alpha prepares pruning, beta weight sharing.
/// Source: Yuan and Lin 2006, "Model selection and estimation in regression with grouped variables".
class group_norms {
 public:
  /// @param options  see group_norms_options.
  /// @throws argument_error if a strength is negative or not finite.
  explicit group_norms(const group_norms_options& options = {}) : options_(options) {
    for (const double strength : {options.alpha, options.beta}) {
      if (!(strength >= 0 && std::isfinite(strength))) {
        reject<argument_error>("regularize::group_norms", {"a strength of ", strength}, {"finite strengths >= 0"});
      }
    }
  }

  /// @return its settings.
  [[nodiscard]] const group_norms_options& options() const noexcept { return options_; }

  /// @param groups  a partition of the kernel.
  /// @param kernel  one weight per index of the partition.
  /// @return penalty and gradient.
  /// @throws shape_error if sizes differ.   Complexity: O(n).
  template <class Value>
  [[nodiscard]] regularization<Value> operator()(const structure::grouping& groups,
                                                 std::span<const Value> kernel) const;

 private:
  /// Count, mean and variance. Sums are of distances to the first weight, which are small where the variance is.
  struct distribution {
    double count = 0;
    double first = 0;
    double sum = 0;      // of distances to the first weight
    double squares = 0;  // of these

    void add(double weight) {
      first = count == 0 ? weight : first;
      count += 1;
      sum += weight - first;
      squares += (weight - first) * (weight - first);
    }
    [[nodiscard]] double mean() const { return first + sum / count; }
    [[nodiscard]] double variance() const {
      const double spread = count > 0 ? (squares - sum * sum / count) / count : 0;
      return spread > 0 ? spread : 0;
    }
  };

  struct moments {
    distribution spread{};
    double length_squared = 0;
    [[nodiscard]] double length() const { return std::sqrt(length_squared); }
  };

  template <class Value>
  [[nodiscard]] static std::vector<moments> moments_of(std::span<const std::size_t> group_of, std::size_t groups,
                                                       std::span<const Value> kernel) {
    std::vector<moments> result(groups);
    for (std::size_t index = 0; index < kernel.size(); ++index) {
      const auto weight = static_cast<double>(kernel[index]);
      moments& own = result[group_of[index]];
      own.spread.add(weight);
      own.length_squared += weight * weight;
    }
    return result;
  }

  /// The distribution of the weights of groups of one weight.
  [[nodiscard]] static distribution spread_of(const std::vector<moments>& groups) {
    distribution all;
    for (const moments& one : groups) {
      all.add(one.spread.first);
    }
    return all;
  }

  group_norms_options options_;
};

template <class Value>
regularization<Value> group_norms::operator()(const structure::grouping& groups, std::span<const Value> kernel) const {
  if (kernel.size() != groups.weights()) {
    reject<shape_error>("regularize::group_norms", {kernel.size(), " weights"},
                        {groups.weights(), ", as the groups have"});
  }
  std::vector<std::size_t> group_of(kernel.size());  // by one visit, as each is compiled for all rules
  groups.visit([own = group_of.data()](std::size_t group, std::size_t index) { own[index] = group; });
  std::vector<moments> norms = moments_of<Value>(view_of(group_of), groups.count(), kernel);
  const bool single = groups.count() == groups.weights();
  if (single) {
    const distribution all = spread_of(norms);
    for (moments& one : norms) {
      one.spread = all;
    }
  }
  const bool sum = options_.norm == norm_over_groups::one;
  double lengths = 0;
  double variances = 0;
  for (const moments& one : norms) {
    lengths += sum ? one.length() : one.length_squared;
    variances += sum ? one.spread.variance() : one.spread.variance() * one.spread.variance();
  }
  lengths = sum ? lengths : std::sqrt(lengths);
  variances = single ? norms[0].spread.variance() : sum ? variances : std::sqrt(variances);
  regularization<Value> result;
  result.penalty = options_.alpha * lengths + options_.beta * variances;
  result.gradient.resize(kernel.size());
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    const auto weight = static_cast<double>(kernel[index]);
    const moments& own = norms[group_of[index]];
    const distribution& spread = own.spread;
    const double length = sum ? own.length() : lengths;
    const double part = sum || single ? 1.0 : variances > 0 ? spread.variance() / variances : 0.0;
    result.gradient[index] = static_cast<Value>(options_.alpha * (length > 0 ? weight / length : 0.0) +
                                                options_.beta * part * 2 * (weight - spread.mean()) / spread.count);
  }
  return result;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE regularization<float> group_norms::operator()(const structure::grouping& groups,
                                                                     std::span<const float> kernel) const;
ESPALIER_COMPILED_ONCE regularization<double> group_norms::operator()(const structure::grouping& groups,
                                                                      std::span<const double> kernel) const;
#endif
static_assert(regularizer<group_norms>);

}  // namespace espalier::inline v0::regularize

#endif

// ---- espalier/regularize/layer_penalty.hpp ----
// A regularizer at work on one layer: its groups and its strengths.
#ifndef ESPALIER_REGULARIZE_LAYER_PENALTY_HPP
#define ESPALIER_REGULARIZE_LAYER_PENALTY_HPP

namespace espalier::inline v0::regularize {

/// What is added to the loss for one layer in training.
struct layer_penalty {
  std::string layer;           ///< its name
  structure::grouping groups;  ///< of its kernel
  group_norms penalty{};       ///< on these groups
};

}  // namespace espalier::inline v0::regularize

#endif

// ---- espalier/prune/trainer.hpp ----
// What the pruning loop asks of a training: fit, evaluate and, if the ranking needs them, numbers from data.
#ifndef ESPALIER_PRUNE_TRAINER_HPP
#define ESPALIER_PRUNE_TRAINER_HPP

namespace espalier::inline v0::prune {

/// What a stretch of training is for.
enum class purpose : std::uint8_t {
  level,      ///< masked, to be judged
  rewinding,  ///< unmasked, for pruned weights to grow back
  final       ///< masked, a little longer for the best network
};

/// One stretch of training inside the loop.
struct training_phase {
  std::size_t epochs = 0;  ///< how many times to go through the data
  std::size_t level = 0;   ///< how many levels were begun, this one included; for seeds and labels
  prune::purpose purpose = prune::purpose::level;
  double sparsity = 0;          ///< the target of the level, 0 to 1; in the final training that of the best network
  std::size_t first_epoch = 0;  ///< of them, done before the run was ended and gone on with
  stop_condition stop{};        ///< when it is stopped, `fit` returns early
  /// what to add to the loss; a trainer that cannot leaves it out
  std::span<const regularize::layer_penalty> penalties{};
};

/// One epoch inside the loop, of a trainer that goes epoch by epoch.
struct training_epoch {
  training_phase phase;   ///< to which it belongs
  std::size_t epoch = 0;  ///< of that phase, from 1
  double loss = 0;        ///< mean over the samples, as the trainer says
};

/// One mask per layer of a model, in the order of `layers()`.
/// @tparam Value  float or double.
template <class Value>
using masks = std::span<const mask::weight_mask<Value>>;

/// A training.
///
/// - `fit(model, masks, phase)` trains with fresh optimizer state. Weights that a mask holds must not move; without
///   masks everything is trained. Those that a mask says are trained as one move together, by the mean of their
///   gradients; if they end apart, the first of them counts. Throws numeric_error if losses or weights leave the finite
///   numbers.
/// - `evaluate(model)` returns the metric by which levels are judged, on data that is not trained on.
template <class Trainer, class Model>
concept trainer = prunable_model<Model> &&
    requires(Trainer& trainer, Model& model, masks<typename Model::value_type> held, training_phase phase) {
  trainer.fit(model, held, phase);
  { trainer.evaluate(model) } -> std::convertible_to<double>;
};

/// A trainer that gives the diagonal of the empirical Fisher information, for the ranking `fisher`.
///
/// `fisher(model)`: per layer, per weight, the mean over samples of the squared gradient of one sample's loss.
template <class Trainer, class Model>
concept fisher_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.fisher(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer that gives gradients, for the ranking `oracle`.
///
/// `gradients(model)`: per layer, per weight, the mean over mini-batches of the absolute gradient of the loss.
template <class Trainer, class Model>
concept gradient_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.gradients(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer that gives the diagonal of the Hessian of the mean loss, for the ranking `saliency`.
///
/// `curvature(model)`: per layer, per weight, the second derivative of the loss.
template <class Trainer, class Model>
concept curvature_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.curvature(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer whose training can be gone through epoch by epoch, so that the loop can tell of every epoch, end between
/// two of them, and save a run there.
///
/// `begin(model, masks, phase)` begins what `fit` would do and returns the training (it need not be movable), whose
/// `run_epoch()` goes once through the data and returns the mean loss. If the training also has `save()`, which gives
/// all that it remembers but for the model's parameters, and `load(bytes)`, a run that was ended can be gone on with
/// inside a level; else only between levels.
template <class Trainer, class Model>
concept stepwise_trainer = trainer<Trainer, Model> &&
    requires(Trainer& trainer, Model& model, masks<typename Model::value_type> held, training_phase phase) {
  { trainer.begin(model, held, phase).run_epoch() } -> std::convertible_to<double>;
};

/// A trainer that remembers something from one training to the next, such as a generator of its own:
/// `save()` gives it, `load(bytes)` brings it back.
template <class Trainer>
concept stateful_trainer = requires(Trainer& trainer, std::span<const std::byte> bytes) {
  { trainer.save() } -> std::same_as<std::vector<std::byte>>;
  trainer.load(bytes);
};

/// One thing that a saved run depends on, such as the data.
struct identity_part {
  std::string name;         ///< what an error calls it
  std::uint64_t value = 0;  ///< a fingerprint of it
};

/// A trainer that says what it depends on: `identity()`. A run that was saved under other data, seeds or settings is
/// then refused.
template <class Trainer>
concept identified_trainer = requires(const Trainer& trainer) {
  { trainer.identity() } -> std::same_as<std::vector<identity_part>>;
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/rank/ranking.hpp ----
// The concept of a ranking: what it costs to change a weight, and how the costs of a group join.
#ifndef ESPALIER_RANK_RANKING_HPP
#define ESPALIER_RANK_RANKING_HPP

namespace espalier::inline v0::rank {

/// What a ranking has to know of every weight beside the weight itself.
enum class data : std::uint8_t {
  nothing,
  gradient,          ///< of the loss, or its mean absolute value over mini-batches
  curvature,         ///< the diagonal of the Hessian
  fisher,            ///< the mean over samples of the squared gradient
  unit_scale,        ///< what unit_scales makes of the scales of a batch normalization
  activation_length  ///< what spread_over_inputs makes of the lengths of the input activations
};

/// A ranking that adds up: the loss of a group under a change of its weights is
/// finish(sum over its weights of cost(change, datum)).
///
/// - `needs`: which number per weight comes as `datum` (0 for data::nothing).
/// - `cost(change, datum)`: >= 0, and additive over weights.
/// - `finish(sum)`: does not change the order of groups within a layer.
/// - optional: `added(data)`, what is added to the datum of each weight of a layer before `cost` sees it, for a
///   std::span of the data of all of them; 0 unless said.
template <class Ranking>
concept additive_ranking = requires(const Ranking& r, double number) {
  { Ranking::needs } -> std::convertible_to<data>;
  { r.cost(number, number) } -> std::convertible_to<double>;
  { r.finish(number) } -> std::convertible_to<double>;
};

/// A ranking that looks at all groups of a kernel together, or at none of their weights.
///
/// - `prune(groups, kernel)` and `share(groups, kernel)`: one loss >= 0 per group.
template <class Ranking>
concept group_ranking = requires(const Ranking& r, const structure::grouping& groups, std::span<const double> wide,
                                 std::span<const float> narrow) {
  { r.prune(groups, wide) } -> std::same_as<std::vector<double>>;
  { r.share(groups, wide) } -> std::same_as<std::vector<double>>;
  { r.prune(groups, narrow) } -> std::same_as<std::vector<double>>;
  { r.share(groups, narrow) } -> std::same_as<std::vector<double>>;
};

/// Says what it costs to change a group of weights.
template <class Ranking>
concept ranking = additive_ranking<Ranking> || group_ranking<Ranking>;

/// What a ranking needs of every weight; a group_ranking needs nothing.
template <ranking Ranking>
inline constexpr data needs_of = data::nothing;
template <additive_ranking Ranking>
inline constexpr data needs_of<Ranking> = Ranking::needs;

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/losses.hpp ----
// What it costs to prune, and to share, each group of a kernel.
#ifndef ESPALIER_RANK_LOSSES_HPP
#define ESPALIER_RANK_LOSSES_HPP

namespace espalier::inline v0::rank {

/// A kernel with the numbers that a ranking needs.
/// @tparam Value  float or double.
template <class Value>
struct weight_data {
  std::span<const Value> kernel;  ///< one per weight, row-major
  std::span<const Value> datum;   ///< gradient, curvature or Fisher information; empty where none is needed
};

namespace detail {

template <class Value>
void expect_size(const structure::grouping& groups, std::span<const Value> numbers, const char* name) {
  if (numbers.size() != groups.weights()) {
    reject<shape_error>("rank::losses", {numbers.size(), " numbers of the ", name},
                        {groups.weights(), ", one per weight"});
  }
}

template <class Value>
void expect_finite(std::span<const Value> numbers, const char* name) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      reject<numeric_error>("rank::losses", {"number ", i, " of the ", name, " not finite"}, {"finite numbers"});
    }
  }
}

template <ranking Ranking, class Value>
void expect_sizes(const structure::grouping& groups, const weight_data<Value>& data) {
  expect_size(groups, data.kernel, "kernel");
  if constexpr (needs_of<Ranking> != data::nothing) {
    expect_size(groups, data.datum, "data");
  }
}

/// Names the number at fault.
template <ranking Ranking, class Value>
void expect_finite_data(const weight_data<Value>& data) {
  expect_finite(data.kernel, "kernel");
  if constexpr (needs_of<Ranking> != data::nothing) {
    expect_finite(data.datum, "data");
  }
}

/// Whether a number is infinite or none, by its bits, so that a loop over many can be vectorized.
[[nodiscard]] inline bool not_finite(float number) noexcept {
  constexpr std::uint32_t exponent = 0x7F800000U;
  return (std::bit_cast<std::uint32_t>(number) & exponent) == exponent;
}
[[nodiscard]] inline bool not_finite(double number) noexcept {
  constexpr std::uint64_t exponent = 0x7FF0000000000000U;
  return (std::bit_cast<std::uint64_t>(number) & exponent) == exponent;
}

/// @return what a ranking adds to the datum of each weight.
template <additive_ranking Ranking, class Value>
[[nodiscard]] double added_to(std::span<const Value> data, const Ranking& ranking) {
  if constexpr (requires { ranking.added(data); }) {
    return ranking.added(data);
  } else {
    return 0;
  }
}

/// Sums cost(change(group, weight), datum) over each group. Whether all numbers are finite is found on the way, so that
/// memory is read once.
template <additive_ranking Ranking, class Value, class Change>
[[nodiscard]] std::vector<double> sum_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                            const Ranking& ranking, Change&& change) {
  constexpr bool needs_datum = Ranking::needs != data::nothing;
  std::vector<double> sums(groups.count(), 0.0);
  double* const sum = sums.data();
  const Value* const kernel = data.kernel.data();
  const Value* const datum = data.datum.data();
  const double added = added_to(data.datum, ranking);
  unsigned broken = 0;
  groups.visit([&broken, sum, kernel, datum, added, &ranking, &change](std::size_t group, std::size_t index) {
    const Value number = needs_datum ? datum[index] : Value{0};
    broken |= static_cast<unsigned>(not_finite(kernel[index])) | static_cast<unsigned>(not_finite(number));
    sum[group] += ranking.cost(change(group, static_cast<double>(kernel[index])), static_cast<double>(number) + added);
  });
  if (broken != 0) {
    expect_finite_data<Ranking>(data);
  }
  return sums;
}

}  // namespace detail

/// Sums of the costs of pruning each group: the losses before the ranking finishes them. A group_ranking has no sums;
/// these are its losses.
/// @param groups   a partition of the kernel.
/// @param data     the kernel and, if the ranking needs it, one number per weight.
/// @param ranking  how to rank.
/// @return one sum per group.
/// @throws shape_error if sizes differ; numeric_error if a number is not finite.
/// Complexity: O(n), memory read once; that of the ranking if it looks at all groups together.
template <ranking Ranking, class Value>
[[nodiscard]] std::vector<double> prune_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                              const Ranking& ranking = {}) {
  detail::expect_sizes<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    return detail::sum_costs(groups, data, ranking, [](std::size_t, double weight) { return weight; });
  } else {
    detail::expect_finite_data<Ranking>(data);
    return ranking.prune(groups, data.kernel);
  }
}

/// Sums of the costs of sharing each group; see prune_costs.
/// @return one sum per group, measured with the same formula on the same scale as pruning.   Complexity: O(n).
template <ranking Ranking, class Value>
[[nodiscard]] std::vector<double> share_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                              const Ranking& ranking = {}) {
  detail::expect_sizes<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    const std::vector<double> means = structure::group_means<Value>(groups, data.kernel);
    return detail::sum_costs(groups, data, ranking,
                             [&](std::size_t group, double weight) { return means[group] - weight; });
  } else {
    detail::expect_finite_data<Ranking>(data);
    return ranking.share(groups, data.kernel);
  }
}

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/prune/detail/identity_of.hpp ----
// What a run depends on, so that a saved one is not gone on with under other conditions.
#ifndef ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP
#define ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP

namespace espalier::inline v0::prune::detail {

/// @return a sum of what a ranking says of some fixed weights: it stands for its type and all its settings.
template <rank::ranking Ranking>
[[nodiscard]] std::uint64_t behaviour_of_ranking(const Ranking& ranking) {
  constexpr std::array<double, 6> kernel{-1.5, 0.25, 2, -0.125, 1, -3};
  constexpr std::array<double, 6> datum{0.5, 3, 1e-3, 0, 8, 0.25};
  const structure::grouping pairs(structure::block{2, 1}, extents{6, 1});
  const auto costs = rank::prune_costs<Ranking, double>(pairs, {kernel, datum}, ranking);
  return fingerprint().template add_type<Ranking>().add(std::span<const double>(costs)).value();
}

/// Adds all settings that decide about a result, each by its name; not limits by the clock and stop requests, after
/// which a run may go on.
template <class Options>
void add_settings(const Options& o, std::vector<identity_part>& parts) {
  const auto add = [&](const char* name, const auto&... numbers) {
    fingerprint sum;
    (sum.add(numbers), ...);
    parts.push_back({name, sum.value()});
  };
  add("relative_tolerance", o.relative_tolerance);
  add("larger_is_better", o.larger_is_better);
  add("epochs", o.epochs);
  add("rewinding", o.rewinding);
  add("final_epochs", o.final_epochs);
  add("cutoff_bad_trials", o.cutoff_bad_trials);
  add("scope", o.scope);
  add("minimum_kept", o.minimum_kept);
  add("live", o.live);
  add("sharing_saves", o.sharing_saves);
  add("train_shared", o.train_shared);
  add("floor", o.floor.has_value(), o.floor.value_or(0));
  add("target", std::span<const std::int64_t>(o.target));
  add("maximum_levels", o.maximum_levels);
  add("maximum_epochs", o.maximum_epochs);
  add("limits of the knapsack", o.knapsack.work_limit, o.knapsack.memory_limit, o.knapsack.relative_gap);
  fingerprint budgets;
  for (const auto& layer : o.layers) {
    budgets.add(std::string_view(layer.layer)).add(std::span<const double>(layer.sparsity));
  }
  fingerprint strengths_of_layers;
  for (const auto& [layer, strengths] : o.regularization) {
    strengths_of_layers.add(std::string_view(layer)).add(strengths.alpha).add(strengths.beta).add(strengths.norm);
  }
  parts.push_back({"budgets of layers", budgets.value()});
  parts.push_back({"regularization", strengths_of_layers.value()});
  parts.push_back({"ranking", behaviour_of_ranking(o.valuation.ranking)});
  parts.push_back({"normalization", fingerprint().template add_type<decltype(o.valuation.normalization)>().value()});
}

/// @return the parts, in the order in which a difference is looked for.
template <class Parameters, class Layers, class Trainer, class Options>
[[nodiscard]] std::vector<identity_part> identity_of(const Parameters& parameters, const Layers& layers,
                                                     const Trainer& trainer, const Options& options) {
  using value_type = typename Parameters::value_type::value_type;
  fingerprint network;
  fingerprint weights;
  fingerprint objective;
  network.add(sizeof(value_type));
  for (const auto& parameter : parameters) {
    network.add(parameter.size());
    weights.add(std::span<const value_type>(parameter));
  }
  layers.add_to(network, objective);
  std::vector<identity_part> parts{{"layers", network.value()}};
  if constexpr (identified_trainer<Trainer>) {
    for (identity_part& part : trainer.identity()) {
      parts.push_back(std::move(part));
    }
  }
  parts.push_back({"weights before pruning", weights.value()});
  parts.push_back({"objective or hardware", objective.value()});
  add_settings(options, parts);
  return parts;
}

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/prune/layer_actions.hpp ----
// What may be done with the groups of a layer, for models whose own attributes say nothing of it.
#ifndef ESPALIER_PRUNE_LAYER_ACTIONS_HPP
#define ESPALIER_PRUNE_LAYER_ACTIONS_HPP

namespace espalier::inline v0::prune {

/// The actions of one layer, or of all layers that are not named elsewhere. Without both the layer is left alone.
struct layer_actions {
  std::string layer{};                          ///< its name; empty: all others
  bool prune = true;                            ///< may groups be pruned
  bool share = false;                           ///< may groups of two weights or more be replaced by their mean
  std::optional<structure::rule> grouped_by{};  ///< what makes its groups; none: what the model and objective say
};

/// Puts actions into what a model says of its layers.
/// @param given   in any order; of several for one layer the last counts.
/// @param layers  as the model shows them; those that no entry is for stay as they are.
/// @throws argument_error if a layer is named that does not exist.   Complexity: O(entries x layers).
template <class Value>
void apply(std::span<const layer_actions> given, std::span<attributes::prunable_layer<Value>> layers) {
  std::vector<std::string> names;
  for (const auto& layer : layers) {
    names.push_back(layer.attributes.name);
  }
  for (const bool by_name : {false, true}) {
    for (const layer_actions& one : given) {
      bool found = one.layer.empty();
      for (auto& [attributes, kernel, bias] : layers) {
        found = found || attributes.name == one.layer;
        if (by_name ? attributes.name == one.layer : one.layer.empty()) {
          attributes.prune = one.prune;
          attributes.share = one.share;
          attributes.grouped_by = one.grouped_by ? one.grouped_by : attributes.grouped_by;
        }
      }
      if (!found) {
        reject<argument_error>("prune::optimize", {"actions for a layer '", one.layer, "'"},
                               {"the name of a layer, such as '", closest_name(one.layer, names), "'"});
      }
    }
  }
}

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/rank/normalization.hpp ----
// The concept of a normalization: how the losses of different layers are put on one scale, so that a global selection
// can compare them.
#ifndef ESPALIER_RANK_NORMALIZATION_HPP
#define ESPALIER_RANK_NORMALIZATION_HPP

namespace espalier::inline v0::rank {

/// Says by what the losses of each group of a layer are divided; 0 makes them 0.
///
/// - `additive`: true if it takes the sums of costs as they are, not the finished losses (l2: the square).
/// - called with the prune-losses of a layer: one divisor per group, for its prune- and its share-loss; or a single
///   one, a double, for all of them.
template <class Normalization>
concept normalization = requires(const Normalization& n, std::span<const double> losses) {
  { Normalization::additive } -> std::convertible_to<bool>;
  {n(losses)};
  requires std::same_as<decltype(n(losses)), std::vector<double>> || std::same_as<decltype(n(losses)), double>;
};

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/select/detail/expect_candidate.hpp ----
// Checks what objectives, users and trainers say of a layer before it is valued.
#ifndef ESPALIER_SELECT_DETAIL_EXPECT_CANDIDATE_HPP
#define ESPALIER_SELECT_DETAIL_EXPECT_CANDIDATE_HPP

namespace espalier::inline v0::select::detail {

/// Why a layer does not take part though the objective could save something.
[[nodiscard]] inline std::string why_left_alone(const attributes::layer_attributes& layer, bool can_share) {
  if (!layer.optimizable) {
    return "left alone as asked";
  }
  return layer.prune || can_share ? "" : "no action is on";
}

/// An objective of the user's own may get its numbers wrong; the knapsack must not be the first to notice.
template <std::size_t M>
void expect_savings(const attributes::layer_attributes& layer, const objective::layer_savings<M>& savings,
                    std::size_t groups) {
  const auto expect = [&](bool right, const std::string& got, const std::string& expected) {
    if (!right) {
      reject<argument_error>("select::make_candidate", {"layer '", layer.name, "' with ", got}, {expected});
    }
  };
  std::size_t count = 0;
  for (const auto& run : savings.savings) {
    count += run.count;
    for (const std::int64_t saving : run.saving) {
      expect(saving >= 0, "a saving of " + std::to_string(saving), "savings >= 0");
    }
    for (std::size_t r = 0; r < M; ++r) {
      expect(run.sharing[r] >= 0 && run.sharing[r] <= run.saving[r],
             "a saving of " + std::to_string(run.sharing[r]) + " by sharing",
             "0 to what pruning saves, " + std::to_string(run.saving[r]));
    }
  }
  expect(count == groups, "savings of " + std::to_string(count) + " groups",
         std::to_string(groups) + ", as its rule makes");
  expect(savings.denominator >= 1, "denominator " + std::to_string(savings.denominator), "1 or more");
  for (const std::int64_t usage : savings.usage) {
    expect(usage >= 0, "a usage of " + std::to_string(usage), "usages >= 0");
  }
}

/// What a ranking needs of every weight, in words.
[[nodiscard]] constexpr std::string_view name_of(rank::data data) noexcept {
  switch (data) {
    case rank::data::gradient:
      return "gradient";
    case rank::data::curvature:
      return "curvature";
    case rank::data::fisher:
      return "Fisher information";
    case rank::data::unit_scale:
      return "unit scales";
    case rank::data::activation_length:
      return "activation lengths";
    case rank::data::nothing:
      break;
  }
  return "data";
}

/// Refuses numbers of another size, and, if asked to look, those that are not finite, by the layer's name.
template <class Value>
void expect_numbers(const attributes::layer_attributes& layer, std::span<const Value> numbers, std::string_view what,
                    bool look) {
  const std::string whose = "layer '" + layer.name + "' with ";
  const std::size_t weights = layer.kernel_shape.size();
  if (numbers.size() != weights) {
    reject<shape_error>("select::make_candidate", {whose, numbers.size(), " numbers of the ", what},
                        {weights, ", one per weight"});
  }
  for (std::size_t i = 0; look && i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      reject<numeric_error>("select::make_candidate", {whose, "number ", i, " of the ", what, " not finite"},
                            {"finite numbers"});
    }
  }
}

template <rank::ranking Ranking, class Value>
void expect_data(const attributes::layer_attributes& layer, const rank::weight_data<Value>& data, bool look) {
  expect_numbers(layer, data.kernel, "kernel", look);
  if constexpr (rank::needs_of<Ranking> != rank::data::nothing) {
    expect_numbers(layer, data.datum, name_of(rank::needs_of<Ranking>), look);
  }
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/rank/detail/expect_losses.hpp ----
// Checks losses that a ranking, maybe a user's own, has made.
#ifndef ESPALIER_RANK_DETAIL_EXPECT_LOSSES_HPP
#define ESPALIER_RANK_DETAIL_EXPECT_LOSSES_HPP

namespace espalier::inline v0::rank::detail {

/// @param losses  one per group.
/// @param where   module and function, for the message.
/// @param whose   what follows the group's number in the message, such as " of layer 'a'".
/// @throws argument_error that names the first group whose loss is negative or not finite.   Complexity: O(groups).
inline void expect_losses(std::span<const double> losses, std::string_view where, const std::string& whose = {}) {
  unsigned broken = 0;  // without a branch for each
  for (const double loss : losses) {
    broken |=
        static_cast<unsigned>(!(loss >= 0)) | static_cast<unsigned>(!(loss <= (std::numeric_limits<double>::max)()));
  }
  if (broken == 0) {
    return;
  }
  for (std::size_t group = 0; group < losses.size(); ++group) {
    if (!(losses[group] >= 0 && losses[group] <= (std::numeric_limits<double>::max)())) {
      reject<argument_error>(where, {"loss ", losses[group], " of group ", group, whose}, {"finite losses >= 0"});
    }
  }
}

}  // namespace espalier::inline v0::rank::detail

#endif

// ---- espalier/select/selection.hpp ----
// What goes into a selection and what comes out of it.
#ifndef ESPALIER_SELECT_SELECTION_HPP
#define ESPALIER_SELECT_SELECTION_HPP

namespace espalier::inline v0::select {

/// How the budget is spread.
enum class scope : std::uint8_t {
  global,  ///< one knapsack over all layers
  local    ///< every layer keeps within its own share
};

/// What a shared group saves, all of whose weights are their mean.
enum class sharing_saves : std::uint8_t {
  what_the_objective_says,  ///< saving_run::sharing; for most hardware that is nothing
  what_pruning_saves        ///< all that pruning would save: the assumption of hls4ml's dsp_aware_pruning
};

/// A budget of one layer, beside that of the network.
struct layer_budget {
  std::string layer;             ///< its name
  std::vector<double> sparsity;  ///< the share of each resource that it must free, 0 to 1; one entry serves all
};

/// Settings of a selection.
struct options {
  std::vector<double> sparsity{0.5};    ///< the share of each resource to free, 0 to 1; one entry serves all resources
  select::scope scope = scope::global;  ///< one budget or one per layer
  std::vector<layer_budget> layers{};   ///< budgets of single layers: beside a global one, or instead of the local one
  std::size_t minimum_kept = 0;         ///< groups that every layer that takes part keeps at least
  bool live = true;                     ///< give up groups that no path from input to output uses; global scope only
  /// what sharing saves; layers without sharing don't care
  select::sharing_saves sharing_saves = sharing_saves::what_the_objective_says;
  knapsack::solve_options knapsack{};  ///< limits of the solver
};

/// One layer with what the objective and the ranking say of it.
template <std::size_t Resources>
struct candidate {
  attributes::layer_attributes attributes;
  objective::layer_savings<Resources> savings;
  std::optional<structure::grouping> groups;  ///< none if the layer does not take part
  std::vector<double> prune;                  ///< loss of pruning each group, on the scale of all layers; may be empty
  std::vector<double> share;                  ///< loss of sharing each group, on the same scale; empty: no sharing
};

/// What is decided for one layer.
struct layer_decision {
  std::string note;                   ///< why the layer does not take part or, if it does, what was changed about it
  std::vector<mask::action> actions;  ///< one per group; empty if the layer does not take part
  std::vector<std::int64_t> usage;    ///< of the dense layer, per resource
  std::vector<std::int64_t> used;     ///< after the decision, per resource, rounded up to whole units
};

/// What is decided for a network.
struct selection {
  std::vector<layer_decision> layers;  ///< in the order of the candidates
  std::vector<std::int64_t> usage;     ///< of all layers that take part, per resource
  std::vector<std::int64_t> budget;    ///< the most that may be used, per resource
  std::vector<std::int64_t> used;      ///< what is used, per resource; fractions of layers add up before rounding
  double value = 0;  ///< sum of the losses of the kept groups; of a shared one, what pruning loses more
  double bound = 0;  ///< proven: no selection within the budget has a larger value
  knapsack::status status =
      knapsack::status::optimal;  ///< infeasible: the budget is out of reach, all that costs is pruned
  std::string out_of_reach;       ///< which resource and layer, and the least that is reachable; empty if in reach
  std::size_t live_rounds = 0;    ///< how often groups without a path were found and the selection repeated

  /// @return how far the value can be from the optimum, relative to the bound.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/select/valuation.hpp ----
// How groups are valued: by which loss, and on which scale across layers.
#ifndef ESPALIER_SELECT_VALUATION_HPP
#define ESPALIER_SELECT_VALUATION_HPP

namespace espalier::inline v0::select {

/// How groups are valued.
/// @tparam Ranking        the loss of changing a group.
/// @tparam Normalization  the common scale of the layers.
template <rank::ranking Ranking, rank::normalization Normalization>
struct valuation {
  Ranking ranking{};
  Normalization normalization{};
};

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/select/detail/value_groups.hpp ----
// Forms the groups of a layer and says what pruning and sharing them costs.
#ifndef ESPALIER_SELECT_DETAIL_VALUE_GROUPS_HPP
#define ESPALIER_SELECT_DETAIL_VALUE_GROUPS_HPP

namespace espalier::inline v0::select::detail {

/// Divides losses by the layer's divisors; x / 0 is 0.
[[nodiscard]] inline std::vector<double> divide(std::vector<double> losses, const std::vector<double>& divisors) {
  for (std::size_t group = 0; group < losses.size(); ++group) {
    losses[group] = divisors[group] > 0 ? losses[group] / divisors[group] : 0.0;
  }
  return losses;
}
[[nodiscard]] inline std::vector<double> divide(std::vector<double> losses, double divisor) {
  for (double& loss : losses) {
    loss = divisor > 0 ? loss / divisor : 0.0;
  }
  return losses;
}

/// The losses of a layer, as its normalization takes them; a ranking of the user's own may get them wrong.
template <rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] std::vector<double> finish(std::vector<double> sums, const valuation<Ranking, Normalization>& v,
                                         const std::string& layer) {
  if constexpr (rank::additive_ranking<Ranking> && !Normalization::additive) {
    for (double& sum : sums) {
      sum = v.ranking.finish(sum);
    }
  }
  rank::detail::expect_losses(view_of(sums), "select::make_candidate", " of layer '" + layer + "'");
  return sums;
}

/// The groups of a layer; where they depend on scores, these are the costs of pruning single weights.
template <class Value, rank::ranking Ranking>
[[nodiscard]] structure::grouping form_groups(const structure::rule& rule, const extents& shape,
                                              const rank::weight_data<Value>& data, const Ranking& ranking) {
  std::vector<double> scores;
  if (structure::needs_scores(rule)) {
    scores = rank::prune_costs(structure::grouping(structure::unstructured{}, shape), data, ranking);
  }
  return {rule, shape, view_of(scores)};
}

/// Calls action(group) for every group of one weight. Such a group is its own mean, so sharing it changes nothing.
template <class Action>
void visit_single_weights(const std::vector<structure::size_run>& sizes, Action&& action) {
  std::size_t group = 0;
  for (const structure::size_run& run : sizes) {
    for (const std::size_t end = group + run.count; group < end; ++group) {
      if (run.weights == 1) {
        action(group);
      }
    }
  }
}

/// Where groups can only be shared, those of one weight save nothing.
template <std::size_t M>
void withdraw_single_weights(const std::vector<structure::size_run>& sizes, objective::layer_savings<M>& savings) {
  std::vector<objective::saving_run<M>> result;
  std::vector<objective::saving_run<M>> of_group;
  for (const auto& run : savings.savings) {
    of_group.insert(of_group.end(), run.count, {1, run.saving, run.sharing});
  }
  visit_single_weights(sizes, [&](std::size_t group) { of_group[group] = {1, {}, {}}; });
  for (const auto& one : of_group) {
    if (result.empty() || result.back().saving != one.saving || result.back().sharing != one.sharing) {
      result.push_back({0, one.saving, one.sharing});
    }
    ++result.back().count;
  }
  savings.savings = std::move(result);
}

/// Forms the groups of a layer and says what pruning and sharing them costs.
template <std::size_t M, class Value, rank::ranking Ranking, rank::normalization Normalization>
void value_groups(const rank::weight_data<Value>& data, const valuation<Ranking, Normalization>& v, bool can_share,
                  candidate<M>& result) {
  const attributes::layer_attributes& layer = result.attributes;
  const extents shape = grouping_shape(layer);
  result.groups = form_groups(result.savings.rule, shape, data, v.ranking);
  std::vector<double> prune = finish(rank::prune_costs(*result.groups, data, v.ranking), v, layer.name);
  const auto divisors = v.normalization(prune);
  if (can_share) {
    result.share = divide(finish(rank::share_costs(*result.groups, data, v.ranking), v, layer.name), divisors);
  }
  if (layer.prune) {
    result.prune = divide(std::move(prune), divisors);
  }
  const std::vector<structure::size_run> sizes = structure::size_runs(result.savings.rule, shape);
  if (can_share && layer.prune) {
    visit_single_weights(sizes, [&](std::size_t group) { result.share[group] = result.prune[group]; });
  } else if (can_share) {
    withdraw_single_weights(sizes, result.savings);
  }
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/make_candidate.hpp ----
// Joins what is known of a layer, what an objective says of it and what a ranking makes of its weights.
#ifndef ESPALIER_SELECT_MAKE_CANDIDATE_HPP
#define ESPALIER_SELECT_MAKE_CANDIDATE_HPP

namespace espalier::inline v0::select {

/// @param layer      attributes of the layer.
/// @param savings    what the objective says of it.
/// @param data       its kernel and, if the ranking needs it, one number per weight.
/// @param v          ranking and normalization.
/// @return the layer, ready for `select`; without groups, and with a note, if it does not take part.
/// @throws what structure::grouping throws; by the layer's name: shape_error if the numbers are not one per weight,
///         numeric_error if one is not finite, argument_error if losses or savings are negative or not as many as there
///         are groups.
/// Complexity: O(n), and that of the normalization.
template <std::size_t M, class Value, rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] candidate<M> make_candidate(const attributes::layer_attributes& layer,
                                          objective::layer_savings<M> savings, const rank::weight_data<Value>& data,
                                          const valuation<Ranking, Normalization>& v) {
  candidate<M> result{layer, std::move(savings), {}, {}, {}};
  if (!result.savings.optimizable()) {
    return result;
  }
  std::size_t groups = 0;
  for (const structure::size_run& run : structure::size_runs(result.savings.rule, grouping_shape(layer))) {
    groups += run.count;
  }
  detail::expect_savings(layer, result.savings, groups);
  const bool can_share = layer.share && groups < layer.kernel_shape.size();  // one weight is its own mean
  result.savings.note = detail::why_left_alone(layer, can_share);
  if (!result.savings.optimizable()) {
    return result;
  }
  detail::expect_data<Ranking>(layer, data, false);
  try {
    detail::value_groups(data, v, can_share, result);
  } catch (const numeric_error&) {
    detail::expect_data<Ranking>(layer, data, true);
    throw;
  }
  return result;
}

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/select/detail/layer_knapsack.hpp ----
// A knapsack over layers: what each brings into it, in units that all share.
#ifndef ESPALIER_SELECT_DETAIL_LAYER_KNAPSACK_HPP
#define ESPALIER_SELECT_DETAIL_LAYER_KNAPSACK_HPP

namespace espalier::inline v0::select::detail {

/// What one layer brings into a knapsack. Numbers are in units that all layers of the knapsack share.
template <std::size_t M>
struct layer_share {
  std::size_t candidate = 0;
  const std::vector<double>* own_sparsity = nullptr;  ///< its own budget beside the common one; null: none
  std::vector<std::size_t> forced{};                  ///< groups that must be kept, ascending
  std::int64_t factor = 1;                            ///< from units of 1 / denominator to the common ones
  bool alike = true;                                  ///< whether all groups that save something save the same
  std::array<std::int64_t, M> stuck{};                ///< in whole units of the resource: used, but freed by no group
  std::array<std::int64_t, M> forced_use{};           ///< used by groups that must be kept
  std::vector<std::uint8_t> beyond{};                 ///< 1: a group too many for its own budget; empty: none
};

/// A budget of one layer that needs a row of its own.
struct budget_row {
  std::size_t layer = 0;  ///< its place in the knapsack
  std::size_t resource = 0;
  std::int64_t capacity = 0;
};

/// A knapsack over some layers, in units that make all savings whole numbers.
template <std::size_t M>
struct layer_knapsack {
  std::vector<layer_share<M>> layers;
  std::int64_t unit = 1;                 ///< savings are multiples of 1 / unit
  std::array<std::int64_t, M> usage{};   ///< in whole units of the resource
  std::array<std::int64_t, M> budget{};  ///< in whole units of the resource
  std::vector<double> values;            ///< one per group of all these layers
  std::vector<budget_row> own_rows;      ///< come after the rows of the common budget
  knapsack::problem<double> problem;     ///< to keep each group or not
  std::vector<std::uint8_t> shared{};    ///< the answer: 1 for a group that is shared; empty if none may be
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/sharing.hpp ----
// Settles what sharing saves before anything is decided.
#ifndef ESPALIER_SELECT_DETAIL_SHARING_HPP
#define ESPALIER_SELECT_DETAIL_SHARING_HPP

namespace espalier::inline v0::select::detail {

/// Layers, and for those where sharing is an option beside keeping and pruning the losses of it.
template <std::size_t M>
struct sharing_candidates {
  std::span<const candidate<M>> layers;
  std::span<const std::vector<double>> share;  ///< one per layer; empty where groups are only kept or changed
};

/// Leaves layers that decide between keeping and one change as such, with what this change saves.
/// @return per layer, the losses of sharing where that is a third option, with a saving of its own; else empty.
template <std::size_t M>
[[nodiscard]] std::vector<std::vector<double>> settle_sharing(std::vector<candidate<M>>& candidates,
                                                              sharing_saves what) {
  std::vector<std::vector<double>> third(candidates.size());
  if (what == sharing_saves::what_pruning_saves) {
    return third;
  }
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    candidate<M>& c = candidates[l];
    auto& runs = c.savings.savings;
    if (!c.groups || c.share.empty()) {
      continue;
    }
    if (c.prune.empty()) {
      for (auto& run : runs) {
        run.saving = run.sharing;
      }
      continue;
    }
    const bool saves = std::any_of(runs.begin(), runs.end(),
                                   [](const auto& run) { return run.sharing != std::array<std::int64_t, M>{}; });
    if (saves) {
      third[l] = std::move(c.share);
    }
    c.share.clear();  // sharing that saves nothing is worse than keeping
  }
  return third;
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/choose_actions.hpp ----
// Solves the knapsack of a selection where groups may also be shared.
#ifndef ESPALIER_SELECT_DETAIL_CHOOSE_ACTIONS_HPP
#define ESPALIER_SELECT_DETAIL_CHOOSE_ACTIONS_HPP

namespace espalier::inline v0::select::detail {

/// Gives the groups of a packed knapsack their third option, and solves it.
///
/// Counted from pruning: to prune is worth 0, to keep the loss of pruning, to share what pruning loses more than
/// sharing. Where sharing loses no less, or saves nothing, it is no option.
template <std::size_t M>
class action_chooser {
 public:
  action_chooser(const sharing_candidates<M>& candidates, layer_knapsack<M>& k) : candidates_(candidates), k_(k) {}

  /// Solves, and marks what is shared. The answer says what is kept.
  [[nodiscard]] knapsack::solution operator()(const knapsack::solve_options& options) {
    problem_.capacities = k_.problem.capacities;
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      add_layer(l);
    }
    problem_.values = values_;
    knapsack::choice_solution chosen = knapsack::choose(problem_, options);
    keep_what_fits(chosen);
    return write_down(chosen);
  }

 private:
  using saving = std::array<std::int64_t, M>;
  static constexpr std::uint32_t keep = 0;
  static constexpr std::uint32_t share = 2;

  void add_layer(std::size_t l) {
    const layer_share<M>& layer = k_.layers[l];
    const candidate<M>& c = candidates_.layers[layer.candidate];
    const std::vector<double>& losses = candidates_.share[layer.candidate];
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      saving freed = run.sharing;
      for (std::int64_t& number : freed) {
        number *= layer.factor;  // no more than what pruning frees, which was checked
      }
      for (const std::size_t end = group + run.count; group < end; ++group, ++item_) {
        const double kept = k_.values[item_];
        const bool can_share = freed != saving{} && !losses.empty() && losses[group] < kept;
        add_group(class_of(l, next_class(), can_share ? freed : saving{}), kept);
        if (problem_.options[problem_.runs.back().item_class] > share) {
          values_.push_back(kept - losses[group]);
        }
      }
    }
  }

  /// The class that the packed knapsack gives the next group.
  [[nodiscard]] std::uint32_t next_class() {
    while (taken_ == k_.problem.runs[run_].count) {
      ++run_;
      taken_ = 0;
    }
    ++taken_;
    return k_.problem.runs[run_].item_class;
  }

  void add_group(std::uint32_t its_class, double kept) {
    if (problem_.runs.empty() || problem_.runs.back().item_class != its_class) {
      problem_.runs.push_back({its_class, 0});
    }
    ++problem_.runs.back().count;
    first_.push_back(values_.size());
    values_.push_back(kept);
    if (problem_.options[its_class] > 1) {
      values_.push_back(0);
    }
  }

  /// Groups that weigh nothing are kept; others are kept, pruned or, if that frees something, shared.
  [[nodiscard]] std::uint32_t class_of(std::size_t l, std::uint32_t packed, saving freed) {
    const std::span<const std::int64_t> weights = weights_of(packed);
    const bool costs = std::any_of(weights.begin(), weights.end(), [](std::int64_t w) { return w > 0; });
    freed = costs ? freed : saving{};
    const auto next = static_cast<std::uint32_t>(problem_.options.size());
    const auto [found, is_new] = classes_.emplace(std::pair{packed, freed}, next);
    if (is_new) {
      auto& all = problem_.weights;
      first_weight_.push_back(all.size());
      problem_.options.push_back(!costs ? 1 : freed == saving{} ? share : share + 1);
      all.insert(all.end(), weights.begin(), weights.end());
      all.insert(all.end(), costs ? weights.size() : 0, 0);
      for (std::size_t row = 0; freed != saving{} && row < weights.size(); ++row) {
        all.push_back(weights[row] - freed_in(row, l, freed));
      }
    }
    return found->second;
  }

  [[nodiscard]] std::span<const std::int64_t> weights_of(std::uint32_t packed) const {
    const std::size_t rows = k_.problem.capacities.size();
    return {k_.problem.weights.data() + packed * rows, rows};
  }

  [[nodiscard]] std::int64_t freed_in(std::size_t row, std::size_t l, const saving& freed) const {
    if (row < M) {
      return freed[row];
    }
    const budget_row& own = k_.own_rows[row - M];
    return own.layer == l ? freed[own.resource] : 0;
  }

  /// Keeps groups that are worth nothing and fit all the same, as the knapsack with two options does.
  void keep_what_fits(knapsack::choice_solution& chosen) const {
    const std::size_t rows = problem_.capacities.size();
    visit([&](std::size_t group, std::uint32_t its_class) {
      const std::int64_t* kept = &problem_.weights[first_weight_[its_class]];
      const std::int64_t* now = kept + chosen.chosen[group] * rows;
      bool fits = chosen.chosen[group] != keep;
      for (std::size_t r = 0; fits && r < rows; ++r) {
        fits = kept[r] - now[r] <= problem_.capacities[r] - chosen.used[r];
      }
      for (std::size_t r = 0; fits && r < rows; ++r) {
        chosen.used[r] += kept[r] - now[r];
      }
      chosen.chosen[group] = fits ? keep : chosen.chosen[group];
    });
  }

  [[nodiscard]] knapsack::solution write_down(const knapsack::choice_solution& chosen) {
    knapsack::solution result;
    compensated_sum value;
    k_.shared.assign(item_, 0);
    for (std::size_t group = 0; group < item_; ++group) {
      value.add(values_[first_[group] + chosen.chosen[group]]);
      result.kept.push_back(chosen.chosen[group] == keep ? 1 : 0);
      k_.shared[group] = chosen.chosen[group] == share ? 1 : 0;
    }
    result.used = chosen.used;
    result.value = value.result();
    result.bound = (std::max)(chosen.bound, result.value);
    result.multipliers = chosen.multipliers;
    result.status = chosen.status;
    result.statistics = chosen.statistics;
    return result;
  }

  template <class Action>
  void visit(Action&& action) const {
    std::size_t group = 0;
    for (const knapsack::run& one : problem_.runs) {
      for (std::uint64_t i = 0; i < one.count; ++i, ++group) {
        action(group, one.item_class);
      }
    }
  }

  sharing_candidates<M> candidates_;
  layer_knapsack<M>& k_;
  knapsack::choice_problem<double> problem_;
  std::vector<double> values_;
  std::vector<std::size_t> first_;         // of each group: the place of its first value
  std::vector<std::size_t> first_weight_;  // of each class
  std::map<std::pair<std::uint32_t, saving>, std::uint32_t> classes_;
  std::size_t item_ = 0;
  std::size_t run_ = 0;  // of the packed knapsack
  std::uint64_t taken_ = 0;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/losses.hpp ----
// What a group is worth and what is done with it if it is not kept.
#ifndef ESPALIER_SELECT_DETAIL_LOSSES_HPP
#define ESPALIER_SELECT_DETAIL_LOSSES_HPP

namespace espalier::inline v0::select::detail {

/// The value of keeping a group: what the cheapest change of it would lose.
template <std::size_t M>
[[nodiscard]] double loss_of(const candidate<M>& c, std::size_t group) {
  if (!c.prune.empty() && !c.share.empty()) {
    return (std::min)(c.prune[group], c.share[group]);
  }
  return c.share.empty() ? c.prune[group] : c.share[group];
}

/// What is done with a group that is not kept; a tie means prune.
template <std::size_t M>
[[nodiscard]] mask::action change_of(const candidate<M>& c, std::size_t group) {
  const bool share = !c.share.empty() && (c.prune.empty() || c.share[group] < c.prune[group]);
  return share ? mask::action::share : mask::action::prune;
}

/// One entry per group: 1 if it saves something.
template <std::size_t M>
[[nodiscard]] std::vector<std::uint8_t> costing(const candidate<M>& c) {
  std::vector<std::uint8_t> result;
  result.reserve(c.groups->count());
  for (const auto& run : c.savings.savings) {
    result.insert(result.end(), run.count, run.saving == std::array<std::int64_t, M>{} ? 0 : 1);
  }
  return result;
}

/// Refuses losses that are missing, of another number, negative or not finite.
template <std::size_t M>
void expect_losses(const candidate<M>& c) {
  const std::string layer = " of layer '" + c.attributes.name + "'";
  if (c.prune.empty() && c.share.empty() && c.groups->count() > 0) {
    reject<argument_error>("select::select", {"no losses", layer}, {"losses of pruning, of sharing or both"});
  }
  for (const auto* losses : {&c.prune, &c.share}) {
    if (!losses->empty() && losses->size() != c.groups->count()) {
      reject<shape_error>("select::select", {losses->size(), " losses", layer}, {c.groups->count(), ", one per group"});
    }
    rank::detail::expect_losses(*losses, "select::select", layer);
  }
}

/// The groups of a layer that a filter lets through, the best first by `better(a, b)`, of equal ones the lowest first;
/// at most `count`.
template <std::size_t M, class Filter, class Better>
[[nodiscard]] std::vector<std::size_t> first_groups(const candidate<M>& c, std::size_t count, Filter&& filter,
                                                    Better&& better) {
  std::vector<std::size_t> order;
  for (std::size_t group = 0; group < c.groups->count(); ++group) {
    if (filter(group)) {
      order.push_back(group);
    }
  }
  count = (std::min)(count, order.size());
  const auto last = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), last, order.end(),
                    [&](std::size_t a, std::size_t b) { return better(a, b) || (!better(b, a) && a < b); });
  order.resize(count);
  return order;
}

/// By falling loss.
template <std::size_t M, class Filter>
[[nodiscard]] std::vector<std::size_t> most_valuable(const candidate<M>& c, std::size_t count, Filter&& filter) {
  return first_groups(c, count, filter, [&](std::size_t a, std::size_t b) { return loss_of(c, a) > loss_of(c, b); });
}

/// By what they save of the layer's usage in all resources together, the least first.
template <std::size_t M, class Filter>
[[nodiscard]] std::vector<std::size_t> cheapest(const candidate<M>& c, std::size_t count, Filter&& filter) {
  std::vector<double> costs;
  for (const auto& run : c.savings.savings) {
    double cost = 0;
    for (std::size_t r = 0; r < M; ++r) {
      cost += static_cast<double>(run.saving[r]) / static_cast<double>((std::max)(c.savings.usage[r], std::int64_t{1}));
    }
    costs.insert(costs.end(), run.count, cost);
  }
  return first_groups(c, count, filter, [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/checked.hpp ----
// Arithmetic of savings that does not overflow unnoticed.
#ifndef ESPALIER_SELECT_DETAIL_CHECKED_HPP
#define ESPALIER_SELECT_DETAIL_CHECKED_HPP

namespace espalier::inline v0::select::detail {

/// Multiplies and adds within int64, or says which layer is too large to count.
class checked {
 public:
  explicit checked(const std::string& layer) : layer_(layer) {}
  [[nodiscard]] std::int64_t product(std::int64_t a, std::int64_t b) const {
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? overflow() : result;
  }
  [[nodiscard]] std::int64_t sum(std::int64_t a, std::int64_t b) const {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? overflow() : result;
  }

 private:
  [[noreturn]] std::int64_t overflow() const {
    reject<argument_error>("select::select", {"savings of layer '", layer_, "' that no int64 holds in common units"},
                           {"reuse factors with a smaller common multiple, or smaller savings"});
  }
  const std::string& layer_;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/pack.hpp ----
// Turns layers, their savings and budgets into one knapsack problem of whole numbers.
#ifndef ESPALIER_SELECT_DETAIL_PACK_HPP
#define ESPALIER_SELECT_DETAIL_PACK_HPP

namespace espalier::inline v0::select::detail {

/// What pruning may leave of a resource: whole units, and no unit lost to a rounding of (1 - s) R.
[[nodiscard]] inline std::int64_t budget_of(std::int64_t usage, double sparsity) {
  const auto whole = static_cast<double>(usage);
  return static_cast<std::int64_t>(std::floor((1 - sparsity) * whole + (std::max)(1e-9, 1e-14 * whole)));
}

[[nodiscard]] inline double sparsity_of(const std::vector<double>& sparsity, std::size_t resource) {
  return sparsity.size() == 1 ? sparsity[0] : sparsity[resource];
}

/// Puts layers into a knapsack, one after the other.
template <std::size_t M>
class packer {
 public:
  using saving = std::array<std::int64_t, M>;

  packer(std::span<const candidate<M>> candidates, layer_knapsack<M>& k) : candidates_(candidates), k_(k) {}

  void operator()(const std::vector<double>& sparsity) {
    find_unit();
    saving taken{};
    for (layer_share<M>& layer : k_.layers) {
      measure(layer);
      for (std::size_t r = 0; r < M; ++r) {
        const std::int64_t stuck = exact(layer).product(layer.stuck[r], k_.unit);
        taken[r] = exact(layer).sum(taken[r], exact(layer).sum(stuck, layer.forced_use[r]));
      }
    }
    // The rows of the common budget come first; more are added for layers whose own budget needs them.
    for (std::size_t r = 0; r < M; ++r) {
      k_.budget[r] = budget_of(k_.usage[r], sparsity_of(sparsity, r));
      k_.problem.capacities.push_back((std::max)(std::int64_t{0}, k_.budget[r] * k_.unit - taken[r]));
    }
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      limit(l);
    }
    for (const budget_row& one : k_.own_rows) {
      k_.problem.capacities.push_back(one.capacity);
    }
    std::size_t items = 0;
    for (const layer_share<M>& layer : k_.layers) {
      items += of(layer).groups->count();
    }
    k_.values.reserve(items);
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      add_items(l);
    }
  }

 private:
  [[nodiscard]] checked exact(const layer_share<M>& layer) const { return checked(of(layer).attributes.name); }
  [[nodiscard]] const candidate<M>& of(const layer_share<M>& layer) const { return candidates_[layer.candidate]; }

  void find_unit() {
    for (const layer_share<M>& layer : k_.layers) {
      const std::int64_t denominator = of(layer).savings.denominator;
      k_.unit = exact(layer).product(k_.unit / std::gcd(k_.unit, denominator), denominator);
    }
  }

  /// Sums up what a layer uses, what none of its groups frees and what it is forced to keep.
  void measure(layer_share<M>& layer) {
    const auto& savings = of(layer).savings;
    const checked count = exact(layer);
    layer.factor = k_.unit / savings.denominator;
    saving freed{};
    saving first{};
    for (const auto& run : savings.savings) {
      first = first == saving{} ? run.saving : first;
      layer.alike = layer.alike && (run.saving == saving{} || run.saving == first);
      for (std::size_t r = 0; r < M; ++r) {
        freed[r] = count.sum(freed[r], count.product(run.saving[r], static_cast<std::int64_t>(run.count)));
      }
    }
    for (std::size_t r = 0; r < M; ++r) {
      const std::int64_t left = count.product(savings.usage[r], savings.denominator) - freed[r];
      // Less than a unit is only what rounding the usage up has added.
      layer.stuck[r] = (std::max)(std::int64_t{0}, left / savings.denominator);
      k_.usage[r] = count.sum(k_.usage[r], savings.usage[r]);
      static_cast<void>(count.product(k_.usage[r], k_.unit));  // every budget is below this
    }
    for (const std::size_t group : layer.forced) {
      const saving one = saving_of(layer, group);
      for (std::size_t r = 0; r < M; ++r) {
        layer.forced_use[r] = count.sum(layer.forced_use[r], one[r]);
      }
    }
  }

  [[nodiscard]] saving saving_of(const layer_share<M>& layer, std::size_t group) const {
    for (const auto& run : of(layer).savings.savings) {
      if (group < run.count) {
        return scaled(layer, run.saving);
      }
      group -= run.count;
    }
    return {};
  }

  [[nodiscard]] saving scaled(const layer_share<M>& layer, saving one) const {
    for (std::int64_t& number : one) {
      number = exact(layer).product(number, layer.factor);
    }
    return one;
  }

  /// Applies a layer's own budget. Where all groups that cost are alike it leaves room for so many, and these are the
  /// most valuable; only where they differ does the budget need rows of its own.
  void limit(std::size_t l) {
    layer_share<M>& layer = k_.layers[l];
    if (layer.own_sparsity == nullptr) {
      return;
    }
    const auto& savings = of(layer).savings;
    saving one{};
    for (const auto& run : savings.savings) {
      one = one == saving{} ? scaled(layer, run.saving) : one;
    }
    std::size_t most = of(layer).groups->count();
    for (std::size_t r = 0; r < M; ++r) {
      const std::int64_t budget = budget_of(savings.usage[r], sparsity_of(*layer.own_sparsity, r));
      const std::int64_t room = (std::max)(std::int64_t{0}, (budget - layer.stuck[r]) * k_.unit - layer.forced_use[r]);
      if (!layer.alike) {
        k_.own_rows.push_back({l, r, room});
      } else if (one[r] > 0) {
        most = (std::min)(most, static_cast<std::size_t>(room / one[r]));
      }
    }
    if (layer.alike) {
      mark_beyond(layer, most);
    }
  }

  /// Marks the groups that cost and are not forced, but for the most valuable ones.
  void mark_beyond(layer_share<M>& layer, std::size_t most) {
    layer.beyond = costing(of(layer));
    for (const std::size_t g : layer.forced) {
      layer.beyond[g] = 0;
    }
    const auto open = [&](std::size_t g) { return layer.beyond[g] != 0; };
    for (const std::size_t g : most_valuable(of(layer), most, open)) {
      layer.beyond[g] = 0;
    }
  }

  void add_items(std::size_t l) {
    const layer_share<M>& layer = k_.layers[l];
    std::map<saving, std::uint32_t> classes;
    auto forced = layer.forced.begin();
    std::size_t group = 0;
    for (const auto& run : of(layer).savings.savings) {
      const std::uint32_t item_class = class_of(l, scaled(layer, run.saving), classes);
      for (std::size_t end = group + run.count; group < end;) {
        const bool none_left = forced == layer.forced.end() || *forced >= end;
        const std::size_t next = none_left ? end : *forced;
        add_run(item_class, next - group);
        group = next;
        if (!none_left) {
          add_run(class_of(l, saving{}, classes), 1);  // its weight is already off the capacity
          ++group;
          ++forced;
        }
      }
    }
    add_values(layer);
  }

  /// What the groups of a layer are worth; nothing if there are too many of them.
  void add_values(const layer_share<M>& layer) {
    const candidate<M>& c = of(layer);
    const std::size_t begin = k_.values.size();
    if (c.prune.empty() || c.share.empty()) {
      const std::vector<double>& only = c.share.empty() ? c.prune : c.share;
      k_.values.insert(k_.values.end(), only.begin(), only.end());
    } else {
      for (std::size_t group = 0; group < c.prune.size(); ++group) {
        k_.values.push_back(loss_of(c, group));
      }
    }
    for (std::size_t group = 0; group < layer.beyond.size(); ++group) {
      k_.values[begin + group] = layer.beyond[group] != 0 ? 0.0 : k_.values[begin + group];
    }
  }

  void add_run(std::uint32_t item_class, std::size_t count) {
    auto& runs = k_.problem.runs;
    if (count == 0) {
      return;
    }
    if (runs.empty() || runs.back().item_class != item_class) {
      runs.push_back({item_class, 0});
    }
    runs.back().count += count;
  }

  [[nodiscard]] std::uint32_t class_of(std::size_t l, const saving& one, std::map<saving, std::uint32_t>& classes) {
    const auto next = static_cast<std::uint32_t>(k_.problem.weights.size() / k_.problem.capacities.size());
    const auto [found, is_new] = classes.emplace(one, next);
    if (is_new) {
      k_.problem.weights.insert(k_.problem.weights.end(), one.begin(), one.end());
      for (const budget_row& own : k_.own_rows) {
        k_.problem.weights.push_back(own.layer == l ? one[own.resource] : 0);
      }
    }
    return found->second;
  }

  std::span<const candidate<M>> candidates_;
  layer_knapsack<M>& k_;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/reach.hpp ----
// Says which budgets no selection can meet, and why.
#ifndef ESPALIER_SELECT_DETAIL_REACH_HPP
#define ESPALIER_SELECT_DETAIL_REACH_HPP

namespace espalier::inline v0::select::detail {

/// Says why a budget cannot be met, naming resource and layer; empty if it can.
template <std::size_t M>
class reach {
 public:
  reach(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k,
        const std::array<std::string_view, M>& names)
      : candidates_(candidates), k_(k), names_(names) {}

  [[nodiscard]] std::string why_not() const {
    for (std::size_t r = 0; r < M; ++r) {
      std::int64_t least = 0;
      std::int64_t forced = 0;
      const layer_share<M>* largest = nullptr;
      for (const layer_share<M>& layer : k_.layers) {
        least += layer.stuck[r];
        forced += layer.forced_use[r];
        largest = largest == nullptr || least_of(layer, r) > least_of(*largest, r) ? &layer : largest;
        if (layer.own_sparsity != nullptr) {
          const std::int64_t usage = candidates_[layer.candidate].savings.usage[r];
          const std::int64_t budget = budget_of(usage, sparsity_of(*layer.own_sparsity, r));
          if (std::string why = sentence(r, least_of(layer, r), budget, layer); !why.empty()) {
            return why;
          }
        }
      }
      least += in_whole_units(forced);
      if (std::string why = largest == nullptr ? "" : sentence(r, least, k_.budget[r], *largest); !why.empty()) {
        return why;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::int64_t in_whole_units(std::int64_t number) const { return (number + k_.unit - 1) / k_.unit; }
  [[nodiscard]] std::int64_t least_of(const layer_share<M>& layer, std::size_t r) const {
    return layer.stuck[r] + in_whole_units(layer.forced_use[r]);
  }
  [[nodiscard]] std::string sentence(std::size_t r, std::int64_t least, std::int64_t budget,
                                     const layer_share<M>& layer) const {
    if (least <= budget) {
      return {};
    }
    return std::string(names_[r]) + " cannot go below " + std::to_string(least) + ", the budget is " +
           std::to_string(budget) + "; layer '" + candidates_[layer.candidate].attributes.name + "' keeps " +
           std::to_string(least_of(layer, r)) + (layer.forced.empty() ? " that no group frees" : " at least");
  }

  std::span<const candidate<M>> candidates_;
  const layer_knapsack<M>& k_;
  const std::array<std::string_view, M>& names_;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/take_over.hpp ----
// Writes down what a solved knapsack keeps: actions of groups, use of layers and of the network.
#ifndef ESPALIER_SELECT_DETAIL_TAKE_OVER_HPP
#define ESPALIER_SELECT_DETAIL_TAKE_OVER_HPP

namespace espalier::inline v0::select::detail {

/// The actions of some groups of a layer.
struct acted_groups {
  std::size_t first = 0;  // the number of the first group
  std::span<mask::action> actions;
};

/// Turns what is kept into actions. Returns how many groups are kept.
template <std::size_t M>
[[nodiscard]] std::int64_t act(const candidate<M>& c, const layer_share<M>& layer, std::span<const std::uint8_t> kept,
                               acted_groups groups) {
  std::int64_t count = 0;
  if (c.share.empty() && layer.beyond.empty()) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      groups.actions[i] = kept[i] != 0 ? mask::action::keep : mask::action::prune;
      count += kept[i] != 0 ? 1 : 0;
    }
    return count;
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::size_t group = groups.first + i;
    const bool keep = kept[i] != 0 && (layer.beyond.empty() || layer.beyond[group] == 0);
    groups.actions[i] = keep ? mask::action::keep : change_of(c, group);
    count += keep ? 1 : 0;
  }
  return count;
}

/// Writes down which of the groups that are not kept are shared. Returns how many.
[[nodiscard]] inline std::int64_t share(std::span<const std::uint8_t> shared, std::span<mask::action> actions) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    actions[i] = shared[i] != 0 ? mask::action::share : actions[i];
    count += shared[i] != 0 ? 1 : 0;
  }
  return count;
}

/// Writes what a solved knapsack keeps into the decisions of its layers and into the totals.
template <std::size_t M>
void take_over(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k, const knapsack::solution& solved,
               selection& result) {
  std::size_t item = 0;
  std::array<std::int64_t, M> total{};
  for (const layer_share<M>& layer : k.layers) {
    const candidate<M>& c = candidates[layer.candidate];
    layer_decision& decision = result.layers[layer.candidate];
    decision.actions.resize(c.groups->count());
    std::array<std::int64_t, M> kept{};
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      const std::span<mask::action> actions = std::span(decision.actions).subspan(group, run.count);
      const std::int64_t count = act(c, layer, std::span(solved.kept).subspan(item, run.count), {group, actions});
      const std::int64_t shares = k.shared.empty() ? 0 : share(std::span(k.shared).subspan(item, run.count), actions);
      group += run.count;
      item += run.count;
      for (std::size_t r = 0; r < M; ++r) {
        kept[r] += count * run.saving[r] + shares * (run.saving[r] - run.sharing[r]);
      }
    }
    decision.used.resize(M);
    for (std::size_t r = 0; r < M; ++r) {
      decision.used[r] = layer.stuck[r] + (kept[r] + c.savings.denominator - 1) / c.savings.denominator;
      total[r] += kept[r] * layer.factor;
      result.used[r] += layer.stuck[r];
    }
  }
  for (std::size_t r = 0; r < M; ++r) {
    result.used[r] += (total[r] + k.unit - 1) / k.unit;
  }
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/decide.hpp ----
// Solves the knapsacks of a selection and writes down what they decide.
#ifndef ESPALIER_SELECT_DETAIL_DECIDE_HPP
#define ESPALIER_SELECT_DETAIL_DECIDE_HPP

namespace espalier::inline v0::select::detail {

/// Decides for layers, one by one or together.
template <std::size_t M>
class decider {
 public:
  decider(const sharing_candidates<M>& candidates, const options& o, const std::array<std::string_view, M>& names)
      : candidates_(candidates.layers), share_(candidates.share), options_(o), names_(names) {}

  /// One budget for all the given layers, and budgets of their own for those that have one.
  void together(const std::vector<std::size_t>& layers, selection& result) const {
    std::vector<layer_share<M>> shares;
    for (const std::size_t l : layers) {
      shares.push_back({.candidate = l, .own_sparsity = own_sparsity(l), .alike = share_[l].empty()});
    }
    run(std::move(shares), options_.sparsity, result);
  }

  /// One layer within its own budget, or else its share of the common one.
  void alone(std::size_t l, selection& result) const {
    const std::vector<double>* own = own_sparsity(l);
    std::vector<layer_share<M>> shares(1);
    shares[0].candidate = l;
    shares[0].alike = share_[l].empty();
    run(std::move(shares), own == nullptr ? options_.sparsity : *own, result);
  }

 private:
  [[nodiscard]] const std::vector<double>* own_sparsity(std::size_t l) const {
    for (const layer_budget& own : options_.layers) {
      if (own.layer == candidates_[l].attributes.name) {
        return &own.sparsity;
      }
    }
    return nullptr;
  }

  /// What has been tried so far to keep enough groups in every layer.
  struct trial {
    std::vector<layer_share<M>> layers;
    bool exact = true;      ///< whether some optimum keeps all groups that are forced
    bool cheapest = false;  ///< where groups save different amounts, force the cheapest, as others do not fit
  };

  /// Solves; where a layer keeps too few groups, forces its most valuable ones and solves again. If all groups of the
  /// layer save the same, some optimum keeps just these; else the first bound says what may be lost.
  void run(std::vector<layer_share<M>> layers, const std::vector<double>& sparsity, selection& result) const {
    double bound = std::numeric_limits<double>::infinity();
    trial state{std::move(layers)};
    for (;;) {
      layer_knapsack<M> k;
      k.layers = state.layers;
      packer<M>(candidates_, k)(sparsity);
      k.problem.values = k.values;
      knapsack::solution solved = solve(k);
      bound = state.exact ? (std::min)(bound, solved.bound) : bound;
      if (options_.minimum_kept > 0 && force_missing(k, solved, state)) {
        continue;
      }
      const std::string why = reach<M>(candidates_, k, names_).why_not();
      if (!why.empty() && !state.exact && !state.cheapest) {
        state.cheapest = true;
        for (layer_share<M>& layer : state.layers) {
          layer.forced.clear();
        }
        continue;
      }
      take_over(candidates_, k, solved, result);
      solved.status = state.exact ? solved.status : (std::max)(solved.status, knapsack::status::feasible);
      solved.bound = (std::max)(bound, solved.value);
      add(k, solved, why, result);
      return;
    }
  }

  [[nodiscard]] knapsack::solution solve(layer_knapsack<M>& k) const {
    for (const layer_share<M>& layer : k.layers) {
      if (!share_[layer.candidate].empty()) {
        return action_chooser<M>({candidates_, share_}, k)(options_.knapsack);
      }
    }
    return knapsack::solve(k.problem, options_.knapsack);
  }

  /// Forces groups in layers that keep fewer than the minimum. False if there is none.
  [[nodiscard]] bool force_missing(const layer_knapsack<M>& k, const knapsack::solution& solved, trial& state) const {
    bool any = false;
    std::size_t item = 0;
    for (std::size_t l = 0; l < state.layers.size(); ++l) {
      const layer_share<M>& layer = k.layers[l];
      const candidate<M>& c = candidates_[layer.candidate];
      const std::vector<std::uint8_t> costs = costing(c);
      std::size_t kept = 0;
      std::size_t free = 0;
      for (std::size_t group = 0; group < costs.size(); ++group, ++item) {
        kept += solved.kept[item] != 0 && (layer.beyond.empty() || layer.beyond[group] == 0) ? 1U : 0U;
        free += costs[group] == 0 ? 1U : 0U;
      }
      const std::size_t least = (std::min)(options_.minimum_kept, costs.size());
      if (kept < least) {
        const auto costs_something = [&](std::size_t group) { return costs[group] != 0; };
        std::vector<std::size_t>& forced = state.layers[l].forced;
        forced = state.cheapest && !layer.alike ? cheapest(c, least - free, costs_something)
                                                : most_valuable(c, least - free, costs_something);
        std::sort(forced.begin(), forced.end());
        state.exact = state.exact && layer.alike;
        any = true;
      }
    }
    return any;
  }

  static void add(const layer_knapsack<M>& k, const knapsack::solution& solved, const std::string& why_not,
                  selection& result) {
    for (std::size_t r = 0; r < M; ++r) {
      result.usage[r] += k.usage[r];
      result.budget[r] += k.budget[r];
    }
    result.value += solved.value;
    result.bound += solved.bound;
    result.status = (std::max)(result.status, why_not.empty() ? solved.status : knapsack::status::infeasible);
    result.out_of_reach = result.out_of_reach.empty() ? why_not : result.out_of_reach;
  }

  std::span<const candidate<M>> candidates_;
  std::span<const std::vector<double>> share_;
  const options& options_;
  const std::array<std::string_view, M>& names_;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/detail/expect.hpp ----
// Checks what a selection is asked before it is made.
#ifndef ESPALIER_SELECT_DETAIL_EXPECT_HPP
#define ESPALIER_SELECT_DETAIL_EXPECT_HPP

namespace espalier::inline v0::select::detail {

inline void expect_sparsity(const std::vector<double>& sparsity, std::size_t resources, const std::string& whose) {
  if (sparsity.size() != 1 && sparsity.size() != resources) {
    reject<shape_error>("select::select", {sparsity.size(), " sparsities", whose},
                        {"1 or ", resources, ", one per resource"});
  }
  for (const double s : sparsity) {
    if (!(s >= 0 && s <= 1)) {
      reject<argument_error>("select::select", {"sparsity ", s, whose}, {"0 to 1"});
    }
  }
}

template <std::size_t M>
void expect_options(std::span<const candidate<M>> candidates, const options& o) {
  expect_sparsity(o.sparsity, M, "");
  std::vector<std::string> names;
  for (const candidate<M>& c : candidates) {
    names.push_back(c.attributes.name);
    if (c.groups) {
      expect_losses(c);
    }
  }
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    reject<argument_error>("select::select", {"two layers with the name '", *twice, "'"}, {"names that differ"});
  }
  for (const layer_budget& own : o.layers) {
    expect_sparsity(own.sparsity, M, " of layer '" + own.layer + "'");
    if (std::find(names.begin(), names.end(), own.layer) == names.end()) {
      reject<argument_error>("select::select", {"a budget of layer '", own.layer, "'"},
                             {"the name of a layer, such as '", closest_name(own.layer, names), "'"});
    }
  }
}

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/connection.hpp ----
// A layer of a network with the weights that are left of it.
#ifndef ESPALIER_SELECT_CONNECTION_HPP
#define ESPALIER_SELECT_CONNECTION_HPP

namespace espalier::inline v0::select {

/// One layer of a network with the weights that are left of it.
struct connection {
  const attributes::layer_attributes* layer = nullptr;
  std::vector<std::uint8_t> present;  ///< one per weight: 1 if it is not pruned
};

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/select/detail/path_finder.hpp ----
// Follows paths through the units of a network.
#ifndef ESPALIER_SELECT_DETAIL_PATH_FINDER_HPP
#define ESPALIER_SELECT_DETAIL_PATH_FINDER_HPP

namespace espalier::inline v0::select::detail {

/// Follows paths through the units (neurons, filters) of a network. The inputs of a kernel are mapped to the units of
/// the one layer before it; flattening keeps channels fastest, so input i comes from channel i mod channels. A unit of
/// a DepthwiseConv2D reads the one channel it belongs to.
class path_finder {
 public:
  explicit path_finder(const std::vector<connection>& layers) : layers_(layers), views_(layers.size()) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      if (place_of(layers[l].layer->name) != l) {
        reject<argument_error>("select::live_weights", {"two layers with the name '", layers[l].layer->name, "'"},
                               {"names that differ"});
      }
      expect_weights(layers[l]);
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      look_at(l);
    }
    mark_ends();
    for (std::size_t l = 0; l < layers.size(); ++l) {
      reach(l);
    }
    for (std::size_t l = layers.size(); l-- > 0;) {
      use(l);
    }
  }

  /// Marks the weights of a layer that lie on a path from an input to an output.
  [[nodiscard]] std::vector<std::uint8_t> live(std::size_t l) const {
    std::vector<std::uint8_t> result(layers_[l].present.size(), 0);
    visit(l, [&](std::size_t input, std::size_t output, std::size_t index) {
      result[index] = reached_input(l, input, output) && views_[l].useful[output] != 0 ? 1 : 0;
    });
    return result;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// A layer as paths see it.
  struct view {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    std::size_t multiplier = 0;         // of a DepthwiseConv2D, else 0
    std::size_t before = none;          // the layer whose units are the inputs
    std::vector<std::uint8_t> reached;  // per unit: from an input of the network
    std::vector<std::uint8_t> useful;   // per unit: to an output
  };

  static void expect_weights(const connection& c) {
    if (c.present.size() != c.layer->kernel_shape.size()) {
      reject<shape_error>("select::live_weights", {c.present.size(), " weights of layer '", c.layer->name, "'"},
                          {c.layer->kernel_shape.size(), ", as its kernel has"});
    }
  }

  /// The first layer with a name: layers are too few for more than a look at each.
  [[nodiscard]] std::size_t place_of(const std::string& name) const {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (layers_[l].layer->name == name) {
        return l;
      }
    }
    reject<argument_error>("select::live_weights", {"inbound layer '", name, "'"}, {"the name of a layer"});
  }

  void look_at(std::size_t l) {
    const attributes::layer_attributes& layer = *layers_[l].layer;
    view& v = views_[l];
    const extents kernel = grouping_shape(layer);
    v.outputs = kernel.back();
    v.inputs = kernel.size() / v.outputs;
    v.multiplier = layer.kind == attributes::layer_kind::depthwise_conv2d ? layer.kernel_shape.back() : 0;
    v.reached.assign(v.outputs, 0);
    v.useful.assign(v.outputs, 0);
    if (layer.inbound.size() == 1) {
      const std::size_t from = place_of(layer.inbound.front());
      v.before = from < l && fits(v, grouping_shape(*layers_[from].layer).back()) ? from : none;
    }
  }

  [[nodiscard]] static bool fits(const view& v, std::size_t units_before) noexcept {
    return v.multiplier == 0 ? v.inputs % units_before == 0 : v.outputs == units_before * v.multiplier;
  }

  /// Layers that none reads make outputs. Where it is not known which unit feeds which input, all count as connected.
  void mark_ends() {
    std::vector<std::uint8_t> read(layers_.size(), 0);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (const std::string& name : layers_[l].layer->inbound) {
        const std::size_t from = place_of(name);
        read[from] = 1;
        if (views_[l].before == none) {
          views_[from].useful.assign(views_[from].outputs, 1);
        }
      }
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (read[l] == 0) {
        views_[l].useful.assign(views_[l].outputs, 1);
      }
    }
  }

  [[nodiscard]] std::size_t unit_before(std::size_t l, std::size_t input, std::size_t output) const {
    const view& v = views_[l];
    return v.multiplier == 0 ? input % views_[v.before].outputs : output / v.multiplier;
  }
  [[nodiscard]] bool reached_input(std::size_t l, std::size_t input, std::size_t output) const {
    const std::size_t before = views_[l].before;
    return before == none || views_[before].reached[unit_before(l, input, output)] != 0;
  }

  /// Goes through the weights of a layer that are present.
  template <class Action>
  void visit(std::size_t l, Action&& action) const {
    std::size_t index = 0;
    for (std::size_t input = 0; input < views_[l].inputs; ++input) {
      for (std::size_t output = 0; output < views_[l].outputs; ++output, ++index) {
        if (layers_[l].present[index] != 0) {
          action(input, output, index);
        }
      }
    }
  }

  void reach(std::size_t l) {
    visit(l, [&](std::size_t input, std::size_t output, std::size_t /*index*/) {
      if (reached_input(l, input, output)) {
        views_[l].reached[output] = 1;
      }
    });
  }

  void use(std::size_t l) {
    const std::size_t before = views_[l].before;
    if (before == none) {
      return;
    }
    visit(l, [&](std::size_t input, std::size_t output, std::size_t /*index*/) {
      if (views_[l].useful[output] != 0) {
        views_[before].useful[unit_before(l, input, output)] = 1;
      }
    });
  }

  const std::vector<connection>& layers_;
  std::vector<view> views_;
};

}  // namespace espalier::inline v0::select::detail

#endif

// ---- espalier/select/live_weights.hpp ----
// Finds weights that cannot matter, because no path leads through them from an input to an output.
#ifndef ESPALIER_SELECT_LIVE_WEIGHTS_HPP
#define ESPALIER_SELECT_LIVE_WEIGHTS_HPP

namespace espalier::inline v0::select {

/// Marks the weights that lie on a path from an input of the network to an output.
/// @param layers  in an order in which data can take them.
/// @return per layer, per weight, 1 if it is present and live.
/// @throws shape_error if a layer has not one entry per weight; argument_error if two layers have one name or an
///         inbound name is no layer's.
/// Complexity: O(weights).
[[nodiscard]] inline std::vector<std::vector<std::uint8_t>> live_weights(const std::vector<connection>& layers) {
  const detail::path_finder paths(layers);
  std::vector<std::vector<std::uint8_t>> live;
  live.reserve(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    live.push_back(paths.live(l));
  }
  return live;
}

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/select/select.hpp ----
// Decides which groups of a network to keep, so that its resources stay within a budget at the least loss.
#ifndef ESPALIER_SELECT_SELECT_HPP
#define ESPALIER_SELECT_SELECT_HPP

namespace espalier::inline v0::select {

namespace detail {

template <std::size_t M>
[[nodiscard]] selection empty_selection(std::span<const candidate<M>> candidates) {
  selection result;
  result.usage.assign(M, 0);
  result.budget.assign(M, 0);
  result.used.assign(M, 0);
  for (const candidate<M>& c : candidates) {
    const std::vector<std::int64_t> usage(c.savings.usage.begin(), c.savings.usage.end());
    result.layers.push_back({c.groups ? c.savings.remark : c.savings.note, {}, usage, usage});
  }
  return result;
}

/// Sets the losses of kept and of shared groups without a live weight to 0. False if there is none.
template <std::size_t M>
[[nodiscard]] bool devalue_dead_groups(std::vector<candidate<M>>& candidates, const selection& chosen) {
  std::vector<connection> network;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    network.push_back(
        {&candidates[l].attributes, std::vector<std::uint8_t>(candidates[l].attributes.kernel_shape.size(), 1)});
    if (candidates[l].groups) {
      candidates[l].groups->visit([&](std::size_t group, std::size_t index) {
        network[l].present[index] = chosen.layers[l].actions[group] == mask::action::prune ? 0 : 1;
      });
    }
  }
  const auto live = live_weights(network);
  bool any = false;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    candidate<M>& c = candidates[l];
    if (!c.groups || c.prune.empty()) {
      continue;
    }
    std::vector<std::uint8_t> alive(c.groups->count(), 0);
    c.groups->visit([&](std::size_t group, std::size_t index) { alive[group] |= live[l][index]; });
    for (std::size_t group = 0; group < alive.size(); ++group) {
      if (alive[group] == 0 && chosen.layers[l].actions[group] != mask::action::prune && c.prune[group] > 0) {
        c.prune[group] = 0;
        any = true;
      }
    }
  }
  return any;
}

}  // namespace detail

/// Chooses what to keep in every layer: the largest sum of losses of kept groups within (1 - sparsity) of the usage of
/// all layers that take part, in every resource. Where a layer may be pruned and shared, each group is kept, shared or
/// pruned: a shared one is worth what pruning it would lose more, and frees what `options::sharing_saves` says. Under
/// `what_pruning_saves` what is not kept takes its cheaper action; a tie means prune.
/// @param candidates  the layers of a network, in the order in which data takes them.
/// @param o           sparsity, scope, budgets of single layers, limits.
/// @param names       the resources' names, for messages.
/// @return the decision with the knapsack's value, bound and status. If a budget is out of reach, all that costs (but
///         the minimum of groups, if one was asked for) is pruned and out_of_reach says why. With a minimum of groups
///         in a layer whose groups save different amounts or may be shared, the status may be feasible (the bound says
///         how much may be lost), and with several resources such a minimum may be said to be out of reach though
///         others would fit.
/// @throws argument_error for a sparsity outside 0 to 1, losses that are missing, negative or not finite, two layers of
///         one name, a budget of an unknown layer, or savings that overflow; shape_error if sizes differ; what
///         knapsack::solve throws.
/// Complexity: that of the knapsack, at most 30 times over if groups without a path have to be given up.
template <std::size_t M>
[[nodiscard]] selection select(std::vector<candidate<M>> candidates, const options& o,
                               const std::array<std::string_view, M>& names) {
  const std::span<const candidate<M>> layers = candidates;
  detail::expect_options(layers, o);
  std::vector<std::size_t> taking_part;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    if (candidates[l].groups) {
      taking_part.push_back(l);
    }
  }
  const auto share = detail::settle_sharing<M>(candidates, o.sharing_saves);
  const detail::decider<M> decide({layers, share}, o, names);
  if (o.scope == scope::local) {
    selection result = detail::empty_selection(layers);
    for (const std::size_t l : taking_part) {
      decide.alone(l, result);
    }
    return result;
  }
  constexpr std::size_t most_rounds = 30;
  for (std::size_t round = 0;; ++round) {
    selection result = detail::empty_selection(layers);
    decide.together(taking_part, result);
    result.live_rounds = round;
    if (!o.live || round == most_rounds || !detail::devalue_dead_groups(candidates, result)) {
      return result;
    }
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE selection select<1>(std::vector<candidate<1>> candidates, const options& o,
                                           const std::array<std::string_view, 1>& names);
ESPALIER_COMPILED_ONCE selection select<2>(std::vector<candidate<2>> candidates, const options& o,
                                           const std::array<std::string_view, 2>& names);
#endif

}  // namespace espalier::inline v0::select

#endif

// ---- espalier/prune/detail/layer_selector.hpp ----
// The layers of one model under one objective: what to keep of them at a target, and what that leaves of them.
#ifndef ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP
#define ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP

namespace espalier::inline v0::prune::detail {

/// What is to be kept at a target.
template <class Value>
struct decision {
  found_network<Value> network;  ///< masks and what they leave; not trained yet, so without numbers and metric
  report::level level;           ///< target, usage and the solver's status, without metric
  std::string out_of_reach;      ///< see select::selection
};

template <class Model, class Trainer, class Objective, class Options>
class layer_selector {
 public:
  using value_type = typename Model::value_type;

  /// Checks the model, and that the objective takes its layers, before any training depends on it.
  layer_selector(Model& model, const Objective& objective, const Options& options)
      : options_(options), layers_(model.layers()) {
    apply<value_type>(options_.actions, layers_);
    for (auto& layer : layers_) {
      if (options_.hls) {
        layer.attributes.hls = options_.hls->of(layer.attributes.name, to_string(layer.attributes.kind));
      }
    }
    validate();
    for (const auto& layer : layers_) {
      savings_.push_back(objective(layer.attributes));
    }
  }

  /// Throws if a kernel holds a number that is not finite, with the layer's name.
  void validate() const { attributes::validate(std::span<const attributes::prunable_layer<value_type>>(layers_)); }

  /// @return the dense network, without its numbers and metric.
  [[nodiscard]] found_network<value_type> keep_everything() const {
    found_network<value_type> all;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      all.masks.push_back(mask::keep_all<value_type>(layers_[l].kernel.size()));
      all.layers.push_back(describe_dense(l));
    }
    all.used = sum_of(all.layers, &report::layer::before);
    return all;
  }

  /// @return what the ranking wants to know of every weight; empty if that is nothing.
  [[nodiscard]] static std::vector<std::vector<value_type>> ranking_data(Model& model, Trainer& trainer) {
    using ranking = decltype(Options::valuation.ranking);
    if constexpr (rank::needs_of<ranking> == rank::data::fisher) {
      static_assert(fisher_trainer<Trainer, Model>, "this ranking needs fisher(model) from the trainer");
      return trainer.fisher(model);
    } else if constexpr (rank::needs_of<ranking> == rank::data::gradient) {
      static_assert(gradient_trainer<Trainer, Model>, "this ranking needs gradients(model) from the trainer");
      return trainer.gradients(model);
    } else if constexpr (rank::needs_of<ranking> == rank::data::curvature) {
      static_assert(curvature_trainer<Trainer, Model>, "this ranking needs curvature(model) from the trainer");
      return trainer.curvature(model);
    } else {
      static_assert(rank::needs_of<ranking> == rank::data::nothing, "no trainer gives what this ranking needs");
      return {};
    }
  }

  /// Selects what to keep of the weights as they are now.
  /// @param data  what ranking_data gave for them.
  [[nodiscard]] decision<value_type> choose(const std::vector<std::vector<value_type>>& data, double sparsity) {
    std::vector<select::candidate<resources>> candidates;
    std::vector<std::optional<structure::grouping>> groups;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const rank::weight_data<value_type> weights{
          layers_[l].kernel, data.empty() ? std::span<const value_type>{} : std::span<const value_type>(data[l])};
      candidates.push_back(select::make_candidate(layers_[l].attributes, savings_[l], weights, options_.valuation));
      groups.push_back(candidates[l].groups);
    }
    const select::options settings{.sparsity = {sparsity},
                                   .scope = options_.scope,
                                   .layers = options_.layers,
                                   .minimum_kept = options_.minimum_kept,
                                   .live = options_.live,
                                   .sharing_saves = options_.sharing_saves,
                                   .knapsack = options_.knapsack};
    const select::selection chosen = select::select(std::move(candidates), settings, names());
    decision<value_type> made{keep_everything(), {}, chosen.out_of_reach};
    made.network.sparsity = made.level.sparsity = sparsity;
    made.level.used = chosen.used;
    made.level.status = std::string(knapsack::to_string(chosen.status));
    made.level.gap = chosen.gap();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      carry_out(chosen.layers[l], groups[l], l, made.network);
    }
    made.network.used = sum_of(made.network.layers, &report::layer::after);
    return made;
  }

  /// @return the regularizers of all layers that take part and whose groups do not depend on their weights.
  /// @throws argument_error if a layer is named that does not exist, or a strength is out of range.
  [[nodiscard]] std::vector<regularize::layer_penalty> penalties() const {
    for (const auto& given : options_.regularization) {
      const auto named = [&](const auto& layer) { return layer.attributes.name == given.layer; };
      if (!given.layer.empty() && std::none_of(layers_.begin(), layers_.end(), named)) {
        reject<argument_error>("prune::optimize", {"regularization of a layer '", given.layer, "'"},
                               {"the name of a layer, or none for all"});
      }
    }
    std::vector<regularize::layer_penalty> result;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const auto& attributes = layers_[l].attributes;
      const regularize::group_norms penalty(strengths_of(attributes.name));
      const bool active = penalty.options().alpha > 0 || penalty.options().beta > 0;
      if (active && attributes.optimizable && savings_[l].optimizable() && !structure::needs_scores(savings_[l].rule)) {
        const structure::grouping groups(savings_[l].rule, attributes::grouping_shape(attributes));
        result.push_back({attributes.name, groups, penalty});
      }
    }
    return result;
  }

  /// Sets all weights that the masks do not keep to 0 or their shared value, before a training.
  void hold(masks<value_type> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].apply(layers_[l].kernel);
    }
  }

  /// The same within or after one: weights that are trained as one have moved, and the masks with them.
  void follow(std::span<mask::weight_mask<value_type>> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].follow(layers_[l].kernel);
    }
  }

  /// Writes what a network leaves of every layer and of the whole into a report.
  void describe(const found_network<value_type>& network, report::pruning_report& report) const {
    const auto before = sum_of(network.layers, &report::layer::before);
    const auto after = sum_of(network.layers, &report::layer::after);
    for (std::size_t r = 0; r < resources; ++r) {
      report.resources.push_back({std::string(Objective::resources[r]), before[r], after[r]});
    }
    report.layers = network.layers;
  }

  /// Adds up all that the selection depends on: the layers and what the objective says of them.
  void add_to(fingerprint& network, fingerprint& objective) const {
    objective.add(std::string_view(Objective::name));
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const auto& layer = layers_[l].attributes;
      network.add(std::string_view(layer.name)).add(layer.kind);
      for (std::size_t axis = 0; axis < layer.kernel_shape.rank(); ++axis) {
        network.add(layer.kernel_shape[axis]);
      }
      objective.add(layer.optimizable).add(layer.prune).add(layer.share).add(std::string_view(savings_[l].note));
      objective.add(std::span<const std::int64_t>(savings_[l].usage)).add(savings_[l].denominator);
      for (const auto& run : savings_[l].savings) {
        objective.add(run.count).add(std::span<const std::int64_t>(run.saving));
        objective.add(std::span<const std::int64_t>(run.sharing));
      }
    }
  }

 private:
  static constexpr std::size_t resources = Objective::resources.size();

  [[nodiscard]] static constexpr std::array<std::string_view, resources> names() {
    std::array<std::string_view, resources> result{};
    for (std::size_t r = 0; r < resources; ++r) {
      result[r] = Objective::resources[r];
    }
    return result;
  }

  /// Those given by name, or else for all.
  [[nodiscard]] regularize::group_norms_options strengths_of(const std::string& name) const {
    regularize::group_norms_options strengths;
    bool by_name = false;
    for (const auto& given : options_.regularization) {
      if (given.layer == name || (given.layer.empty() && !by_name)) {
        strengths = given.strengths;
        by_name = given.layer == name;
      }
    }
    return strengths;
  }

  [[nodiscard]] report::layer describe_dense(std::size_t l) const {
    report::layer line;
    line.name = layers_[l].attributes.name;
    line.weights = line.weights_kept = layers_[l].kernel.size();
    line.before.assign(savings_[l].usage.begin(), savings_[l].usage.end());
    line.after = line.before;
    line.note = savings_[l].note;
    return line;
  }

  /// Makes the mask of a layer, and says what it leaves.
  void carry_out(const select::layer_decision& decided, const std::optional<structure::grouping>& groups, std::size_t l,
                 found_network<value_type>& network) const {
    report::layer& line = network.layers[l];
    line.after = decided.used;
    line.note = decided.note;
    if (groups) {
      network.masks[l] = mask::make_mask<value_type>(*groups, decided.actions, layers_[l].kernel);
      if (options_.train_shared && !network.masks[l].offset.empty()) {
        network.masks[l] = mask::train_shared(std::move(network.masks[l]), *groups, decided.actions);
      }
      groups->visit([&](std::size_t group, std::size_t) {
        line.weights_kept -= decided.actions[group] == mask::action::keep ? 0U : 1U;
        line.weights_shared += decided.actions[group] == mask::action::share ? 1U : 0U;
      });
    }
  }

  [[nodiscard]] static std::vector<std::int64_t> sum_of(const std::vector<report::layer>& layers,
                                                        std::vector<std::int64_t> report::layer::*usage) {
    std::vector<std::int64_t> sums(resources);
    for (const report::layer& layer : layers) {
      for (std::size_t r = 0; r < resources; ++r) {
        sums[r] += (layer.*usage)[r];
      }
    }
    return sums;
  }

  const Options& options_;
  std::vector<attributes::prunable_layer<value_type>> layers_;
  std::vector<objective::layer_savings<resources>> savings_;
};

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/prune/detail/run_clock.hpp ----
// How long a run has taken, and what for, by the clock of its settings.
#ifndef ESPALIER_PRUNE_DETAIL_RUN_CLOCK_HPP
#define ESPALIER_PRUNE_DETAIL_RUN_CLOCK_HPP

namespace espalier::inline v0::prune::detail {

/// Keeps its sums elsewhere, so that they are saved with the rest of a run and go on from there.
template <class Options>
class run_clock {
 public:
  /// @param spent  seconds until the run was last saved.   @param times  what they were spent on.
  run_clock(const Options& options, double& spent, report::time_split& times)
      : options_(options), spent_(spent), times_(times) {}

  void begin() { begun_ = options_.clock ? options_.clock() : 0; }

  /// Takes the seconds since the beginning, or since this was last called, into the sum.
  void add_up() {
    if (options_.clock) {
      spent_ = seconds();
      begin();
    }
  }

  /// Whether the seconds that the settings allow were spent.
  [[nodiscard]] bool out_of_time() const {
    return options_.maximum_seconds > 0 && seconds() >= options_.maximum_seconds;
  }

  /// Does something, and adds the seconds that it takes to a part of the time if that is asked for.
  template <class Action>
  decltype(auto) timed(double report::time_split::*part, Action&& action) {
    struct watch {
      ~watch() {
        if (clock.options_.measure_times) {
          clock.times_.*part += clock.options_.clock() - begun;
        }
      }
      run_clock& clock;
      double report::time_split::*part;
      double begun;
    };
    const watch running{*this, part, options_.measure_times ? options_.clock() : 0.0};
    return action();
  }

  /// @return what all parts took, and the rest.
  [[nodiscard]] report::time_split times() const {
    report::time_split all = times_;
    all.other = 0;
    all.other = seconds() - all.total();
    return all;
  }

 private:
  [[nodiscard]] double seconds() const { return spent_ + options_.clock() - begun_; }

  const Options& options_;
  double& spent_;
  report::time_split& times_;
  double begun_ = 0;
};

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/prune/result.hpp ----
// What a pruning run gives back: masks, report, and why it ended.
#ifndef ESPALIER_PRUNE_RESULT_HPP
#define ESPALIER_PRUNE_RESULT_HPP

namespace espalier::inline v0::prune {

/// Why a run ended.
enum class ending : std::uint8_t {
  schedule_ended,  ///< there was no further target
  too_many_bad,    ///< more levels in a row failed than the settings allow
  out_of_reach,    ///< even pruning everything does not meet the target
  stopped,         ///< a stop was requested
  failed,          ///< trainer, ranking, objective or checkpoint threw; the report says what
  target_reached,  ///< a good level uses no more than was asked for
  limit_reached    ///< as many levels, epochs or seconds as the settings allow were spent
};

/// What `optimize` returns. The model holds the weights of the best network.
template <class Value>
struct result {
  std::vector<mask::weight_mask<Value>> masks;  ///< of the best network, one per layer
  report::pruning_report report;                ///< what happened, level by level and layer by layer
  prune::ending ending = ending::schedule_ended;
  prune::front<Value> front{};  ///< the best networks under all budgets, the dense one among them if it is not beaten
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/detail/run_state.hpp ----
// All that a pruning run knows between two steps, and the way to bytes and back.
#ifndef ESPALIER_PRUNE_DETAIL_RUN_STATE_HPP
#define ESPALIER_PRUNE_DETAIL_RUN_STATE_HPP

namespace espalier::inline v0::prune::detail {

/// What a run does next.
enum class stage : std::uint8_t { selecting, training, rewinding, final, done };

/// The schedule is not in it: the levels say how it moved.
template <class Value>
struct run_state {
  std::vector<identity_part> identity;         ///< what the run depends on
  std::vector<std::vector<Value>> dense;       ///< the parameters with which the run began
  std::vector<std::vector<Value>> parameters;  ///< the present ones
  detail::stage stage = stage::selecting;
  double baseline = 0;
  double seconds = 0;                       ///< spent so far
  report::time_split times;                 ///< and on what, as far as that is measured
  std::size_t epochs = 0;                   ///< of all trainings so far
  std::size_t epoch = 0;                    ///< of the present training so far
  std::vector<std::byte> training;          ///< what the present training remembers
  std::vector<std::byte> trainer;           ///< what the trainer remembers
  std::vector<report::level> levels;        ///< all that were judged
  found_network<Value> tried;               ///< what is being trained, without its numbers
  report::level level;                      ///< and its level, without its metric
  found_network<Value> best;                ///< of the last good level, or the dense one
  std::vector<found_network<Value>> front;  ///< see front
  prune::ending ending = ending::schedule_ended;
  std::string ended;
};

template <class Archive, class T>
void transfer_each(Archive& a, std::vector<T>& values);

template <class Archive, class T>
void transfer(Archive& a, T& value) {
  a(value);
}

template <class Archive>
void transfer(Archive& a, identity_part& part) {
  a(part.name, part.value);
}

template <class Archive>
void transfer(Archive& a, report::level& level) {
  a(level.sparsity, level.used, level.metric, level.accepted, level.status, level.gap);
}

template <class Archive>
void transfer(Archive& a, report::layer& layer) {
  a(layer.name, layer.weights, layer.weights_kept, layer.weights_shared, layer.before, layer.after, layer.note);
}

template <class Archive>
void transfer(Archive& a, report::time_split& times) {
  a(times.training, times.ranking, times.selection, times.evaluation);
}

template <class Archive, class Value>
void transfer(Archive& a, mask::weight_mask<Value>& mask) {
  a(mask.mask, mask.offset, mask.trained_as_one);
}

template <class Archive, class Value>
void transfer(Archive& a, found_network<Value>& network) {
  transfer_each(a, network.parameters);
  transfer_each(a, network.masks);
  transfer_each(a, network.layers);
  a(network.used, network.sparsity, network.metric, network.accepted);
}

template <class Archive, class T>
void transfer_each(Archive& a, std::vector<T>& values) {
  std::uint64_t count = values.size();
  a(count);
  if constexpr (!Archive::writes) {
    if (count > a.left()) {
      reject<parse_error>("prune::optimize", {count, " values in a saved run"}, {"no more than there are bytes"});
    }
    values.resize(static_cast<std::size_t>(count));
  }
  for (T& value : values) {
    transfer(a, value);
  }
}

/// What a state begins with, so that a run is known before the rest is read.
template <class Archive>
void transfer_head(Archive& a, std::vector<identity_part>& identity) {
  constexpr std::uint32_t known = 3;
  std::uint32_t version = known;
  a(version);
  if (version != known) {
    reject<parse_error>("prune::optimize", {"a saved run of version ", version}, {"version ", known});
  }
  transfer_each(a, identity);
}

template <class Archive, class Value>
void transfer(Archive& a, run_state<Value>& state) {
  transfer_head(a, state.identity);
  transfer_each(a, state.dense);
  transfer_each(a, state.parameters);
  a(state.stage, state.baseline, state.seconds, state.epochs, state.epoch, state.training, state.trainer);
  transfer(a, state.times);
  transfer_each(a, state.levels);
  transfer(a, state.tried);
  transfer(a, state.level);
  transfer(a, state.best);
  transfer_each(a, state.front);
  a(state.ending, state.ended);
}

/// @param saved     what was loaded.
/// @param identity  of the run that is to go on.
/// @throws argument_error that names the first part in which the two differ.
template <class = void>  // so that it is compiled where it is called only
void expect_same_run(std::span<const std::byte> saved, const std::vector<identity_part>& identity) {
  byte_reader reader(saved);
  std::vector<identity_part> other;
  transfer_head(reader, other);
  std::string differs = other.size() == identity.size() ? "" : "trainer";
  for (std::size_t i = 0; i < identity.size() && differs.empty(); ++i) {
    if (other[i].name != identity[i].name || other[i].value != identity[i].value) {
      differs = identity[i].name;
    }
  }
  if (!differs.empty()) {
    reject<argument_error>("prune::optimize", {"the saved state of a run with other ", differs},
                           {"one of this run, or none; remove it to begin again"});
  }
}

/// @throws parse_error if the bytes are no state.
template <class Value>
[[nodiscard]] run_state<Value> read_state(std::span<const std::byte> saved) {
  run_state<Value> state;
  byte_reader reader(saved);
  transfer(reader, state);
  if (reader.left() != 0 || state.stage > stage::done || state.ending > ending::limit_reached) {
    reject<parse_error>("prune::optimize", {"a saved run that makes no sense"}, {"one that was saved whole"});
  }
  return state;
}

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/prune/detail/phase_training.hpp ----
// The trainings inside a run: in one go or epoch by epoch, held by masks, ended early, saved and gone on with.
#ifndef ESPALIER_PRUNE_DETAIL_PHASE_TRAINING_HPP
#define ESPALIER_PRUNE_DETAIL_PHASE_TRAINING_HPP

namespace espalier::inline v0::prune::detail {

/// What the parts of a run have in common.
template <class Model, class Trainer, class Layers, class Options>
struct run_parts {
  Model& model;
  Trainer& trainer;
  Layers& layers;
  const Options& options;
  run_clock<Options>& clock;
  run_state<typename Model::value_type>& state;
};

template <class Model, class Trainer, class Layers, class Options>
class phase_training {
 public:
  using held_masks = std::span<mask::weight_mask<typename Model::value_type>>;

  /// @throws argument_error if the settings regularize what is no layer.
  explicit phase_training(const run_parts<Model, Trainer, Layers, Options>& run)
      : run_(run), penalties_(run.layers.penalties()) {}

  /// @param held   what of the weights is held; follows what is trained as one.
  /// @param phase  without what the run knows of it.
  /// @param over   asked before every epoch whether the run has to end.
  /// @param save   called when there is something to be gone on with.
  /// @return whether the training went to its end.
  template <class Over, class Save>
  [[nodiscard]] bool operator()(held_masks held, training_phase phase, const Over& over, const Save& save) {
    phase.first_epoch = run_.state.epoch;
    phase.stop = stop_of_training();
    if (phase.purpose != purpose::final) {
      phase.penalties = penalties_;
    }
    if (run_.options.on_training) {
      run_.options.on_training(phase);
    }
    run_.layers.hold(held);
    if constexpr (stepwise_trainer<Trainer, Model>) {
      if (!by_epochs(held, phase, over, save)) {
        return false;
      }
    } else {
      run_.clock.timed(&report::time_split::training, [&] { run_.trainer.fit(run_.model, held, phase); });
      if (was_stopped()) {
        return false;
      }
      hold_and_validate(held);
      run_.state.epochs += phase.epochs;
    }
    run_.state.epoch = 0;
    run_.state.training.clear();
    return true;
  }

 private:
  /// A stop request, or the end of the time if that is limited.
  struct training_stop {
    phase_training* training;
    [[nodiscard]] bool stop_requested() const {
      if (training->run_.clock.out_of_time()) {
        training->cut_short_ = true;
      }
      return training->was_stopped();
    }
  };
  [[nodiscard]] stop_condition stop_of_training() {
    cut_short_ = false;
    return run_.options.maximum_seconds > 0 ? stop_condition(training_stop{this}) : run_.options.stop;
  }

  /// Whether a training that returned may have done so early.
  [[nodiscard]] bool was_stopped() const { return cut_short_ || run_.options.stop.stop_requested(); }

  template <class Over, class Save>
  [[nodiscard]] bool by_epochs(held_masks held, const training_phase& phase, const Over& over, const Save& save) {
    const snapshot<Model> present(run_.model);
    // Begun without copying or moving it, which it need not allow.
    auto training =
        run_.clock.timed(&report::time_split::training, [&] { return run_.trainer.begin(run_.model, held, phase); });
    constexpr bool savable = requires(std::span<const std::byte> bytes) {
      training.load(bytes);
      run_.state.training = training.save();
    };
    if constexpr (savable) {
      if (run_.state.epoch > 0) {
        present.restore(run_.model);  // a trainer may begin by changing them
        training.load(std::span<const std::byte>(run_.state.training));
      }
    }
    while (run_.state.epoch < phase.epochs && !over()) {
      const double loss = run_.clock.timed(&report::time_split::training, [&] { return training.run_epoch(); });
      if (was_stopped()) {
        return false;
      }
      hold_and_validate(held);
      ++run_.state.epoch;
      ++run_.state.epochs;
      if (!std::isfinite(loss)) {
        reject<numeric_error>("prune::optimize",
                              {"a loss that is not finite in epoch ", run_.state.epoch, " of level ", phase.level},
                              {"finite numbers; a lower learning rate may help"});
      }
      if (run_.options.on_epoch) {
        run_.options.on_epoch({phase, run_.state.epoch, loss});
      }
      if constexpr (savable) {
        if (run_.options.checkpoint) {
          run_.state.training = training.save();
          save();
        }
      }
    }
    return run_.state.epoch == phase.epochs;
  }

  /// What a trainer forgets, masks or a look at its weights, must not break what is promised of the result.
  void hold_and_validate(held_masks held) {
    run_.layers.follow(held);
    run_.layers.validate();
  }

  run_parts<Model, Trainer, Layers, Options> run_;
  std::vector<regularize::layer_penalty> penalties_;
  std::atomic<bool> cut_short_ = false;  // the present training was told that its time is over
};

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/prune/detail/pruning_run.hpp ----
// One run of the pruning loop over one model.
#ifndef ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP
#define ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP

namespace espalier::inline v0::prune::detail {

template <class Model, class Trainer, class Objective, class Schedule, class Options>
class pruning_run {
 public:
  using value_type = typename Model::value_type;

  pruning_run(Model& model, Trainer& trainer, const Objective& objective, Schedule schedule, const Options& options)
      : model_(model),
        trainer_(trainer),
        schedule_(std::move(schedule)),
        options_(options),
        layers_(model, objective, options),
        training_({model, trainer, layers_, options, clock_, state_}),
        front_(options.larger_is_better) {
    if (!options.target.empty() && options.target.size() != Objective::resources.size()) {
      reject<shape_error>("prune::optimize", {"a target for ", options.target.size(), " resources"},
                          {Objective::resources.size(), ", as the objective counts"});
    }
  }

  [[nodiscard]] result<value_type> operator()() {
    clock_.begin();
    if (!go_on()) {
      begin();
    }
    guarded([this] {
      while (state_.stage != stage::done && !over()) {
        step();
      }
    });
    return hand_over();
  }

 private:
  using layers_type = layer_selector<Model, Trainer, Objective, Options>;

  void begin() {
    state_.dense = state_.best.parameters;
    state_.baseline = state_.best.metric = evaluate();
    if (!std::isfinite(state_.baseline)) {
      reject<numeric_error>("prune::optimize", {"a baseline metric that is not finite"}, {"a finite metric"});
    }
    front_.add(state_.best);
    guarded([this] {
      if (schedule_.sparsity() <= 0 && !schedule_.update()) {
        return conclude(ending::schedule_ended, "the schedule has no target above 0");
      }
      if (!options_.stop.stop_requested()) {  // else the network's own training may have been stopped too
        save();
      }
    });
  }

  /// Goes on with a saved run.
  /// @return whether there was one.
  [[nodiscard]] bool go_on() {
    state_.best = layers_.keep_everything();
    state_.best.parameters = snapshot<Model>(model_).values();
    if (!options_.checkpoint) {
      return false;
    }
    auto identity = identity_of(state_.best.parameters, layers_, trainer_, options_);
    const std::vector<std::byte> saved = options_.checkpoint.load();
    if (!saved.empty()) {
      expect_same_run(saved, identity);
      state_ = read_state<value_type>(saved);
      replay();
      snapshot<Model>(state_.parameters).restore(model_);
      if constexpr (stateful_trainer<Trainer>) {
        trainer_.load(std::span<const std::byte>(state_.trainer));
      }
      for (auto& network : std::exchange(state_.front, {})) {
        front_.add(std::move(network));
      }
    }
    state_.identity = std::move(identity);
    return !saved.empty();
  }

  /// Moves the schedule as the levels so far did.
  void replay() {
    if (schedule_.sparsity() <= 0) {
      schedule_.update();
    }
    for (const report::level& level : state_.levels) {
      if (schedule_.sparsity() != level.sparsity) {
        reject<argument_error>("prune::optimize", {"the saved state of a run with another schedule"},
                               {"one of this run, or none; remove it to begin again"});
      }
      static_cast<void>(level.accepted ? schedule_.update() : schedule_.repair());
    }
  }

  void save() {
    if (!options_.checkpoint) {
      return;
    }
    state_.parameters = snapshot<Model>(model_).values();
    state_.front = front_.networks();
    clock_.add_up();
    if constexpr (stateful_trainer<Trainer>) {
      state_.trainer = trainer_.save();
    }
    byte_writer writer;
    transfer(writer, state_);
    const std::vector<std::byte> bytes = writer.take();
    options_.checkpoint.save(bytes);
  }

  /// Once the baseline is known no result is lost: an exception ends the run, and the report says so.
  template <class Step>
  void guarded(Step&& step) {
    try {
      step();
    } catch (const std::exception& error) {
      end(ending::failed, std::string("failed: ") + error.what());
    } catch (...) {
      end(ending::failed, "failed: an exception that says nothing");
    }
  }

  void end(ending why, std::string sentence) {
    state_.ending = why;
    state_.ended = std::move(sentence);
  }

  /// Ends the levels; what is left is the final training.
  void conclude(ending why, std::string sentence) {
    end(why, std::move(sentence));
    snapshot<Model>(state_.best.parameters).restore(model_);
    state_.tried.masks = state_.best.masks;
    state_.stage = stage::final;
    save();
  }

  [[nodiscard]] double evaluate() {
    return clock_.timed(&report::time_split::evaluation,
                        [&] { return static_cast<double>(trainer_.evaluate(model_)); });
  }

  /// Whether the run has to end as it is; a saved one can be gone on with.
  [[nodiscard]] bool over() {
    if (state_.ending == ending::failed) {
      return true;
    }
    if (options_.stop.stop_requested()) {
      end(ending::stopped, "a stop was requested");
    } else if (clock_.out_of_time()) {
      end(ending::limit_reached, "the seconds that the settings allow were spent");
    } else {
      return false;
    }
    return true;
  }

  void step() {
    const std::size_t level = state_.levels.size() + 1;
    switch (state_.stage) {
      case stage::selecting:
        return select(level);
      case stage::training:
        if (train(state_.tried.masks, {.epochs = options_.epochs - options_.rewinding,
                                       .level = level,
                                       .purpose = purpose::level,
                                       .sparsity = state_.level.sparsity})) {
          judge();
        }
        return;
      case stage::rewinding:
        if (train({}, {.epochs = options_.rewinding, .level = level - 1, .purpose = purpose::rewinding})) {
          state_.stage = stage::selecting;
          save();
        }
        return;
      default:
        return train_longer(level);
    }
  }

  void select(std::size_t level) {
    if (options_.maximum_levels > 0 && level > options_.maximum_levels) {
      return conclude(ending::limit_reached, "the levels that the settings allow were tried");
    }
    if (beyond_maximum(options_.epochs)) {
      return conclude(ending::limit_reached, "the epochs that the settings allow do not suffice for another level");
    }
    const auto data =
        clock_.timed(&report::time_split::ranking, [&] { return layers_type::ranking_data(model_, trainer_); });
    decision<value_type> made =
        clock_.timed(&report::time_split::selection, [&] { return layers_.choose(data, schedule_.sparsity()); });
    if (!made.out_of_reach.empty()) {
      return conclude(ending::out_of_reach, "the next target is out of reach: " + made.out_of_reach);
    }
    state_.tried = std::move(made.network);
    state_.level = std::move(made.level);
    state_.stage = stage::training;
  }

  [[nodiscard]] bool beyond_maximum(std::size_t epochs) const {
    return options_.maximum_epochs > 0 && state_.epochs + epochs > options_.maximum_epochs;
  }

  /// @return whether the training went to its end.
  [[nodiscard]] bool train(std::span<mask::weight_mask<value_type>> held, const training_phase& phase) {
    return training_(
        held, phase, [this] { return over(); }, [this] { save(); });
  }

  [[nodiscard]] bool no_worse(double metric, double limit) const {
    return options_.larger_is_better ? metric >= limit : metric <= limit;
  }

  /// Remembers a good level, goes back to the last good one after a bad level, and moves on.
  void judge() {
    const double metric = evaluate();
    const bool good = no_worse(metric, options_.relative_tolerance * state_.baseline) &&
                      (!options_.floor || no_worse(metric, *options_.floor));
    state_.tried.metric = state_.level.metric = metric;
    state_.tried.accepted = state_.level.accepted = good;
    state_.tried.parameters = snapshot<Model>(model_).values();
    state_.levels.push_back(std::move(state_.level));
    front_.add(state_.tried);
    if (good) {
      state_.best = std::move(state_.tried);
    } else {
      snapshot<Model>(state_.best.parameters).restore(model_);
    }
    state_.tried = {};
    if (options_.on_level) {
      options_.on_level(state_.levels.back());
    }
    move_on(good);
  }

  void move_on(bool good) {
    const std::size_t bad = bad_in_a_row();
    if (good && target_reached()) {
      return conclude(ending::target_reached, "the target of the settings was reached");
    }
    if (bad > options_.cutoff_bad_trials) {
      const bool measured = std::isfinite(state_.levels.back().metric);
      return conclude(ending::too_many_bad,
                      std::to_string(bad) + (bad == 1 ? " level in a row was" : " levels in a row were") +
                          " not good enough" + (measured ? "" : "; the metric of the last one is not a finite number"));
    }
    if (!(good ? schedule_.update() : schedule_.repair())) {
      return conclude(ending::schedule_ended, "the schedule has no further target");
    }
    state_.stage = options_.rewinding > 0 ? stage::rewinding : stage::selecting;
    save();
  }

  [[nodiscard]] std::size_t bad_in_a_row() const {
    std::size_t count = 0;
    while (count < state_.levels.size() && !state_.levels[state_.levels.size() - 1 - count].accepted) {
      ++count;
    }
    return count;
  }

  [[nodiscard]] bool target_reached() const {
    for (std::size_t r = 0; r < options_.target.size(); ++r) {
      if (state_.best.used[r] > options_.target[r]) {
        return false;
      }
    }
    return !options_.target.empty();
  }

  /// Trains the best network a little longer, and keeps that only if it is no worse.
  void train_longer(std::size_t level) {
    if (options_.final_epochs > 0 && state_.best.sparsity > 0 && !beyond_maximum(options_.final_epochs)) {
      if (!train(state_.tried.masks, {.epochs = options_.final_epochs,
                                      .level = level,
                                      .purpose = purpose::final,
                                      .sparsity = state_.best.sparsity})) {
        return;
      }
      const double metric = evaluate();
      if (no_worse(metric, state_.best.metric)) {
        state_.best.metric = metric;
        state_.best.masks = std::move(state_.tried.masks);
        state_.best.parameters = snapshot<Model>(model_).values();
        front_.add(state_.best);
      }
    }
    state_.stage = stage::done;
    save();
  }

  /// Leaves the best network in the model, and says what happened.
  [[nodiscard]] result<value_type> hand_over() {
    state_.best.restore(model_);
    result<value_type> given;
    given.report.objective = std::string(Objective::name);
    given.report.baseline = state_.baseline;
    given.report.metric = state_.best.metric;
    given.report.levels = std::move(state_.levels);
    given.report.ended = std::move(state_.ended);
    if (options_.measure_times) {
      given.report.times = clock_.times();
    }
    layers_.describe(state_.best, given.report);
    given.masks = std::move(state_.best.masks);
    given.ending = state_.ending;
    given.front = std::move(front_);
    return given;
  }

  Model& model_;
  Trainer& trainer_;
  Schedule schedule_;
  const Options& options_;
  layers_type layers_;
  run_state<value_type> state_;
  run_clock<Options> clock_{options_, state_.seconds, state_.times};
  phase_training<Model, Trainer, layers_type, Options> training_;
  prune::front<value_type> front_;
};

}  // namespace espalier::inline v0::prune::detail

#endif

// ---- espalier/rank/fisher.hpp ----
// Ranking: the second-order change of the loss, from the Fisher information.
#ifndef ESPALIER_RANK_FISHER_HPP
#define ESPALIER_RANK_FISHER_HPP

namespace espalier::inline v0::rank {

/// Second-order change of the loss with the empirical Fisher information as curvature, sum F d^2 / 2, where F has a
/// share of its layer's mean added. Samples that a network has learned have gradients of almost 0, and would leave
/// almost no information on the weights that it knows them by; and what is left out, F off the diagonal, makes large
/// weights matter more than F alone says.
/// Source: Theis et al. 2018, "Faster gaze prediction with dense networks and Fisher pruning", arXiv 1801.05787;
/// Singh and Alistarh 2020, "WoodFisher", arXiv 2004.14340, for the damping.
struct fisher {
  static constexpr data needs = data::fisher;

  double damping = 1;  ///< the share of the mean that is added, >= 0; 0: the information alone; large: as rank::l2

  /// @param information  of all weights of a layer.
  /// @return the share of its mean that is added to each.
  /// @throws argument_error if the damping is out of range.
  template <class Value>
  [[nodiscard]] double added(std::span<const Value> information) const {
    if (!(damping >= 0 && std::isfinite(damping))) {
      reject<argument_error>("rank::fisher", {"damping ", damping}, {"0 or more"});
    }
    double sum = 0;
    for (const Value number : information) {
      sum += static_cast<double>(number);
    }
    return information.empty() ? 0 : damping * sum / static_cast<double>(information.size());
  }
  [[nodiscard]] static double cost(double change, double information) noexcept {
    return 0.5 * information * change * change;
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<fisher>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/detail/visit_falling.hpp ----
// Goes through numbers from the largest to the smallest, in a time that grows with their count only.
#ifndef ESPALIER_RANK_DETAIL_VISIT_FALLING_HPP
#define ESPALIER_RANK_DETAIL_VISIT_FALLING_HPP

namespace espalier::inline v0::rank::detail {

/// A number and its place.
struct placed {
  double number = 0;
  std::size_t place = 0;
};

/// The bits of a number >= 0, which are in the order of the numbers.
[[nodiscard]] inline std::uint64_t bits_of(double number) noexcept {
  return std::bit_cast<std::uint64_t>(number);
}

/// Sorts ascending, equal ones by place: by the bytes that differ, the lowest first. `spare` has room for as many.
inline void sort_bytes(placed* items, std::size_t count, placed* spare) {
  std::uint64_t differ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    differ |= bits_of(items[i].number) ^ bits_of(items[0].number);
  }
  placed* from = items;
  placed* to = spare;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if ((differ >> shift & 0xFFU) == 0) {
      continue;
    }
    std::array<std::uint32_t, 256> begins{};
    for (std::size_t i = 0; i < count; ++i) {
      ++begins[bits_of(from[i].number) >> shift & 0xFFU];
    }
    std::uint32_t sum = 0;
    for (std::uint32_t& begin : begins) {
      sum += std::exchange(begin, sum);
    }
    for (std::size_t i = 0; i < count; ++i) {
      to[begins[bits_of(from[i].number) >> shift & 0xFFU]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from != items) {
    std::copy_n(from, count, items);
  }
}

/// Sorts the items of one bucket ascending, equal ones by place.
inline void sort_bucket(placed* items, std::size_t count, placed* spare) {
  constexpr std::size_t few = 128;
  constexpr std::size_t most_for_bytes = std::size_t{1} << 31U;  // so that counts fit 32 bits
  if (count > few && count < most_for_bytes) {
    sort_bytes(items, count, spare);
  } else {
    std::sort(items, items + count, [](const placed& a, const placed& b) {
      return a.number < b.number || (a.number == b.number && a.place < b.place);
    });
  }
}

/// Visits numbers from the largest to the smallest, of equal ones the last first: numbers are dealt into buckets of
/// equal width, each of which fits a cache, and sorted there.
/// @param numbers  finite and >= 0.
/// @param visit    called as visit(number, place).
/// Complexity: O(n).
template <class Visit>
void visit_falling(std::span<const double> numbers, Visit&& visit) {
  if (numbers.empty()) {
    return;
  }
  const double largest = *std::max_element(numbers.begin(), numbers.end());
  const std::size_t buckets = largest > 0 ? std::clamp<std::size_t>(numbers.size() / 1024, 1, 8192) : 1;
  const double scale = largest > 0 ? static_cast<double>(buckets - 1) / largest : 0;
  const auto bucket_of = [&](double number) { return static_cast<std::size_t>(number * scale); };
  std::vector<std::size_t> begins(buckets + 1, 0);
  for (const double number : numbers) {
    ++begins[bucket_of(number) + 1];
  }
  std::size_t most = 0;
  for (std::size_t b = 0; b < buckets; ++b) {
    most = (std::max)(most, begins[b + 1]);
    begins[b + 1] += begins[b];
  }
  std::vector<placed> items(numbers.size());
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    items[next[bucket_of(numbers[place])]++] = {numbers[place], place};
  }
  std::vector<placed> spare(most);
  for (std::size_t b = buckets; b-- > 0;) {
    sort_bucket(items.data() + begins[b], begins[b + 1] - begins[b], spare.data());
    for (std::size_t i = begins[b + 1]; i-- > begins[b];) {
      visit(items[i].number, items[i].place);
    }
  }
}

}  // namespace espalier::inline v0::rank::detail

#endif

// ---- espalier/rank/lamp.hpp ----
// Normalization: layer-adaptive, the default.
#ifndef ESPALIER_RANK_LAMP_HPP
#define ESPALIER_RANK_LAMP_HPP

namespace espalier::inline v0::rank {

/// Layer-adaptive: a loss as a share of what would be left in the layer if all smaller ones were gone. The largest
/// group of every layer has value 1, so prices rise as a layer empties and no layer collapses.
/// Complexity: O(groups), by radix.
/// Source: Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning", arXiv 2010.07611.
struct lamp {
  static constexpr bool additive = true;
  [[nodiscard]] std::vector<double> operator()(std::span<const double> losses) const {
    detail::expect_losses(losses, "rank::lamp");
    std::vector<double> divisors(losses.size());
    double left = 0;
    detail::visit_falling(losses, [&](double loss, std::size_t group) {
      left += loss;
      divisors[group] = left;
    });
    return divisors;
  }
};
static_assert(normalization<lamp>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/regularize/layer_strengths.hpp ----
// How strongly the groups of a layer are drawn towards zero, or their weights towards each other.
#ifndef ESPALIER_REGULARIZE_LAYER_STRENGTHS_HPP
#define ESPALIER_REGULARIZE_LAYER_STRENGTHS_HPP

namespace espalier::inline v0::regularize {

/// The strengths of one layer, or of all layers that are not named elsewhere.
struct layer_strengths {
  std::string layer{};              ///< its name; empty: all others
  group_norms_options strengths{};  ///< on the groups that pruning takes together
};

}  // namespace espalier::inline v0::regularize

#endif

// ---- espalier/prune/options.hpp ----
// Settings of the pruning loop.
#ifndef ESPALIER_PRUNE_OPTIONS_HPP
#define ESPALIER_PRUNE_OPTIONS_HPP

namespace espalier::inline v0::prune {

/// Settings of `optimize`.
/// @tparam Ranking        which loss a group has; the default needs a trainer that gives the Fisher information.
/// @tparam Normalization  how layers are put on one scale.
template <rank::ranking Ranking = rank::fisher, rank::normalization Normalization = rank::lamp>
struct options {
  double relative_tolerance = 0.98;  ///< of the baseline's metric, that a level must keep; > 0
  bool larger_is_better =
      true;                ///< false: the metric is an error, and a level may reach relative_tolerance x the baseline
  std::size_t epochs = 4;  ///< of training at each level, >= 1
  std::size_t rewinding = 0;          ///< of these, unmasked, for pruned weights to grow back; < epochs
  std::size_t final_epochs = 0;       ///< of masked training after the last level
  std::size_t cutoff_bad_trials = 3;  ///< so many levels in a row may fail; one more ends the run
  select::scope scope = select::scope::global;
  std::vector<layer_actions> actions{};        ///< of layers; none: what the model says of each
  std::vector<select::layer_budget> layers{};  ///< budgets of single layers; see select::options
  std::size_t minimum_kept = 1;                ///< groups that every layer keeps at least: no layer is cut through
  bool live = true;                            ///< give up groups that no path uses; see select::options
  select::sharing_saves sharing_saves = select::sharing_saves::what_the_objective_says;  ///< see select::options
  bool train_shared = false;  ///< weights that share one value train it on together; else they stay at their mean
  std::optional<hls::config> hls{};  ///< overrides the hls settings in the model's attributes
  select::valuation<Ranking, Normalization> valuation{};
  knapsack::solve_options knapsack{};
  /// in all trainings but the final one; see training_phase::penalties
  std::vector<regularize::layer_strengths> regularization{};
  std::optional<double> floor{};       ///< the worst metric that a level may have, whatever the baseline
  std::vector<std::int64_t> target{};  ///< of each resource: a good level that uses no more is the last; empty: none
  std::size_t maximum_levels = 0;      ///< so many levels at most; 0: any
  std::size_t maximum_epochs = 0;      ///< trainings that would go beyond are left out, the final one too; 0: any
  double maximum_seconds = 0;  ///< by `clock`; looked at before each epoch or training, and within by trainers that
                               ///< heed their stop condition; 0: any
  callback<double()> clock{};  ///< seconds since any moment; the library reads no clock of its own
  bool measure_times = false;  ///< by `clock`: whether the report says where the time went
  checkpoint_reference checkpoint{};  ///< where to keep the run, so that it can be ended at any time and gone on with
  stop_condition stop{};              ///< when it is stopped, the best network so far is the result
  callback<void(const training_phase&)> on_training{};  ///< called before every training
  callback<void(const training_epoch&)> on_epoch{};     ///< called after every epoch; see stepwise_trainer
  callback<void(const report::level&)> on_level{};      ///< called after every level
};

/// @param o  settings.
/// @throws argument_error if one is out of its range.
template <class Ranking, class Normalization>
void validate(const options<Ranking, Normalization>& o) {
  if (!(o.relative_tolerance > 0)) {
    reject<argument_error>("prune::optimize", {"relative tolerance ", o.relative_tolerance}, {"more than 0"});
  }
  if (o.epochs == 0 || o.rewinding >= o.epochs) {
    reject<argument_error>("prune::optimize", {o.epochs, " epochs with rewinding ", o.rewinding},
                           {"at least one epoch, and fewer to rewind"});
  }
  if (o.floor && std::isnan(*o.floor)) {
    reject<argument_error>("prune::optimize", {"a floor that is not a number"}, {"a metric"});
  }
  if (!(o.maximum_seconds >= 0) || (o.maximum_seconds > 0 && !o.clock)) {
    reject<argument_error>("prune::optimize",
                           {"at most ", o.maximum_seconds, " seconds with", o.clock ? " a clock" : "out a clock"},
                           {"0 or more, and a clock to measure them"});
  }
  if (o.measure_times && !o.clock) {
    reject<argument_error>("prune::optimize", {"times to measure without a clock"}, {"a clock to measure them"});
  }
}

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/schedule/schedule.hpp ----
// The concept of a schedule: how the target sparsity moves from level to level.
#ifndef ESPALIER_SCHEDULE_SCHEDULE_HPP
#define ESPALIER_SCHEDULE_SCHEDULE_HPP

namespace espalier::inline v0::schedule {

/// - `sparsity()`: the present target, 0 to 1.
/// - `update()`: moves after a level that was good enough; `repair()`: moves after one that was not. Both say whether
///   there is a new target; if not, the run is over.
template <class Schedule>
concept schedule = requires(Schedule& s, const Schedule& c) {
  { c.sparsity() } -> std::convertible_to<double>;
  { s.update() } -> std::same_as<bool>;
  { s.repair() } -> std::same_as<bool>;
};

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/prune/optimize.hpp ----
// The pruning loop: select, mask, train and judge, level by level, until the network would lose too much.
#ifndef ESPALIER_PRUNE_OPTIMIZE_HPP
#define ESPALIER_PRUNE_OPTIMIZE_HPP

namespace espalier::inline v0::prune {

/// Prunes a trained network step by step, as far as its metric allows.
///
/// At each target of the schedule: rank the groups, select what to keep within the budget, mask the rest, train, and
/// judge. A good level is remembered; after a bad one the last good weights come back. In the end the model holds the
/// best network, with pruned weights exactly 0 and shared ones exactly their mean.
/// @param model      trained; pruned in place.
/// @param trainer    trains and judges it.
/// @param objective  what to save.
/// @param schedule   the targets.
/// @param options    settings.
/// @return masks and report. Once the baseline is known no result is lost: if something throws or a stop is
///         requested, the best network so far is the result and the report says so.
/// @throws argument_error, shape_error or numeric_error if the settings, the model or the baseline are not sound.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
template <prunable_model Model, trainer<Model> Trainer, objective::objective Objective, schedule::schedule Schedule,
          rank::ranking Ranking = rank::fisher, rank::normalization Normalization = rank::lamp>
[[nodiscard]] result<typename Model::value_type> optimize(Model& model, Trainer& trainer, const Objective& objective,
                                                          Schedule schedule,
                                                          const options<Ranking, Normalization>& options = {}) {
  validate(options);
  return detail::pruning_run<Model, Trainer, Objective, Schedule, prune::options<Ranking, Normalization>>(
      model, trainer, objective, std::move(schedule), options)();
}

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/restore_start.hpp ----
// Brings back the network with which a saved run began, so that it need not be trained again.
#ifndef ESPALIER_PRUNE_RESTORE_START_HPP
#define ESPALIER_PRUNE_RESTORE_START_HPP

namespace espalier::inline v0::prune {

/// Puts the parameters with which a saved run began into a model.
/// @param model  as it was built for that run.
/// @param place  where the run is kept; none: nothing is saved.
/// @return whether there is a saved run; if not, the model is as before.
/// @throws what loading throws; parse_error if it is no saved run; shape_error if it is that of another network.
/// Complexity: that of loading.
template <prunable_model Model>
[[nodiscard]] bool restore_start(Model& model, const checkpoint_reference& place) {
  const std::vector<std::byte> saved = place ? place.load() : std::vector<std::byte>{};
  if (saved.empty()) {
    return false;
  }
  snapshot<Model>(detail::read_state<typename Model::value_type>(saved).dense).restore(model);
  return true;
}

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/prune/rewound.hpp ----
// A trainer that begins every level from early weights: lottery tickets.
#ifndef ESPALIER_PRUNE_REWOUND_HPP
#define ESPALIER_PRUNE_REWOUND_HPP

namespace espalier::inline v0::prune {

/// Another trainer, before whose training of a level the weights that are kept go back to what they were early in the
/// dense training. So the trained weights decide what is kept, and the early ones are trained again with the learning
/// rate of the beginning. Levels need as many epochs then as the dense network took from there.
/// @tparam Trainer  any.   @tparam Model  that it trains.
/// Source: Frankle and Carbin 2019, arXiv 1803.03635; Renda, Frankle and Carbin 2020, arXiv 2003.02389.
template <class Trainer, prunable_model Model>
requires trainer<Trainer, Model>
class rewound {
 public:
  using value_type = typename Model::value_type;

  /// @param inner  trains and judges; must outlive this.
  /// @param early  of the model, after some epochs or before the first.
  rewound(Trainer& inner, snapshot<Model> early) : inner_(inner), early_(std::move(early)) {}

  void fit(Model& model, masks<value_type> held, const training_phase& phase) {
    go_back(model, phase);
    inner_.fit(model, held, phase);
  }

  [[nodiscard]] double evaluate(Model& model) { return inner_.evaluate(model); }

  [[nodiscard]] auto begin(Model& model, masks<value_type> held,
                           const training_phase& phase) requires stepwise_trainer<Trainer, Model> {
    go_back(model, phase);
    return inner_.begin(model, held, phase);
  }

  [[nodiscard]] auto fisher(Model& model) requires fisher_trainer<Trainer, Model> { return inner_.fisher(model); }

  [[nodiscard]] auto gradients(Model& model) requires gradient_trainer<Trainer, Model> {
    return inner_.gradients(model);
  }

  [[nodiscard]] std::vector<std::byte> save() requires stateful_trainer<Trainer> { return inner_.save(); }

  void load(std::span<const std::byte> saved) requires stateful_trainer<Trainer> { inner_.load(saved); }

  [[nodiscard]] std::vector<identity_part> identity() const {
    std::vector<identity_part> parts;
    if constexpr (identified_trainer<Trainer>) {
      parts = std::as_const(inner_).identity();
    }
    fingerprint weights;
    for (const auto& parameter : early_.values()) {
      weights.add(std::span<const value_type>(parameter));
    }
    parts.push_back({"early weights", weights.value()});
    return parts;
  }

 private:
  void go_back(Model& model, const training_phase& phase) const {
    if (phase.purpose == purpose::level && phase.first_epoch == 0) {
      early_.restore(model);
    }
  }

  Trainer& inner_;
  snapshot<Model> early_;
};

}  // namespace espalier::inline v0::prune

#endif

// ---- espalier/rank/batch_norm_scale.hpp ----
// Ranking: the scale that a following batch normalization gives a unit.
#ifndef ESPALIER_RANK_BATCH_NORM_SCALE_HPP
#define ESPALIER_RANK_BATCH_NORM_SCALE_HPP

namespace espalier::inline v0::rank {

/// |gamma| of the batch normalization behind a unit, times the share of the unit's magnitude that changes:
/// sum |gamma| |d| / ||w of the unit||_1. Pruning a whole unit costs exactly |gamma|; a part of it, its share. The
/// quotients come one per weight; unit_scales makes them of the gammas.
/// Source: Liu et al. 2017, "Learning efficient convolutional networks through network slimming", arXiv 1708.06519.
struct batch_norm_scale {
  static constexpr data needs = data::unit_scale;
  [[nodiscard]] static double cost(double change, double scale) noexcept { return std::abs(change * scale); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<batch_norm_scale>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/geometric_median.hpp ----
// Ranking: how far a group is from all others of its layer, so that what others can stand in for goes first.
#ifndef ESPALIER_RANK_GEOMETRIC_MEDIAN_HPP
#define ESPALIER_RANK_GEOMETRIC_MEDIAN_HPP

namespace espalier::inline v0::rank {

/// Sum of the Euclidean distances of a group's weights, as a vector in memory order, to those of all other groups of
/// the layer; a shorter vector is padded with zeros. Sharing costs the part ||mean - w|| / ||w|| of it.
/// Complexity: O(groups n); O(n log n) where all groups have one weight.
/// Source: He et al. 2019, "Filter pruning via geometric median for deep convolutional neural networks acceleration",
/// arXiv 1811.00250.
struct geometric_median {
  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> prune(const structure::grouping& groups, std::span<const Value> kernel) const {
    const vectors all(groups, kernel);
    return all.longest() == 1 ? distances_on_a_line(all.numbers) : distances(all);
  }

  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> share(const structure::grouping& groups, std::span<const Value> kernel) const {
    std::vector<double> losses = prune(groups, kernel);
    const vectors all(groups, kernel);
    for (std::size_t group = 0; group < losses.size(); ++group) {
      losses[group] *= part_off_the_mean(all.of(group));
    }
    return losses;
  }

 private:
  /// The weights of all groups, group by group.
  struct vectors {
    std::vector<std::size_t> begins;
    std::vector<double> numbers;

    template <class Value>
    vectors(const structure::grouping& groups, std::span<const Value> kernel)
        : begins(groups.count() + 1, 0), numbers(kernel.size()) {
      const std::vector<std::size_t> sizes = groups.sizes();
      for (std::size_t group = 0; group < sizes.size(); ++group) {
        begins[group + 1] = begins[group] + sizes[group];
      }
      std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
      groups.visit(
          [&](std::size_t group, std::size_t index) { numbers[next[group]++] = static_cast<double>(kernel[index]); });
    }

    [[nodiscard]] std::size_t count() const { return begins.size() - 1; }
    [[nodiscard]] std::span<const double> of(std::size_t group) const {
      return {numbers.data() + begins[group], begins[group + 1] - begins[group]};
    }
    [[nodiscard]] std::size_t longest() const {
      std::size_t size = 0;
      for (std::size_t group = 0; group < count(); ++group) {
        size = (std::max)(size, of(group).size());
      }
      return size;
    }
  };

  [[nodiscard]] static double distance(std::span<const double> a, std::span<const double> b) {
    double square = 0;
    for (std::size_t i = 0; i < (std::max)(a.size(), b.size()); ++i) {
      const double difference = (i < a.size() ? a[i] : 0.0) - (i < b.size() ? b[i] : 0.0);
      square += difference * difference;
    }
    return std::sqrt(square);
  }

  [[nodiscard]] static std::vector<double> distances(const vectors& all) {
    std::vector<double> sums(all.count(), 0.0);
    for (std::size_t a = 0; a < sums.size(); ++a) {
      for (std::size_t b = a + 1; b < sums.size(); ++b) {
        const double length = distance(all.of(a), all.of(b));
        sums[a] += length;
        sums[b] += length;
      }
    }
    return sums;
  }

  /// In one dimension: sorted, each gap lies between so many groups below and so many above.
  [[nodiscard]] static std::vector<double> distances_on_a_line(const std::vector<double>& numbers) {
    std::vector<std::size_t> order(numbers.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
    std::vector<double> sums(numbers.size(), 0.0);
    double sum = 0;
    for (std::size_t place = 1; place < order.size(); ++place) {
      sum += numbers[order[place]] - numbers[order[0]];
    }
    for (std::size_t place = 0; place < order.size(); ++place) {
      if (place > 0) {
        const double gap = numbers[order[place]] - numbers[order[place - 1]];
        sum += gap * (2 * static_cast<double>(place) - static_cast<double>(order.size()));
      }
      sums[order[place]] = (std::max)(sum, 0.0);
    }
    return sums;
  }

  [[nodiscard]] static double part_off_the_mean(std::span<const double> weights) {
    double mean = 0;
    for (const double weight : weights) {
      mean += weight / static_cast<double>(weights.size());
    }
    double off = 0;
    double all = 0;
    for (const double weight : weights) {
      off += (mean - weight) * (mean - weight);
      all += weight * weight;
    }
    return all > 0 ? std::sqrt(off / all) : 0.0;
  }
};
static_assert(ranking<geometric_median>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/l1.hpp ----
// Ranking: the sum of magnitudes.
#ifndef ESPALIER_RANK_L1_HPP
#define ESPALIER_RANK_L1_HPP

namespace espalier::inline v0::rank {

/// Sum of magnitudes, sum |d|.
struct l1 {
  static constexpr data needs = data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) noexcept { return std::abs(change); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<l1>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/l2.hpp ----
// Ranking: the Euclidean length.
#ifndef ESPALIER_RANK_L2_HPP
#define ESPALIER_RANK_L2_HPP

namespace espalier::inline v0::rank {

/// Euclidean length, sqrt(sum d^2).
struct l2 {
  static constexpr data needs = data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) noexcept { return change * change; }
  [[nodiscard]] static double finish(double sum) noexcept { return std::sqrt(sum); }
};
static_assert(ranking<l2>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/layer_maximum.hpp ----
// Normalization: losses as shares of the largest in the layer.
#ifndef ESPALIER_RANK_LAYER_MAXIMUM_HPP
#define ESPALIER_RANK_LAYER_MAXIMUM_HPP

namespace espalier::inline v0::rank {

/// Losses as shares of the largest in the layer, as the reference means it.
struct layer_maximum {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> losses) const {
    return losses.empty() ? 0 : *std::max_element(losses.begin(), losses.end());
  }
};
static_assert(normalization<layer_maximum>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/layer_sum.hpp ----
// Normalization: losses as shares of the layer's sum.
#ifndef ESPALIER_RANK_LAYER_SUM_HPP
#define ESPALIER_RANK_LAYER_SUM_HPP

namespace espalier::inline v0::rank {

/// Losses as shares of the layer's sum.
struct layer_sum {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> losses) const {
    return std::accumulate(losses.begin(), losses.end(), 0.0);
  }
};
static_assert(normalization<layer_sum>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/no_normalization.hpp ----
// Normalization: losses as they are.
#ifndef ESPALIER_RANK_NO_NORMALIZATION_HPP
#define ESPALIER_RANK_NO_NORMALIZATION_HPP

namespace espalier::inline v0::rank {

/// Losses as they are.
struct no_normalization {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> /*losses*/) const { return 1.0; }
};
static_assert(normalization<no_normalization>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/oracle.hpp ----
// Ranking: the first-order change of the loss.
#ifndef ESPALIER_RANK_ORACLE_HPP
#define ESPALIER_RANK_ORACLE_HPP

namespace espalier::inline v0::rank {

/// First-order change of the loss, sum |g d|.   Source: Molchanov et al. 2016, arXiv 1611.06440.
struct oracle {
  static constexpr data needs = data::gradient;
  [[nodiscard]] static double cost(double change, double gradient) noexcept { return std::abs(gradient * change); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<oracle>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/random.hpp ----
// Ranking: chance, the baseline that every other ranking has to beat.
#ifndef ESPALIER_RANK_RANDOM_HPP
#define ESPALIER_RANK_RANDOM_HPP

namespace espalier::inline v0::rank {

/// Losses drawn uniformly from [0, 1), for pruning and sharing independently. They depend on the seed and on the
/// weights, so that layers are drawn independently, and the same layer always alike.
/// Complexity: O(n).
struct random {
  std::uint64_t seed = 0;  ///< any number

  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> prune(const structure::grouping& groups, std::span<const Value> kernel) const {
    return draw(groups.count(), generator_of(kernel));
  }

  /// @return one loss per group, independent of those of pruning.
  template <class Value>
  [[nodiscard]] std::vector<double> share(const structure::grouping& groups, std::span<const Value> kernel) const {
    espalier::random_generator generator = generator_of(kernel);
    return draw(groups.count(), generator.split());
  }

 private:
  template <class Value>
  [[nodiscard]] espalier::random_generator generator_of(std::span<const Value> kernel) const {
    std::uint64_t state = seed;
    for (const Value weight : kernel) {
      state = espalier::random_generator(state ^ std::bit_cast<std::uint64_t>(static_cast<double>(weight)))();
    }
    return espalier::random_generator(state);
  }

  [[nodiscard]] static std::vector<double> draw(std::size_t count, espalier::random_generator generator) {
    std::vector<double> losses(count);
    for (double& loss : losses) {
      loss = generator.uniform();
    }
    return losses;
  }
};
static_assert(ranking<random>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/saliency.hpp ----
// Ranking: the second-order change of the loss, from its Hessian.
#ifndef ESPALIER_RANK_SALIENCY_HPP
#define ESPALIER_RANK_SALIENCY_HPP

namespace espalier::inline v0::rank {

/// Second-order change of the loss at a minimum, sum h d^2 / 2; negative curvature counts as 0.
/// Source: LeCun, Denker and Solla, "Optimal brain damage", NIPS 1989.
struct saliency {
  static constexpr data needs = data::curvature;
  [[nodiscard]] static double cost(double change, double curvature) noexcept {
    return 0.5 * (std::max)(curvature, 0.0) * change * change;
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<saliency>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/spread_over_inputs.hpp ----
// Gives every weight the number of the input that it reads.
#ifndef ESPALIER_RANK_SPREAD_OVER_INPUTS_HPP
#define ESPALIER_RANK_SPREAD_OVER_INPUTS_HPP

namespace espalier::inline v0::rank {

/// One number per weight from one per input; see wanda.
/// @param kernel_shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels, filters).
/// @param numbers       one per input channel (a Dense's inputs), or one per row of the kernel's matrix.
/// @return one number per weight, row-major in the kernel.
/// @throws shape_error if there are as many numbers as neither.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<Value> spread_over_inputs(const extents& kernel_shape, std::span<const Value> numbers) {
  const structure::kernel_matrix matrix(kernel_shape);
  if (numbers.size() != matrix.channels && numbers.size() != matrix.inputs) {
    reject<shape_error>("rank::spread_over_inputs", {numbers.size(), " numbers for a kernel of shape ", kernel_shape},
                        {matrix.channels, " or ", matrix.inputs});
  }
  std::vector<Value> result;
  result.reserve(matrix.weights());
  for (std::size_t input = 0; input < matrix.inputs; ++input) {
    result.insert(result.end(), matrix.outputs, numbers[input % numbers.size()]);
  }
  return result;
}

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/taylor.hpp ----
// Ranking: the squared first-order change of the loss, weight by weight.
#ifndef ESPALIER_RANK_TAYLOR_HPP
#define ESPALIER_RANK_TAYLOR_HPP

namespace espalier::inline v0::rank {

/// Squared first-order change of the loss, sum (g d)^2: the second form of a group's importance, which adds up the
/// contributions of its weights.
/// Source: Molchanov et al. 2019, "Importance estimation for neural network pruning", arXiv 1906.10771.
struct taylor {
  static constexpr data needs = data::gradient;
  [[nodiscard]] static double cost(double change, double gradient) noexcept {
    return gradient * change * (gradient * change);
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<taylor>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/unit_scales.hpp ----
// Gives every weight its part of a number that belongs to its unit.
#ifndef ESPALIER_RANK_UNIT_SCALES_HPP
#define ESPALIER_RANK_UNIT_SCALES_HPP

namespace espalier::inline v0::rank {

/// |scale of its unit| / sum of magnitudes of the unit's weights, for every weight; see batch_norm_scale.
/// @param kernel_shape  as it is grouped: the last axis holds the units.
/// @param kernel        the weights, row-major.
/// @param scales        one per unit: the gammas of the batch normalization.
/// @return one number per weight, 0 in a unit of zeros.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<Value> unit_scales(const extents& kernel_shape, std::span<const Value> kernel,
                                             std::span<const Value> scales) {
  const structure::kernel_matrix matrix(kernel_shape);
  if (kernel.size() != matrix.weights() || scales.size() != matrix.outputs) {
    reject<shape_error>("rank::unit_scales", {kernel.size(), " weights and ", scales.size(), " scales"},
                        {matrix.weights(), " and ", matrix.outputs});
  }
  std::vector<double> magnitudes(matrix.outputs, 0.0);
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    magnitudes[index % matrix.outputs] += std::abs(static_cast<double>(kernel[index]));
  }
  std::vector<Value> result(kernel.size());
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    const std::size_t unit = index % matrix.outputs;
    const double scale = std::abs(static_cast<double>(scales[unit]));
    result[index] = static_cast<Value>(magnitudes[unit] > 0 ? scale / magnitudes[unit] : 0.0);
  }
  return result;
}

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/rank/wanda.hpp ----
// Ranking: magnitude times the length of the activation that it is multiplied with.
#ifndef ESPALIER_RANK_WANDA_HPP
#define ESPALIER_RANK_WANDA_HPP

namespace espalier::inline v0::rank {

/// Magnitude times the Euclidean length of the input activation over some samples, sum |d| ||x||. The lengths come one
/// per weight; spread_over_inputs makes that of one per input.
/// Source: Sun et al. 2023, "A simple and effective pruning approach for large language models", arXiv 2306.11695.
struct wanda {
  static constexpr data needs = data::activation_length;
  [[nodiscard]] static double cost(double change, double length) noexcept { return std::abs(change * length); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<wanda>);

}  // namespace espalier::inline v0::rank

#endif

// ---- espalier/report/to_text.hpp ----
// A pruning report as text for people: the levels, the layers and the resources, in columns.
#ifndef ESPALIER_REPORT_TO_TEXT_HPP
#define ESPALIER_REPORT_TO_TEXT_HPP

namespace espalier::inline v0::report {

namespace detail {

/// Lines up cells in columns: the first one to the left, the others to the right.
class table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths;
    for (const auto& cells : rows_) {
      widths.resize((std::max)(widths.size(), cells.size()));
      for (std::size_t column = 0; column < cells.size(); ++column) {
        widths[column] = (std::max)(widths[column], cells[column].size());
      }
    }
    std::string result;
    for (const auto& cells : rows_) {
      std::string line;
      for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string blank(widths[column] - cells[column].size(), ' ');
        line += column == 0 ? cells[column] + blank : "  " + blank + cells[column];
      }
      line.erase(line.find_last_not_of(' ') + 1);
      result += line + '\n';
    }
    return result;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A number with a point for its decimals, whatever the locale; streams cost more to compile, too.
[[nodiscard]] inline std::string number(double value, std::chars_format format, int digits) {
  std::array<char, 400> text;  // 309 digits before the point at most
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, format, digits).ptr};
}

[[nodiscard]] inline std::string fixed(double value, int digits) {
  return number(value, std::chars_format::fixed, digits);
}

[[nodiscard]] inline std::string percent(double share) {
  return fixed(100 * share, 1) + " %";
}

[[nodiscard]] inline std::string percent_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-" : percent(static_cast<double>(part) / static_cast<double>(whole));
}

[[nodiscard]] inline std::string levels_text(const pruning_report& report) {
  table levels;
  std::vector<std::string> head{"level", "target"};
  for (const resource& r : report.resources) {
    head.push_back(r.name);
  }
  for (const char* const name : {"metric", "knapsack", "gap", ""}) {
    head.emplace_back(name);
  }
  levels.row(head);
  for (std::size_t i = 0; i < report.levels.size(); ++i) {
    const level& tried = report.levels[i];
    std::vector<std::string> cells{std::to_string(i + 1), percent(tried.sparsity)};
    for (const std::int64_t used : tried.used) {
      cells.push_back(std::to_string(used));
    }
    cells.push_back(fixed(tried.metric, 4));
    cells.push_back(tried.status);
    cells.push_back(number(tried.gap, std::chars_format::general, 6));
    cells.emplace_back(tried.accepted ? "accepted" : "rejected");
    levels.row(cells);
  }
  return levels.text();
}

/// @return such as "time 81.2 s: training 97.3 %, ranking 1.1 %, ...", with a line end.
[[nodiscard]] inline std::string time_text(const time_split& times) {
  std::string text = "time " + fixed(times.total(), 1) + " s";
  for (const auto& [name, seconds] : times.parts()) {
    text.append(text.back() == 's' ? ": " : ", ").append(name).append(" ");
    text += times.total() > 0 ? percent(seconds / times.total()) : "-";
  }
  return text + '\n';
}

[[nodiscard]] inline std::string layers_text(const pruning_report& report) {
  table layers;
  std::vector<std::string> head{"layer", "weights", "kept", "shared"};
  for (const resource& r : report.resources) {
    head.push_back(r.name + " before");
    head.emplace_back("after");
  }
  layers.row(head);
  for (const layer& l : report.layers) {
    std::vector<std::string> cells{l.name, std::to_string(l.weights), std::to_string(l.weights_kept),
                                   std::to_string(l.weights_shared)};
    for (std::size_t r = 0; r < l.before.size(); ++r) {
      cells.insert(cells.end(), {std::to_string(l.before[r]), std::to_string(l.after[r])});
    }
    if (!l.note.empty()) {
      cells.push_back(l.note);
    }
    layers.row(cells);
  }
  return layers.text();
}

}  // namespace detail

/// Renders one level as a line of text.
/// @param tried      the level.
/// @param resources  names of the resources, in the order of the level's numbers.
/// @return such as "target 80.0 %, DSP 1230, BRAM 276, metric 0.9002, accepted", without a line end.
[[nodiscard]] inline std::string to_text(const level& tried, std::span<const std::string_view> resources) {
  std::string text = "target " + detail::percent(tried.sparsity);
  for (std::size_t r = 0; r < tried.used.size() && r < resources.size(); ++r) {
    text.append(", ").append(resources[r]).append(" ").append(std::to_string(tried.used[r]));
  }
  return text + ", metric " + detail::fixed(tried.metric, 4) + (tried.accepted ? ", accepted" : ", rejected");
}

/// Renders a report as text.
/// @param report  what the loop reports.
/// @return three tables (levels, layers, resources), the reason why the run ended and, if the report holds it,
///         where the time went, with line ends.
[[nodiscard]] inline std::string to_text(const pruning_report& report) {
  detail::table resources;
  resources.row({"resource", "before", "after", "left"});
  for (const resource& r : report.resources) {
    resources.row({r.name, std::to_string(r.before), std::to_string(r.after), detail::percent_of(r.after, r.before)});
  }
  return detail::levels_text(report) + '\n' + detail::layers_text(report) + '\n' + resources.text() + '\n' + "metric " +
         detail::fixed(report.baseline, 4) + " -> " + detail::fixed(report.metric, 4) + "; ended: " + report.ended +
         '\n' + (report.times ? detail::time_text(*report.times) : "");
}

}  // namespace espalier::inline v0::report

#endif

// ---- espalier/schedule/binary.hpp ----
// A schedule that halves the interval between a sparsity that is good enough and one that is not.
#ifndef ESPALIER_SCHEDULE_BINARY_HPP
#define ESPALIER_SCHEDULE_BINARY_HPP

namespace espalier::inline v0::schedule {

/// Settings of `binary`.
struct binary_options {
  double initial = 0;       ///< the first sparsity, taken to be good enough, in [0, final]
  double final = 1;         ///< a sparsity that is never tried, taken to be too high, in [initial, 1]
  double threshold = 0.01;  ///< the interval is not halved once it is narrower, > 0
};

/// Bisection: after success towards the lowest sparsity that failed (at first `final`), after failure back towards the
/// highest that was good, as long as the interval between them is at least the threshold (with a slack of 1e-9).
class binary {
 public:
  /// @param options  see binary_options.
  /// @throws argument_error if a setting is out of its range.
  explicit binary(const binary_options& options = {})
      : good_(options.initial), bad_(options.final), sparsity_(options.initial), threshold_(options.threshold) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.threshold > 0)) {
      reject<argument_error>(
          "schedule::binary",
          {"sparsities from ", options.initial, " to ", options.final, " down to a threshold of ", options.threshold},
          {"0 <= initial <= final <= 1 and a threshold > 0"});
    }
  }

  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return sparsity_; }

  /// Moves up after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    good_ = sparsity_;
    return halve();
  }

  /// Moves down after a level that was not.
  /// @return whether the target moved.
  bool repair() noexcept {
    bad_ = sparsity_;
    return halve();
  }

 private:
  bool halve() noexcept {
    constexpr double drift = 1e-9;
    if (bad_ - good_ < threshold_ - drift || bad_ <= good_) {
      return false;
    }
    sparsity_ = (good_ + bad_) / 2;
    return true;
  }

  double good_;       // the highest sparsity that was good enough
  double bad_;        // the lowest sparsity that was not
  double sparsity_;   // the present target
  double threshold_;  // the narrowest interval that is halved
};
static_assert(schedule<binary>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/schedule/detail/numbered.hpp ----
// What schedules have in common whose levels are computed from their number.
#ifndef ESPALIER_SCHEDULE_DETAIL_NUMBERED_HPP
#define ESPALIER_SCHEDULE_DETAIL_NUMBERED_HPP

namespace espalier::inline v0::schedule::detail {

/// Goes up level by level, after success and after failure alike. Levels are computed from their number, so that
/// rounding does not add up.
/// @tparam Schedule  derives from this and has `double at(std::size_t level)`: the sparsity of a level; where there
///                   is no such level, one that is not above the last.
template <class Schedule>
class numbered {
 public:
  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return at(level_); }

  /// Moves on after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    if (at(level_ + 1) <= sparsity()) {
      return false;
    }
    ++level_;
    return true;
  }

  /// Moves on after a level that was not: a network may do badly at one sparsity and well at a higher one.
  /// @return whether the target moved.
  bool repair() noexcept { return update(); }

 private:
  [[nodiscard]] double at(std::size_t level) const noexcept { return static_cast<const Schedule&>(*this).at(level); }

  std::size_t level_ = 0;
};

}  // namespace espalier::inline v0::schedule::detail

#endif

// ---- espalier/schedule/constant.hpp ----
// A schedule of equal steps.
#ifndef ESPALIER_SCHEDULE_CONSTANT_HPP
#define ESPALIER_SCHEDULE_CONSTANT_HPP

namespace espalier::inline v0::schedule {

/// Settings of `constant`.
struct constant_options {
  double initial = 0;  ///< the first sparsity, in [0, final]
  double final = 1;    ///< the last sparsity, in [initial, 1]
  double step = 0.05;  ///< between two levels, > 0
};

/// Level k is initial + k step, as long as that does not pass the final sparsity; one within 1e-9 of it is exactly
/// that.
class constant : public detail::numbered<constant> {
 public:
  /// @param options  see constant_options.
  /// @throws argument_error if a setting is out of its range.
  explicit constant(const constant_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.step > 0)) {
      reject<argument_error>("schedule::constant",
                             {"sparsities from ", options.initial, " to ", options.final, " by ", options.step},
                             {"0 <= initial <= final <= 1 and a step > 0"});
    }
  }

 private:
  friend detail::numbered<constant>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    constexpr double drift = 1e-9;
    const double sparsity = options_.initial + static_cast<double>(level) * options_.step;
    const double beyond = sparsity - options_.final;
    if (beyond >= drift) {
      return 0;  // no such level
    }
    return beyond > -drift ? options_.final : sparsity;
  }

  constant_options options_;
};
static_assert(schedule<constant>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/schedule/exponential.hpp ----
// A schedule in which every level keeps the same share of what the one before it kept, in a given number of steps.
#ifndef ESPALIER_SCHEDULE_EXPONENTIAL_HPP
#define ESPALIER_SCHEDULE_EXPONENTIAL_HPP

namespace espalier::inline v0::schedule {

/// Settings of `exponential`.
struct exponential_options {
  double initial = 0;      ///< the first sparsity, in [0, final]
  double final = 0.95;     ///< the last sparsity, in [initial, 1)
  std::size_t steps = 10;  ///< levels after the first, >= 1
};

/// Level k of n keeps (1 - initial) ((1 - final) / (1 - initial))^(k / n); the last sparsity is exactly the final one.
/// Unlike `geometric` it moves on after failure and searches for no edge.
class exponential : public detail::numbered<exponential> {
 public:
  /// @param options  see exponential_options.
  /// @throws argument_error if a setting is out of its range.
  explicit exponential(const exponential_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final < 1 && options.steps > 0)) {
      reject<argument_error>(
          "schedule::exponential",
          {"sparsities from ", options.initial, " to ", options.final, " in ", options.steps, " steps"},
          {"0 <= initial <= final < 1 and 1 step or more"});
    }
  }

 private:
  friend detail::numbered<exponential>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    if (level >= options_.steps) {
      return options_.final;
    }
    const double part = static_cast<double>(level) / static_cast<double>(options_.steps);
    const double kept = 1 - options_.initial;
    return level == 0 ? options_.initial : 1 - kept * std::pow((1 - options_.final) / kept, part);
  }

  exponential_options options_;
};
static_assert(schedule<exponential>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/schedule/geometric.hpp ----
// A schedule that keeps a fixed share of what the last good level kept, and takes smaller steps after failure.
#ifndef ESPALIER_SCHEDULE_GEOMETRIC_HPP
#define ESPALIER_SCHEDULE_GEOMETRIC_HPP

namespace espalier::inline v0::schedule {

/// Settings of `geometric`.
struct geometric_options {
  double initial = 0;    ///< the first sparsity, in [0, 1)
  double final = 0.99;   ///< the last sparsity, in [initial, 1)
  double ratio = 0.6;    ///< of what is kept at one level to the level before, in (0, 1)
  double closest = 0.9;  ///< a step of this ratio or a smaller one that fails is the last, in [ratio, 1)
};

/// Each level keeps `ratio` times what the last good one kept: small steps where little is left, large ones before.
///
/// After a failure the step is halved, on the geometric scale, and taken from the last good level again; so a target
/// that failed is tried again from closer by, since what a network can do depends on the way to it. The dense network
/// is the good level before the first.
class geometric {
 public:
  /// @param options  see geometric_options.
  /// @throws argument_error if a setting is out of its range.
  explicit geometric(const geometric_options& options = {})
      : ratio_(options.ratio), closest_(options.closest), kept_(1 - options.initial), least_(1 - options.final) {
    expect(options.initial >= 0 && options.final >= options.initial && options.final < 1,
           "sparsities from " + std::to_string(options.initial) + " to " + std::to_string(options.final),
           "0 <= initial <= final < 1");
    expect(ratio_ > 0 && ratio_ <= closest_ && closest_ < 1,
           "ratio " + std::to_string(ratio_) + " and closest " + std::to_string(closest_), "0 < ratio <= closest < 1");
  }

  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return 1 - kept_; }

  /// Moves on after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    good_ = kept_;
    return move();
  }

  /// Moves back towards the last good level after one that was not.
  /// @return whether the target moved.
  bool repair() noexcept {
    const double step = kept_ / good_;
    ratio_ = std::sqrt(step);
    return step < closest_ && move();
  }

 private:
  static void expect(bool right, const std::string& got, const char* expected) {
    if (!right) {
      reject<argument_error>("schedule::geometric", {got}, {expected});
    }
  }

  bool move() noexcept {
    kept_ = (std::max)(good_ * ratio_, least_);
    return kept_ < good_;
  }

  double ratio_;  // of the present steps
  double closest_;
  double kept_;      // of the present target
  double least_;     // of the final target
  double good_ = 1;  // of the last good level
};
static_assert(schedule<geometric>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/schedule/listed.hpp ----
// A schedule of sparsities that the user gives one by one.
#ifndef ESPALIER_SCHEDULE_LISTED_HPP
#define ESPALIER_SCHEDULE_LISTED_HPP

namespace espalier::inline v0::schedule {

/// The given sparsities, in their order, after success and after failure alike.
class listed : public detail::numbered<listed> {
 public:
  /// @param sparsities  at least one, each in [0, 1] and larger than the one before.
  /// @throws argument_error if there is none, or one is out of range or order.
  explicit listed(std::vector<double> sparsities) : sparsities_(std::move(sparsities)) {
    if (sparsities_.empty()) {
      reject<argument_error>("schedule::listed", {"no sparsities"}, {"at least one"});
    }
    for (std::size_t i = 0; i < sparsities_.size(); ++i) {
      const bool in_order = i == 0 || sparsities_[i] > sparsities_[i - 1];
      if (!(sparsities_[i] >= 0 && sparsities_[i] <= 1 && in_order)) {
        reject<argument_error>("schedule::listed", {"sparsity ", sparsities_[i], " in place ", i},
                               {"0 to 1, larger than the one before"});
      }
    }
  }

 private:
  friend detail::numbered<listed>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    return level < sparsities_.size() ? sparsities_[level] : 0;
  }

  std::vector<double> sparsities_;
};
static_assert(schedule<listed>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/schedule/polynomial.hpp ----
// A schedule of large steps first and small ones last.
#ifndef ESPALIER_SCHEDULE_POLYNOMIAL_HPP
#define ESPALIER_SCHEDULE_POLYNOMIAL_HPP

namespace espalier::inline v0::schedule {

/// Settings of `polynomial`.
struct polynomial_options {
  double initial = 0;      ///< the first sparsity, in [0, final]
  double final = 1;        ///< the last sparsity, in [initial, 1]
  std::size_t steps = 10;  ///< levels after the first, >= 1
  double power = 3;        ///< of the decay, > 0
};

/// Level k of n is final + (initial - final) (1 - k / n)^power; the last one is exactly the final sparsity.
/// Source: Zhu and Gupta 2017, "To prune, or not to prune", arXiv 1710.01878.
class polynomial : public detail::numbered<polynomial> {
 public:
  /// @param options  see polynomial_options.
  /// @throws argument_error if a setting is out of its range.
  explicit polynomial(const polynomial_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.steps > 0 &&
          options.power > 0 && std::isfinite(options.power))) {
      reject<argument_error>("schedule::polynomial",
                             {"sparsities from ", options.initial, " to ", options.final, " in ", options.steps,
                              " steps of power ", options.power},
                             {"0 <= initial <= final <= 1, 1 step or more and a power > 0"});
    }
  }

 private:
  friend detail::numbered<polynomial>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    if (level >= options_.steps) {
      return options_.final;
    }
    const double left = 1 - static_cast<double>(level) / static_cast<double>(options_.steps);
    return options_.final + (options_.initial - options_.final) * std::pow(left, options_.power);
  }

  polynomial_options options_;
};
static_assert(schedule<polynomial>);

}  // namespace espalier::inline v0::schedule

#endif

// ---- espalier/version.hpp ----
// The version of the library, as macros and as text; CMake reads it from here.
#ifndef ESPALIER_VERSION_HPP
#define ESPALIER_VERSION_HPP

#define ESPALIER_VERSION_MAJOR 0
#define ESPALIER_VERSION_MINOR 1
#define ESPALIER_VERSION_PATCH 0
/// The version as one number that compares: major * 10000 + minor * 100 + patch.
#define ESPALIER_VERSION (ESPALIER_VERSION_MAJOR * 10000 + ESPALIER_VERSION_MINOR * 100 + ESPALIER_VERSION_PATCH)

namespace espalier::inline v0 {

/// The version as text, "major.minor.patch".
inline constexpr const char* version_string = "0.1.0";

}  // namespace espalier::inline v0

#endif

// ---- espalier/core.hpp ----
// Everything that needs the standard library only: groups, losses, objectives, knapsack, masks, the pruning loop.
#ifndef ESPALIER_CORE_HPP
#define ESPALIER_CORE_HPP

#endif
