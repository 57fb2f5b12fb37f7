// SPDX-License-Identifier: Apache-2.0
// A ranking by Fisher information needs a trainer that gives it.
// Refused with: this ranking needs fisher
#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/schedule/constant.hpp>

struct network {
  using value_type = float;
  std::vector<espalier::attributes::prunable_layer<float>> layers();
  std::vector<std::span<float>> parameters();
};
struct plain_trainer {
  void fit(network&, espalier::prune::masks<float>, const espalier::prune::training_phase&);
  double evaluate(network&);
};

void prune(network& model, plain_trainer& trainer, const espalier::schedule::constant& schedule) {
#ifdef ESPALIER_BAD_LINE
  const espalier::prune::options<> options;
#else
  const espalier::prune::options<espalier::rank::l1> options;
#endif
  static_cast<void>(espalier::prune::optimize(model, trainer, espalier::objective::parameters{}, schedule, options));
}
