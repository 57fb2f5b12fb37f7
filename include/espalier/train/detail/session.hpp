// SPDX-License-Identifier: Apache-2.0
// A training that goes epoch by epoch and can be saved in between.
#ifndef ESPALIER_TRAIN_DETAIL_SESSION_HPP
#define ESPALIER_TRAIN_DETAIL_SESSION_HPP

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/fit.hpp>

namespace espalier::inline v0::train::detail {

template <class Model, class Options>
class session {
 public:
  using fitting_type = memory_fitting<Model, Options>;

  session(Model& model, const data_view<typename Model::value_type>& data, Options options)
      : options_(std::move(options)), fitting_(model, data, options_) {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// @return the mean loss of the epoch.
  double run_epoch() { return fitting_.next_epoch(); }

  /// @return what the training remembers, but for the parameters of the network.
  [[nodiscard]] std::vector<std::byte> save() requires requires(fitting_type& fitting, byte_writer& writer) {
    fitting.archive(writer);
  }
  {
    byte_writer writer;
    fitting_.archive(writer);
    return writer.take();
  }

  /// Goes on where a training of equal settings was saved.
  void load(std::span<const std::byte> saved) requires requires(fitting_type& fitting, byte_reader& reader) {
    fitting.archive(reader);
  }
  {
    const std::size_t size = save().size();
    if (saved.size() != size) {
      throw parse_error(error_message("train::trainer", std::to_string(saved.size()) + " bytes of a saved training",
                                      std::to_string(size) + ", as this one has"));
    }
    byte_reader reader(saved);
    fitting_.archive(reader);
  }

 private:
  Options options_;
  fitting_type fitting_;  // refers to the options
};

}  // namespace espalier::inline v0::train::detail

#endif
