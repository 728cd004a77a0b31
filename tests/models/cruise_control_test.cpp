// Brokers that Cruise Control empties, or moves the leaders off, before they are restarted.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "tests/support/fault_lab.hpp"
#include "tests/support/lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

constexpr std::size_t brokers_of_ring = 6;
constexpr double stored_in_ring = 18 * 10e9;  // six partitions, three replicas of 10 GB each

PolicyChoice chosen(PolicyKind kind, std::initializer_list<std::pair<std::size_t, double>> values) {
    PolicyChoice choice{.kind = kind};
    for (const auto& [place, value] : values) choice.values[place] = value;
    return choice;
}

PolicyChoice emptying(std::initializer_list<std::pair<std::size_t, double>> values = {}) {
    return chosen(PolicyKind::cruise_control, values);
}

Verdict rolled(const Case& a_case, const PolicyChoice& choice, const RunOptions& options = {}) {
    return simulate(a_case, policy_plan(a_case.fleet, choice), options);
}

World world_of(const Case& a_case, const PolicyChoice& choice) {
    return {a_case, policy_plan(a_case.fleet, choice), Scope::whole(a_case.fleet), {}};
}

std::size_t replicas_of(const RunState& run, std::uint32_t b) {
    const auto hosted = run.fleet().hosted(BrokerId{b});
    return static_cast<std::size_t>(std::count_if(hosted.begin(), hosted.end(), [&](const auto& r) {
        return !run.load.absent(r.partition, r.slot);
    }));
}

/// Racks that hold a replica of `p`, and replicas of it.
std::pair<std::size_t, std::size_t> spread_of(const RunState& run, PartitionId p) {
    std::set<std::uint32_t> racks;
    std::size_t count = 0;
    const auto replicas = run.fleet().replicas(p);
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        const auto found = run.moves.under_way.find(p);
        const bool goes = found != run.moves.under_way.end() && found->second.removes == slot;
        if (run.load.absent(p, slot) || goes) continue;
        racks.insert(run.fleet().brokers()[replicas[slot]].rack.value);
        ++count;
    }
    return {racks.size(), count};
}

/// The most moves that a broker takes, and that are under way, over a run.
struct Peaks {
    std::size_t of_broker = 0;
    std::size_t of_cluster = 0;
};

Peaks peaks(World& world) {
    Peaks most;
    while (world.step()) {
        const RunState& run = world.state();
        std::map<BrokerId, std::size_t> takes;
        for (const auto& [p, move] : run.moves.under_way) {
            most.of_broker = std::max(most.of_broker, ++takes[run.fleet().replicas(p)[move.adds]]);
        }
        most.of_cluster = std::max(most.of_cluster, run.moves.under_way.size());
    }
    return most;
}

bool shuts_down(const World& world, std::uint32_t b) {
    return phase(world, b) == StepPhase::leader_drain;
}

}  // namespace

TEST_CASE("cruise-control moves all data of every broker away and back") {
    const Case a_case = sketched_case({ring_of_six()});
    const Verdict verdict = rolled(a_case, emptying());
    CHECK(verdict.stopped.empty());
    CHECK(verdict.safe());
    CHECK(verdict.rule(Rule::min_isr).subjects == 0);
    // What is written while a replica is made is fetched with it.
    CHECK(verdict.catch_up_bytes >= 2 * stored_in_ring);
    CHECK(verdict.catch_up_bytes == doctest::Approx(2 * stored_in_ring).epsilon(0.01));
    // At the end everything is where it was.
    World world = world_of(a_case, emptying());
    world.run();
    CHECK(world.state().moves.done.empty());
    CHECK(world.state().moves.under_way.empty());
    for (std::uint32_t p = 0; p < brokers_of_ring; ++p) {
        CHECK(leader(world, p) == static_cast<int>(p));
        CHECK(in_sync(world, p).size() == 3);
        CHECK(world.state().partitions[PartitionId{p}].isr == 0b111);
    }
    CHECK(world.verdict().makespan == verdict.makespan);
}

