#include "report/latency.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "models/latency_model.hpp"
#include "report/layout.hpp"

namespace rollcast::report {
namespace {

using models::LatencyEstimate;

void for_each_cluster(
    const models::Case& a_case,
    models::ClusterId only,
    const std::function<void(models::ClusterId, const std::vector<LatencyEstimate>&)>& use) {
    for (const auto c : models::Range<models::ClusterId>(a_case.fleet.clusters().size())) {
        if (only.exists() && c != only) continue;
        use(c, models::estimate_latencies(a_case, c, a_case.curve.highest()));
    }
}

Json quantiles_json(sim::Duration p50, sim::Duration p99) {
    return {{"p50_s", json_rounded(sim::to_seconds(p50), 1e6)},
            {"p99_s", json_rounded(sim::to_seconds(p99), 1e6)}};
}

std::string ms_text(sim::Duration d) { return fmt::format("{:.1f}", sim::to_seconds(d) * 1e3); }

}  // namespace

std::string latency_text(const models::Case& a_case, models::ClusterId only) {
    Table table({"slowest topic to produce to", "p50 ms", "p99", "end to end p50", "p99"});
    for_each_cluster(
        a_case, only, [&](models::ClusterId c, const std::vector<LatencyEstimate>& estimates) {
            if (estimates.empty()) return;
            const auto slowest = std::max_element(
                estimates.begin(), estimates.end(), [](const auto& a, const auto& b) {
                    return a.produce_p99 < b.produce_p99;
                });
            const models::Cluster& cluster = a_case.fleet.clusters()[c];
            const auto place = static_cast<std::uint32_t>(slowest - estimates.begin());
            const auto first = *cluster.topics().begin();
            const models::Topic& topic =
                a_case.fleet.topics()[models::TopicId{first.value + place}];
            table.add({cluster.name + "/" + topic.name,
                       ms_text(slowest->produce_p50),
                       ms_text(slowest->produce_p99),
                       ms_text(slowest->end_to_end_p50),
                       ms_text(slowest->end_to_end_p99)});
        });
    return wrapped(fmt::format("latency, estimated: at {:.2f} times the mean load, the highest of "
                               "the day, with every replica in sync and no stall",
                               a_case.curve.highest())) +
           table.text();
}

Json latency_json(const models::Case& a_case, models::ClusterId only) {
    Json topics = Json::array();
    for_each_cluster(
        a_case, only, [&](models::ClusterId c, const std::vector<LatencyEstimate>& estimates) {
            const models::Cluster& cluster = a_case.fleet.clusters()[c];
            std::size_t i = 0;
            for (const models::TopicId t : cluster.topics()) {
                const LatencyEstimate& estimate = estimates[i++];
                topics.push_back(
                    {{"cluster", cluster.name},
                     {"topic", a_case.fleet.topics()[t].name},
                     {"produce", quantiles_json(estimate.produce_p50, estimate.produce_p99)},
                     {"end_to_end",
                      quantiles_json(estimate.end_to_end_p50, estimate.end_to_end_p99)}});
            }
        });
    return {{"load", json_number(a_case.curve.highest())}, {"topics", std::move(topics)}};
}

}  // namespace rollcast::report
