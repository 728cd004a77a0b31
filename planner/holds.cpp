#include "planner/holds.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace rollcast::planner {

namespace {

using models::BrokerId;
using models::ClusterId;
using models::MachineId;
using sim::Duration;
using sim::Instant;

/// Slots are free by nominal lengths, which runs keep to the nanosecond or so.
constexpr Duration slot_tolerance = sim::milliseconds(1);

/// Machines that keep something from `from` on until `until`.
struct Keeper {
    MachineId machine;
    Instant from;
    Instant until;

    bool keeps_before(Instant at) const { return from < at && until >= at; }
};

/// Those of `keepers` that keep it just before `at`, as a hold; nothing where they are fewer than
/// `enough`. Only those that let go at `at` are named, or all where none does.
std::optional<Hold> hold_of(HoldKind kind,
                            MachineId machine,
                            Instant at,
                            const std::vector<Keeper>& keepers,
                            std::size_t enough) {
    std::vector<Keeper> keeping;
    std::copy_if(keepers.begin(), keepers.end(), std::back_inserter(keeping), [&](const Keeper& k) {
        return k.keeps_before(at);
    });
    if (keeping.size() < enough || keeping.empty()) return std::nullopt;
    const bool some =
        std::any_of(keeping.begin(), keeping.end(), [&](const Keeper& k) { return k.until == at; });
    Hold hold{kind, machine, {}, at, at};
    for (const Keeper& k : keeping) {
        if (some && k.until != at) continue;
        hold.by.push_back(k.machine);
        hold.from = std::min(hold.from, k.from);
    }
    std::sort(hold.by.begin(), hold.by.end());
    return hold;
}

void add_hold(std::vector<Hold>& holds, std::optional<Hold> hold) {
    if (hold) holds.push_back(std::move(*hold));
}

}  // namespace

Holds::Holds(const models::Case& a_case,
             const models::Plan& plan,
             const models::Verdict& verdict,
             const std::vector<models::ClusterConflicts>& conflicts)
    : case_(&a_case),
      plan_(&plan),
      conflicts_(&conflicts),
      steps_(step_table(a_case, plan.data_disk)),
      times_(a_case.fleet.machines().size()),
      places_(a_case.fleet.machines().size()) {
    for (const models::MachineTimes& times : verdict.machines) {
        times_[times.machine] = times;
        if (times.start == Instant::never()) continue;
        ran_.push_back(times.machine);
        for (const Instant at :
             {times.registered, times.end, released(times.machine), slot_free(times.machine)}) {
            if (at != Instant::never()) instants_.push_back(at);
        }
    }
    std::sort(instants_.begin(), instants_.end());
    instants_.erase(std::unique(instants_.begin(), instants_.end()), instants_.end());
    for (std::uint32_t c = 0; c < plan.clusters.size(); ++c) {
        const models::ClusterPlan& cluster = plan.clusters[c];
        int canaries = plan.rollout.canary;
        for (std::uint32_t b = 0; b < cluster.batches.size(); ++b) {
            for (const MachineId m : cluster.batches[b].machines) {
                places_[m] = {b, c, cluster.start == models::Start::barrier, canaries-- > 0, {}};
                places_[m].before = MachineId::none();
            }
        }
        MachineId before = MachineId::none();
        for (const MachineId m : cluster.quorum) {
            places_[m] = {0, c, false, false, before};
            before = m;
        }
    }
}

Instant Holds::released(MachineId machine) const {
    const models::MachineTimes& t = times_[machine];
    if (plan_->gate == models::Gate::broker_in_sync) return t.end;
    if (t.in_sync == Instant::never()) return t.end;
    return std::min(t.in_sync + case_->step.observe_delay, t.end);
}

Instant Holds::slot_free(MachineId machine) const {
    const models::MachineTimes& t = times_[machine];
    if (t.registered == Instant::never()) return t.registered;
    return t.registered - (steps_[machine].until_registered - steps_[machine].until_image_end);
}

