// One chain of the local search: an order, its moves, and what it accepts.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "planner/order.hpp"
#include "sim/random.hpp"

namespace rollcast::planner {

/// What a chain minimises, in ns: the makespan, then four times what clusters are over the
/// mixed-version limit, then a 64th of the mean end, which tells orders of one makespan apart.
std::int64_t cost_of(const Decoder& decoder, const Decoded& decoded);

/// Threshold accepting on the order of some clusters. Moves: one machine, a block or (over several
/// clusters) a run of one cluster's to another place, two machines swapped, a machine of the
/// critical chain before what it waits for.
class Chain {
public:
    /// `number` sets its random stream apart. All references must outlive the chain.
    Chain(const Decoder& decoder,
          const models::Plan& pattern,
          const std::vector<models::ClusterId>& clusters,
          Order start,
          std::uint64_t seed,
          std::uint32_t number);

    /// Up to `evaluations` moves, the threshold falling from `from` to `to` of the first cost;
    /// returns early at `good_enough`, and where `stop` (may be null) is set.
    void run(std::uint64_t evaluations,
             double from,
             double to,
             sim::Duration good_enough,
             const std::atomic<bool>* stop);
    /// Goes on from another order.
    void adopt(const Chain& other);

    const Order& best() const { return best_; }
    std::int64_t best_cost() const { return best_cost_; }
    sim::Duration best_makespan() const { return best_makespan_; }
    std::uint64_t evaluations() const { return evaluations_; }

private:
    Decoded evaluate(const Order& order);
    Order neighbour();
    void move_one(Order& order);
    void move_block(Order& order);
    void move_run(Order& order);
    void swap_two(Order& order);
    bool move_critical(Order& order);
    models::MachineId waited_for(models::MachineId machine) const;
    void find_critical();
    std::size_t draw(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

    const Decoder* decoder_;
    const models::Plan* pattern_;
    const std::vector<models::ClusterId>* clusters_;
    sim::RandomStream random_;
    Order current_;
    Decoded decoded_;  // of current_
    std::int64_t current_cost_ = 0;
    std::int64_t first_cost_ = 0;
    Order best_;
    std::int64_t best_cost_ = 0;
    sim::Duration best_makespan_{};
    std::uint64_t evaluations_ = 0;
    std::vector<models::MachineId> critical_;  // of current_; empty = not looked for yet
};

}  // namespace rollcast::planner
