#include "models/dispatcher.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "models/nominal_step.hpp"

namespace rollcast::models {

using sim::ensure;

Dispatcher::Dispatcher(const Case& a_case,
                       const Plan& plan,
                       const std::vector<ClusterConflicts>& conflicts)
    : case_(&a_case),
      conflicts_(&conflicts),
      gate_(plan.gate),
      by_policy_(plan.policy.has_value()),
      data_disk_(plan.data_disk),
      checksums_(plan.checksums),
      entry_of_(a_case.fleet.machines().size(), none),
      clusters_(a_case.fleet.clusters().size()),
      rollout_(a_case.fleet, plan),
      free_crews_(a_case.limits.crews.value_or(std::numeric_limits<int>::max())),
      free_slots_(a_case.limits.image_slots.value_or(std::numeric_limits<int>::max())) {
    for (const ClusterPlan& cluster : plan.clusters) add_cluster(cluster);
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return a.priority != b.priority ? a.priority < b.priority : a.cluster < b.cluster;
    });
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        ensure(entry_of_[entries_[i].machine] == none, "a plan names a machine once");
        entry_of_[entries_[i].machine] = i;
        if (entries_[i].broker != none) {
            ClusterState& state = clusters_[entries_[i].cluster];
            state.place[entries_[i].broker] = i;
            state.waiting[entries_[i].broker / 64] |= std::uint64_t{1} << (entries_[i].broker % 64);
        }
        if (pending_.empty() || pending_.back().cluster != entries_[i].cluster) {
            pending_.push_back({entries_[i].cluster, {}});
        }
        pending_.back().waiting.push_back(i);
        ++waiting_;
    }
}

void Dispatcher::add_cluster(const ClusterPlan& plan) {
    const Fleet& fleet = case_->fleet;
    const Cluster& cluster = fleet.clusters().at(plan.cluster);
    const ClusterConflicts& conflicts = (*conflicts_)[plan.cluster.index()];
    ClusterState& state = clusters_[plan.cluster];
    ensure(state.holds.empty(), "a plan names a cluster once");
    state.held.assign(conflicts.words(), 0);
    state.waiting.assign(conflicts.words(), 0);
    state.place.assign(conflicts.size(), 0);
    state.holds.assign(conflicts.size(), 0);
    state.group_held.assign(conflicts.groups().size(), 0);
    state.out_of_sync.assign(conflicts.size(), false);
    if (gate_ == Gate::shared_partitions) {
        state.open_pairs.assign(conflicts.size() * conflicts.words(), 0);
    }
    state.keeps = plan.keeps_crews;
    if (state.keeps) ++keepers_;
    const auto entry_for = [&](MachineId m) {
        const Machine& machine = fleet.machines().at(m);
        ensure(machine.cluster == plan.cluster, "a machine belongs to the cluster of its batch");
        Entry entry{.machine = m, .cluster = plan.cluster};
        if (machine.broker.exists()) entry.broker = machine.broker.value - cluster.first_broker;
        entry.quorum_node = machine.quorum_node.exists();
        if (!case_->limits.windows.always_open()) {
            entry.length = nominal_step(*case_, m, data_disk_, checksums_).mean();
        }
        return entry;
    };
    for (std::uint32_t b = 0; b < plan.batches.size(); ++b) {
        state.batch_left.push_back(static_cast<std::uint32_t>(plan.batches[b].machines.size()));
        state.batch_waiting.push_back(state.batch_left.back());
        for (const MachineId m : plan.batches[b].machines) {
            Entry entry = entry_for(m);
            entry.batch = b;
            entry.priority = plan.batches[b].priority;
            entry.barrier = plan.start == Start::barrier;
            entry.in_order = plan.start == Start::in_order;
            entries_.push_back(entry);
        }
    }
    std::uint32_t before = none;
    for (const MachineId m : plan.quorum) {
        Entry entry = entry_for(m);
        ensure(entry.broker == none, "a quorum node on a broker's host goes with the broker");
        entry.priority = plan.quorum_priority;
        entry.chain = before;
        before = m.value;
        entries_.push_back(entry);
    }
    while (state.open_batch < state.batch_left.size() && state.batch_left[state.open_batch] == 0) {
        ++state.open_batch;
    }
}