TEST_CASE("the last broker's replicas are back when cruise-control ends") {
    const Case a_case = sketched_case({ring_of_six()});
    const Verdict verdict = rolled(a_case, emptying({{2, 20e6}}));
    sim::Instant last{};
    for (std::uint32_t b = 0; b < brokers_of_ring; ++b) {
        last = std::max(last, verdict.machines[b].registered);
    }
    // 30 GB of the last broker at what 20 MB/s leave of the writes to its three replicas.
    CHECK(sim::to_seconds(verdict.makespan) >= sim::to_seconds(last.since_start()) + 30e9 / 20e6);
    CHECK(verdict.clusters[0].last_end.since_start() == verdict.makespan);
    // Six brokers, each emptied and filled at 20 MB/s at most.
    CHECK(sim::to_seconds(verdict.makespan) >= 6 * 2 * 30e9 / 20e6);
}

TEST_CASE("cruise-control restarts a broker only while it holds nothing") {
    const Case a_case = sketched_case({ring_of_six()});
    World world = world_of(a_case, emptying());
    std::size_t restarts = 0;
    Places held;
    while (world.step()) {
        for (std::uint32_t b = 0; b < brokers_of_ring; ++b) {
            if (runs(world, b) && !shuts_down(world, b)) continue;
            ++restarts;
            if (replicas_of(world.state(), b) != 0) held.push_back(b);
        }
    }
    CHECK(restarts > 0);
    CHECK(held.empty());
    CHECK(world.verdict().rule(Rule::finished).answer == Answer::held);
}

TEST_CASE("cruise-control keeps replicas of a partition in racks of their own, at every event") {
    ClusterSketch sketch = ring_of_six();
    sketch.rack_of = {0, 1, 2, 0, 1, 2, 3, 3};
    const Case a_case = sketched_case({sketch});
    World world = world_of(a_case, emptying({{2, 200e6}}));
    std::size_t shared = 0;
    std::size_t moved = 0;
    while (world.step()) {
        moved = std::max(moved, world.state().moves.under_way.size());
        for (std::uint32_t p = 0; p < brokers_of_ring; ++p) {
            const auto [racks, replicas] = spread_of(world.state(), PartitionId{p});
            if (racks != replicas || replicas != 3) ++shared;
        }
    }
    CHECK(moved == 3);
    CHECK(shared == 0);
    CHECK(world.verdict().stopped.empty());
}

TEST_CASE("no more moves than cruise-control may have are under way, at any event") {
    ClusterSketch sketch = ring_of_six();
    TopicSketch& topic = sketch.topics[0];
    const auto once = topic.replicas;
    for (int times = 1; times < 4; ++times) {
        topic.replicas.insert(topic.replicas.end(), once.begin(), once.end());
    }
    const Case a_case = sketched_case({sketch});
    const auto of = [&](double per_broker, double per_cluster) {
        World world = world_of(a_case, emptying({{0, per_broker}, {1, per_cluster}}));
        const Peaks most = peaks(world);
        CHECK(world.verdict().rule(Rule::finished).answer == Answer::held);
        return most;
    };
    // Twelve replicas on a broker, which only the other one of its rack can take.
    const Peaks usual = of(5, 1250);
    CHECK(usual.of_broker == 5);
    CHECK(usual.of_cluster == 5);
    CHECK(of(100, 4).of_cluster == 4);
    CHECK(of(1, 1250).of_broker == 1);
    CHECK(of(100, 1250).of_cluster == 12);
}

TEST_CASE("cruise-control gives up where no broker can take a replica") {
    ClusterSketch three;
    three.rack_of = {0, 1, 2};
    TopicSketch topic;
    topic.replicas = {{0, 1, 2}};
    three.topics = {topic};
    const Verdict verdict = rolled(sketched_case({three}), emptying());
    REQUIRE(verdict.stopped.size() == 1);
    CHECK(verdict.stopped[0].reason == "no broker can take a replica");
    CHECK(verdict.catch_up_bytes == 0.0);
    CHECK(verdict.unfinished == Unfinished::gave_up);
}

TEST_CASE("a throttle below the write rate leaves cruise-control waiting for ever") {
    const Verdict verdict = rolled(sketched_case({ring_of_six()}), emptying({{2, 3e6}}));
    REQUIRE(verdict.stopped.size() == 1);
    CHECK_FALSE(verdict.stopped[0].gave_up);
    CHECK(verdict.stopped[0].reason == "replicas move");
}

