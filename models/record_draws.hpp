// What the record fidelity leaves to chance: how long a broker takes for a request, to hear of a
// decision, and until its connections end.
#pragma once

#include "models/record_state.hpp"

namespace rollcast::models {

/// How long the broker takes to handle the `occurrence`-th request of a producer's connection,
/// which is sent now: with the rest of the pause that it comes into.
sim::Duration request_service(RecordState& state,
                              std::uint32_t connection,
                              std::uint32_t occurrence);
/// The same for the `occurrence`-th fetch of a fetcher, which the leader has now.
sim::Duration fetch_service(RecordState& state, std::uint32_t fetcher, std::uint32_t occurrence);
/// When `b` acts on what the control plane decides now. One thread of a broker applies decisions in
/// their order, so that what comes while it works on another is done with that.
sim::Instant learns_at(RecordState& state, const RunState& run, BrokerId b);
/// How long after that `b` leads `p`, one of the partitions that it takes over: they come one after
/// another.
sim::Duration takes_over_after(const RecordState& state,
                               const RunState& run,
                               BrokerId b,
                               std::uint32_t partition);
/// How much slower than usual the machines are all through the run of this seed.
double slowness(const RecordTimes& times, const RunOptions& options);

}  // namespace rollcast::models