bool Dispatcher::conflict_free(const Entry& entry) const {
    const ClusterConflicts& conflicts = (*conflicts_)[entry.cluster.index()];
    const ClusterState& state = clusters_[entry.cluster];
    const std::uint32_t a = entry.broker;
    if (conflicts.barred()[a] || state.out_of_sync[a]) return false;
    const auto row = conflicts.row(a);
    for (std::size_t w = 0; w < row.size(); ++w) {
        std::uint64_t neighbours = row[w] & state.held[w];
        if (neighbours == 0) continue;
        if (gate_ == Gate::broker_in_sync) return false;
        while (neighbours != 0) {
            const std::size_t n = w * 64 + static_cast<std::size_t>(__builtin_ctzll(neighbours));
            neighbours &= neighbours - 1;
            const std::uint64_t open = state.open_pairs[n * conflicts.words() + a / 64];
            if (((open >> (a % 64)) & 1U) == 0) return false;
        }
    }
    for (const std::uint32_t g : conflicts.groups_of(a)) {
        if (state.group_held[g] >= conflicts.groups()[g].slack) return false;
    }
    return true;
}

bool Dispatcher::first_of_its_conflicts(const Entry& entry) const {
    const ClusterState& state = clusters_[entry.cluster];
    const auto row = (*conflicts_)[entry.cluster.index()].row(entry.broker);
    for (std::size_t w = 0; w < row.size(); ++w) {
        for (std::uint64_t bits = row[w] & state.waiting[w]; bits != 0; bits &= bits - 1) {
            const std::size_t n = w * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
            if (state.place[n] < state.place[entry.broker]) return false;
        }
    }
    return true;
}

void Dispatcher::force(MachineId machine) {
    Entry& entry = entry_of(machine);
    entry.forced = true;
    clusters_[entry.cluster].changed = true;
}

void Dispatcher::ask(MachineId machine) {
    Entry& entry = entry_of(machine);
    entry.asked = true;
    clusters_[entry.cluster].changed = true;
}

void Dispatcher::force_next_batch(ClusterId c) {
    std::uint32_t next = none;
    for (const Entry& entry : entries_) {
        const bool waits = entry.state == State::waiting && entry.broker != none;
        if (waits && entry.cluster == c) next = std::min(next, entry.batch);
    }
    for (Entry& entry : entries_) {
        const bool of_batch = entry.cluster == c && entry.broker != none && entry.batch == next;
        if (of_batch) entry.forced = true;
    }
    clusters_[c].changed = true;
}

void Dispatcher::put_first(MachineId machine) {
    Entry& early = entry_of(machine);
    if (early.state != State::waiting) return;
    if (early.broker != none) return force(machine);
    for (Entry& entry : entries_) {
        if (entry.chain == machine.value) entry.chain = early.chain;
    }
    for (Entry& entry : entries_) {
        const bool waits = entry.cluster == early.cluster && entry.broker == none &&
                           entry.state == State::waiting && entry.machine != machine;
        if (!waits) continue;
        early.chain = entry.chain;
        entry.chain = machine.value;
        break;
    }
    clusters_[early.cluster].changed = true;
}

/// The rules of an event-driven plan. What is lost itself is out of sync already: it goes when
/// nothing else of its cluster is at work and no neighbour is held by what does not go back.
bool Dispatcher::may_go_back(const Entry& entry) const {
    const ClusterState& state = clusters_[entry.cluster];
    if (entry.chain != none && entries_[entry_of_[MachineId{entry.chain}]].state != State::done) {
        return false;
    }
    if (entry.quorum_node && state.quorum_in_step > (entry.out ? 1 : 0)) return false;
    if (!entry.out) {
        if (state.out_left > 0) return false;
        const auto& most = case_->limits.max_down;
        if (most && state.in_step >= *most && entry.broker != none) return false;
        return entry.broker == none || conflict_free(entry);
    }
    if (state.in_step > 0) return false;
    if (entry.broker == none) return true;
    const auto row = (*conflicts_)[entry.cluster.index()].row(entry.broker);
    for (std::size_t w = 0; w < row.size(); ++w) {
        if ((row[w] & state.held[w] & ~state.out[w]) != 0) return false;
    }
    return true;
}

bool Dispatcher::stopped(MachineId machine) const {
    const Entry& entry = entries_[entry_of_[machine]];
    return rollout_.stopped(entry.cluster,
                            entry.broker == none ? RolloutGate::no_batch : entry.batch);
}