TEST_CASE("the adjuster of cruise-control raises its concurrency up to twelve, or stops") {
    ClusterSketch sketch = ring_of_six();
    TopicSketch& topic = sketch.topics[0];
    const auto once = topic.replicas;
    for (int times = 1; times < 10; ++times) {
        topic.replicas.insert(topic.replicas.end(), once.begin(), once.end());
    }
    Case a_case = sketched_case({sketch});
    const PolicyChoice adjusted = emptying({{2, 100e6}, {4, 1}});
    World calm = world_of(a_case, adjusted);
    CHECK(peaks(calm).of_broker == 12);
    World fixed = world_of(a_case, emptying({{2, 100e6}}));
    CHECK(peaks(fixed).of_broker == 5);
    // Without one broker what it hosts is at min ISR: moves are halved again and again.
    a_case.faults = {crash(4, sim::seconds(60), sim::hours(24))};
    World struck = world_of(a_case, adjusted);
    struck.run_until(at(2'000));
    CHECK(struck.state().moves.under_way.size() == 1);
}

TEST_CASE("cruise-control is the same twice, and with threads") {
    const Case a_case = sketched_case({ring_of_six(), ring_of_six()});
    const Verdict first = rolled(a_case, emptying());
    const Verdict again = rolled(a_case, emptying());
    const Verdict side_by_side = rolled(a_case, emptying(), {.threads = 2});
    CHECK(first.trace_hash == again.trace_hash);
    CHECK(first.trace_hash == side_by_side.trace_hash);
    CHECK(first.makespan == side_by_side.makespan);
    CHECK(first.catch_up_bytes == side_by_side.catch_up_bytes);
}

TEST_CASE("cruise-control goes on where somebody has restarted its broker too early") {
    for (const PolicyKind kind : {PolicyKind::cruise_control, PolicyKind::cruise_control_demote}) {
        for (const std::int64_t from : {0, 100, 1'000}) {
            Case a_case = sketched_case({ring_of_six()});
            a_case.faults = {fault_of(FaultKind::next_batch_early, sim::seconds(from))};
            const Verdict verdict = rolled(a_case, chosen(kind, {}));
            CHECK(verdict.stopped.empty());
            CHECK(verdict.rule(Rule::finished).answer == Answer::held);
        }
    }
}

TEST_CASE("a run that counts records cannot say what cruise-control does") {
    RunOptions records;
    records.fidelity = Fidelity::record;
    const Case a_case = sketched_case({ring_of_six(1'000)});
    const Verdict verdict = rolled(a_case, emptying(), records);
    CHECK(verdict.rule(Rule::finished).answer == Answer::not_answered);
    CHECK(verdict.rule(Rule::min_isr).answer == Answer::not_answered);
}

TEST_CASE("cruise-control-demote restarts a broker only while it leads nothing") {
    const Case a_case = sketched_case({ring_of_six()});
    World world = world_of(a_case, chosen(PolicyKind::cruise_control_demote, {}));
    std::size_t restarts = 0;
    Places led;
    while (world.step()) {
        for (std::uint32_t b = 0; b < brokers_of_ring; ++b) {
            if (runs(world, b) && !shuts_down(world, b)) continue;
            ++restarts;
            if (world.state().led_by(BrokerId{b}) != 0) led.push_back(b);
        }
    }
    CHECK(restarts > 0);
    CHECK(led.empty());
    const Verdict verdict = world.verdict();
    CHECK(verdict.safe());
    CHECK(verdict.rule(Rule::min_isr).subjects == 0);
    CHECK(verdict.stopped.empty());
    // In the end each is led by its first replica again, and nobody is demoted.
    CHECK(world.state().demoted.empty());
    for (const PartitionId p : a_case.fleet.clusters()[ClusterId{0}].partitions()) {
        CHECK(world.state().partitions[p].leader == 0);
    }
    CHECK(verdict.trace_hash ==
          rolled(a_case, chosen(PolicyKind::cruise_control_demote, {})).trace_hash);
}

TEST_CASE("cruise-control-demote moves so many leaders at each look") {
    ClusterSketch sketch = ring_of_six();
    TopicSketch& topic = sketch.topics[0];
    topic.replicas.assign(10, {0, 1, 2});
    const Case a_case = sketched_case({sketch});
    World world = world_of(a_case, chosen(PolicyKind::cruise_control_demote, {{0, 4}}));
    const auto led_at = [&](std::int64_t seconds) {
        world.run_until(at(seconds));
        return world.state().led_by(BrokerId{0});
    };
    CHECK(led_at(1) == 10 - 4);
    CHECK(led_at(11) == 10 - 8);
    CHECK(led_at(21) == 0);
    CHECK(phase(world, 0) == StepPhase::waiting);
    CHECK(led_at(31) == 0);
    CHECK(phase(world, 0) == StepPhase::preflight);
}
