// What follows from links that are cut or refused: brokers that lose their quorum or never find it,
// leaders that nobody tells or that let no clients in, followers that cannot follow.
#include <utility>

#include "models/control_plane.hpp"
#include "models/detection.hpp"
#include "models/link_watch.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

}  // namespace

bool ControlPlane::can_register(BrokerId b, const Event& event) {
    if (!run_.links.watches() || may_register(run_, b)) return true;
    run_.links.of(run_.fleet().brokers()[b].cluster)->waiting.push_back(event);
    return false;
}

void ControlPlane::cut_off(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    if (broker.process != Process::up || broker.fenced) return;
    remove_from_isr(b);
    data_.followers_evicted(run_, b);
    controller_moves(b);
    run_.schedule(run_.a_case->step.observe_delay,
                  {.kind = EventKind::seen_out, .entity = b.value});
}

void ControlPlane::found_again(BrokerId b) {
    const BrokerState& broker = run_.brokers[b];
    if (broker.process != Process::up || !broker.fenced || broker.fenced_at < broker.since) return;
    data_.broker_goes_on(run_, b);
    run_.schedule(
        new_session_after(run_, b),
        {.kind = EventKind::session_renewed, .entity = b.value, .version = broker.version});
}

/// True where a member of the ISR runs and cannot fetch from the leader, so that acks=all waits
/// until it has left (kafka-semantics §1.5).
bool ControlPlane::waits_for_the_cut_off(PartitionId p, const PartitionState& after) const {
    if (after.leader < 0) return false;
    const ClusterId c = run_.fleet().cluster_of(p);
    const auto replicas = run_.fleet().replicas(p);
    const BrokerId leader = replicas[static_cast<std::size_t>(after.leader)];
    if (run_.brokers[leader].process != Process::up) return false;
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const bool follows = after.in_sync(slot) && slot != static_cast<std::uint8_t>(after.leader);
        if (!follows || run_.brokers[replicas[slot]].process != Process::up) continue;
        if (!run_.links.fetches(c, replicas[slot], leader)) return true;
    }
    return false;
}

/// Sets what the links of the cluster make of `after`.
void ControlPlane::judge_links(PartitionId p,
                               const PartitionState& before,
                               PartitionState& after) const {
    const ClusterId c = run_.fleet().cluster_of(p);
    if (run_.links.of(c) == nullptr) return;
    after.set(stalled_now, waits_for_the_dead(p, after.isr) || waits_for_the_cut_off(p, after));
    if (after.leader < 0) {
        after.set(shut_now, false);
        return;
    }
    const BrokerId leader = run_.fleet().replicas(p)[static_cast<std::size_t>(after.leader)];
    const bool runs = run_.brokers[leader].process == Process::up;
    after.set(shut_now, runs && !run_.links.open(c, leader, BrokerLink::client));
    if (!runs) return;
    const bool told = run_.links.open(c, leader, BrokerLink::control);
    if (!told && after.leader != before.leader) after.set(unserved_now, true);
    if (told && before.leader == after.leader &&
        !run_.dir_failed(p, static_cast<std::size_t>(after.leader))) {
        after.set(unserved_now, false);
    }
}

void ControlPlane::links_changed(std::span<const PartitionId> partitions) {
    for (const PartitionId p : partitions) {
        const PartitionState before = run_.partitions[p];
        PartitionState after = before;
        judge_links(p, before, after);
        if (after.flags != before.flags) apply(p, after);
    }
}

}  // namespace rollcast::models
