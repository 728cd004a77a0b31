// An order of machines, and the event-driven plan that starts them by it: what the search moves in.
#pragma once

#include <vector>

#include "planner/decode.hpp"

namespace rollcast::planner {

/// Brokers' machines in the order in which they are looked at for a start.
using Order = std::vector<models::MachineId>;

/// The order of `plan` restricted to `clusters`: batches with the longest chain behind them first,
/// where the chain of a batch is the time it and the batches after it need one after another.
Order order_of(const Decoder& decoder,
               const models::Plan& plan,
               const std::vector<models::ClusterId>& clusters);

/// `pattern` restricted to `clusters`, its brokers started event-driven in `order`: every run of
/// machines of one cluster is a batch. Quorum chains stay as they are.
models::Plan plan_of(const Decoder& decoder,
                     const models::Plan& pattern,
                     const std::vector<models::ClusterId>& clusters,
                     const Order& order);

/// The same schedule told as an operator reads it: machines that start together are one batch, and
/// batches are numbered by their start. Left as it is where that would end later.
models::Plan by_start(const Decoder& decoder, const models::Plan& plan);

}  // namespace rollcast::planner
