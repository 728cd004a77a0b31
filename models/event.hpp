// The closed set of events of a run.
#pragma once

#include <cstdint>

namespace rollcast::models {

/// What happens; `entity` is an id of the kind named. Append only: the number is part of the trace.
enum class EventKind : std::uint16_t {
    phase_ends = 1,            // machine: the current phase of its step is over
    step_times_out = 2,        // machine: given up unless done
    catch_up = 3,              // broker: its next replica has caught up
    session_expires = 4,       // broker: the controller notices that it is gone
    process_starts = 5,        // broker: its process begins to start after a crash or power loss
    process_registers = 6,     // broker: started by itself, registers
    follower_lags = 7,         // broker: overloaded for longer than replica.lag.time.max.ms
    seen_in_sync = 8,          // machine: the orchestrator sees its broker back
    pair_released = 9,         // machine: what it shares with broker `extra` is seen back
    seen_out = 10,             // broker: seen dead or out of sync, if it still is
    seen_back = 11,            // broker: seen in sync again after a fault
    leaders_return = 12,       // cluster: preferred leader election
    reaction_returns = 13,     // cluster: quorum and controller work again
    fault_starts = 14,         // fault
    fault_ends = 15,           // fault
    curve_changes = 16,        // fleet: the daily curve steps
    window_opens = 17,         // fleet: a change window may admit more
    quorum_node_back = 18,     // quorum node: synced after a fault
    action_due = 19,           // action of the case
    started_registers = 20,    // broker: started by action `extra`, its process registers
    started_fetches = 21,      // broker: and now fetches from its leaders
    controlled_shutdown = 22,  // broker: stage `extra` of its controlled shutdown
    dead_lags = 24,            // broker: dead too long for the isr-expiration of leader `extra`
    broker_serves = 25,        // broker: unfenced, may join and lead
    quota_tick = 26,           // cluster: replication quotas are measured anew
    isr_check = 27,            // broker: as a leader it has found followers that lag
    offline_elected = 28,      // cluster: a new controller elects for what has no leader
    resumed_registers = 29,    // broker: hung beyond its session, it has a new one
    fault_goes_on = 30,        // fault: its part `extra` is due
    dir_noticed = 31,          // log dir: the controller hears that it has failed
    dir_lags = 32,             // log dir: leaders find the followers in it lagging
    gate_gives_up = 33,        // machine: its step waits for its replicas no longer
    session_renewed = 34,      // broker: it ran on without its session and has a new one
    policy_looks = 35,         // cluster: the policy of its plan looks again
    cut_off = 40               // broker: cut off from its quorum until its session is over
};

/// One scheduled event. `version` must still be that of the entity when it fires, else the event is
/// void: something else has happened since.
struct Event {
    EventKind kind = EventKind::phase_ends;
    std::uint32_t entity = 0;
    std::uint32_t version = 0;
    std::uint32_t extra = 0;
};

/// True for events that finish nothing by themselves: when only such are left and no step is under
/// way, the run is over. They are no part of the trace, since how many of them come after the end
/// of one cluster depends on the others.
constexpr bool idle(EventKind kind) {
    return kind == EventKind::curve_changes || kind == EventKind::step_times_out ||
           kind == EventKind::fault_starts || kind == EventKind::fault_goes_on ||
           kind == EventKind::gate_gives_up;
}

/// True for events that are part of the trace of their cluster. How often a policy that has nothing
/// more to do looks again depends on the other clusters, so that its looks are none.
constexpr bool traced(EventKind kind) { return !idle(kind) && kind != EventKind::policy_looks; }

}  // namespace rollcast::models
