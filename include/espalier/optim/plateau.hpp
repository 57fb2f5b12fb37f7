// SPDX-License-Identifier: Apache-2.0
// A learning rate that shrinks when the loss no longer falls.
#ifndef ESPALIER_OPTIM_PLATEAU_HPP
#define ESPALIER_OPTIM_PLATEAU_HPP

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/optim/constant_rate.hpp>
#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Another rate times a factor that shrinks after `patience` epochs without a new least loss, as Keras's
/// ReduceLROnPlateau.
/// @tparam Rate  any that does not learn from the training itself.
template <learning_rate Rate = constant_rate>
struct plateau {
  Rate rate{};
  double factor = 0.1;        ///< by which the rate is multiplied, in (0, 1)
  std::size_t patience = 10;  ///< epochs without improvement before it is, >= 1
  double improvement = 1e-4;  ///< by which a loss must be below the least so far to count, >= 0
  std::size_t cooldown = 0;   ///< epochs after a reduction that do not count
  double least = 0;           ///< below which no rate goes by reduction, >= 0

  /// @return the rate before any reduction.
  [[nodiscard]] double operator()(std::size_t step, std::size_t steps) const { return rate(step, steps); }

  /// What it remembers of a training.
  class state {
   public:
    /// @throws argument_error if a setting is out of range.
    explicit state(const plateau& settings) : settings_(settings) {
      detail::expect(settings.factor > 0 && settings.factor < 1, "plateau", {"factor ", settings.factor},
                     {"0 < factor < 1"});
      detail::expect(settings.patience > 0, "plateau", {"patience 0"}, {"1 or more"});
      detail::expect(settings.improvement >= 0 && settings.least >= 0, "plateau",
                     {"a negative improvement or least rate"}, {"0 or more"});
    }

    [[nodiscard]] double operator()(std::size_t step, std::size_t steps) const {
      const double full = settings_.rate(step, steps);
      return (std::max)(full * share_, (std::min)(settings_.least, full));
    }

    void report(double loss) {
      if (cooldown_ > 0) {
        --cooldown_;
        waited_ = 0;
      }
      if (loss < best_ - settings_.improvement) {
        best_ = loss;
        waited_ = 0;
      } else if (cooldown_ == 0 && ++waited_ >= settings_.patience) {
        share_ *= settings_.factor;
        cooldown_ = settings_.cooldown;
        waited_ = 0;
      }
    }

    /// Shows what it remembers to a byte_writer or byte_reader.
    template <class Archive>
    void archive(Archive& a) {
      a(share_, best_, waited_, cooldown_);
    }

   private:
    plateau settings_;
    double share_ = 1;
    double best_ = (std::numeric_limits<double>::max)();
    std::size_t waited_ = 0;
    std::size_t cooldown_ = 0;
  };
};
static_assert(learning_rate<plateau<constant_rate>>);

}  // namespace espalier::inline v0::optim

#endif
