// Clusters that keep their crews: what it buys, and that nobody starves for it.
#include "planner/kept_crews.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/policies.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::support;

namespace {

/// Every two of `brokers` conflict, so they go one after another.
ClusterSketch one_by_one(const std::string& name, std::uint32_t brokers) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t a = 0; a < brokers; ++a) {
        for (std::uint32_t b = a + 1; b < brokers; ++b) pairs.emplace_back(a, b);
    }
    ClusterSketch cluster = pairs_cluster(brokers, pairs);
    cluster.name = name;
    return cluster;
}

ClusterSketch all_at_once(const std::string& name, std::uint32_t brokers) {
    ClusterSketch cluster = pairs_cluster(brokers, {});
    cluster.name = name;
    return cluster;
}

struct Planned {
    explicit Planned(models::Case made)
        : a_case(std::move(made)),
          steps(planner::step_table(a_case, models::DataDisk::keep)),
          conflicts(planner::all_conflicts(a_case.fleet)),
          decoder(a_case, steps, conflicts),
          event(planner::policy_plan(planner::Policy::event_driven,
                                     decoder,
                                     models::Gate::broker_in_sync,
                                     models::DataDisk::keep)) {}

    models::Case a_case;
    planner::StepTable steps;
    std::vector<models::ClusterConflicts> conflicts;
    planner::Decoder decoder;
    models::Plan event;
};

int keepers(const models::Plan& plan) {
    return static_cast<int>(std::count_if(plan.clusters.begin(),
                                          plan.clusters.end(),
                                          [](const auto& cluster) { return cluster.keeps_crews; }));
}

}  // namespace

TEST_CASE("a chain of six beside enough others never waits for a crew when it keeps its own") {
    models::Case a_case = sketched_case({one_by_one("c01", 6), all_at_once("c02", 40)});
    a_case.limits.crews = 8;
    const Planned planned(std::move(a_case));

    const planner::Decoded before = planned.decoder.decode(planned.event);
    const auto kept = planner::kept_crews_plan(planned.decoder, planned.event, 1);

    REQUIRE(kept.has_value());
    CHECK(keepers(kept->plan) == 1);
    CHECK(kept->plan.clusters[0].keeps_crews);
    sim::Duration chain{};
    for (std::uint32_t m = 0; m < 6; ++m) chain += planned.steps[models::MachineId{m}].mean();
    CHECK(kept->makespan == chain);  // the chain itself: no plan is shorter
    CHECK(before.makespan > chain);
    CHECK(models::simulate(planned.a_case, kept->plan, {}).safe());
}

TEST_CASE("on 200 random fleets with shared crews every machine is through, whoever keeps his") {
    int kept_some = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        std::vector<ClusterSketch> clusters;
        for (std::uint32_t c = 0; c < 3; ++c) {
            RandomShape shape;
            shape.brokers = 4 + static_cast<std::uint32_t>((seed * 7 + c * 5) % 9);
            shape.partitions = 6 + static_cast<std::uint32_t>((seed * 3 + c) % 20);
            shape.rack_aware = (seed + c) % 3 != 0;
            clusters.push_back(random_cluster(seed * 10 + c, shape));
            clusters.back().name = "c0" + std::to_string(c + 1);
        }
        models::Case a_case = sketched_case(clusters);
        a_case.limits.crews = 2 + static_cast<int>(seed % 6);
        if (seed % 4 == 0) a_case.limits.image_slots = 2 + static_cast<int>(seed % 3);
        const Planned planned(std::move(a_case));

        const auto kept = planner::kept_crews_plan(planned.decoder, planned.event, seed);

        REQUIRE(kept.has_value());
        const planner::Decoded decoded = planned.decoder.decode(kept->plan);
        REQUIRE(decoded.complete);
        REQUIRE(decoded.makespan == kept->makespan);
        kept_some += keepers(kept->plan) > 0 ? 1 : 0;
        models::Plan all_keep = kept->plan;
        models::Plan none_keeps = kept->plan;
        for (models::ClusterPlan& cluster : all_keep.clusters) cluster.keeps_crews = true;
        for (models::ClusterPlan& cluster : none_keeps.clusters) cluster.keeps_crews = false;
        REQUIRE(planned.decoder.decode(all_keep).complete);
        if (keepers(kept->plan) == 0) {
            REQUIRE(planned.decoder.decode(none_keeps).makespan == kept->makespan);
        }
        if (seed % 10 == 0) REQUIRE(models::simulate(planned.a_case, kept->plan, {}).safe());
    }
    CHECK(kept_some > 20);
}

TEST_CASE("without a limit that couples the clusters there is nothing to keep") {
    const Planned planned(sketched_case({one_by_one("c01", 3), all_at_once("c02", 3)}));

    CHECK_FALSE(planner::kept_crews_plan(planned.decoder, planned.event, 1).has_value());
}