void Dispatcher::send_back(const std::vector<MachineId>& machines) {
    Stretch stretch;
    std::uint32_t before = none;
    for (const MachineId machine : machines) {
        Entry& entry = entry_of(machine);
        ensure(entry.state == State::done || entry.state == State::lost,
               "only a step that has ended leads back");
        ClusterState& state = clusters_[entry.cluster];
        state.out.resize(state.held.size(), 0);
        entry.out = entry.state == State::lost;
        entry.back = true;
        entry.forced = false;
        entry.state = State::waiting;
        entry.chain = none;
        if (entry.broker == none) {
            entry.chain = before;
            before = machine.value;
        } else if (entry.out) {
            state.out[entry.broker / 64] |= std::uint64_t{1} << (entry.broker % 64);
        }
        if (entry.out) ++state.out_left;
        state.changed = true;
        ++waiting_;
        stretch.cluster = entry.cluster;
        stretch.waiting.push_back(entry_of_[machine]);
    }
    if (!machines.empty()) pending_.insert(pending_.begin(), std::move(stretch));
}

/// What was lost on its way is back, or lost again.
void Dispatcher::no_longer_out(Entry& entry) {
    if (!entry.out) return;
    ClusterState& state = clusters_[entry.cluster];
    entry.out = false;
    --state.out_left;
    if (entry.broker != none) {
        state.out[entry.broker / 64] &= ~(std::uint64_t{1} << (entry.broker % 64));
    }
}

bool Dispatcher::admissible(const Entry& entry) const {
    if (entry.forced) return true;
    if (entry.back) return may_go_back(entry);
    if (by_policy_ && entry.broker != none) return entry.asked;
    const ClusterState& state = clusters_[entry.cluster];
    if (entry.chain != none && entries_[entry_of_[MachineId{entry.chain}]].state != State::done) {
        return false;
    }
    const bool enough_down = case_->limits.max_down && state.in_step >= *case_->limits.max_down;
    if (enough_down && entry.broker != none) return false;
    if (entry.barrier) return entry.batch == state.open_batch && state.seen_out == 0;
    if (entry.quorum_node && state.quorum_in_step > 0) return false;
    if (entry.broker == none) return true;
    return conflict_free(entry) && (!entry.in_order || first_of_its_conflicts(entry));
}

bool Dispatcher::fits_window(const Entry& entry, sim::Instant now) {
    if (case_->limits.windows.always_open()) return true;
    const sim::Instant start = case_->limits.windows.next_start(now, entry.length);
    if (start == now) return true;
    if (start == sim::Instant::never()) {
        window_too_short_ = true;
    } else {
        wake_at_ = std::min(wake_at_, start);
    }
    return false;
}

/// Canaries, waves and stop rules of the plan.
bool Dispatcher::rolled_out(const Entry& entry, sim::Instant now) {
    if (!rollout_.any() || entry.back) return true;
    const std::uint32_t batch = entry.broker == none ? RolloutGate::no_batch : entry.batch;
    const sim::Instant opens = rollout_.opens(entry.cluster, entry.machine, batch, now);
    if (opens > now) wake_at_ = std::min(wake_at_, opens);
    return opens <= now;
}

void Dispatcher::look_at_all_again() {
    for (ClusterState& state : clusters_) state.changed = true;
}

std::vector<MachineId> Dispatcher::start_ready(sim::Instant now) {
    std::vector<MachineId> started;
    if (wake_at_ <= now) look_at_all_again();
    wake_at_ = sim::Instant::never();
    do {
        given_up_ = false;
        start_all(now, started);
        if (keepers_ > 0) give_up_idle();
    } while (given_up_);
    std::erase_if(pending_, [](const Stretch& stretch) { return stretch.waiting.empty(); });
    const bool all_seen = free_crews_ > 0 && free_slots_ > 0;
    if (all_seen && wake_at_ == sim::Instant::never()) {
        for (ClusterState& state : clusters_) state.changed = false;
    }
    return started;
}

void Dispatcher::start_all(sim::Instant now, std::vector<MachineId>& started) {
    for (Stretch& stretch : pending_) {
        if (keepers_ == 0 && (free_crews_ <= 0 || free_slots_ <= 0)) break;
        if (!has_crew_and_slot(stretch.cluster, true)) continue;
        if (clusters_[stretch.cluster].changed) start_from(stretch, now, started);
    }
}

