#include "scenarios/recorded/changes.hpp"

#include <algorithm>

#include "scenarios/recorded/recorded_case.hpp"

namespace rollcast::scenarios {

namespace {

using models::ActionKind;
using models::BrokerId;
using models::PartitionId;

constexpr sim::Duration undone_within = sim::seconds(5);

History initial_history(const models::Case& a_case) {
    History history(a_case.fleet.partitions().size());
    for (const PartitionId p : models::Range<PartitionId>(history.size())) {
        const models::Partition& partition = a_case.fleet.partitions()[p];
        history[p.index()].push_back({sim::Instant{}, partition.isr, partition.leader});
    }
    return history;
}

/// The last action on `b` that is not after `at`; -1 = none.
int last_action(const models::Case& a_case, BrokerId b, sim::Instant at) {
    int last = -1;
    for (std::size_t i = 0; i < a_case.actions.size(); ++i) {
        const models::Action& action = a_case.actions[i];
        const bool moves = action.kind != ActionKind::throttle && action.kind != ActionKind::wipe;
        if (action.broker == b && action.at <= at && moves) last = static_cast<int>(i);
    }
    return last;
}

/// Why `b` left an ISR at `at`, or leads no longer: a start does neither before its process has
/// registered.
int cause_of_loss(const models::Case& a_case, BrokerId b, sim::Instant at) {
    const int last = last_action(a_case, b, at);
    if (last < 0) return last;
    const models::Action& action = a_case.actions[static_cast<std::size_t>(last)];
    const bool starting = action.kind == ActionKind::start && at < action.at + action.takes.nominal;
    return starting ? last_action(a_case, b, action.at - sim::Duration{1}) : last;
}

bool takes_away(const models::Case& a_case, int action) {
    if (action < 0) return false;
    const ActionKind kind = a_case.actions[static_cast<std::size_t>(action)].kind;
    return kind == ActionKind::kill || kind == ActionKind::shut_down || kind == ActionKind::hang;
}

/// A leader changed: because the old one is gone, because an election was asked for, or because the
/// new one has come back. `from` led last; where nobody has led since `leaderless_since`, the new
/// leader's return is the cause only if it came after that.
int cause_of_lead(const models::Case& a_case,
                  BrokerId from,
                  BrokerId to,
                  sim::Instant leaderless_since,
                  sim::Instant at) {
    const bool direct = leaderless_since == sim::Instant::never();
    const int back = to.exists() ? last_action(a_case, to, at) : -1;
    const bool returned =
        back >= 0 && a_case.actions[static_cast<std::size_t>(back)].at > leaderless_since;
    if (from.exists() && !returned) {
        const int gone = cause_of_loss(a_case, from, at);
        if (takes_away(a_case, gone)) return gone;
    }
    int elect = -1;
    for (std::size_t i = 0; i < a_case.actions.size(); ++i) {
        const models::Action& action = a_case.actions[i];
        if (action.kind == ActionKind::elect && action.at <= at) elect = static_cast<int>(i);
    }
    if (elect >= 0 && (direct || !to.exists())) return elect;
    return back;
}

/// Appends what changed between two steps of `p`; `led` = slot of the last leader before them.
void add_changes(const models::Case& a_case,
                 PartitionId p,
                 const Step& before,
                 const Step& after,
                 int led,
                 std::vector<Change>& changes) {
    const auto replicas = a_case.fleet.replicas(p);
    const auto broker = [&](int slot) {
        return slot < 0 ? BrokerId::none() : replicas[static_cast<std::size_t>(slot)];
    };
    const auto moved = static_cast<unsigned>(before.isr ^ after.isr);
    for (int slot = 0; slot < static_cast<int>(replicas.size()); ++slot) {
        if (((moved >> slot) & 1U) == 0) continue;
        const bool joined = ((after.isr >> slot) & 1) != 0;
        changes.push_back({after.at,
                           joined ? ChangeKind::join : ChangeKind::leave,
                           p,
                           broker(slot),
                           joined ? last_action(a_case, broker(slot), after.at)
                                  : cause_of_loss(a_case, broker(slot), after.at)});
    }
    if (before.leader == after.leader) return;
    const BrokerId to = broker(after.leader);
    const sim::Instant leaderless_since = before.leader < 0 ? before.at : sim::Instant::never();
    const int cause = cause_of_lead(a_case, broker(led), to, leaderless_since, after.at);
    if (to.exists()) {
        changes.push_back({after.at, ChangeKind::lead, p, to, cause});
    } else {
        changes.push_back({after.at, ChangeKind::leaderless, p, broker(before.leader), cause});
    }
}

/// Takes out joins of one partition that are undone at once, with what undid them.
void take_out_undone(std::vector<Change>& changes, std::map<int, int>& undone) {
    std::vector<bool> out(changes.size(), false);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].kind != ChangeKind::join) continue;
        for (std::size_t j = i + 1; j < changes.size(); ++j) {
            if (changes[j].at - changes[i].at > undone_within) break;
            if (changes[j].kind != ChangeKind::leave || changes[j].broker != changes[i].broker) {
                continue;
            }
            ++undone[changes[i].cause];
            out[i] = out[j] = true;
            break;
        }
    }
    std::size_t place = 0;
    std::erase_if(changes, [&](const Change&) { return out[place++]; });
}

}  // namespace

History history_of(const models::Case& a_case, const std::vector<models::Transition>& transitions) {
    History history = initial_history(a_case);
    for (const models::Transition& t : transitions) {
        history[t.partition.index()].push_back({t.at, t.isr, t.leader});
    }
    return history;
}

History history_of(const models::Case& a_case, const std::vector<RecordedTransition>& transitions) {
    const models::Fleet& fleet = a_case.fleet;
    std::map<std::pair<std::string, int>, PartitionId> known;
    for (const PartitionId p : models::Range<PartitionId>(fleet.partitions().size())) {
        const models::Partition& partition = fleet.partitions()[p];
        known[{fleet.topics()[partition.topic].name, static_cast<int>(partition.number)}] = p;
    }
    History history = initial_history(a_case);
    for (const RecordedTransition& row : transitions) {
        const auto found = known.find({row.topic, row.partition});
        if (found == known.end()) continue;
        const auto replicas = fleet.replicas(found->second);
        Step step{sim::Instant{sim::milliseconds(row.at_ms)}, 0, -1};
        for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
            const std::int64_t id = fleet.brokers()[replicas[slot]].number;
            const auto& isr = row.state.isr;
            if (std::find(isr.begin(), isr.end(), id) != isr.end()) {
                step.isr = static_cast<std::uint8_t>(step.isr | (1U << slot));
            }
            if (row.state.leader == id) step.leader = static_cast<std::int8_t>(slot);
        }
        history[found->second.index()].push_back(step);
    }
    return history;
}

std::vector<Change> changes_of(const models::Case& a_case,
                               const History& history,
                               std::map<int, int>& undone) {
    std::vector<Change> all;
    std::vector<Change> of_one;
    for (const PartitionId p : models::Range<PartitionId>(history.size())) {
        of_one.clear();
        const std::vector<Step>& steps = history[p.index()];
        int led = -1;
        for (std::size_t i = 1; i < steps.size(); ++i) {
            if (steps[i - 1].leader >= 0) led = steps[i - 1].leader;
            add_changes(a_case, p, steps[i - 1], steps[i], led, of_one);
        }
        take_out_undone(of_one, undone);
        all.insert(all.end(), of_one.begin(), of_one.end());
    }
    std::stable_sort(
        all.begin(), all.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
    return all;
}

}  // namespace rollcast::scenarios
