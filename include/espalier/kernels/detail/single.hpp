// SPDX-License-Identifier: Apache-2.0
// Products of a single sample, whose outputs lie side by side in the vectors.
#ifndef ESPALIER_KERNELS_DETAIL_SINGLE_HPP
#define ESPALIER_KERNELS_DETAIL_SINGLE_HPP

#include <algorithm>
#include <bit>
#include <cstddef>

#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// y = x kernel + bias of one sample, as many vectors of outputs at a time as there are tiles for.
template <class T>
void run_single(single_task<T> task, std::size_t outputs) {
  const kernel_table<T>& kernels = table<T>();
  const T* end = task.kernel + task.inputs * task.row;
  while (outputs > 0) {
    const std::size_t vectors = (outputs + kernels.width - 1) / kernels.width;
    const std::size_t log = (std::min)(std::size_t{3}, static_cast<std::size_t>(std::bit_width(vectors)) - 1);
    const std::size_t reach = kernels.width << log;
    task.outputs = (std::min)(outputs, reach);
    // Whole vectors may reach into the next row, but not beyond the last one.
    const auto room = static_cast<std::size_t>(end - task.kernel);
    task.whole = room < reach ? 0 : (std::min)(task.inputs, (room - reach) / task.row + 1);
    kernels.single[log](task);
    task.kernel += task.outputs;
    task.bias = task.bias == nullptr ? nullptr : task.bias + task.outputs;
    task.y += task.outputs * lanes;
    outputs -= task.outputs;
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
