#include "planner/certificate/bound_check.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "planner/certificate/colours.hpp"
#include "planner/certificate/heaviest_set.hpp"
#include "planner/certificate/packing.hpp"
#include "planner/certificate/slack.hpp"
#include "planner/certificate/window_bound.hpp"

namespace rollcast::planner::certificate {

namespace {

using models::BrokerId;
using models::Case;
using models::ClusterId;
using models::Fleet;
using models::MachineId;
using sim::Duration;

Proved wrong(const Proof& proof, const std::string& why) {
    return {{}, fmt::format("{}: {}", to_string(proof.rule), why)};
}

bool unlike(std::vector<MachineId> machines) {
    std::sort(machines.begin(), machines.end());
    return std::adjacent_find(machines.begin(), machines.end()) == machines.end();
}

/// What a resource is held for, and by how many at once.
struct Held {
    int limit = 0;
    Duration MinimumStep::*until = nullptr;
};

std::optional<Held> held_by(const models::Limits& limits, Rule rule) {
    switch (rule) {
        case Rule::crews:
        case Rule::packing:
            if (limits.crews && *limits.crews > 0)
                return Held{*limits.crews, &MinimumStep::registered};
            break;
        case Rule::image_slots:
            if (limits.image_slots && *limits.image_slots > 0)
                return Held{*limits.image_slots, &MinimumStep::image_end};
            break;
        default:
            break;
    }
    return std::nullopt;
}

/// Jobs on a resource; `whole`: the time until the step's end or until neighbours may go.
Proved jobs(const Case& a_case,
            const std::vector<MinimumStep>& steps,
            const Proof& proof,
            Duration MinimumStep::*whole) {
    const std::optional<Held> held = held_by(a_case.limits, proof.rule);
    if (!held) return wrong(proof, "the case has no such limit");
    std::vector<TailedJob> list;
    for (const MachineId m : proof.machines) {
        const MinimumStep& step = steps[m.index()];
        list.push_back({step.*held->until, step.*whole - step.*held->until});
    }
    if (proof.rule != Rule::packing) return {threshold_bound(std::move(list), held->limit), {}};
    if (proof.claim <= Duration{}) return wrong(proof, "it claims nothing");
    const Packs packs = pack(list, held->limit, proof.claim - Duration{1}).packs;
    if (packs == Packs::yes) return wrong(proof, "an assignment is faster than it claims");
    if (packs == Packs::unknown) return wrong(proof, "too large to check");
    return {proof.claim, {}};
}

/// Rules on the brokers of one cluster, below `brokers`.
class Part {
public:
    Part(const Case& a_case, const std::vector<MinimumStep>& steps, ClusterId cluster)
        : case_(a_case), steps_(steps), cluster_(cluster), exclusions_(a_case.fleet, cluster) {}

    Proved value(const Proof& proof) const {
        std::vector<MachineId> machines;
        collect(proof, machines);
        if (machines.empty()) return wrong(proof, "it lists no machine");
        if (!unlike(machines)) return wrong(proof, "it lists a machine twice");
        for (const MachineId m : machines) {
            if (m.index() >= steps_.size()) return wrong(proof, "it lists an unknown machine");
            const models::Machine& machine = case_.fleet.machines()[m];
            if (machine.cluster != cluster_ || !machine.broker.exists()) {
                return wrong(proof, fmt::format("{} is no broker of the cluster", machine.name));
            }
        }
        return evaluate(proof);
    }

    /// What is left of a step once its neighbours may go: the shortest among the brokers of
    /// `proof`.
    Duration shortest_rest(const Proof& proof) const {
        std::vector<MachineId> machines;
        collect(proof, machines);
        std::optional<Duration> rest;
        for (const MachineId m : machines) {
            const MinimumStep& step = steps_[m.index()];
            const Duration own = step.end - step.separation;
            rest = rest ? std::min(*rest, own) : own;
        }
        return rest.value_or(Duration{});
    }

private:
    static void collect(const Proof& proof, std::vector<MachineId>& machines) {
        machines.insert(machines.end(), proof.machines.begin(), proof.machines.end());
        for (const Proof& part : proof.parts) collect(part, machines);
    }

    std::uint32_t place(MachineId m) const {
        return case_.fleet.machines()[m].broker.value -
               case_.fleet.clusters()[cluster_].first_broker;
    }
    Duration separation(MachineId m) const { return steps_[m.index()].separation; }

