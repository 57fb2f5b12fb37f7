// SPDX-License-Identifier: Apache-2.0
// A trainer that begins every level from early weights: lottery tickets.
#ifndef ESPALIER_PRUNE_REWOUND_HPP
#define ESPALIER_PRUNE_REWOUND_HPP

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/fingerprint.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/snapshot.hpp>
#include <espalier/prune/trainer.hpp>

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
