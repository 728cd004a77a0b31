// The fractional bound by column generation: a weight a broker of which no set that may be down
// together holds more than one (planner §1.5.7).
#pragma once

#include <cstdint>
#include <vector>

#include "planner/certificate/heaviest_set.hpp"
#include "sim/units.hpp"

namespace rollcast::planner {

struct FractionalBound {
    sim::Duration value{};              // sum of length * weight / heaviest, rounded down
    std::vector<std::int64_t> weights;  // one an element, 0 .. 10^9
    std::int64_t heaviest = 0;          // weight of the heaviest allowed set
    bool solved = false;                // the linear program is solved; else the best on the way
    std::vector<std::vector<std::uint32_t>> sets;  // allowed sets of the last basis
};

/// Solves min sum x_S with sum over S holding b of x_S >= length_b, S over the allowed sets of
/// `problem` (its weights are not looked at), by the primal simplex method: sets enter when the
/// heaviest one by the dual weights, found exactly, weighs more than 1. The value holds whatever
/// the rounding: it is recomputed from whole weights and an exact heaviest set.
///
/// `nodes`: budget of the searches for sets, all together; when it runs out the best bound so far
/// is returned. Zero where not even the first search ends.
FractionalBound fractional_bound(certificate::SetProblem problem,
                                 const std::vector<sim::Duration>& length,
                                 std::uint64_t nodes = 4'000'000);

}  // namespace rollcast::planner
