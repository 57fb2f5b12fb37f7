// SPDX-License-Identifier: Apache-2.0
// A training that goes epoch by epoch and can be saved in between.
#ifndef ESPALIER_TRAIN_DETAIL_SESSION_HPP
#define ESPALIER_TRAIN_DETAIL_SESSION_HPP

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/fitting.hpp>
#include <espalier/train/detail/gathered.hpp>
#include <espalier/train/detail/loader_source.hpp>
#include <espalier/train/detail/memory_source.hpp>

namespace espalier::inline v0::train::detail {

/// Where batches come from: out of a view, or from a loader.
template <class T, class Data>
struct source_of {
  using type = loader_source<T, Data>;
};
template <class T>
struct source_of<T, const data_view<T>> {
  using type = memory_source<T>;
};

/// @tparam Data  a const data_view or a loader, which must outlive the session.
template <class Model, class Options, class Data>
class session {
 public:
  using value_type = typename Model::value_type;
  using fitting_type = fitting<Model, Options, typename source_of<value_type, Data>::type>;

  session(Model& model, Data& data, Options options)
      : options_(std::move(options)), data_(data), network_(model, options_), watched_(network_.watched(options_)) {
    fitting_.emplace(network_.model(), data_, watched_);
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// @return the mean loss of the epoch.
  double run_epoch() {
    const double loss = fitting_->next_epoch();
    network_.scatter();
    return loss;
  }

  /// @return what the training remembers, but for the parameters of the network.
  [[nodiscard]] std::vector<std::byte> save() requires requires(fitting_type& fitting, byte_writer& writer) {
    fitting.archive(writer);
  }
  {
    byte_writer writer;
    network_.archive(writer);
    fitting_->archive(writer);
    return writer.take();
  }

  /// Goes on where a training of equal settings was saved.
  void load(std::span<const std::byte> saved) requires requires(fitting_type& fitting, byte_reader& reader) {
    fitting.archive(reader);
  }
  {
    fitting_.reset();
    byte_reader reader(saved);
    network_.archive(reader);
    watched_ = network_.watched(options_);
    fitting_.emplace(network_.model(), data_, watched_);
    const std::size_t size = save().size();
    if (saved.size() != size) {
      reject<parse_error>("train::trainer", {saved.size(), " bytes of a saved training"}, {size, ", as this one has"});
    }
    fitting_->archive(reader);
  }

 private:
  Options options_;
  Data& data_;
  gathered<Model> network_;
  Options watched_;
  std::optional<fitting_type> fitting_;  // refers to the others
};

}  // namespace espalier::inline v0::train::detail

#endif
