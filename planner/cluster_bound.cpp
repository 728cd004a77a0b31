#include "planner/cluster_bound.hpp"

#include <algorithm>
#include <numeric>

#include "planner/certificate/colours.hpp"
#include "planner/clique.hpp"
#include "planner/crew_bound.hpp"
#include "planner/fractional_bound.hpp"

namespace rollcast::planner {

namespace {

using sim::Duration;

void keep_better(PartBound& best, PartBound other) {
    if (other.value > best.value) best = std::move(other);
}

using certificate::Proof;
using certificate::Rule;
using certificate::TailedJob;

Proof proof_of(const BoundProblem& problem, Rule rule, const Vertices& members) {
    Proof proof{.rule = rule};
    for (const std::uint32_t v : members) proof.machines.push_back(problem.machine[v]);
    return proof;
}

std::vector<TailedJob> jobs_of(const BoundProblem& problem,
                               const Vertices& part,
                               const std::vector<Duration>& held) {
    std::vector<TailedJob> jobs;
    jobs.reserve(part.size());
    for (const std::uint32_t v : part) jobs.push_back({held[v], problem.weight[v] - held[v]});
    return jobs;
}

/// Crews, by thresholds or packing.
PartBound crews_bound(const BoundProblem& problem, const Vertices& part) {
    const int crews = problem.limits.crews.value_or(0);
    const std::vector<TailedJob> jobs = jobs_of(problem, part, problem.crew);
    const CrewBound bound = crew_bound(jobs, crews);
    PartBound best{bound.value, "crew_area", part, proof_of(problem, Rule::crews, part)};
    if (bound.by_packing) {
        best.kind = "packing";
        best.proof.rule = Rule::packing;
        best.proof.claim = bound.value;
    }
    return best;
}

/// What the limits alone force on the brokers of `part`.
PartBound limit_bound(const BoundProblem& problem, const Vertices& part) {
    PartBound best;
    if (problem.limits.crews.value_or(0) > 0) keep_better(best, crews_bound(problem, part));
    const auto area = [&](std::optional<int> machines,
                          const std::vector<Duration>& held,
                          const char* kind,
                          Rule rule,
                          const Vertices& members) {
        if (!machines || *machines <= 0) return;
        const Duration value =
            certificate::threshold_bound(jobs_of(problem, members, held), *machines);
        if (value > best.value) best = {value, kind, members, proof_of(problem, rule, members)};
    };
    area(problem.limits.image_slots, problem.slot, "slot_area", Rule::image_slots, part);
    area(problem.limits.max_down, problem.weight, "max_down", Rule::max_down, part);
    for (const models::ConflictGroup& group : problem.groups) {
        Vertices inside;
        std::set_intersection(group.members.begin(),
                              group.members.end(),
                              part.begin(),
                              part.end(),
                              std::back_inserter(inside));
        if (static_cast<int>(inside.size()) <= group.slack) continue;
        area(group.slack, problem.weight, "group", Rule::group, inside);
    }
    return best;
}

Vertices named(const Vertices& part, const Vertices& places) {
    Vertices names;
    names.reserve(places.size());
    for (const std::uint32_t p : places) names.push_back(part[p]);
    return names;
}

PartBound part_bound(const BoundProblem& problem, const Vertices& part);

/// Parts of which every two exclude each other: their bounds add up. Cliques of the parts together
/// are a clique.
PartBound sum_of(const BoundProblem& problem,
                 const Vertices& part,
                 const std::vector<Vertices>& parts) {
    PartBound sum{Duration{}, "clique", {}, {.rule = Rule::join}, parts.size()};
    for (const Vertices& places : parts) {
        PartBound one = part_bound(problem, named(part, places));
        sum.value += one.value;
        if (one.kind != "clique" && one.kind != "longest_step") sum.kind = "join";
        sum.members.insert(sum.members.end(), one.members.begin(), one.members.end());
        sum.proof.parts.push_back(std::move(one.proof));
    }
    std::sort(sum.members.begin(), sum.members.end());
    if (sum.kind == "clique") sum.proof = proof_of(problem, Rule::clique, sum.members);
    return sum;
}

PartBound largest_of(const BoundProblem& problem,
                     const Vertices& part,
                     const std::vector<Vertices>& parts) {
    PartBound best;
    for (const Vertices& places : parts) {
        keep_better(best, part_bound(problem, named(part, places)));
    }
    return best;
}

PartBound clique_of(const BoundProblem& problem, const Vertices& part, const ConflictGraph& graph) {
    std::vector<Duration> weight;
    for (const std::uint32_t v : part) weight.push_back(problem.weight[v]);
    const Clique clique = heaviest_clique(graph, weight);
    Vertices members = named(part, clique.members);
    Proof proof = proof_of(problem, Rule::clique, members);
    return {clique.weight, "clique", std::move(members), std::move(proof)};
}

/// Which brokers of `part` may be down together.
certificate::SetProblem sets_of(const BoundProblem& problem,
                                const Vertices& part,
                                const ConflictGraph& graph) {
    certificate::SetProblem sets;
    sets.weight.assign(part.size(), 0);
    sets.most = problem.limits.max_down;
    const auto [first, last] = boost::edges(graph);
    for (auto edge = first; edge != last; ++edge) {
        sets.apart.emplace_back(static_cast<std::uint32_t>(boost::source(*edge, graph)),
                                static_cast<std::uint32_t>(boost::target(*edge, graph)));
    }
    for (const models::ConflictGroup& group : problem.groups) {
        certificate::SetLimit limit{{}, group.slack};
        for (std::uint32_t i = 0; i < part.size(); ++i) {
            if (std::binary_search(group.members.begin(), group.members.end(), part[i])) {
                limit.members.push_back(i);
            }
        }
        if (static_cast<int>(limit.members.size()) > limit.most) {
            sets.limits.push_back(std::move(limit));
        }
    }
    return sets;
}

PartBound fractional_of(const BoundProblem& problem,
                        const Vertices& part,
                        const ConflictGraph& graph) {
    std::vector<Duration> length;
    for (const std::uint32_t v : part) length.push_back(problem.weight[v]);
    FractionalBound bound = fractional_bound(sets_of(problem, part, graph), length);
    if (bound.value <= Duration{}) return {};
    // Brokers without weight say nothing.
    PartBound best{bound.value, "fractional", {}, {.rule = Rule::fractional}};
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (bound.weights[i] == 0) continue;
        best.members.push_back(part[i]);
        best.proof.machines.push_back(problem.machine[part[i]]);
        best.proof.weights.push_back(bound.weights[i]);
    }
    return best;
}

/// Of the brokers that take at least some time, as many times that time as they need colours; one
/// colour more than `best` says is tried at every time.
PartBound colours_of(const BoundProblem& problem,
                     const Vertices& part,
                     const ConflictGraph& graph,
                     Duration best) {
    constexpr std::uint64_t nodes = 20'000;  // of each search; what it cannot answer raises nothing
    Vertices by_weight(part.size());         // places in the part, the heaviest first
    std::iota(by_weight.begin(), by_weight.end(), 0U);
    const auto weight = [&](std::uint32_t i) { return problem.weight[part[i]]; };
    std::stable_sort(by_weight.begin(), by_weight.end(), [&](std::uint32_t a, std::uint32_t b) {
        return weight(a) > weight(b);
    });
    PartBound bound;
    for (std::size_t n = 2; n <= by_weight.size(); ++n) {
        const Duration shortest = weight(by_weight[n - 1]);
        if (n < by_weight.size() && weight(by_weight[n]) == shortest) continue;
        if (shortest <= Duration{}) break;
        Vertices taken(by_weight.begin(), by_weight.begin() + static_cast<std::ptrdiff_t>(n));
        std::sort(taken.begin(), taken.end());
        const ConflictGraph heavy = induced(graph, taken);
        certificate::ColourProblem colouring{static_cast<std::uint32_t>(n), {}};
        const auto [first, last] = boost::edges(heavy);
        for (auto edge = first; edge != last; ++edge) {
            colouring.apart.emplace_back(boost::source(*edge, heavy), boost::target(*edge, heavy));
        }
        for (std::int64_t fewer = best.count() / shortest.count();
             fewer < static_cast<std::int64_t>(n);
             ++fewer) {
            const auto answer =
                certificate::colour_with(colouring, static_cast<std::uint32_t>(fewer), nodes);
            if (answer.answer != certificate::Colours::no) break;
            best = (fewer + 1) * shortest;
            const Vertices members = named(part, taken);
            bound = {best, "colours", members, proof_of(problem, Rule::colours, members)};
            bound.proof.claim = best;
        }
    }
    return bound;
}

PartBound part_bound(const BoundProblem& problem, const Vertices& part) {
    if (part.size() == 1) {
        return {problem.weight[part.front()],
                "longest_step",
                part,
                proof_of(problem, Rule::longest_step, part)};
    }
    const ConflictGraph graph = induced(problem.graph, part);
    PartBound best;
    if (const auto joined = co_components(graph); joined.size() > 1) {
        best = sum_of(problem, part, joined);
    } else if (const auto apart = components(graph); apart.size() > 1) {
        best = largest_of(problem, part, apart);
    } else {
        best = clique_of(problem, part, graph);
        keep_better(best, fractional_of(problem, part, graph));
        keep_better(best, colours_of(problem, part, graph, best.value));
    }
    keep_better(best, limit_bound(problem, part));
    return best;
}

}  // namespace

PartBound conflict_bound(const BoundProblem& problem) {
    if (problem.weight.empty()) return {};
    Vertices all(problem.weight.size());
    std::iota(all.begin(), all.end(), 0U);
    return part_bound(problem, all);
}

BoundProblem bound_problem(const models::Case& a_case,
                           models::ClusterId cluster,
                           const models::ClusterConflicts& conflicts,
                           const StepTable& steps,
                           models::Gate gate) {
    BoundProblem problem{
        conflict_graph(conflicts), {}, conflicts.groups(), {}, {}, {}, a_case.limits};
    for (const models::BrokerId b : a_case.fleet.clusters()[cluster].brokers()) {
        problem.machine.push_back(a_case.fleet.brokers()[b].machine);
        const models::NominalStep& step = steps[problem.machine.back()];
        problem.weight.push_back(least_separation(step, a_case, gate));
        problem.crew.push_back(step.until_registered);
        problem.slot.push_back(step.until_image_end);
    }
    return problem;
}

}  // namespace rollcast::planner