    Proved evaluate(const Proof& proof) const {
        if (proof.rule != Rule::join && !proof.parts.empty()) {
            return wrong(proof, "it takes no parts");
        }
        switch (proof.rule) {
            case Rule::longest_step:
                if (proof.machines.size() != 1) return wrong(proof, "it speaks of one machine");
                return {separation(proof.machines.front()), {}};
            case Rule::clique:
                return clique(proof);
            case Rule::join:
                return join(proof);
            case Rule::fractional:
                return fractional(proof);
            case Rule::colours:
                return colours(proof);
            case Rule::group:
                return group(proof);
            case Rule::max_down:
                if (!case_.limits.max_down || *case_.limits.max_down <= 0) {
                    return wrong(proof, "the case has no such limit");
                }
                return {threshold_bound(whole_jobs(proof), *case_.limits.max_down), {}};
            case Rule::crews:
            case Rule::image_slots:
            case Rule::packing:
                return jobs(case_, steps_, proof, &MinimumStep::separation);
            default:
                return wrong(proof, "it is no rule on a part of a cluster");
        }
    }

    std::vector<TailedJob> whole_jobs(const Proof& proof) const {
        std::vector<TailedJob> list;
        for (const MachineId m : proof.machines) list.push_back({separation(m), Duration{}});
        return list;
    }

    Proved clique(const Proof& proof) const {
        Duration sum{};
        for (std::size_t i = 0; i < proof.machines.size(); ++i) {
            sum += separation(proof.machines[i]);
            for (std::size_t j = 0; j < i; ++j) {
                if (exclusions_.both(place(proof.machines[i]), place(proof.machines[j]))) continue;
                return apart(proof, proof.machines[j], proof.machines[i]);
            }
        }
        return {sum, {}};
    }

    Proved apart(const Proof& proof, MachineId a, MachineId b) const {
        return wrong(proof,
                     fmt::format("{} and {} share no partition without slack",
                                 case_.fleet.machines()[a].name,
                                 case_.fleet.machines()[b].name));
    }

    Proved join(const Proof& proof) const {
        if (!proof.machines.empty()) return wrong(proof, "its machines are those of its parts");
        Duration sum{};
        std::vector<MachineId> before;
        for (const Proof& part : proof.parts) {
            Proved one = evaluate(part);
            if (!one.wrong.empty()) return one;
            sum += one.value;
            std::vector<MachineId> own;
            collect(part, own);
            for (const MachineId a : before) {
                for (const MachineId b : own) {
                    if (!exclusions_.both(place(a), place(b))) return apart(proof, a, b);
                }
            }
            before.insert(before.end(), own.begin(), own.end());
        }
        return {sum, {}};
    }

    Proved group(const Proof& proof) const {
        std::vector<BrokerId> members;
        for (const MachineId m : proof.machines) {
            members.push_back(case_.fleet.machines()[m].broker);
        }
        std::sort(members.begin(), members.end());
        const std::optional<int> slack = exclusions_.slack_of(members);
        if (!slack || *slack < 1) return wrong(proof, "no partition has them all in sync to spare");
        return {threshold_bound(whole_jobs(proof), *slack), {}};
    }

    Proved fractional(const Proof& proof) const {
        constexpr std::int64_t most_weight = 1'000'000'000;
        if (proof.weights.size() != proof.machines.size())
            return wrong(proof, "a weight is missing");
        __extension__ using Wide = __int128;
        Wide sum = 0;
        for (std::size_t i = 0; i < proof.machines.size(); ++i) {
            if (proof.weights[i] < 0 || proof.weights[i] > most_weight) {
                return wrong(proof, "a weight is out of range");
            }
            sum += Wide{proof.weights[i]} * separation(proof.machines[i]).count();
        }
        const HeaviestSet heaviest = heaviest_set(sets_of(proof));
        if (!heaviest.exact) return wrong(proof, "too large to check");
        if (heaviest.weight <= 0) return wrong(proof, "it weighs nothing");
        return {Duration{static_cast<std::int64_t>(sum / heaviest.weight)}, {}};
    }