void Holds::add_brokers(MachineId machine, Instant at, std::vector<Hold>& holds) const {
    const models::Machine& own = case_->fleet.machines()[machine];
    if (!own.broker.exists()) return;
    const models::Cluster& cluster = case_->fleet.clusters()[own.cluster];
    const models::ClusterConflicts& conflicts = (*conflicts_)[own.cluster.index()];
    const std::uint32_t a = own.broker.value - cluster.first_broker;
    const auto keepers_where = [&](auto wanted, auto until) {
        std::vector<Keeper> keepers;
        for (std::uint32_t b = 0; b < conflicts.size(); ++b) {
            const MachineId m = case_->fleet.brokers()[BrokerId{cluster.first_broker + b}].machine;
            if (b == a || times_[m].start == Instant::never() || !wanted(b, m)) continue;
            keepers.push_back({m, times_[m].start, until(m)});
        }
        return keepers;
    };
    const auto release = [&](MachineId m) { return released(m); };
    const auto end = [&](MachineId m) { return times_[m].end; };
    if (places_[machine].barrier) {
        const auto before = [&](std::uint32_t, MachineId m) {
            return places_[m].batch < places_[machine].batch;
        };
        add_hold(holds, hold_of(HoldKind::batch, machine, at, keepers_where(before, end), 1));
    } else {
        const auto neighbour = [&](std::uint32_t b, MachineId) { return conflicts.conflict(a, b); };
        add_hold(holds,
                 hold_of(HoldKind::conflict, machine, at, keepers_where(neighbour, release), 1));
        for (const std::uint32_t g : conflicts.groups_of(a)) {
            const models::ConflictGroup& group = conflicts.groups()[g];
            const auto member = [&](std::uint32_t b, MachineId) {
                return std::binary_search(group.members.begin(), group.members.end(), b);
            };
            const auto enough = static_cast<std::size_t>(std::max(group.slack, 0));
            auto hold =
                hold_of(HoldKind::group, machine, at, keepers_where(member, release), enough);
            if (!hold) continue;
            holds.push_back(std::move(*hold));
            break;
        }
    }
    if (!case_->limits.max_down) return;
    const auto any = [](std::uint32_t, MachineId) { return true; };
    add_hold(holds,
             hold_of(HoldKind::max_down,
                     machine,
                     at,
                     keepers_where(any, end),
                     static_cast<std::size_t>(std::max(*case_->limits.max_down, 0))));
}

void Holds::add_quorum(MachineId machine, Instant at, std::vector<Hold>& holds) const {
    const models::Machine& own = case_->fleet.machines()[machine];
    if (!own.quorum_node.exists() || places_[machine].barrier) return;
    std::vector<Keeper> keepers;
    for (const models::QuorumNodeId q : case_->fleet.clusters()[own.cluster].quorum()) {
        const MachineId m = case_->fleet.quorum_nodes()[q].machine;
        if (m == machine || times_[m].start == Instant::never()) continue;
        keepers.push_back({m, times_[m].start, times_[m].end});
    }
    add_hold(holds, hold_of(HoldKind::quorum, machine, at, keepers, 1));
}

void Holds::add_limits(MachineId machine, Instant at, std::vector<Hold>& holds) const {
    const models::ClusterId own = case_->fleet.machines()[machine].cluster;
    const auto kept_until = [&](MachineId m, Instant freed) {
        const models::Machine& other = case_->fleet.machines()[m];
        if (plan_->clusters.empty() || other.cluster == own || !other.broker.exists()) return freed;
        return plan_->clusters[places_[m].cluster].keeps_crews ? times_[m].end : freed;
    };
    const auto add = [&](HoldKind kind, std::optional<int> limit, auto until) {
        if (!limit) return;
        std::vector<Keeper> keepers;
        for (const MachineId m : ran_) {
            if (m != machine) keepers.push_back({m, times_[m].start, kept_until(m, until(m))});
        }
        const auto enough = static_cast<std::size_t>(std::max(*limit, 0));
        add_hold(holds, hold_of(kind, machine, at, keepers, enough));
    };
    add(HoldKind::image_slots, case_->limits.image_slots, [&](MachineId m) {
        const Instant free = slot_free(m);
        const bool now = free < at + slot_tolerance && at < free + slot_tolerance;
        return now ? at : free;
    });
    add(HoldKind::crews, case_->limits.crews, [&](MachineId m) { return times_[m].registered; });
}