/// A broker may have what its cluster keeps, a quorum node's own machine may not.
bool Dispatcher::has_crew_and_slot(ClusterId cluster, bool broker) const {
    const ClusterState& state = clusters_[cluster];
    return free_crews_ + (broker ? state.kept_crews : 0) > 0 &&
           free_slots_ + (broker ? state.kept_slots : 0) > 0;
}

/// How many of the next batch wait, of a cluster that keeps crews for them; else 0.
int Dispatcher::next_waiting(ClusterState& state) {
    if (!state.keeps) return 0;
    while (state.next_batch < state.batch_waiting.size() &&
           state.batch_waiting[state.next_batch] == 0) {
        ++state.next_batch;
    }
    return state.next_batch < state.batch_waiting.size()
               ? static_cast<int>(state.batch_waiting[state.next_batch])
               : 0;
}

/// What the cluster keeps beyond `most` is free for all.
void Dispatcher::give_up(ClusterState& state, int most) {
    if (state.kept_crews <= most && state.kept_slots <= most) return;
    given_up_ = true;
    look_at_all_again();
    free_crews_ += std::max(0, state.kept_crews - most);
    free_slots_ += std::max(0, state.kept_slots - most);
    state.kept_crews = std::min(state.kept_crews, most);
    state.kept_slots = std::min(state.kept_slots, most);
}

/// A cluster without a broker in a step waits for something else, perhaps for long: others may have
/// what it keeps.
void Dispatcher::give_up_idle() {
    for (ClusterState& state : clusters_) {
        if (state.in_step == 0) give_up(state, 0);
    }
}

void Dispatcher::start_from(Stretch& stretch, sim::Instant now, std::vector<MachineId>& started) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at < stretch.waiting.size(); ++at) {
        Entry& entry = entries_[stretch.waiting[at]];
        const bool open =
            has_crew_and_slot(entry.cluster, entry.broker != none) && admissible(entry);
        if (open && (entry.forced || (rolled_out(entry, now) && fits_window(entry, now)))) {
            begin(entry);
            started.push_back(entry.machine);
        } else {
            stretch.waiting[kept++] = stretch.waiting[at];
        }
    }
    stretch.waiting.resize(kept);
}

void Dispatcher::begin(Entry& entry) {
    ClusterState& state = clusters_[entry.cluster];
    entry.state = State::running;
    entry.holds_crew = entry.holds_slot = true;
    const bool broker = entry.broker != none;
    --(broker && state.kept_crews > 0 ? state.kept_crews : free_crews_);
    --(broker && state.kept_slots > 0 ? state.kept_slots : free_slots_);
    ++running_;
    --waiting_;
    if (entry.quorum_node && !entry.out) ++state.quorum_in_step;
    if (!broker) return;
    ++state.in_step;
    state.waiting[entry.broker / 64] &= ~(std::uint64_t{1} << (entry.broker % 64));
    if (state.keeps && !entry.back) {
        --state.batch_waiting[entry.batch];
        give_up(state, next_waiting(state));
    }
    if (!entry.out) hold(entry.cluster, entry.broker);
    close_pairs(entry.cluster, entry.broker);
}

void Dispatcher::close_pairs(ClusterId cluster, std::uint32_t broker) {
    if (gate_ != Gate::shared_partitions) return;
    const std::size_t words = (*conflicts_)[cluster.index()].words();
    auto& open_pairs = clusters_[cluster].open_pairs;
    std::fill_n(open_pairs.begin() + static_cast<std::ptrdiff_t>(broker * words), words, 0);
}

Dispatcher::Entry& Dispatcher::entry_of(MachineId machine) {
    ensure(entry_of_.at(machine) != none, "the machine is part of the plan");
    return entries_[entry_of_[machine]];
}

void Dispatcher::crew_free(MachineId machine) {
    Entry& entry = entry_of(machine);
    if (!entry.holds_crew) return;
    entry.holds_crew = false;
    ClusterState& state = clusters_[entry.cluster];
    const bool keep = entry.broker != none && state.kept_crews < next_waiting(state);
    ++(keep ? state.kept_crews : free_crews_);
}

void Dispatcher::slot_free(MachineId machine) {
    Entry& entry = entry_of(machine);
    if (!entry.holds_slot) return;
    entry.holds_slot = false;
    ClusterState& state = clusters_[entry.cluster];
    const bool keep = entry.broker != none && state.kept_slots < next_waiting(state);
    ++(keep ? state.kept_slots : free_slots_);
}

