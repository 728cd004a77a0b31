// The oracle of fair sharing: water-filling by the book, every step over everything.
#pragma once

#include <cstddef>
#include <vector>

namespace rollcast::test {

struct OracleFlow {
    std::vector<std::size_t> path;
    double weight = 1.0;
    double cap = 1e300;  // B/s
};

/// Max-min fair rates in B/s, one for each flow. O(flows x (flows + resources)).
std::vector<double> max_min_rates(const std::vector<double>& capacities,
                                  const std::vector<OracleFlow>& flows);

}  // namespace rollcast::test
