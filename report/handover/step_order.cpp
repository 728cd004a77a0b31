#include "report/handover/step_order.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rollcast::report {

std::vector<HandoverBatch> batches_by_start(const models::Case& a_case,
                                            const models::Verdict& verdict) {
    std::vector<models::MachineTimes> steps;
    for (const models::MachineTimes& times : verdict.machines) {
        if (times.start != sim::Instant::never()) steps.push_back(times);
    }
    std::stable_sort(
        steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    std::vector<HandoverBatch> batches;
    std::map<std::tuple<models::ClusterId, bool, std::uint32_t>, std::size_t> known;
    for (const models::MachineTimes& times : steps) {
        const models::Machine& machine = a_case.fleet.machines()[times.machine];
        // Numbers of quorum nodes are those of a list of their own.
        const auto key = std::tuple(machine.cluster, machine.broker.exists(), times.batch);
        const auto [at, added] = known.try_emplace(key, batches.size());
        if (added) batches.push_back({machine.cluster, times.batch, {}});
        batches[at->second].steps.push_back(times);
    }
    return batches;
}

}  // namespace rollcast::report
