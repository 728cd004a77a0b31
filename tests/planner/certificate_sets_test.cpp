#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "planner/certificate/heaviest_set.hpp"
#include "planner/certificate/packing.hpp"
#include "planner/crew_bound.hpp"
#include "planner/fractional_bound.hpp"
#include "sim/random.hpp"

using namespace rollcast;
using namespace planner::certificate;
using sim::Duration;

namespace {

SetProblem random_sets(std::uint64_t seed, std::uint32_t most_elements) {
    sim::RandomStream random(seed, 20, sim::Draw::placement, 0);
    SetProblem problem;
    const auto n = static_cast<std::uint32_t>(1 + random.below(most_elements));
    for (std::uint32_t i = 0; i < n; ++i) {
        problem.weight.push_back(static_cast<std::int64_t>(random.below(40)));
    }
    const std::uint64_t share = 10 + random.below(80);
    for (std::uint32_t i = 0; i < n; ++i) {
        for (std::uint32_t j = 0; j < i; ++j) {
            if (random.below(100) < share) problem.apart.emplace_back(j, i);
        }
    }
    if (random.below(3) == 0) problem.most = static_cast<int>(random.below(4));
    for (std::uint64_t l = random.below(3); l > 0; --l) {
        SetLimit limit{{}, static_cast<int>(1 + random.below(3))};
        for (std::uint32_t i = 0; i < n; ++i) {
            if (random.below(2) == 0) limit.members.push_back(i);
        }
        problem.limits.push_back(std::move(limit));
    }
    return problem;
}

bool allowed(const SetProblem& problem, std::uint32_t set) {
    if (problem.most && __builtin_popcount(set) > *problem.most) return false;
    const auto in = [&](std::uint32_t i) { return (set >> i & 1U) != 0; };
    for (const auto& [a, b] : problem.apart) {
        if (in(a) && in(b)) return false;
    }
    return std::all_of(problem.limits.begin(), problem.limits.end(), [&](const SetLimit& limit) {
        return std::count_if(limit.members.begin(), limit.members.end(), in) <= limit.most;
    });
}

std::int64_t weight_of(const SetProblem& problem, std::uint32_t set) {
    std::int64_t weight = 0;
    for (std::uint32_t i = 0; i < problem.weight.size(); ++i) {
        if (set >> i & 1U) weight += problem.weight[i];
    }
    return weight;
}

std::int64_t heaviest_by_exhaustion(const SetProblem& problem) {
    std::int64_t best = 0;
    for (std::uint32_t set = 0; set < 1U << problem.weight.size(); ++set) {
        if (allowed(problem, set)) best = std::max(best, weight_of(problem, set));
    }
    return best;
}

/// Every assignment of jobs to machines, each machine by Jackson's order.
Duration makespan_by_exhaustion(std::vector<TailedJob> jobs, int machines) {
    std::sort(jobs.begin(), jobs.end(), [](const TailedJob& a, const TailedJob& b) {
        return a.tail > b.tail;
    });
    std::vector<Duration> at(static_cast<std::size_t>(machines));
    Duration best = sim::hours(1'000);
    const std::function<void(std::size_t, Duration)> assign = [&](std::size_t j, Duration end) {
        if (end >= best) return;
        if (j == jobs.size()) {
            best = end;
            return;
        }
        for (Duration& machine : at) {
            machine += jobs[j].length;
            assign(j + 1, std::max(end, machine + jobs[j].tail));
            machine -= jobs[j].length;
            if (machine == Duration{}) break;
        }
    };
    assign(0, Duration{});
    return best;
}

std::vector<TailedJob> random_jobs(sim::RandomStream& random, std::size_t n) {
    std::vector<TailedJob> jobs;
    for (std::size_t j = 0; j < n; ++j) {
        jobs.push_back({sim::seconds(1 + static_cast<std::int64_t>(random.below(30))),
                        sim::seconds(static_cast<std::int64_t>(random.below(20)))});
    }
    return jobs;
}

}  // namespace

TEST_CASE("the heaviest allowed set is that of exhaustion, on 10,000 random problems") {
    for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
        const SetProblem problem = random_sets(seed, 9);

        const HeaviestSet found = heaviest_set(problem);

        CAPTURE(seed);
        std::uint32_t set = 0;
        for (const std::uint32_t i : found.members) set |= 1U << i;
        REQUIRE(found.exact);
        REQUIRE(found.weight == heaviest_by_exhaustion(problem));
        REQUIRE(weight_of(problem, set) == found.weight);
        REQUIRE(allowed(problem, set));
    }
}

