#include "models/policy_runner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "models/policies/catalogue.hpp"

namespace rollcast::models {

PolicyRunner::PolicyRunner(const RunState& run, const Plan& plan) {
    if (!plan.policy) return;
    clusters_ = ScopeMap<ClusterId, Cluster>(run.scope.clusters());
    sights_ = ScopeMap<MachineId, Sight>(run.scope.machines(), Sight::untouched);
    awaited_ = ScopeMap<MachineId, std::uint8_t>(run.scope.machines());
    batch_ = ScopeMap<MachineId, std::uint32_t>(run.scope.machines());
    const PolicyInfo& info = policy_info(plan.policy->kind);
    empties_ = info.move_throttle != nullptr;
    for (const ClusterPlan& part : plan.clusters) {
        if (!run.scope.holds(part.cluster)) continue;
        Cluster& cluster = clusters_[part.cluster];
        cluster.policy = PolicyBox(info.make(*plan.policy));
        cluster.quorum_left =
            info.quorum_first ? static_cast<std::uint32_t>(part.quorum.size()) : 0;
        for (const Batch& batch : part.batches) {
            for (const MachineId m : batch.machines) {
                cluster.listed.push_back(run.fleet().machines()[m].broker);
            }
        }
    }
}

void PolicyRunner::begin(RunState& run) {
    for (const ClusterId c : clusters_.ids()) {
        if (!clusters_[c].policy) continue;
        run.schedule(sim::Duration{}, {.kind = EventKind::policy_looks, .entity = c.value});
    }
}

Asked PolicyRunner::look(RunState& run, ClusterId c) {
    Cluster& cluster = clusters_[c];
    if (std::exchange(cluster.patient, false)) --patient_;
    const Observation seen(run, c, cluster.listed, sights_, cluster.quorum_left > 0);
    Decision decision =
        cluster.any_lost ? give_up("a machine did not come back") : (*cluster.policy).look(seen);
    Asked asked{.start = {},
                .elect_preferred = decision.elect_preferred,
                .demotion = decision.demotion,
                .restore_leaders = decision.restore_leaders};
    for (const HostedReplica& replica : decision.move) {
        const std::optional<ReplicaMove> move = run.policy_move(replica);
        sim::ensure(move.has_value(), "a policy moves what has a place to go to");
        asked.moves.push_back(*move);
    }
    for (const BrokerId b : decision.start) {
        const MachineId m = run.fleet().brokers()[b].machine;
        sim::ensure(sights_[m] == Sight::untouched, "a policy restarts a machine once");
        sights_[m] = Sight::asked;
        batch_[m] = cluster.batches;
        if (decision.next == Decision::Next::started) awaited_[m] = 1;
        asked.start.push_back(m);
    }
    if (!asked.start.empty()) ++cluster.batches;
    cluster.moved = cluster.moved || asked.changes_placement();
    cluster.reason = decision.reason;
    switch (decision.next) {
        case Decision::Next::look:
            cluster.patient = decision.patient;
            cluster.patient_at = run.changes;
            if (decision.patient) ++patient_;
            run.schedule(decision.wait, {.kind = EventKind::policy_looks, .entity = c.value});
            break;
        case Decision::Next::started:
            cluster.awaited = asked.start.size();
            cluster.pause = decision.wait;
            break;
        case Decision::Next::finished:
            cluster.finished = true;
            cluster.finished_at = run.now;
            break;
        case Decision::Next::given_up:
            cluster.gave_up = true;
            cluster.gave_up_at = run.now;
            break;
    }
    return asked;
}

sim::Instant PolicyRunner::moved_until(ClusterId c, sim::Instant end) const {
    if (!any() || !clusters_[c].moved) return sim::Instant::never();
    return clusters_[c].finished ? clusters_[c].finished_at : end;
}

std::size_t PolicyRunner::patient(const RunState& run) const {
    if (patient_ == 0) return 0;
    return static_cast<std::size_t>(
        std::count_if(clusters_.begin(), clusters_.end(), [&](const Cluster& cluster) {
            return cluster.patient && cluster.patient_at == run.changes;
        }));
}

void PolicyRunner::entered(RunState& run, MachineId m, StepPhase phase) {
    if (!any()) return;
    const Machine& machine = run.fleet().machines()[m];
    if (!machine.broker.exists()) {
        if (phase == StepPhase::done && clusters_[machine.cluster].quorum_left > 0) {
            --clusters_[machine.cluster].quorum_left;
        }
        return;
    }
    if (phase == StepPhase::start) {
        sights_[m] = Sight::starting;
        came(run, m);
    } else if (phase == StepPhase::catch_up) {
        sights_[m] = Sight::started;
    } else if (phase == StepPhase::lost) {
        sights_[m] = Sight::lost;
        if (awaited_[m] != 0) clusters_[machine.cluster].any_lost = true;
        came(run, m);
    }
}

void PolicyRunner::came(RunState& run, MachineId m) {
    if (std::exchange(awaited_[m], std::uint8_t{0}) == 0) return;
    const ClusterId c = run.fleet().machines()[m].cluster;
    Cluster& cluster = clusters_[c];
    if (--cluster.awaited > 0) return;
    run.schedule(cluster.pause, {.kind = EventKind::policy_looks, .entity = c.value});
}

void PolicyRunner::close(const RunState& run, Verdict& verdict) const {
    for (const ClusterId c : clusters_.ids()) {
        const Cluster& cluster = clusters_[c];
        if (!cluster.policy || cluster.finished) continue;
        verdict.stopped.push_back({.cluster = c,
                                   .at = cluster.gave_up ? cluster.gave_up_at : run.now,
                                   .gave_up = cluster.gave_up,
                                   .reason = cluster.reason.empty()
                                                 ? "what it has asked for does not start"
                                                 : cluster.reason});
    }
}

}  // namespace rollcast::models
