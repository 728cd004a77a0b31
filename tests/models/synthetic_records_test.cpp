// Records that steps write before, during and after themselves: they are all there, once.
#include <doctest/doctest.h>

#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Broker 0 is migrated in two minutes or so; it hosts three partitions.
Lab counted() {
    Lab lab(ring_of_six(2'000));
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}});
    lab.a_case.step.preflight = {sim::seconds(10), {}};
    lab.a_case.step.baseline_checksum = {};
    lab.a_case.step.reimage = {sim::seconds(30), {}};
    lab.a_case.step.install = {};
    lab.a_case.step.verify_checksum = {};
    lab.options.fidelity = Fidelity::record;
    lab.plan.synthetic_records = true;
    return lab;
}

const SyntheticRecords& at_moment(const Verdict& verdict, SyntheticMoment moment) {
    return verdict.records->synthetic[static_cast<std::size_t>(moment)];
}

}  // namespace

TEST_CASE("a clean step finds its records, each once, and writing them moves nothing") {
    Lab lab = counted();
    const Verdict verdict = lab.verdict();
    REQUIRE(verdict.records.has_value());
    for (const SyntheticMoment moment :
         {SyntheticMoment::before, SyntheticMoment::during, SyntheticMoment::after}) {
        CAPTURE(to_string(moment));
        CHECK(at_moment(verdict, moment).written == 3);
        CHECK(at_moment(verdict, moment).once == 3);
        CHECK(at_moment(verdict, moment).failed == 0);
        CHECK(at_moment(verdict, moment).missing == 0);
        CHECK(at_moment(verdict, moment).twice == 0);
    }
    Lab silent = counted();
    silent.plan.synthetic_records = false;
    const Verdict without = silent.verdict();
    CHECK(at_moment(without, SyntheticMoment::during).written == 0);
    CHECK(without.trace_hash == verdict.trace_hash);
    CHECK(without.records->topics[0].acked == verdict.records->topics[0].acked);
}

TEST_CASE("records of a step that are written where nobody can take them fail") {
    // Broker 1 dies while broker 0 is away: partitions 0 and 5 fall below min ISR 2.
    Lab lab = counted();
    lab.a_case.rules.delivery_timeout = sim::seconds(5);
    lab.fault(in_phase(crash(1, {}, sim::hours(1)), 0, StepPhase::shutdown));
    lab.a_case.step.baseline_checksum = {sim::seconds(60), {}};  // until its session is over
    const Verdict verdict = lab.verdict();
    CHECK(at_moment(verdict, SyntheticMoment::before).once == 3);
    CHECK(at_moment(verdict, SyntheticMoment::during).written == 3);
    CHECK(at_moment(verdict, SyntheticMoment::during).failed == 2);
    CHECK(at_moment(verdict, SyntheticMoment::during).once == 1);
}
