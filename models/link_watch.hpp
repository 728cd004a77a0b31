// Looks after each event at which links stand, and lets the cluster feel what has changed.
#pragma once

#include "models/control_plane.hpp"
#include "models/executor.hpp"

namespace rollcast::models {

/// Links of brokers that run side by side stand from the moment on at which both run and the one
/// lets the other in; a handshake is made then, and again after a cut. What stands outlives a
/// certificate; what was refused is tried again all the time (kafka-semantics §6.3).
class LinkWatch {
public:
    /// Watches the clusters that name stacks, and those whose links a fault may touch.
    explicit LinkWatch(RunState& run);

    /// After each event.
    void settle(RunState& run, ControlPlane& control, DataPlane& data, Executor& executor);
    /// The session of a broker that was cut off may be over.
    void session_ends(RunState& run, ControlPlane& control, const Event& event);
    /// The run is over: transactions that still fail are counted.
    void close(RunState& run);

private:
    void look(RunState& run,
              ControlPlane& control,
              DataPlane& data,
              Executor& executor,
              ClusterLinks& links);
};

/// The stack of `b` at a start of its process now: that of before or after its step, with what the
/// faults that hold do to it. Nothing where its cluster names no stacks.
std::optional<NodeStack> stack_at_start(const RunState& run, BrokerId b);

/// True where a process of `b` that starts now comes up and reaches ZooKeeper or the controllers.
bool may_register(const RunState& run, BrokerId b);

}  // namespace rollcast::models
