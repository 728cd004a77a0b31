#include "planner/cluster_bound.hpp"

#include <algorithm>
#include <numeric>

#include "planner/clique.hpp"
#include "planner/parallel_bound.hpp"

namespace rollcast::planner {

namespace {

using sim::Duration;

void keep_better(PartBound& best, PartBound other) {
    if (other.value > best.value) best = std::move(other);
}

std::vector<Job> jobs_of(const BoundProblem& problem,
                         const Vertices& part,
                         const std::vector<Duration>& held) {
    std::vector<Job> jobs;
    jobs.reserve(part.size());
    for (const std::uint32_t v : part) jobs.push_back({held[v], problem.weight[v] - held[v]});
    return jobs;
}

/// What the limits alone force on the brokers of `part`.
PartBound limit_bound(const BoundProblem& problem, const Vertices& part) {
    PartBound best;
    const auto area = [&](std::optional<int> machines,
                          const std::vector<Duration>& held,
                          const char* kind) {
        if (!machines || *machines <= 0) return;
        keep_better(best, {parallel_bound(jobs_of(problem, part, held), *machines), kind, part});
    };
    area(problem.limits.crews, problem.crew, "crew_area");
    area(problem.limits.image_slots, problem.slot, "slot_area");
    area(problem.limits.max_down, problem.weight, "max_down");
    for (const models::ConflictGroup& group : problem.groups) {
        Vertices inside;
        std::set_intersection(group.members.begin(),
                              group.members.end(),
                              part.begin(),
                              part.end(),
                              std::back_inserter(inside));
        if (static_cast<int>(inside.size()) <= group.slack) continue;
        const Duration value =
            parallel_bound(jobs_of(problem, inside, problem.weight), group.slack);
        keep_better(best, {value, "group", std::move(inside)});
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
    PartBound sum{Duration{}, "clique", {}, parts.size()};
    for (const Vertices& places : parts) {
        PartBound one = part_bound(problem, named(part, places));
        sum.value += one.value;
        if (one.kind != "clique" && one.kind != "longest_step") sum.kind = "join";
        sum.members.insert(sum.members.end(), one.members.begin(), one.members.end());
    }
    std::sort(sum.members.begin(), sum.members.end());
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
    return {clique.weight, "clique", named(part, clique.members)};
}

PartBound part_bound(const BoundProblem& problem, const Vertices& part) {
    if (part.size() == 1) return {problem.weight[part.front()], "longest_step", part};
    const ConflictGraph graph = induced(problem.graph, part);
    PartBound best;
    if (const auto joined = co_components(graph); joined.size() > 1) {
        best = sum_of(problem, part, joined);
    } else if (const auto apart = components(graph); apart.size() > 1) {
        best = largest_of(problem, part, apart);
    } else {
        best = clique_of(problem, part, graph);
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
    BoundProblem problem{conflict_graph(conflicts), conflicts.groups(), {}, {}, {}, a_case.limits};
    for (const models::BrokerId b : a_case.fleet.clusters()[cluster].brokers()) {
        const models::NominalStep& step = steps[a_case.fleet.brokers()[b].machine];
        problem.weight.push_back(least_separation(step, a_case, gate));
        problem.crew.push_back(step.until_registered);
        problem.slot.push_back(step.until_image_end);
    }
    return problem;
}

}  // namespace rollcast::planner
