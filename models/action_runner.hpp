// Makes the actions of a case happen to the world.
#pragma once

#include "models/control_plane.hpp"

namespace rollcast::models {

/// Schedules the actions of the clusters in scope and carries each out when it is due.
class ActionRunner {
public:
    explicit ActionRunner(const RunState& run);

    void schedule_all(RunState& run) const;
    /// Action `index` of the case is due.
    void act(RunState& run, ControlPlane& control, DataPlane& data, const Event& event);
    /// A started process registers, and later serves: the next stage of its start.
    void start_goes_on(RunState& run, ControlPlane& control, const Event& event);

private:
    void act_on_broker(RunState& run, ControlPlane& control, DataPlane& data, std::uint32_t index);
    static void set_throttles(RunState& run, DataPlane& data, const Action& action);
    void act_on_quorum_node(RunState& run, ControlPlane& control, std::uint32_t index) const;

    ScopeMap<BrokerId, std::uint8_t> wiped_;
};

}  // namespace rollcast::models
