// Configuration as data: drift from the golden file, what it does to a run, and who finds it.
#include "models/config_audit.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

Lab rolled() {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}});
    return lab;
}

std::vector<std::string> keys(const std::vector<Drift>& drift) {
    std::vector<std::string> found;
    for (const Drift& key : drift) found.push_back(key.key);
    return found;
}

/// Audits of the run that found something.
std::size_t found(Lab lab) {
    World world = lab.world();
    world.run();
    const auto& findings = world.state().step_findings;
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [](const StepFinding& finding) {
            return finding.kind == StepFinding::Kind::config_drift;
        }));
}

}  // namespace

TEST_CASE("settings that differ from the golden file are drift, each by its key") {
    ClusterConfig golden;
    ClusterConfig config;
    CHECK(config_drift(golden, config).empty());
    config.unclean_leader_election = true;
    config.auto_leader_rebalance = false;
    config.follower_throttle = sim::bytes_per_second(10'000'000);
    config.stop_timeout = sim::seconds(90);
    CHECK(keys(config_drift(golden, config)) ==
          std::vector<std::string>{"auto.leader.rebalance.enable",
                                   "unclean.leader.election.enable",
                                   "follower.replication.throttled.rate",
                                   "TimeoutStopSec"});
    const Drift throttle = config_drift(golden, config)[2];
    CHECK(throttle.wanted == "not set");
    CHECK(throttle.found == "10000000");
    CHECK(config_drift(golden, config)[3].found == "90 s");
}

TEST_CASE("preflight and post-flight find what is not as the golden file has it") {
    CHECK(found(rolled()) == 0);
    Lab lab = rolled();
    SUBCASE("a golden file that the cluster matches") {
        lab.tables.clusters[ClusterId{0}].golden = lab.config();
        CHECK(found(lab) == 0);
    }
    SUBCASE("a setting of the cluster, both times") {
        lab.tables.clusters[ClusterId{0}].golden = lab.config();
        lab.config().unclean_leader_election = true;
        CHECK(found(lab) == 2);
    }
    SUBCASE("min ISR of a topic") {
        lab.tables.topics[TopicId{0}].golden_min_isr = 3;
        CHECK(found(lab) == 2);
    }
    SUBCASE("what a fault sets for a time, by post-flight alone, or not any more") {
        Fault fault = in_phase(fault_of(FaultKind::leader_rebalance), 0, StepPhase::reimage);
        fault.duration = sim::hours(5);
        lab.fault(fault);
        CHECK(found(lab) == 1);
        lab.a_case.faults[0].duration = sim::seconds(60);
        CHECK(found(lab) == 0);
    }
    SUBCASE("a throttle left behind, a lost rack, a balancer that runs") {
        for (const FaultKind kind :
             {FaultKind::throttle_set, FaultKind::lost_rack, FaultKind::self_balancing}) {
            Lab other = lab;
            other.fault(fault_of(kind, sim::seconds(1), sim::hours(5)));
            if (kind == FaultKind::throttle_set) other.a_case.faults[0].values[0] = 1e3;
            CAPTURE(fault_info(kind).word);
            CHECK(found(other) == 2);
        }
    }
}

TEST_CASE("settings that have drifted have their consequences") {
    SUBCASE("a supervisor that does not wait: killed, and its logs are recovered") {
        Lab patient = rolled();
        Lab hasty = rolled();
        hasty.config().stop_timeout = sim::seconds(4);  // of 3 s of drain and 5 s of stop
        CHECK(hasty.verdict().makespan > patient.verdict().makespan + sim::seconds(10));
    }
    SUBCASE("a throttle below the write rate: the step never ends") {
        Lab lab = rolled();
        lab.config().follower_throttle = sim::bytes_per_second(2'000'000);  // of 3 MB/s
        CHECK(lab.verdict().unfinished == Unfinished::never_rejoins);
    }
    SUBCASE("the same without lists: it has no effect") {
        Lab lab = rolled();
        lab.config().follower_throttle = sim::bytes_per_second(2'000'000);
        lab.config().throttle_lists = false;
        CHECK(lab.verdict().unfinished == Unfinished::no);
    }
}

TEST_CASE("the quorum leader that is taken out of its turn costs one election more") {
    const auto elections = [](bool early) {
        ClusterSketch sketch = ring_of_six();
        sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2, .leader = true}};
        Lab lab(sketch);
        lab.stop_clock();
        lab.batches(Start::event_driven, {{0}});
        ClusterPlan& plan = lab.plan.clusters.back();
        plan.quorum = {MachineId{7}, MachineId{6}, MachineId{8}};
        if (early) lab.fault(fault_of(FaultKind::quorum_leader_rolled_early, sim::seconds(1)));
        World world = lab.world();
        int moves = 0;
        QuorumNodeId leads = world.state().clusters[ClusterId{0}].quorum_leader;
        while (world.step()) {
            const QuorumNodeId now = world.state().clusters[ClusterId{0}].quorum_leader;
            if (now != leads) ++moves;
            leads = now;
        }
        return moves;
    };
    CHECK(elections(false) == 1);
    CHECK(elections(true) == 2);
}

