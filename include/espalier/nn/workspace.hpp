// SPDX-License-Identifier: Apache-2.0
// The memory of passes through a network: values, gradients and scratch, allocated once.
#ifndef ESPALIER_NN_WORKSPACE_HPP
#define ESPALIER_NN_WORKSPACE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/kernels/aligned_allocator.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::nn {

/// What passes have memory for.
enum class workspace_kind : std::uint8_t {
  training,  ///< forward and back: values stay until the way back, and each has a gradient
  inference  ///< forward only: no gradients, and a value stays until the layers behind it have run
};

/// Values before, between and behind the layers of a network, and their gradients, for some blocks of samples.
/// @tparam T  float or double.
template <class T>
class workspace {
 public:
  /// How much memory there is beside the shapes.
  struct size {
    std::size_t blocks = 1;   ///< of 16 samples
    std::size_t scratch = 0;  ///< numbers that a layer may use during its pass
    std::size_t sums = 0;     ///< numbers that batch layers collect
    std::size_t kept = 0;     ///< numbers that layers keep from pass to pass
    workspace_kind kind = workspace_kind::training;
  };

  /// @param shapes    of one sample before the first layer, and behind each layer; {0} where nothing is written.
  /// @param in_place  per layer: whether its output takes the place of its input.
  /// @param s         see size.
  template <std::size_t Depth>
  workspace(const std::array<extents, Depth + 1>& shapes, const std::array<bool, Depth>& in_place, const size& s) {
    for (const extents& shape : shapes) {
      features_.push_back(shape.size());
    }
    const std::size_t end = s.kind == workspace_kind::training ? line_up(in_place) : take_turns(in_place);
    for (std::size_t& begin : begins_) {
      begin *= s.blocks * kernels::lanes;
    }
    allocate(end, s);
  }

  /// @param shapes  of one sample at each place; none takes the place of another.
  workspace(std::span<const extents> shapes, const size& s) {
    std::size_t end = 0;
    for (const extents& shape : shapes) {
      features_.push_back(shape.size());
      begins_.push_back(end * s.blocks * kernels::lanes);
      end += shape.size();
    }
    allocate(end, s);
  }

  /// What the passes are for that follow.
  struct purpose {
    std::size_t samples = 0;        ///< in the blocks; 0: all lanes
    std::uint64_t noise = 0;        ///< see pass; 0: not a training
    const double* batch = nullptr;  ///< see pass::batch_sums, for all batch layers one after the other
  };

  /// @param place  0: the samples; i: behind layer i - 1.
  /// @return the values there, [block][feature][lane].
  [[nodiscard]] T* value(std::size_t place) noexcept { return values_.data() + begins_[place]; }
  /// @param place  as for value.
  /// @return the gradient of the loss there; null in inference.
  [[nodiscard]] T* delta(std::size_t place) noexcept {
    return deltas_.empty() ? nullptr : deltas_.data() + begins_[place];
  }
  [[nodiscard]] T* scratch() noexcept { return scratch_.data(); }
  /// @return what batch layers collect, one after the other.
  [[nodiscard]] std::vector<double>& sums() noexcept { return sums_; }
  /// @return what layers keep from pass to pass, one after the other; at first not numbers.
  [[nodiscard]] T* kept() noexcept { return kept_.data(); }
  [[nodiscard]] workspace_kind kind() const noexcept { return kind_; }
  [[nodiscard]] const purpose& used_for() const noexcept { return purpose_; }
  void use_for(const purpose& p) noexcept { purpose_ = p; }
  /// @param place  as for value.   @return how many numbers of so many blocks are there.
  [[nodiscard]] std::size_t count(std::size_t place, std::size_t blocks) const noexcept {
    return features_[place] * blocks * kernels::lanes;
  }

 private:
  /// One array behind the other.   @return where they end.
  template <std::size_t Depth>
  [[nodiscard]] std::size_t line_up(const std::array<bool, Depth>& in_place) {
    begins_.push_back(0);
    std::size_t end = features_[0];
    for (std::size_t layer = 0; layer < Depth; ++layer) {
      begins_.push_back(in_place[layer] ? begins_.back() : end);
      end += in_place[layer] ? 0 : features_[layer + 1];
    }
    return end;
  }

  /// Arrays take turns at three areas: one more than are in use, for a layer may take along what is behind it.
  template <std::size_t Depth>
  [[nodiscard]] std::size_t take_turns(const std::array<bool, Depth>& in_place) {
    std::vector<std::size_t> areas{0};
    std::array<std::size_t, 3> sizes{features_[0], 0, 0};
    for (std::size_t layer = 0; layer < Depth; ++layer) {
      const std::size_t area = in_place[layer] ? areas.back() : (areas.back() + 1) % 3;
      areas.push_back(area);
      sizes[area] = (std::max)(sizes[area], features_[layer + 1]);
    }
    const std::array<std::size_t, 4> ends{0, sizes[0], sizes[0] + sizes[1], sizes[0] + sizes[1] + sizes[2]};
    for (const std::size_t area : areas) {
      begins_.push_back(ends[area]);
    }
    return ends[3];
  }

  void allocate(std::size_t features, const size& s) {
    kind_ = s.kind;
    values_.resize(features * s.blocks * kernels::lanes);
    deltas_.resize(s.kind == workspace_kind::training ? values_.size() : 0);
    scratch_.resize(s.scratch);
    sums_.resize(s.sums);
    kept_.assign(s.kept, std::numeric_limits<T>::quiet_NaN());
  }

  workspace_kind kind_ = workspace_kind::training;
  std::vector<std::size_t> features_;
  std::vector<std::size_t> begins_;
  kernels::lane_vector<T> values_;
  kernels::lane_vector<T> deltas_;
  kernels::lane_vector<T> scratch_;
  std::vector<double> sums_;
  std::vector<T> kept_;
  purpose purpose_;
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class workspace<float>;
ESPALIER_COMPILED_ONCE class workspace<double>;
#endif

}  // namespace espalier::inline v0::nn

#endif
