#include "tests/support/max_min_rates.hpp"

#include <algorithm>
#include <limits>

namespace rollcast::test {
namespace {

struct Filling {
    std::vector<double> left;
    std::vector<double> weight;
};

/// What each resource has left, and the weight of the flows still rising on it.
Filling measure(const std::vector<double>& capacities,
                const std::vector<OracleFlow>& flows,
                const std::vector<bool>& settled,
                const std::vector<double>& rates) {
    Filling filling{capacities, std::vector<double>(capacities.size())};
    for (std::size_t f = 0; f < flows.size(); ++f) {
        for (const std::size_t r : flows[f].path) {
            (settled[f] ? filling.left[r] : filling.weight[r]) +=
                settled[f] ? -rates[f] : flows[f].weight;
        }
    }
    return filling;
}

}  // namespace

std::vector<double> max_min_rates(const std::vector<double>& capacities,
                                  const std::vector<OracleFlow>& flows) {
    std::vector<double> rates(flows.size());
    std::vector<bool> settled(flows.size());
    for (std::size_t left = flows.size(); left > 0;) {
        const Filling filling = measure(capacities, flows, settled, rates);
        double level = std::numeric_limits<double>::infinity();
        for (std::size_t r = 0; r < capacities.size(); ++r) {
            if (filling.weight[r] > 0) {
                level = std::min(level, std::max(filling.left[r], 0.0) / filling.weight[r]);
            }
        }
        for (std::size_t f = 0; f < flows.size(); ++f) {
            if (!settled[f]) level = std::min(level, flows[f].cap / flows[f].weight);
        }
        const double reached = level * (1 + 1e-13);  // what rounding split belongs together
        for (std::size_t f = 0; f < flows.size(); ++f) {
            if (settled[f]) continue;
            bool stops = flows[f].cap / flows[f].weight <= reached;
            for (const std::size_t r : flows[f].path) {
                stops = stops || std::max(filling.left[r], 0.0) / filling.weight[r] <= reached;
            }
            if (!stops) continue;
            settled[f] = true;
            rates[f] = std::min(flows[f].weight * level, flows[f].cap);
            --left;
        }
    }
    return rates;
}

}  // namespace rollcast::test