void Holds::add_rollout(MachineId machine, Instant at, std::vector<Hold>& holds) const {
    const Place& place = places_[machine];
    if (plan_->clusters.empty()) return;
    const models::ClusterPlan& cluster = plan_->clusters[place.cluster];
    const auto soaked = [&](const std::vector<MachineId>& machines, Duration soak, HoldKind kind) {
        Keeper last{MachineId::none(), Instant{}, Instant{}};
        for (const MachineId m : machines) {
            const Instant end = times_[m].end;
            if (end == Instant::never() || end + soak <= last.until) continue;
            last = {m, times_[m].start, end + soak};
        }
        if (last.machine.exists()) add_hold(holds, hold_of(kind, machine, at, {last}, 1));
    };
    const auto machines_of = [](const models::ClusterPlan& of) {
        std::vector<MachineId> machines = of.quorum;
        for (const models::Batch& batch : of.batches) {
            machines.insert(machines.end(), batch.machines.begin(), batch.machines.end());
        }
        return machines;
    };
    const bool broker = case_->fleet.machines()[machine].broker.exists();
    if (plan_->rollout.canary > 0 && broker && !place.canary) {
        std::vector<MachineId> canaries = machines_of(cluster);
        std::erase_if(canaries, [&](MachineId m) { return !places_[m].canary; });
        soaked(canaries, plan_->rollout.canary_soak, HoldKind::canary);
    }
    std::vector<MachineId> before;
    for (const models::ClusterPlan& other : plan_->clusters) {
        const auto& after = cluster.after;
        if (std::find(after.begin(), after.end(), other.cluster) == after.end()) continue;
        const std::vector<MachineId> machines = machines_of(other);
        before.insert(before.end(), machines.begin(), machines.end());
    }
    if (!before.empty()) soaked(before, cluster.after_soak, HoldKind::wave);
}

std::vector<Hold> Holds::standing(MachineId machine, Instant at) const {
    std::vector<Hold> holds;
    add_brokers(machine, at, holds);
    add_quorum(machine, at, holds);
    add_limits(machine, at, holds);
    add_rollout(machine, at, holds);
    std::stable_sort(
        holds.begin(), holds.end(), [](const Hold& a, const Hold& b) { return a.kind < b.kind; });
    return holds;
}

bool Holds::fits(MachineId machine, Instant at) const {
    const models::Windows& windows = case_->limits.windows;
    return windows.always_open() || windows.next_start(at, steps_[machine].mean()) == at;
}

Instant Holds::ready(MachineId machine, Instant at) const {
    for (auto next = std::upper_bound(instants_.begin(), instants_.end(), at);
         next != instants_.begin();) {
        --next;
        if (!standing(machine, *next).empty()) return *next;
    }
    return Instant{};
}

std::vector<Hold> Holds::of(MachineId machine) const {
    const Instant start = times_[machine].start;
    sim::ensure(start != Instant::never(), "holds are of a machine that ran");
    if (start == Instant{}) return {{HoldKind::nothing, machine, {}, start, start}};
    std::vector<Hold> holds = standing(machine, start);
    if (!fits(machine, start - Duration{1})) {
        holds.push_back({HoldKind::window, machine, {}, ready(machine, start), start});
    }
    if (holds.empty()) holds.push_back({HoldKind::nothing, machine, {}, Instant{}, start});
    return holds;
}

std::vector<Hold> Holds::chain(MachineId machine) const {
    std::vector<Hold> chain;
    MachineId held = machine;
    Instant until = times_[machine].start;
    while (until > Instant{}) {
        // A window is no one's step: what held the machine before it comes next.
        std::vector<Hold> holds = until == times_[held].start ? of(held) : standing(held, until);
        if (holds.empty()) holds.push_back({HoldKind::nothing, held, {}, Instant{}, until});
        Hold& longest =
            *std::min_element(holds.begin(), holds.end(), [](const Hold& a, const Hold& b) {
                return a.from < b.from;
            });
        until = longest.from;
        if (!longest.by.empty()) {
            held = *std::min_element(
                longest.by.begin(), longest.by.end(), [&](MachineId a, MachineId b) {
                    return times_[a].start < times_[b].start;
                });
        }
        chain.push_back(std::move(longest));
    }
    return chain;
}

MachineId Holds::last() const {
    MachineId last = MachineId::none();
    for (const MachineId m : ran_) {
        if (times_[m].end == Instant::never()) continue;
        if (!last.exists() || times_[m].end > times_[last].end) last = m;
    }
    return last;
}

std::string_view to_string(HoldKind kind) {
    switch (kind) {
        case HoldKind::conflict:
            return "conflict";
        case HoldKind::group:
            return "group";
        case HoldKind::batch:
            return "batch";
        case HoldKind::quorum:
            return "quorum";
        case HoldKind::max_down:
            return "max_down";
        case HoldKind::image_slots:
            return "image_slots";
        case HoldKind::crews:
            return "crews";
        case HoldKind::canary:
            return "canary";
        case HoldKind::wave:
            return "wave";
        case HoldKind::window:
            return "window";
        case HoldKind::nothing:
            return "nothing";
    }
    return "?";
}

}  // namespace rollcast::planner
