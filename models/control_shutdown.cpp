// SIGTERM as the controller goes through it: leaders first, then followers, then the session.
#include "models/control_plane.hpp"
#include "models/era_costs.hpp"

namespace rollcast::models {

namespace {

enum Stage : std::uint32_t { leaders_move = 0, followers_leave = 1, process_ends = 2 };

/// KRaft: the broker asks again with its next heartbeat; it may stop when every active broker has
/// told, with a heartbeat of its own, that it knows (kafka-semantics §1.7). One or two heartbeats.
constexpr std::uint64_t most_heartbeats = 2;

}  // namespace

void ControlPlane::begin_controlled_shutdown(BrokerId b, const Cause& reason) {
    BrokerState& broker = run_.brokers[b];
    if (broker.process == BrokerState::Process::down) return;
    if (broker.process == BrokerState::Process::hung || broker.fenced) {
        die(b, reason, false, false);
        return;
    }
    broker.reason = reason;
    const sim::Duration drain =
        run_.led_by(b) * drain_per_leader(*run_.a_case, run_.fleet().brokers()[b].cluster);
    run_.schedule(
        run_.draw(
            run_.a_case->reaction.first_answer, b.value, sim::Draw::reaction, broker.version) +
            drain,
        {.kind = EventKind::controlled_shutdown,
         .entity = b.value,
         .version = broker.version,
         .extra = leaders_move});
}

void ControlPlane::controlled_shutdown_goes_on(const Event& event) {
    const BrokerId b{event.entity};
    BrokerState& broker = run_.brokers[b];
    if (broker.version != event.version || broker.process != BrokerState::Process::up) return;
    const ClusterId c = run_.fleet().brokers()[b].cluster;
    if (!can_react(c, event)) return;
    const Cluster& cluster = run_.fleet().clusters()[c];
    const bool kraft = cluster.quorum_kind == QuorumKind::kraft;
    const auto next = [&](Stage stage, sim::Duration after) {
        Event later = event;
        later.extra = stage;
        run_.schedule(after, later);
    };
    switch (event.extra) {
        case leaders_move: {
            broker.leaving = true;
            broker.left_isr_at = run_.now;
            leave_isr(b, true, kraft);
            if (!kraft) {
                const ReactionTimes& times = run_.a_case->reaction;
                next(followers_leave,
                     run_.draw(times.followers_after,
                               b.value,
                               sim::Draw::reaction,
                               broker.version | 1U << 30U));
                next(process_ends,
                     run_.spread(times.session_closes,
                                 times.closing_spread,
                                 b.value,
                                 sim::Draw::session_end,
                                 broker.version));
                break;
            }
            sim::RandomStream random{
                run_.options.seed, b.value, sim::Draw::last_beats, broker.version};
            const auto beats =
                run_.options.sampled ? 1 + random.below(most_heartbeats) : most_heartbeats;
            next(process_ends,
                 cluster.config.heartbeat_interval * static_cast<std::int64_t>(beats));
            break;
        }
        case followers_leave: {
            leave_isr(b, true, true);
            count_undone_joins(b);
            break;
        }
        default:
            leave_cleanly(b, broker.reason);
            break;
    }
}

/// Joins that are undone when the session closes: counted, and not made, since they matter to
/// nobody.
void ControlPlane::count_undone_joins(BrokerId b) {
    for (const BrokerId leader :
         run_.fleet().clusters()[run_.fleet().brokers()[b].cluster].brokers()) {
        sim::RandomStream random{run_.options.seed,
                                 b.value,
                                 sim::Draw::undone_join,
                                 run_.brokers[b].version << 12U ^ leader.value};
        if (leader == b || random.uniform() >= run_.a_case->reaction.rejoins) continue;
        for (const HostedReplica& replica : run_.fleet().hosted(b)) {
            const int leads = run_.partitions[replica.partition].leader;
            if (leads < 0) continue;
            const auto replicas = run_.fleet().replicas(replica.partition);
            if (replicas[static_cast<std::size_t>(leads)] == leader) {
                ++run_.counters.undone_joins[run_.brokers[b].reason.index];
            }
        }
    }
}

}  // namespace rollcast::models