void Dispatcher::leave_step(Entry& entry) {
    ClusterState& state = clusters_[entry.cluster];
    crew_free(entry.machine);
    slot_free(entry.machine);
    --running_;
    state.changed = true;
    if (entry.broker != none) --state.in_step;
}

void Dispatcher::done(MachineId machine) {
    Entry& entry = entry_of(machine);
    ensure(entry.state == State::running, "only a running step can be done");
    ClusterState& state = clusters_[entry.cluster];
    leave_step(entry);
    entry.state = State::done;
    no_longer_out(entry);
    if (!entry.back) rollout_.done(entry.cluster, entry.machine);
    if (rollout_.any()) look_at_all_again();
    if (entry.quorum_node) --state.quorum_in_step;
    if (entry.broker == none) return;
    release(entry.cluster, entry.broker);
    if (entry.back) return;
    --state.batch_left[entry.batch];
    while (state.open_batch < state.batch_left.size() && state.batch_left[state.open_batch] == 0) {
        ++state.open_batch;
    }
}

void Dispatcher::lost(MachineId machine) {
    Entry& entry = entry_of(machine);
    ensure(entry.state == State::running, "only a running step can be lost");
    leave_step(entry);  // keeps its hold, its batch open and its quorum place taken
    entry.state = State::lost;
    no_longer_out(entry);
    rollout_.lost(entry.cluster, entry.broker == none ? RolloutGate::no_batch : entry.batch);
}

void Dispatcher::released_towards(MachineId machine, BrokerId other) {
    const Entry& entry = entry_of(machine);
    if (gate_ != Gate::shared_partitions || entry.broker == none) return;
    const ClusterConflicts& conflicts = (*conflicts_)[entry.cluster.index()];
    const Cluster& cluster = case_->fleet.clusters()[entry.cluster];
    const std::uint32_t b = other.value - cluster.first_broker;
    ensure(b < conflicts.size(), "a machine is released towards a broker of its cluster");
    ClusterState& state = clusters_[entry.cluster];
    state.open_pairs[entry.broker * conflicts.words() + b / 64] |= std::uint64_t{1} << (b % 64);
    state.changed = true;
}

void Dispatcher::seen_out_of_sync(BrokerId broker) {
    const ClusterId c = case_->fleet.brokers()[broker].cluster;
    ClusterState& state = clusters_[c];
    if (state.holds.empty()) return;
    const std::uint32_t b = broker.value - case_->fleet.clusters()[c].first_broker;
    if (state.out_of_sync[b]) return;
    state.out_of_sync[b] = true;
    ++state.seen_out;
    hold(c, b);
    close_pairs(c, b);
}

bool Dispatcher::is_seen_out(BrokerId broker) const {
    const ClusterId c = case_->fleet.brokers()[broker].cluster;
    const ClusterState& state = clusters_[c];
    return !state.holds.empty() &&
           state.out_of_sync[broker.value - case_->fleet.clusters()[c].first_broker];
}

void Dispatcher::seen_in_sync(BrokerId broker) {
    const ClusterId c = case_->fleet.brokers()[broker].cluster;
    ClusterState& state = clusters_[c];
    if (state.holds.empty()) return;
    const std::uint32_t b = broker.value - case_->fleet.clusters()[c].first_broker;
    if (!state.out_of_sync[b]) return;
    state.out_of_sync[b] = false;
    --state.seen_out;
    state.changed = true;
    release(c, b);
}

void Dispatcher::hold(ClusterId cluster, std::uint32_t broker) {
    ClusterState& state = clusters_[cluster];
    if (state.holds[broker]++ > 0) return;
    state.held[broker / 64] |= std::uint64_t{1} << (broker % 64);
    for (const std::uint32_t g : (*conflicts_)[cluster.index()].groups_of(broker)) {
        ++state.group_held[g];
    }
}

void Dispatcher::release(ClusterId cluster, std::uint32_t broker) {
    ClusterState& state = clusters_[cluster];
    if (--state.holds[broker] > 0) return;
    state.held[broker / 64] &= ~(std::uint64_t{1} << (broker % 64));
    for (const std::uint32_t g : (*conflicts_)[cluster.index()].groups_of(broker)) {
        --state.group_held[g];
    }
}

}  // namespace rollcast::models
