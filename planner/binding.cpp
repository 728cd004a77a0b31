#include "planner/binding.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace rollcast::planner {

namespace {

using models::Fleet;

/// Plan and bound are close enough for the bound to say what binds.
constexpr double close_gap = 0.02;

/// Kinds of bound by what they are about; those that are missing name no single constraint.
constexpr std::array<std::pair<std::string_view, HoldKind>, 12> bound_kinds{{
    {"crew_area", HoldKind::crews},
    {"packing", HoldKind::crews},
    {"slot_area", HoldKind::image_slots},
    {"max_down", HoldKind::max_down},
    {"clique", HoldKind::conflict},
    {"serial", HoldKind::conflict},
    {"join", HoldKind::conflict},
    {"fractional", HoldKind::conflict},
    {"group", HoldKind::group},
    {"longest_step", HoldKind::nothing},
    {"quorum_chain", HoldKind::quorum},
    {"quorum_area", HoldKind::quorum},
}};

std::string words(const Fleet& fleet, HoldKind kind, models::ClusterId cluster) {
    const std::string of = cluster.exists() ? fleet.clusters()[cluster].name : "the fleet";
    switch (kind) {
        case HoldKind::conflict:
        case HoldKind::group:
            return "conflicts of " + of;
        case HoldKind::batch:
            return "batches of " + of;
        case HoldKind::quorum:
            return "quorum of " + of;
        case HoldKind::max_down:
            return "max_down of " + of;
        case HoldKind::image_slots:
            return "re-image slots";
        case HoldKind::crews:
            return "crews";
        case HoldKind::canary:
            return "canaries of " + of;
        case HoldKind::wave:
            return "waves before " + of;
        case HoldKind::window:
            return "change windows";
        case HoldKind::nothing:
            return "the longest step";
    }
    return "?";
}

/// What the bound rests on; empty where that is no single constraint.
std::string proved_by(const models::Case& a_case, const LowerBound& bound) {
    const auto known = std::find_if(bound_kinds.begin(), bound_kinds.end(), [&](const auto& k) {
        return k.first == bound.kind;
    });
    if (known == bound_kinds.end()) return {};
    return words(a_case.fleet, known->second, bound.cluster);
}

}  // namespace

std::string waited_for(const Fleet& fleet, const Hold& hold) {
    return words(fleet, hold.kind, fleet.machines()[hold.machine].cluster);
}

Binding binding_of(const models::Case& a_case, const PlanResult& result) {
    Binding binding;
    if (result.plan.clusters.empty()) return binding;
    const std::vector<models::ClusterConflicts> conflicts = all_conflicts(a_case.fleet);
    const Holds holds(a_case, result.plan, result.verdict, conflicts);
    const models::MachineId last = holds.last();
    if (!last.exists()) return binding;
    binding.last_step = holds.times(last).end - holds.times(last).start;
    for (const Hold& hold : holds.chain(last)) {
        const std::string what = waited_for(a_case.fleet, hold);
        const auto known = std::find_if(binding.waited.begin(),
                                        binding.waited.end(),
                                        [&](const Waited& w) { return w.what == what; });
        if (known == binding.waited.end()) {
            binding.waited.push_back({what, hold.length()});
        } else {
            known->time += hold.length();
        }
    }
    std::stable_sort(binding.waited.begin(),
                     binding.waited.end(),
                     [](const Waited& a, const Waited& b) { return a.time > b.time; });
    const std::string proved = result.certificate && result.gap <= close_gap
                                   ? proved_by(a_case, result.bound)
                                   : std::string();
    binding.proved = !proved.empty();
    if (binding.proved) {
        binding.what = proved;
    } else if (binding.waited.empty()) {
        binding.what = words(a_case.fleet, HoldKind::nothing, models::ClusterId::none());
    } else {
        binding.what = binding.waited.front().what;
    }
    return binding;
}

}  // namespace rollcast::planner
