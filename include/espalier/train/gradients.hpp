// SPDX-License-Identifier: Apache-2.0
// Numbers from data that rankings ask for: absolute gradients over mini-batches, squared ones over samples, curvature.
#ifndef ESPALIER_TRAIN_GRADIENTS_HPP
#define ESPALIER_TRAIN_GRADIENTS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/gradient_sums.hpp>
#include <espalier/train/detail/hutchinson.hpp>

namespace espalier::inline v0::train {

/// Settings of `mean_absolute_gradients`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct gradient_options {
  std::size_t samples = 4096;  ///< that are looked at, >= 1; all if there are fewer
  std::size_t batch = 128;     ///< samples in a mini-batch, >= 1
  std::uint64_t seed = 0;      ///< of the choice of samples
  std::size_t threads = 1;     ///< 0: as many as the machine runs at once; the result is the same
  Loss loss{};
};

/// Mean over mini-batches of the absolute gradient of the mean loss, for the ranking `oracle`.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return per layer with a kernel, one number per weight.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names the layer if a
///         gradient is not finite.
/// Source: Molchanov et al. 2016, arXiv 1611.06440; absolute values per mini-batch, since the mean vanishes at a
/// minimum.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] std::vector<std::vector<typename Model::value_type>> mean_absolute_gradients(
    Model& model, const data_view<typename Model::value_type>& data, const gradient_options<Loss>& options = {}) {
  detail::gradient_sums<Model, Loss> sums(model, data, options);
  const double batches = std::ceil(static_cast<double>(sums.looked_at()) / static_cast<double>(options.batch));
  return sums.of_kernels(sums.template of_gradients<kernels::gradient_kind::plain>(
      [&](double sum, std::size_t samples) { return std::abs(sum) / (static_cast<double>(samples) * batches); }));
}

/// Settings of `fisher_information`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct fisher_options {
  std::size_t samples = 3072;  ///< that are looked at, >= 1; all if there are fewer
  std::size_t drawn = 384;     ///< of those, about as many as stand for all of them, >= 1; all if there are fewer
  std::size_t batch = 128;     ///< samples in a mini-batch, >= 1
  std::uint64_t seed = 0;      ///< of the choice of samples
  std::size_t threads = 1;     ///< 0: as many as the machine runs at once; the result is the same
  Loss loss{};
};

/// Mean over samples of the squared gradient of a sample's loss, the diagonal of the empirical Fisher information, for
/// the ranking `fisher`.
///
/// A few samples make up most of it: those that the network gets wrong or is unsure of. All are run through the network
/// forward; back go those that are drawn, in proportion to the squared gradient of the loss by the scores. Each is
/// weighted by the inverse of its probability, so that the result is that of all samples on average.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return per layer with a kernel, one number per weight, >= 0.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names the layer if a
///         gradient is not finite.
/// Source: Theis et al. 2018, arXiv 1801.05787; Horvitz and Thompson 1952, "A generalization of sampling without
/// replacement from a finite universe", for the weights; Katharopoulos and Fleuret 2018, "Not all samples are created
/// equal", arXiv 1803.00942, for the gradient by the scores as the measure.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] std::vector<std::vector<typename Model::value_type>> fisher_information(
    Model& model, const data_view<typename Model::value_type>& data, const fisher_options<Loss>& options = {}) {
  if (options.drawn == 0) {
    reject<argument_error>("train::fisher_information", {"0 drawn samples"}, {"1 or more"});
  }
  detail::gradient_sums<Model, Loss> sums(model, data, options);
  sums.draw(options);
  const auto looked_at = static_cast<double>(sums.looked_at());
  return sums.of_kernels(sums.template of_gradients<kernels::gradient_kind::squared>(
      [&](double sum, std::size_t) { return sum / looked_at; }));
}

/// Settings of `hessian_diagonal`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct hessian_options {
  std::size_t samples = 4096;  ///< that are looked at, >= 1; all if there are fewer
  std::size_t batch = 128;     ///< samples in a mini-batch, >= 1
  std::uint64_t seed = 0;      ///< of the choice of samples and of the probes
  std::size_t threads = 1;     ///< 0: as many as the machine runs at once; the result is the same
  std::size_t probes = 32;     ///< random directions of an estimate, >= 2; without meaning where the result is exact
  Loss loss{};
};

/// The diagonal of a Hessian.
/// @tparam T  float or double.
template <class T>
struct hessian {
  std::vector<std::vector<T>> diagonal;        ///< per layer with a kernel, one number per weight
  std::vector<std::vector<T>> standard_error;  ///< of each, of an estimate; 0 where it is exact
  bool exact = false;                          ///< whether it is no estimate
};

/// Diagonal of the Hessian of the mean loss in inference, for the ranking `saliency`.
///
/// It is exact (up to rounding, and away from kinks) if the loss gives its own Hessian by the scores, as all but those
/// of probabilities do, and the scores are linear, piece by piece, in the weights of each layer: networks of dense
/// layers, convolutions, batch normalizations, poolings and rectifiers, with a softmax or sigmoid that the loss takes
/// along. There it equals the diagonal of the generalized Gauss-Newton matrix, which is summed by going back once for
/// each factor of the loss's Hessian. Quantizers count as what their gradients say. Other networks, such as those with
/// tanh inside, get Hutchinson's estimate from differences of gradients, with its standard error over the probes.
/// @param model    a network, see nn::sequential; its weights are as before afterwards.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return it.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names the layer if a
///         number is not finite.
/// Complexity: per sample one forward and as many backward passes as the loss has factors (its classes or outputs), or
/// two of each per probe.
/// Source: LeCun, Denker and Solla 1989 for what it is for; Dangel, Kunstner and Hennig 2020, arXiv 1912.10985, for the
/// factors; Bekas, Kokiopoulou and Saad 2007, "An estimator for the diagonal of a matrix", for the estimate.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] hessian<typename Model::value_type> hessian_diagonal(Model& model,
                                                                   const data_view<typename Model::value_type>& data,
                                                                   const hessian_options<Loss>& options = {}) {
  if (options.probes < 2) {
    reject<argument_error>("train::hessian_diagonal", {options.probes, " probes"}, {"2 or more"});
  }
  detail::gradient_sums<Model, Loss> sums(model, data, options);
  hessian<typename Model::value_type> result;
  if constexpr (loss::curved_loss<Loss> && requires { model.template piecewise_linear<loss::scores_of<Loss>()>(); }) {
    result.exact = model.template piecewise_linear<loss::scores_of<Loss>()>();
    if (result.exact) {
      const std::vector<double> diagonal = sums.of_curvature();
      result.diagonal = sums.of_kernels(diagonal);
      result.standard_error = sums.of_kernels(std::vector<double>(diagonal.size()));
      return result;
    }
  }
  const detail::estimate found = detail::hutchinson(sums, options);
  result.diagonal = sums.of_kernels(found.mean);
  result.standard_error = sums.of_kernels(found.standard_error);
  return result;
}

}  // namespace espalier::inline v0::train

#endif