    /// Brokers whose starts lie within the shortest time of each other do not conflict, so starts
    /// divided by it colour them.
    Proved colours(const Proof& proof) const {
        Duration shortest = separation(proof.machines.front());
        for (const MachineId m : proof.machines) shortest = std::min(shortest, separation(m));
        if (proof.claim <= Duration{} || shortest <= Duration{}) {
            return wrong(proof, "it claims nothing");
        }
        const std::int64_t count = (proof.claim.count() - 1) / shortest.count() + 1;
        if (count > static_cast<std::int64_t>(proof.machines.size())) {
            return wrong(proof, "it has fewer brokers than colours");
        }
        ColourProblem problem{static_cast<std::uint32_t>(proof.machines.size()), {}};
        for (std::uint32_t i = 0; i < proof.machines.size(); ++i) {
            for (std::uint32_t j = 0; j < i; ++j) {
                if (exclusions_.both(place(proof.machines[i]), place(proof.machines[j]))) {
                    problem.apart.emplace_back(j, i);
                }
            }
        }
        switch (colour_with(problem, static_cast<std::uint32_t>(count - 1)).answer) {
            case Colours::yes:
                return wrong(proof, "fewer colours are enough");
            case Colours::unknown:
                return wrong(proof, "too large to check");
            case Colours::no:
                break;
        }
        return {proof.claim, {}};
    }

    /// Which of its brokers may be down together.
    SetProblem sets_of(const Proof& proof) const {
        SetProblem problem;
        problem.weight = proof.weights;
        problem.most = case_.limits.max_down;
        std::vector<std::optional<std::uint32_t>> at(case_.fleet.clusters()[cluster_].broker_count);
        for (std::uint32_t i = 0; i < proof.machines.size(); ++i) {
            at[place(proof.machines[i])] = i;
            for (std::uint32_t j = 0; j < i; ++j) {
                if (exclusions_.both(place(proof.machines[i]), place(proof.machines[j]))) {
                    problem.apart.emplace_back(j, i);
                }
            }
        }
        const std::uint32_t first = case_.fleet.clusters()[cluster_].first_broker;
        for (const Spared& set : exclusions_.sets()) {
            if (set.slack <= 1) continue;
            SetLimit limit{{}, set.slack};
            for (const BrokerId b : set.members) {
                if (at[b.value - first]) limit.members.push_back(*at[b.value - first]);
            }
            if (static_cast<int>(limit.members.size()) > limit.most) {
                problem.limits.push_back(std::move(limit));
            }
        }
        return problem;
    }

