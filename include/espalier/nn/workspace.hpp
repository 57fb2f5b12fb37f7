// SPDX-License-Identifier: Apache-2.0
// The memory of passes through a network: values, gradients and scratch, allocated once.
#ifndef ESPALIER_NN_WORKSPACE_HPP
#define ESPALIER_NN_WORKSPACE_HPP

#include <algorithm>
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

/// What stands at one place of a workspace: before, between or behind layers.
struct workspace_place {
  std::size_t numbers = 0;  ///< of one sample; 0 where nothing is written
  std::size_t written = 0;  ///< the step of a pass forward that writes them
  std::size_t read = 0;     ///< the last step that reads them, no earlier
  std::size_t root = 0;  ///< the place whose memory it takes: its own, or an earlier one that does not take another's
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

  /// @param places  0: the samples; then as the network likes.
  /// @param s       see size.
  /// Complexity: quadratic in the places.
  workspace(std::span<const workspace_place> places, const size& s) {
    std::vector<workspace_place> roots(places.begin(), places.end());
    for (std::size_t i = 0; i < places.size(); ++i) {
      workspace_place& root = roots[places[i].root];
      root.read = (std::max)(root.read, places[i].read);
      features_.push_back(places[i].numbers);
    }
    begins_.resize(places.size());
    const std::size_t end = s.kind == workspace_kind::training ? line_up(roots) : take_turns(roots);
    for (std::size_t i = 0; i < places.size(); ++i) {
      begins_[i] = places[i].root == i ? begins_[i] * s.blocks * kernels::lanes : begins_[places[i].root];
    }
    allocate(end, s);
  }

  /// What the passes are for that follow.
  struct purpose {
    std::size_t samples = 0;        ///< in the blocks; 0: all lanes
    std::uint64_t noise = 0;        ///< see pass; 0: not a training
    const double* batch = nullptr;  ///< see pass::batch_sums, for all batch layers one after the other
  };

  /// @param place  which one.
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
  /// One root behind the other.   @return where they end.
  [[nodiscard]] std::size_t line_up(const std::vector<workspace_place>& roots) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < roots.size(); ++i) {
      begins_[i] = end;
      end += roots[i].root == i ? roots[i].numbers : 0;
    }
    return end;
  }

  /// Roots that are not in use at the same time share memory. The largest choose first, each the first gap that is wide
  /// enough.   @return where they end.
  [[nodiscard]] std::size_t take_turns(const std::vector<workspace_place>& roots) {
    std::vector<std::size_t> placed;
    std::size_t end = 0;
    for (std::size_t i = largest_left(roots, placed); i < roots.size(); i = largest_left(roots, placed)) {
      begins_[i] = first_gap(roots, placed, i);
      end = (std::max)(end, begins_[i] + roots[i].numbers);
      placed.push_back(i);
    }
    return end;
  }
  [[nodiscard]] static std::size_t largest_left(const std::vector<workspace_place>& roots,
                                                const std::vector<std::size_t>& placed) {
    std::size_t largest = roots.size();
    for (std::size_t i = 0; i < roots.size(); ++i) {
      const bool left = roots[i].root == i && std::find(placed.begin(), placed.end(), i) == placed.end();
      if (left && (largest == roots.size() || roots[i].numbers > roots[largest].numbers)) {
        largest = i;
      }
    }
    return largest;
  }
  [[nodiscard]] std::size_t first_gap(const std::vector<workspace_place>& roots, const std::vector<std::size_t>& placed,
                                      std::size_t own) const {
    std::size_t begin = 0;
    while (true) {
      const auto in_the_way = std::find_if(placed.begin(), placed.end(), [&](std::size_t other) {
        const bool both_in_use = roots[own].written <= roots[other].read && roots[other].written <= roots[own].read;
        return both_in_use && begin < begins_[other] + roots[other].numbers &&
               begins_[other] < begin + roots[own].numbers;
      });
      if (in_the_way == placed.end()) {
        return begin;
      }
      begin = begins_[*in_the_way] + roots[*in_the_way].numbers;
    }
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
