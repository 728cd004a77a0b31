#include "models/action_runner.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

/// A broker fetches as soon as its logs are loaded; KRaft unfences it later. 0.6-1.9 s over three
/// recorded starts (tests/reference r06, r10, r13).
constexpr sim::Duration fetches_before_serving = sim::seconds(1);

Cause cause_of(const RunState& run, const Action& action, std::uint32_t index) {
    return {.kind = Cause::Kind::action, .at = run.now, .broker = action.broker, .index = index};
}

/// A duration of action `index`: its first (0) or second (1).
sim::Duration drawn(const RunState& run,
                    const SpreadDuration& duration,
                    std::uint32_t index,
                    std::uint32_t which) {
    return run.draw(duration, index, sim::Draw::action, which);
}

}  // namespace

ActionRunner::ActionRunner(const RunState& run) : wiped_(run.scope.brokers(), std::uint8_t{0}) {}

void ActionRunner::schedule_all(RunState& run) const {
    for (std::uint32_t i = 0; i < run.a_case->actions.size(); ++i) {
        const Action& action = run.a_case->actions[i];
        if (!run.scope.holds(action.cluster)) continue;
        const bool asked = action.kind == ActionKind::throttle || action.kind == ActionKind::elect;
        run.schedule(asked ? action.at + drawn(run, action.takes, i, 0) : action.at,
                     {.kind = EventKind::action_due, .entity = i});
    }
}

void ActionRunner::act(RunState& run, ControlPlane& control, DataPlane& data, const Event& event) {
    const Action& action = run.a_case->actions[event.entity];
    if (action.kind == ActionKind::elect) {
        if (control.can_react(action.cluster, event)) control.elect_preferred(action.cluster);
    } else if (action.quorum_node.exists()) {
        act_on_quorum_node(run, control, event.entity);
    } else {
        act_on_broker(run, control, data, event.entity);
    }
}

void ActionRunner::act_on_broker(RunState& run,
                                 ControlPlane& control,
                                 DataPlane& data,
                                 std::uint32_t index) {
    const Action& action = run.a_case->actions[index];
    const BrokerId b = action.broker;
    BrokerState& broker = run.brokers[b];
    switch (action.kind) {
        case ActionKind::kill:
            control.die(b, cause_of(run, action, index), false, false);
            break;
        case ActionKind::hang:
            control.die(b, cause_of(run, action, index), true, false);
            break;
        case ActionKind::go_on:
            if (broker.process == Process::hung) control.resume(b);
            break;
        case ActionKind::shut_down:
            control.begin_controlled_shutdown(b, cause_of(run, action, index));
            break;
        case ActionKind::start:
            if (broker.process != Process::down || !action.comes_back) break;
            run.schedule(drawn(run, action.takes, index, 0),
                         {.kind = EventKind::started_registers,
                          .entity = b.value,
                          .version = broker.version,
                          .extra = index});
            break;
        case ActionKind::wipe:
            wiped_[b] = 1;
            break;
        case ActionKind::throttle:
            set_throttles(run, data, action);
            break;
        case ActionKind::elect:
            break;
    }
}

/// Without topic lists a rate has no effect (kafka-semantics §4.2).
void ActionRunner::set_throttles(RunState& run, DataPlane& data, const Action& action) {
    if (!run.config(action.cluster).throttle_lists) return;
    Throttles throttles = run.throttles(action.broker);
    if (action.leader_rate) throttles.leader = *action.leader_rate;
    if (action.follower_rate) throttles.follower = *action.follower_rate;
    run.throttles_set[action.broker] = throttles;
    data.throttles_change(run, action.broker);
}

void ActionRunner::act_on_quorum_node(RunState& run,
                                      ControlPlane& control,
                                      std::uint32_t index) const {
    const Action& action = run.a_case->actions[index];
    switch (action.kind) {
        case ActionKind::kill:
        case ActionKind::hang:
        case ActionKind::shut_down:
            control.quorum_node_stops(action.quorum_node, cause_of(run, action, index));
            break;
        case ActionKind::start:
        case ActionKind::go_on:
            run.schedule(drawn(run, action.takes, index, 0),
                         {.kind = EventKind::quorum_node_back,
                          .entity = action.quorum_node.value,
                          .version = run.quorum_node_version[action.quorum_node]});
            break;
        default:
            break;
    }
}

void ActionRunner::start_goes_on(RunState& run, ControlPlane& control, const Event& event) {
    const BrokerId b{event.entity};
    const BrokerState& broker = run.brokers[b];
    if (broker.version != event.version) return;
    const bool back = broker.process == Process::up;
    if (back != (event.kind == EventKind::broker_serves)) return;
    if (!control.can_react(run.fleet().brokers()[b].cluster, event)) return;
    if (run.a_case->actions[event.extra].upgrades) {
        run.links.install(run.fleet().brokers()[b].cluster, b);
    }
    if (!back && !control.can_register(b, event)) return;
    const auto next = [&](EventKind kind, sim::Duration after) {
        run.schedule(after,
                     {.kind = kind,
                      .entity = b.value,
                      .version = run.brokers[b].version,
                      .extra = event.extra});
    };
    const sim::Duration serves_after =
        drawn(run, run.a_case->actions[event.extra].serves_after, event.extra, 1);
    const sim::Duration ahead = std::min(serves_after, fetches_before_serving);
    switch (event.kind) {
        case EventKind::started_registers:
            control.expire_session(b);
            next(EventKind::started_fetches, serves_after - ahead);
            break;
        case EventKind::started_fetches:
            run.brokers[b].join_queue = run.a_case->actions[event.extra].join_queue;
            control.start_fetching(b, wiped_[b] != 0, run.now + ahead);
            wiped_[b] = 0;
            next(EventKind::broker_serves, ahead);
            break;
        default:
            control.serve(b);
            break;
    }
}

}  // namespace rollcast::models
