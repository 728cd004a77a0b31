#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "planner/certificate/bound_check.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certificate/fingerprint.hpp"
#include "planner/certificate/minimum_step.hpp"
#include "planner/certificate/text.hpp"
#include "planner/certify.hpp"
#include "planner/planner.hpp"
#include "sim/random.hpp"
#include "tests/planner/brute_force.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace planner::certificate;
using models::Gate;
using planner::PlanResult;
using planner::PlanStatus;
using sim::Duration;

namespace {

/// A small case with now and then crews, slots, max_down, windows, a quorum, larger slack.
models::Case random_case(std::uint64_t seed, std::uint32_t most_brokers) {
    sim::RandomStream random(seed, 30, sim::Draw::placement, 0);
    const auto brokers = static_cast<std::uint32_t>(4 + random.below(most_brokers - 3));
    support::ClusterSketch cluster = support::random_cluster(
        seed,
        {.brokers = brokers,
         .racks = static_cast<std::uint32_t>(2 + random.below(3)),
         .partitions = static_cast<std::uint32_t>(1 + random.below(2 * brokers)),
         .rf = random.below(4) == 0 ? 4U : 3U,
         .rack_aware = random.below(2) == 0,
         .rate_spread = 60});
    if (random.below(3) == 0) cluster.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 1}};
    models::Case a_case = support::sketched_case({cluster});
    if (random.below(3) == 0) a_case.limits.crews = 1 + static_cast<int>(random.below(3));
    if (random.below(4) == 0) a_case.limits.image_slots = 1 + static_cast<int>(random.below(3));
    if (random.below(4) == 0) a_case.limits.max_down = 1 + static_cast<int>(random.below(3));
    if (random.below(4) == 0) {
        a_case.limits.windows = models::Windows(sim::hours(20), sim::hours(4), sim::hours(18), {});
    }
    return a_case;
}

Certificate certified(const models::Case& a_case, Gate gate) {
    PlanResult result = planner::make_plan(a_case, {.gate = gate, .effort = 100});
    CAPTURE(result.reason);
    REQUIRE(result.certificate.has_value());
    return std::move(*result.certificate);
}

models::Case sparse_case() {
    return support::sketched_case({support::random_cluster(
        3, {.brokers = 14, .racks = 7, .partitions = 16, .rate_spread = 60})});
}

bool names(const Judgement& judgement, const std::string& word) {
    return std::any_of(judgement.differs.begin(),
                       judgement.differs.end(),
                       [&](const std::string& why) { return why.find(word) != std::string::npos; });
}

}  // namespace

TEST_CASE("the checker's closed forms are those of the model") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const models::Case a_case = random_case(seed, 9);
        for (const models::DataDisk disk : {models::DataDisk::keep, models::DataDisk::wipe}) {
            const auto own = minimum_steps(a_case, Gate::broker_in_sync, disk);
            for (std::uint32_t m = 0; m < own.size(); ++m) {
                const auto model = models::nominal_step(a_case, models::MachineId{m}, disk);
                CAPTURE(seed);
                REQUIRE(own[m].stopped == model.until_stopped);
                REQUIRE(own[m].image_end == model.until_image_end);
                REQUIRE(own[m].registered == model.until_registered);
                REQUIRE(own[m].end == model.least());
                REQUIRE(own[m].separation == model.least());
            }
        }
    }
}

TEST_CASE("every plan that the planner hands out is certified, and the bound is what it proves") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            CAPTURE(seed);
            const models::Case a_case = random_case(seed, 10);
            const PlanResult result = planner::make_plan(a_case, {.gate = gate, .effort = 100});
            if (result.plan.clusters.empty() || !result.verdict.safe()) continue;
            CAPTURE(result.reason);
            REQUIRE(result.certificate.has_value());

            const Judgement judgement = judge(a_case, result.plan, *result.certificate);

            CHECK(judgement.accepted());
            CHECK(judgement.proved >= result.bound.value);
            CHECK((result.status == PlanStatus::optimal) == proves_optimal(*result.certificate));
        }
    }
}

