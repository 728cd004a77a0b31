// Plans that name only some of the machines.
#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Two clusters of three brokers, the second with a quorum node on a machine of its own: machines
/// 0-2, 3-5 and 6.
Case two_clusters() {
    ClusterSketch first = pairs_cluster(3, {{0, 1}, {1, 2}});
    ClusterSketch second = first;
    second.name = "c02";
    second.quorum = {{.rack = 0}};
    return sketched_case({first, second});
}

/// A plan of these machines, each in a batch of its own; `quorum` = the quorum node too.
Plan plan_of(const Case& a_case, const std::vector<std::uint32_t>& brokers, bool quorum) {
    Plan plan;
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterPlan cluster;
        cluster.cluster = c;
        for (const std::uint32_t m : brokers) {
            if (a_case.fleet.machines()[MachineId{m}].cluster != c) continue;
            cluster.batches.push_back({.machines = {MachineId{m}}, .priority = 0});
        }
        if (quorum && c == ClusterId{1}) cluster.quorum = {MachineId{6}};
        plan.clusters.push_back(cluster);
    }
    return plan;
}

Verdict judged(const Case& a_case, const Plan& plan) {
    Verdict verdict = simulate(a_case, plan, {});
    judge_left_out(a_case, plan, verdict);
    return verdict;
}

}  // namespace

TEST_CASE("a plan of every machine leaves nobody out") {
    const Case a_case = two_clusters();
    const Verdict verdict = judged(a_case, plan_of(a_case, {0, 1, 2, 3, 4, 5}, true));
    // The only quorum node goes down once: that rule is broken, `finished` is not.
    CHECK_FALSE(verdict.rule(Rule::finished).broken());
    CHECK(verdict.rule(Rule::finished).subjects == 0);
}

TEST_CASE("machines that a plan leaves out break `finished`, at the end, in the first's cluster") {
    const Case a_case = two_clusters();
    const Plan plan = plan_of(a_case, {0, 1, 2, 3}, false);
    REQUIRE_FALSE(simulate(a_case, plan, {}).rule(Rule::finished).broken());

    const Verdict verdict = judged(a_case, plan);

    const RuleResult& finished = verdict.rule(Rule::finished);
    CHECK_FALSE(verdict.safe());
    CHECK(finished.broken());
    CHECK(finished.subjects == 2 + 1);  // brokers 4 and 5, the quorum node
    CHECK(finished.worst == 3.0);
    CHECK(finished.worst_at == sim::Instant{verdict.makespan});
    REQUIRE(finished.first.has_value());
    CHECK(finished.first->at == sim::Instant{verdict.makespan});
    CHECK(finished.first->cluster == ClusterId{1});
}

TEST_CASE("a whole cluster without an entry in the plan is left out") {
    const Case a_case = two_clusters();
    Plan plan = plan_of(a_case, {3, 4, 5}, true);
    plan.clusters.erase(plan.clusters.begin());
    const Verdict verdict = judged(a_case, plan);
    CHECK(verdict.rule(Rule::finished).subjects == 3);
    CHECK(verdict.rule(Rule::finished).first->cluster == ClusterId{0});
}

TEST_CASE("machines left out add to those that a run did not finish; its first breach stays") {
    Case a_case = two_clusters();
    Fault fault;
    fault.kind = FaultKind::reimage_no_return;
    fault.machine = MachineId{3};
    fault.trigger.at = sim::Instant{};
    a_case.faults.push_back(fault);
    const Plan plan = plan_of(a_case, {0, 1, 2, 3}, true);
    const Verdict lost = simulate(a_case, plan, {});
    REQUIRE(lost.rule(Rule::finished).subjects == 1);

    const Verdict verdict = judged(a_case, plan);

    CHECK(verdict.rule(Rule::finished).subjects == 1 + 2);
    CHECK(verdict.rule(Rule::finished).first->at == lost.rule(Rule::finished).first->at);
}
