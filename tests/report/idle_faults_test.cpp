#include "report/idle_faults.hpp"

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "tests/support/large_fleet.hpp"

using namespace rollcast;
using namespace rollcast::models;

namespace {

Case case_with(const Fault& fault) {
    Case a_case = support::large_case(
        {.clusters = 1, .brokers = 3, .racks = 3, .partitions = 9, .write_bytes_per_s = 1'000});
    a_case.faults = {fault};
    return a_case;
}

std::string why(const Fault& fault) {
    const Case a_case = case_with(fault);
    const Verdict verdict = simulate(a_case, support::one_at_a_time(a_case), {});
    return report::why_idle(a_case, verdict, a_case.faults[0]);
}

Fault crash_at(sim::Duration at) {
    Fault fault;
    fault.kind = FaultKind::broker_crash;
    fault.broker = BrokerId{0};
    fault.duration = sim::seconds(60);
    fault.trigger.at = sim::Instant{at};
    return fault;
}

}  // namespace

TEST_CASE("a crash of a broker that is up has acted") {
    CHECK(why(crash_at(sim::seconds(10))).empty());
}

TEST_CASE("a crash of a broker that is down in its step does nothing") {
    CHECK(why(crash_at(sim::minutes(20))) == "its broker is down in its own step then");
}

TEST_CASE("a fault after the end of the run does nothing") {
    CHECK(why(crash_at(sim::hours(1'000))) == "the run is over before");
}

TEST_CASE("a re-image that is over cannot fail to return") {
    Fault fault;
    fault.kind = FaultKind::reimage_no_return;
    fault.machine = MachineId{0};
    fault.trigger.at = sim::Instant{sim::hours(1)};
    CHECK(why(fault) == "its machine has been re-imaged before");
}

TEST_CASE("what has no rate cannot be slowed") {
    Fault fault = crash_at(sim::seconds(10));
    fault.kind = FaultKind::nic_degraded;
    fault.values[0] = 0.1;
    CHECK(why(fault).empty());
    Case a_case = case_with(fault);
    FleetTables tables;
    tables.clusters.push_back(Cluster{});
    tables.racks.push_back({.name = "r", .cluster = ClusterId{0}});
    Broker broker;
    broker.cluster = ClusterId{0};
    broker.rack = RackId{0};
    tables.brokers.push_back(broker);
    LogDir dir;
    dir.broker = BrokerId{0};
    tables.log_dirs.push_back(dir);
    a_case.fleet = make_fleet(std::move(tables));
    CHECK(report::why_idle(a_case, Verdict{}, fault) ==
          "the case gives no rate that it could slow");
}

TEST_CASE("a trigger that waits for a phase that is never reached does nothing") {
    Fault fault = crash_at(sim::seconds(0));
    fault.trigger.at.reset();
    fault.trigger.machine = MachineId{1};
    fault.trigger.phase = StepPhase::lost;
    CHECK(why(fault) == "the step of its machine never reaches lost");
}