TEST_CASE("a search for the heaviest set that runs out of nodes, or is too large, says so") {
    SetProblem problem;
    problem.weight.assign(70, 1);
    CHECK(heaviest_set(problem).exact);
    CHECK(heaviest_set(problem).weight == 70);
    CHECK_FALSE(heaviest_set(problem, 5).exact);
    problem.weight.assign(largest_set_problem + 1, 1);
    CHECK_FALSE(heaviest_set(problem).exact);
}

TEST_CASE("jobs pack exactly where exhaustion packs them, on 3,000 random problems") {
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        sim::RandomStream random(seed, 21, sim::Draw::placement, 0);
        const int machines = static_cast<int>(1 + random.below(3));
        const auto jobs = random_jobs(random, 1 + random.below(7));
        const Duration best = makespan_by_exhaustion(jobs, machines);

        CAPTURE(seed);
        REQUIRE(pack(jobs, machines, best).packs == Packs::yes);
        REQUIRE(pack(jobs, machines, best - Duration{1}).packs == Packs::no);
        REQUIRE(threshold_bound(jobs, machines) <= best);
        const planner::CrewBound bound = planner::crew_bound(jobs, machines);
        REQUIRE(bound.value <= best);
        REQUIRE(bound.exact);
        REQUIRE(best - bound.value <= Duration{bound.value.count() / 5'000});
    }
}

TEST_CASE("a packing lists every job once and keeps the deadline") {
    sim::RandomStream random(5, 22, sim::Draw::placement, 0);
    const auto jobs = random_jobs(random, 20);
    const Duration deadline{threshold_bound(jobs, 8).count() * 11 / 10};

    const Packing packing = pack(jobs, 8, deadline);

    REQUIRE(packing.packs == Packs::yes);
    CHECK(packing.machines.size() <= 8);
    std::vector<int> seen(jobs.size(), 0);
    for (const auto& machine : packing.machines) {
        Duration at{};
        for (const std::uint32_t j : machine) {
            ++seen[j];
            at += jobs[j].length;
            CHECK(at + jobs[j].tail <= deadline);
        }
    }
    CHECK(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
}

TEST_CASE("the fractional bound is the linear program's: duality on 2,000 random problems") {
    int solved = 0;
    for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
        SetProblem problem = random_sets(seed, 8);
        if (problem.most == 0) problem.most = 1;
        std::vector<Duration> length;
        for (const std::int64_t w : problem.weight) length.push_back(sim::seconds(1 + w));

        const planner::FractionalBound bound = planner::fractional_bound(problem, length);

        CAPTURE(seed);
        // Weak duality, exact: the weights over the heaviest set.
        SetProblem weighed = problem;
        weighed.weight = bound.weights;
        REQUIRE(heaviest_by_exhaustion(weighed) == bound.heaviest);
        REQUIRE(*std::max_element(length.begin(), length.end()) <=
                bound.value + Duration{bound.value.count() / 100'000});
        if (bound.solved) ++solved;
    }
    CHECK(solved == 2'000);
}

TEST_CASE("an odd cycle needs two and a half times a member: more than its heaviest clique") {
    SetProblem problem;
    problem.weight.assign(5, 0);
    for (std::uint32_t i = 0; i < 5; ++i) problem.apart.emplace_back(i, (i + 1) % 5);

    const planner::FractionalBound bound =
        planner::fractional_bound(problem, std::vector<Duration>(5, sim::seconds(100)));

    CHECK(sim::to_seconds(bound.value) == doctest::Approx(250).epsilon(1e-5));
    CHECK(bound.value <= sim::seconds(250));
}
