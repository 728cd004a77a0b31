#include "bench/goals/landscape.hpp"

#include <algorithm>

#include "tests/support/kafka_placement.hpp"
#include "tests/support/planner_fleets.hpp"

namespace rollcast::goals {

namespace {

constexpr double way_in = 250e6;     // bytes/s
constexpr double most_live = 200e6;  // of these; a broker with more would hardly ever be back

models::NominalStep step_of(double reimage_minutes, double live) {
    models::NominalStep step;
    step.until_image_end = sim::ceil_seconds(60.0 * reimage_minutes);
    step.until_registered = step.until_image_end + sim::minutes(5);
    step.catch_up_mean =
        sim::ceil_seconds(sim::to_seconds(step.until_registered) * live / (way_in - live));
    step.catch_up_least = step.catch_up_mean;
    return step;
}

}  // namespace

Landscape landscape_of(const Row& row, std::uint64_t seed) {
    Landscape landscape;
    landscape.a_case = support::sketched_case({support::striped_cluster(
        seed, {.brokers = 60, .racks = row.racks, .partitions = row.partitions})});
    const models::Fleet& fleet = landscape.a_case.fleet;
    const std::vector<double> minutes = support::reimage_minutes(seed, 60);
    landscape.steps = planner::step_table(landscape.a_case, models::DataDisk::keep);
    for (const models::BrokerId b : fleet.clusters()[models::ClusterId{0}].brokers()) {
        const auto live = static_cast<double>(fleet.hosted_write_rate(b).count());
        landscape.steps[fleet.brokers()[b].machine] =
            step_of(minutes[b.index()], std::min(live, most_live));
    }
    for (const models::NominalStep& step : landscape.steps) {
        landscape.minimum.push_back({.stopped = step.until_stopped,
                                     .image_end = step.until_image_end,
                                     .registered = step.until_registered,
                                     .in_sync = step.until_registered + step.catch_up_least,
                                     .end = step.least(),
                                     .separation = step.least()});
    }
    return landscape;
}

}  // namespace rollcast::goals
