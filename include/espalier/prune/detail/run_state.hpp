// SPDX-License-Identifier: Apache-2.0
// All that a pruning run knows between two steps, and the way to bytes and back.
#ifndef ESPALIER_PRUNE_DETAIL_RUN_STATE_HPP
#define ESPALIER_PRUNE_DETAIL_RUN_STATE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/prune/found_network.hpp>
#include <espalier/prune/result.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/report/time_split.hpp>

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
