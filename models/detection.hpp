// How long a dead process stays unnoticed by the controller.
#pragma once

#include "models/run_state.hpp"

namespace rollcast::models {

/// From the death of a broker's process to the end of its session (kafka-semantics §1.6).
///
/// ZooKeeper: last ping + session time-out, rounded up to the next tick; pings come every third of
/// the time-out, so 12-20 s at 18 s and a tick of 2 s. The time-out is clamped to 2-20 ticks.
/// KRaft: last heartbeat + time-out, 7-9 s at 9 s and 2 s; the last heartbeat is counted from one
/// that is known (the unfencing, for instance), else it is anywhere. Nominal: the middle.
sim::Duration detection_delay(const RunState& run, BrokerId broker);

/// From the start of a new quorum leader to the end of a session that nobody renews: the whole
/// time-out, in ZooKeeper rounded up to a tick.
sim::Duration renewed_session(const RunState& run, BrokerId broker);

/// ZooKeeper: from the moment a process goes on that has slept through its session until it has
/// registered anew (ReactionTimes::new_session).
sim::Duration new_session_after(const RunState& run, BrokerId broker);

/// Time to re-read what the log dirs hold past their last flush after a stop without the clean
/// marker: active segments, half of at most 1 GiB each, at `recovery_threads_per_dir` x 42 MiB/s or
/// the disk's read rate, dirs side by side (kafka-semantics §4.3; half full and 42 MiB/s: AutoMQ
/// PR#596, one measured point).
sim::Duration log_recovery_time(const Fleet& fleet, BrokerId broker);

}  // namespace rollcast::models
