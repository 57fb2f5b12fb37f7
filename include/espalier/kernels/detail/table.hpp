// SPDX-License-Identifier: Apache-2.0
// Finds the innermost loops for the CPU that runs the program.
#ifndef ESPALIER_KERNELS_DETAIL_TABLE_HPP
#define ESPALIER_KERNELS_DETAIL_TABLE_HPP

#include <algorithm>
#include <cstddef>
#include <utility>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/detail/kernel_text.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/instruction_set.hpp>

namespace espalier::inline v0::kernels::detail {

/// Makes the table of a set.
template <class T>
struct make_table {
  /// @tparam Kernels  those of the set.
  /// @tparam Outputs  how many fit its registers beside four points.
  template <class Kernels, std::size_t Outputs>
  [[nodiscard]] static constexpr kernel_table<T> of() {
    kernel_table<T> table;
    table.width = Kernels::width;
    [&]<std::size_t... O>(std::index_sequence<O...>) {
      ((table.product[0][O] = Kernels::template product<1, O + 1>), ...);
      ((table.product[1][O] = Kernels::template product<4, O + 1>), ...);
    }
    (std::make_index_sequence<Outputs>{});
    table.single = {Kernels::template single<1>, Kernels::template single<2>, Kernels::template single<4>,
                    Kernels::template single<8>};
    table.rows = {{{Kernels::template rows<1, 1>, Kernels::template rows<1, 2>},
                   {Kernels::template rows<3, 1>, Kernels::template rows<3, 2>},
                   {Kernels::template rows<5, 1>, Kernels::template rows<5, 2>}}};
    [&]<std::size_t... O>(std::index_sequence<O...>) {
      ((table.in_lanes[0][O] = Kernels::template in_lanes<1, O + 1>), ...);
      ((table.in_lanes[1][O] = Kernels::template in_lanes<3, O + 1>), ...);
      ((table.in_lanes[2][O] = Kernels::template in_lanes<5, O + 1>), ...);
    }
    (std::make_index_sequence<(Outputs == 6 ? 4 : 2)>{});
    table.relu_backward = Kernels::relu_backward;
    table.spread = Kernels::spread;
    table.adam = Kernels::adam;
    return table;
  }
};

/// The same for those that skip weights.
template <class T>
struct make_listed_table {
  template <class Kernels, std::size_t Outputs>
  [[nodiscard]] static constexpr listed_table<T> of() {
    return {
        {Kernels::template listed<1, false>, Kernels::template listed<2, false>, Kernels::template listed<3, false>},
        Kernels::template listed<1, true>,
        {Kernels::template listed_lanes<4>, Kernels::template listed_lanes<8>}};
  }
};

/// The same for gradients behind windows.
template <class T>
struct make_windows_table {
  template <class Kernels, std::size_t Outputs>
  [[nodiscard]] static constexpr windows_table<T> of() {
    windows_table<T> table{};
    if constexpr (sizeof(T) == 4 && Kernels::width > 4) {
      table.products = {Kernels::template windows<1>, Kernels::template windows<2>, Kernels::template windows<3>};
      table.pack_slopes = Kernels::pack_slopes;
    }
    return table;
  }
};

/// The same for outer products. They have tables of their own: what does not sum squares need not compile those.
template <class T, bool Squared>
struct make_outer_table {
  template <class Kernels, std::size_t Outputs>
  [[nodiscard]] static constexpr outer_table<T> of() {
    outer_table<T> table;
    [&]<std::size_t... Places>(std::index_sequence<Places...>) {
      constexpr std::size_t inputs[] = {1, 4, 6};
      ((table[Places] = {Kernels::template outer<Squared, inputs[Places], 1>,
                         Kernels::template outer<Squared, inputs[Places], 2>}),
       ...);
      if constexpr (Outputs == 6) {
        ((table[Places][2] = Kernels::template outer<Squared, inputs[Places], 4>), ...);
      }
    }
    (std::index_sequence<0, 1, 2>{});
    return table;
  }
};

/// @return of the tables that Make makes, that of the instruction set in use.
template <class T, class Make>
[[nodiscard]] const auto& table_in_use() noexcept {
  static constexpr auto of_portable = Make::template of<portable::all<T>, 2>();
#if ESPALIER_DISPATCH
  static constexpr auto of_avx2 = Make::template of<avx2::all<T>, 3>();
  static constexpr auto of_avx512 = Make::template of<avx512::all<T>, 6>();
  const instruction_set set = current_instruction_set();
  if (set != instruction_set::portable) {
    return set == instruction_set::avx512 ? of_avx512 : of_avx2;
  }
#endif
  return of_portable;
}

/// @return the innermost loops of the instruction set in use.
template <class T>
[[nodiscard]] const kernel_table<T>& table() noexcept {
  return table_in_use<T, make_table<T>>();
}

/// @return those that sum outer products, or the squares of both factors.
template <class T, bool Squared>
[[nodiscard]] const outer_table<T>& outer_products() noexcept {
  return table_in_use<T, make_outer_table<T, Squared>>();
}

/// @return those that go back behind windows.
template <class T>
[[nodiscard]] const windows_table<T>& window_products() noexcept {
  return table_in_use<T, make_windows_table<T>>();
}

/// @return those that skip weights.
template <class T>
[[nodiscard]] const listed_table<T>& listed_products() noexcept {
  return table_in_use<T, make_listed_table<T>>();
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE const kernel_table<float>& table<float>() noexcept;
ESPALIER_COMPILED_ONCE const kernel_table<double>& table<double>() noexcept;
ESPALIER_COMPILED_ONCE const windows_table<float>& window_products<float>() noexcept;
ESPALIER_COMPILED_ONCE const listed_table<float>& listed_products<float>() noexcept;
ESPALIER_COMPILED_ONCE const listed_table<double>& listed_products<double>() noexcept;
ESPALIER_COMPILED_ONCE const outer_table<float>& outer_products<float, false>() noexcept;
ESPALIER_COMPILED_ONCE const outer_table<float>& outer_products<float, true>() noexcept;
ESPALIER_COMPILED_ONCE const outer_table<double>& outer_products<double, false>() noexcept;
ESPALIER_COMPILED_ONCE const outer_table<double>& outer_products<double, true>() noexcept;
#endif

/// @param kernels  some that differ in their outputs.   @return outputs that a tile may have.
template <class Kernels>
[[nodiscard]] std::size_t most_outputs(const Kernels& kernels) noexcept {
  return static_cast<std::size_t>(std::find(kernels.begin(), kernels.end(), nullptr) - kernels.begin());
}

/// Calls action(begin, size) for parts of 0 to count that are as equal as can be and have at most `most`.
template <class Action>
void for_each_part(std::size_t count, std::size_t most, Action&& action) {
  const std::size_t parts = (count + most - 1) / most;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = part * count / parts;
    action(begin, (part + 1) * count / parts - begin);
  }
}

/// Runs a product by its list, some tiles of four points at a time.
template <class T>
void run_listed(const product_task<T>& all) {
  const auto& kernels = all.list.kernels->product;
  for_each_part(all.tiles, kernels.size(), [&](std::size_t begin, std::size_t size) {
    product_task<T> part = all;
    part.x += begin * all.x_tile;
    part.y += begin * all.y_tile;
    part.marks = all.marks == nullptr ? nullptr : all.marks + begin * all.y_tile;
    kernels[size - 1](part);
  });
}

/// Runs a product for all of its outputs, a tile of them at a time.
/// @param points  1 or 4; 4 with a list.
template <class T>
void run_product(const product_task<T>& all, std::size_t points, std::size_t outputs) {
  if (all.list.kernels != nullptr) {
    run_listed(all);
    return;
  }
  const kernel_table<T>& kernels = table<T>();
  for_each_part(outputs, most_outputs(kernels.product[1]), [&](std::size_t begin, std::size_t size) {
    product_task<T> part = all;
    part.weights += begin * all.weight_output;
    part.bias = all.bias == nullptr ? nullptr : all.bias + begin;
    part.y += begin * lanes;
    part.marks = all.marks == nullptr ? nullptr : all.marks + begin * lanes;
    kernels.product[points == 4 ? 1 : 0][size - 1](part);
  });
}

}  // namespace espalier::inline v0::kernels::detail

#endif