TEST_CASE("the worst target is what has the least margin, at its instant or over the run") {
    // Broker 0 is away from its stop on: brokers 1 and 5 are beside it in two partitions each.
    Lab lab = rolled();
    Fault fault = crash(0, sim::minutes(20), sim::minutes(5));
    fault.worst_target = true;
    SUBCASE("at an instant") {}
    SUBCASE("over the run") {
        fault.trigger.at.reset();
        fault.trigger.worst_moment = true;
    }
    SUBCASE("before anything is at work: the first of its cluster") {
        fault.trigger.at = at(1);
        lab.fault(fault);
        World world = lab.world();
        world.run_until(at(2));
        CHECK_FALSE(runs(world, 0));
        return;
    }
    lab.fault(fault);
    World world = lab.world();
    const sim::Instant died = support::run_until(world, [](const World& w) { return !runs(w, 1); });
    CHECK(died != sim::Instant::never());
    CHECK(runs(world, 5));
}

TEST_CASE("a broker has a golden file of its own over that of its cluster") {
    Lab lab = rolled();
    lab.tables.clusters[ClusterId{0}].golden = lab.config();
    const auto at_rest = [](Lab each) {
        (void)each.world();
        return keys(config_drift(each.a_case.fleet, ClusterId{0}));
    };
    CHECK(at_rest(lab).empty());
    SUBCASE("one key of one broker has drifted: the audit of its step finds it, and no other's") {
        lab.tables.own_config[BrokerId{0}].stop_timeout = sim::seconds(90);
        CHECK(found(lab) == 2);
        CHECK(at_rest(lab) == std::vector<std::string>{"TimeoutStopSec of broker 1"});
        Lab other = rolled();
        other.tables.clusters[ClusterId{0}].golden = other.config();
        other.tables.own_config[BrokerId{1}].stop_timeout = sim::seconds(90);
        CHECK(found(other) == 0);
    }
    SUBCASE("what its own golden file has is no drift") {
        lab.tables.own_config[BrokerId{0}].stop_timeout = sim::seconds(90);
        lab.tables.own_golden[BrokerId{0}].stop_timeout = sim::seconds(90);
        CHECK(found(lab) == 0);
        CHECK(at_rest(lab).empty());
        // And what it has and the broker has not is.
        lab.tables.own_golden[BrokerId{0}].recovery_threads_per_dir = 8;
        CHECK(found(lab) == 2);
    }
    SUBCASE("it stands in another rack than its golden file has") {
        lab.tables.own_golden[BrokerId{0}].rack = lab.tables.racks[RackId{0}].name;
        CHECK(found(lab) == 0);
        lab.tables.own_golden[BrokerId{0}].rack = lab.tables.racks[RackId{1}].name;
        CHECK(found(lab) == 2);
        CHECK(at_rest(lab) == std::vector<std::string>{"broker.rack of broker 1"});
    }
    SUBCASE("it is to be a controller besides, and is none") {
        lab.tables.own_golden[BrokerId{0}].controller = false;
        CHECK(found(lab) == 0);
        lab.tables.own_golden[BrokerId{0}].controller = true;
        CHECK(found(lab) == 2);
        lab.tables.quorum_nodes[QuorumNodeId{0}].shared_with = BrokerId{0};
        CHECK(found(lab) == 0);
    }
    SUBCASE("without any golden file the audit holds it against what it was at the start") {
        lab.tables.clusters[ClusterId{0}].golden.reset();
        lab.tables.own_config[BrokerId{0}].stop_timeout = sim::seconds(90);
        CHECK(found(lab) == 0);
        CHECK(at_rest(lab).empty());
    }
}

TEST_CASE("what is set at one broker has its consequences at that broker") {
    SUBCASE("a throttle below the write rate: its own step never ends, and the check holds it up") {
        Lab lab = rolled();
        lab.tables.clusters[ClusterId{0}].golden = lab.config();
        lab.tables.own_config[BrokerId{0}].follower_throttle = sim::bytes_per_second(2'000'000);
        CHECK(lab.verdict().unfinished == Unfinished::never_rejoins);
        Lab careful = rolled();
        careful.tables.clusters[ClusterId{0}].golden = careful.config();
        careful.tables.own_config[BrokerId{0}].follower_throttle = sim::bytes_per_second(2'000'000);
        careful.plan.preflight.as_golden = true;
        const Verdict held = careful.verdict();
        CHECK(held.machines[0].stopped == sim::Instant::never());
        CHECK(!held.rule(Rule::min_isr).broken());
    }
    SUBCASE("another broker's does not matter to it") {
        Lab lab = rolled();
        lab.tables.own_config[BrokerId{1}].follower_throttle = sim::bytes_per_second(2'000'000);
        CHECK(lab.verdict().unfinished == Unfinished::no);
    }
    SUBCASE("a supervisor that does not wait: killed, and its logs recovered by so many threads") {
        const auto makespan = [](int threads) {
            Lab lab = rolled();
            lab.tables.own_config[BrokerId{0}].stop_timeout = sim::seconds(4);
            lab.tables.own_config[BrokerId{0}].recovery_threads_per_dir = threads;
            return lab.verdict().makespan;
        };
        CHECK(makespan(1) > rolled().verdict().makespan + sim::seconds(10));
        CHECK(makespan(4) < makespan(1));
    }
}