TEST_CASE("what a proof proves no schedule beats, on 1,000 random cases and both gates") {
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            CAPTURE(seed);
            models::Case a_case = random_case(seed, 5);
            a_case.limits.windows = {};
            const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
            const planner::LowerBound bound =
                planner::cluster_lower_bound(a_case,
                                             models::ClusterId{0},
                                             gate,
                                             steps,
                                             models::ClusterConflicts(a_case.fleet, {}));

            const Proved proved =
                prove(a_case, minimum_steps(a_case, gate, models::DataDisk::keep), bound.proof);

            CAPTURE(proved.wrong);
            REQUIRE(proved.wrong.empty());
            REQUIRE(proved.value >= bound.value);
            if (bound.kind.starts_with("quorum")) continue;
            REQUIRE(proved.value <= tests::optimum(tests::oracle_of(a_case, steps, gate, true)));
        }
    }
}

TEST_CASE("a certificate that was tampered with is refused, and what differs is named") {
    const models::Case a_case = sparse_case();
    const Certificate good = certified(a_case, Gate::broker_in_sync);
    REQUIRE(judge(a_case, good).accepted());
    struct Tampering {
        const char* named;
        std::function<void(Certificate&)> act;
    };
    const std::vector<Tampering> acts{
        {"another estate", [](Certificate& c) { ++c.estate; }},
        {"the bound claims", [&](Certificate& c) { c.bound = c.makespan; }},
        {"faster than the bound", [](Certificate& c) { c.makespan = c.bound - Duration{1}; }},
        {"the last step ends", [](Certificate& c) { c.makespan -= sim::seconds(1); }},
        {"is not in the schedule", [](Certificate& c) { c.steps.pop_back(); }},
        {"is scheduled twice", [](Certificate& c) { c.steps.push_back(c.steps.front()); }},
        {"does not have", [](Certificate& c) { c.steps[0].machine = models::MachineId{9'999}; }},
        {"shorter than the case allows",
         [](Certificate& c) { c.steps[3].start = c.steps[3].start + sim::seconds(10); }},
        {"out of order", [](Certificate& c) { c.steps[3].in_sync = c.steps[3].start; }},
        {"replicas out at once",
         [](Certificate& c) {
             for (TimedStep& step : c.steps) {
                 const Duration shift = step.start.since_start();
                 for (sim::Instant* at :
                      {&step.start, &step.stopped, &step.registered, &step.in_sync, &step.end}) {
                     *at = *at - shift;
                 }
             }
         }},
        {"proof", [](Certificate& c) { c.proof = {}; }},
        {"twice",
         [](Certificate& c) {
             Proof* part = &c.proof;
             while (part->machines.empty()) part = &part->parts.front();
             part->machines.push_back(part->machines.front());
             if (!part->weights.empty()) part->weights.push_back(1);
         }},
        {"no rule on a part",
         [](Certificate& c) { c.proof.parts.front().rule = Rule::quorum_chain; }},
        {"no such limit", [](Certificate& c) { c.proof.parts.front().rule = Rule::crews; }},
    };
    for (const Tampering& tampering : acts) {
        CAPTURE(std::string(tampering.named));
        Certificate bad = good;
        tampering.act(bad);

        const Judgement judgement = judge(a_case, bad);

        CHECK_FALSE(judgement.accepted());
        std::string all;
        for (const std::string& why : judgement.differs) all += why + "; ";
        CAPTURE(all);
        CHECK(names(judgement, tampering.named));
    }
}

TEST_CASE("a clique of brokers that may be down together proves nothing") {
    const models::Case a_case = support::sketched_case({support::pairs_cluster(3, {{0, 1}})});
    const auto steps = minimum_steps(a_case, Gate::broker_in_sync, models::DataDisk::keep);
    const auto clique = [](std::vector<models::MachineId> machines) {
        return Proof{.rule = Rule::brokers,
                     .parts = {{.rule = Rule::clique, .machines = std::move(machines)}}};
    };

    const Proved true_one =
        prove(a_case, steps, clique({models::MachineId{0}, models::MachineId{1}}));
    const Proved false_one =
        prove(a_case, steps, clique({models::MachineId{0}, models::MachineId{2}}));

    CHECK(true_one.wrong.empty());
    CHECK(true_one.value == steps[0].end + steps[1].end);
    CHECK(false_one.wrong.find("share no partition without slack") != std::string::npos);
}

TEST_CASE("another plan, and the same case with one more partition, are not what was certified") {
    const models::Case a_case = sparse_case();
    PlanResult result = planner::make_plan(a_case, {.effort = 100});
    REQUIRE(result.certificate.has_value());
    models::Plan other = result.plan;
    std::swap(other.clusters[0].batches.front(), other.clusters[0].batches.back());
    support::ClusterSketch grown = support::random_cluster(
        3, {.brokers = 14, .racks = 7, .partitions = 16, .rate_spread = 60});
    grown.topics[0].replicas.push_back(grown.topics[0].replicas.front());

    CHECK(judge(a_case, result.plan, *result.certificate).accepted());
    CHECK(names(judge(a_case, other, *result.certificate), "orders"));
    CHECK(names(judge(support::sketched_case({grown}), *result.certificate), "another estate"));
}

TEST_CASE(
    "infeasible is said with a refutation; a finding that refutes nothing blocks all the same") {
    const models::Case no_slack = support::sketched_case({support::reference_cluster(false)});
    models::Case mixed = support::sketched_case({support::random_cluster(4, {.brokers = 6})});
    mixed.limits.mixed_version_limit = sim::minutes(30);
    models::Case narrow = support::sketched_case({support::random_cluster(4, {.brokers = 6})});
    narrow.limits.windows =
        models::Windows(sim::hours(1), sim::hours(1) + sim::minutes(10), {}, {});

    const PlanResult one = planner::make_plan(no_slack, {});
    const PlanResult two = planner::make_plan(mixed, {});
    const PlanResult three = planner::make_plan(narrow, {});

    for (const PlanResult* result : {&one, &two, &three}) {
        CAPTURE(result->reason);
        CHECK(result->status == PlanStatus::infeasible);
        REQUIRE(result->certificate.has_value());
    }
    CHECK(one.certificate->refutation.kind == Refutation::Kind::no_slack);
    CHECK(two.certificate->refutation.kind == Refutation::Kind::mixed_version_limit);
    CHECK(three.certificate->refutation.kind == Refutation::Kind::no_window);
    CHECK(judge(no_slack, *one.certificate).accepted());
    Certificate forged = *one.certificate;
    forged.estate = estate_fingerprint(mixed);
    forged.refutation.subject = 0;
    CHECK(names(judge(mixed, forged), "has slack"));
}

TEST_CASE("a certificate is read as it was written; cut, or with a line changed, it is refused") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = random_case(seed, 8);
        const PlanResult result = planner::make_plan(a_case, {.effort = 50});
        if (!result.certificate) continue;
        const std::vector<std::string> lines = to_lines(a_case.fleet, *result.certificate);

        const ReadCertificate read = from_lines(a_case.fleet, lines);

        CAPTURE(read.problem);
        REQUIRE(read.certificate.has_value());
        CHECK(to_lines(a_case.fleet, *read.certificate) == lines);
        CHECK(judge(a_case, result.plan, *read.certificate).accepted());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            std::vector<std::string> cut(lines.begin(), lines.begin() + static_cast<long>(i));
            CHECK_FALSE(from_lines(a_case.fleet, cut).certificate.has_value());
            std::vector<std::string> without = lines;
            without.erase(without.begin() + static_cast<long>(i));
            const ReadCertificate left = from_lines(a_case.fleet, without);
            CAPTURE(lines[i]);
            CHECK((!left.certificate || !judge(a_case, result.plan, *left.certificate).accepted()));
        }
    }
}

TEST_CASE("no digit of a certificate can be raised without its being refused or proving as much") {
    const models::Case a_case = sparse_case();
    const PlanResult result = planner::make_plan(a_case, {.effort = 100});
    REQUIRE(result.certificate.has_value());
    const std::vector<std::string> lines = to_lines(a_case.fleet, *result.certificate);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (std::size_t at = 0; at < lines[i].size(); ++at) {
            if (lines[i][at] < '0' || lines[i][at] >= '9') continue;
            std::vector<std::string> edited = lines;
            ++edited[i][at];
            const ReadCertificate read = from_lines(a_case.fleet, edited);
            if (!read.certificate) continue;
            const Judgement judgement = judge(a_case, result.plan, *read.certificate);
            CAPTURE(edited[i]);
            // What may change unnoticed: weights and times that leave every claim true.
            if (judgement.accepted()) CHECK(judgement.proved >= read.certificate->bound);
            if (lines[i].starts_with("for") || lines[i].starts_with("cert")) {
                CHECK_FALSE(judgement.accepted());
            }
        }
    }
}