    const Case& case_;
    const std::vector<MinimumStep>& steps_;
    ClusterId cluster_;
    Exclusions exclusions_;
};

ClusterId cluster_of(const Fleet& fleet, const Proof& proof) {
    const Proof* part = &proof;
    while (part->machines.empty() && !part->parts.empty()) part = &part->parts.front();
    if (part->machines.empty() || part->machines.front().index() >= fleet.machines().size()) {
        return ClusterId::none();
    }
    return fleet.machines()[part->machines.front()].cluster;
}

Proved brokers(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    if (proof.parts.size() != 1 || !proof.machines.empty())
        return wrong(proof, "it takes one part");
    const ClusterId cluster = cluster_of(a_case.fleet, proof);
    if (!cluster.exists()) return wrong(proof, "it lists no machine of the case");
    const Part part(a_case, steps, cluster);
    Proved proved = part.value(proof.parts.front());
    if (proved.wrong.empty()) proved.value += part.shortest_rest(proof.parts.front());
    return proved;
}

/// Nodes on machines of their own, each listed, all of one cluster.
Proved quorum_chain(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    Duration sum{};
    for (const MachineId m : proof.machines) {
        const models::Machine& machine = a_case.fleet.machines()[m];
        if (!machine.quorum_node.exists() || machine.broker.exists() ||
            machine.cluster != cluster_of(a_case.fleet, proof)) {
            return wrong(proof, fmt::format("{} is no quorum node of its own", machine.name));
        }
        sum += steps[m.index()].end;
    }
    return {sum, {}};
}

Proved quorum_area(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    const ClusterId c = cluster_of(a_case.fleet, proof);
    if (!c.exists()) return wrong(proof, "it lists no machine of the case");
    const int spare = (static_cast<int>(a_case.fleet.clusters()[c].quorum_node_count) - 1) / 2;
    if (spare < 1) return wrong(proof, "the ensemble can spare no node");
    std::vector<TailedJob> list;
    for (const MachineId m : proof.machines) {
        const models::Machine& machine = a_case.fleet.machines()[m];
        if (!machine.quorum_node.exists() || machine.cluster != c) {
            return wrong(proof, fmt::format("{} is no quorum node of the cluster", machine.name));
        }
        const MinimumStep& step = steps[m.index()];
        list.push_back({step.registered - step.image_end + a_case.step.reimage.nominal, {}});
    }
    return {threshold_bound(std::move(list), spare), {}};
}

/// Whole steps of brokers of one cluster.
Proved whole_steps(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    if (!a_case.limits.max_down || *a_case.limits.max_down <= 0) {
        return wrong(proof, "the case has no such limit");
    }
    std::vector<TailedJob> list;
    for (const MachineId m : proof.machines) {
        const models::Machine& machine = a_case.fleet.machines()[m];
        if (!machine.broker.exists() || machine.cluster != cluster_of(a_case.fleet, proof)) {
            return wrong(proof, fmt::format("{} is no broker of the cluster", machine.name));
        }
        list.push_back({steps[m.index()].end, {}});
    }
    return {threshold_bound(std::move(list), *a_case.limits.max_down), {}};
}

/// The machines that a part of `windows` has its jobs on, or why there are none.
struct JobsInWindows {
    std::vector<TailedJob> jobs;
    int machines = 0;
    std::string wrong;
};

JobsInWindows jobs_in_windows(const Case& a_case,
                              const std::vector<MinimumStep>& steps,
                              const Proof& part) {
    Duration MinimumStep::*held = &MinimumStep::end;
    JobsInWindows result;
    if (const std::optional<Held> resource = held_by(a_case.limits, part.rule);
        resource && part.rule != Rule::packing) {
        result.machines = resource->limit;
        held = resource->until;
    } else if (part.rule == Rule::max_down && a_case.limits.max_down) {
        result.wrong = whole_steps(a_case, steps, part).wrong;
        result.machines = *a_case.limits.max_down;
    } else if (part.rule == Rule::quorum_chain) {
        result.wrong = quorum_chain(a_case, steps, part).wrong;
        result.machines = 1;
    } else if (part.rule == Rule::clique) {
        const Proof whole{.rule = Rule::brokers, .parts = {part}};
        result.wrong = brokers(a_case, steps, whole).wrong;
        result.machines = 1;
        held = &MinimumStep::separation;
    } else {
        result.wrong = "its part is no rule on jobs, or the case has no such limit";
    }
    if (!result.wrong.empty()) return result;
    for (const MachineId m : part.machines) {
        const MinimumStep& step = steps[m.index()];
        result.jobs.push_back({step.*held, step.end - step.*held});
    }
    return result;
}

/// Jobs that each lie inside one open stretch.
Proved windows(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    if (a_case.limits.windows.always_open()) return wrong(proof, "the case has no such limit");
    if (!proof.machines.empty() || proof.parts.size() != 1) {
        return wrong(proof, "it takes one part");
    }
    const Proof& part = proof.parts.front();
    if (!part.parts.empty() || part.machines.empty()) {
        return wrong(proof, "its part lists no machine");
    }
    if (!unlike(part.machines)) return wrong(proof, "it lists a machine twice");
    for (const MachineId m : part.machines) {
        if (m.index() >= steps.size()) return wrong(proof, "it lists an unknown machine");
    }
    const JobsInWindows in = jobs_in_windows(a_case, steps, part);
    if (!in.wrong.empty()) return wrong(proof, in.wrong);
    return {window_bound(a_case.limits.windows, in.jobs, in.machines), {}, true};
}

}  // namespace

Proved prove(const Case& a_case, const std::vector<MinimumStep>& steps, const Proof& proof) {
    sim::ensure(steps.size() == a_case.fleet.machines().size(), "a step for each machine");
    if (proof.rule == Rule::brokers) return brokers(a_case, steps, proof);
    if (proof.rule == Rule::windows) return windows(a_case, steps, proof);
    if (!proof.parts.empty()) return wrong(proof, "it takes no parts");
    if (proof.machines.empty()) return wrong(proof, "it lists no machine");
    if (!unlike(proof.machines)) return wrong(proof, "it lists a machine twice");
    for (const MachineId m : proof.machines) {
        if (m.index() >= steps.size()) return wrong(proof, "it lists an unknown machine");
    }
    switch (proof.rule) {
        case Rule::longest_step:
            if (proof.machines.size() != 1) return wrong(proof, "it speaks of one machine");
            return {steps[proof.machines.front().index()].end, {}};
        case Rule::crews:
        case Rule::image_slots:
        case Rule::packing:
            return jobs(a_case, steps, proof, &MinimumStep::end);
        case Rule::max_down:
            return whole_steps(a_case, steps, proof);
        case Rule::quorum_chain:
            return quorum_chain(a_case, steps, proof);
        case Rule::quorum_area:
            return quorum_area(a_case, steps, proof);
        default:
            return wrong(proof, "it does not stand by itself");
    }
}

}  // namespace rollcast::planner::certificate
