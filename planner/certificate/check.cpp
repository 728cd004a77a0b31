#include "planner/certificate/check.hpp"

#include <fmt/format.h>

#include "models/capacity.hpp"
#include "planner/certificate/bound_check.hpp"
#include "planner/certificate/fingerprint.hpp"
#include "planner/certificate/minimum_step.hpp"
#include "planner/certificate/schedule_check.hpp"
#include "planner/certificate/window_bound.hpp"

namespace rollcast::planner::certificate {

namespace {

using models::Case;
using sim::Duration;
using Steps = std::vector<MinimumStep>;

double hours(Duration d) { return sim::to_seconds(d) / 3'600; }

std::string wrong_partition(const Case& a_case, const Refutation& refutation) {
    if (refutation.subject >= a_case.fleet.partitions().size()) return "there is no such partition";
    const models::PartitionId p{refutation.subject};
    const models::Partition& partition = a_case.fleet.partitions()[p];
    const std::string name = a_case.fleet.partition_name(p);
    if (a_case.fleet.topics()[partition.topic].accepted) {
        return fmt::format("breaches of {} are accepted", name);
    }
    if (refutation.kind == Refutation::Kind::no_leader) {
        return partition.leader < 0 ? "" : fmt::format("{} has a leader", name);
    }
    return models::isr_size(partition.isr) <= partition.floor ? ""
                                                              : fmt::format("{} has slack", name);
}

std::string wrong_machine(const Case& a_case, const Steps& steps, const Refutation& refutation) {
    if (refutation.subject >= steps.size()) return "there is no such machine";
    const MinimumStep& step = steps[refutation.subject];
    const std::string& name = a_case.fleet.machines()[models::MachineId{refutation.subject}].name;
    if (refutation.kind == Refutation::Kind::never_rejoins) {
        return step.converges ? fmt::format("{} can catch up", name) : "";
    }
    return a_case.limits.windows.next_start(sim::Instant{}, step.end) == sim::Instant::never()
               ? ""
               : fmt::format("the step of {} fits a change window", name);
}

std::string wrong_cluster(const Case& a_case, const Steps& steps, const Refutation& refutation) {
    if (refutation.subject >= a_case.fleet.clusters().size()) return "there is no such cluster";
    const models::ClusterId c{refutation.subject};
    const models::Cluster& cluster = a_case.fleet.clusters()[c];
    if (refutation.kind == Refutation::Kind::no_quorum_spare) {
        const bool none = cluster.quorum_node_count == 1 || cluster.quorum_node_count == 2;
        return none ? "" : fmt::format("the quorum of {} can spare a node", cluster.name);
    }
    if (!a_case.limits.mixed_version_limit) return "the case has no mixed-version limit";
    if (refutation.proof.rule != Rule::brokers && refutation.proof.rule != Rule::longest_step &&
        refutation.proof.rule != Rule::max_down && refutation.proof.rule != Rule::quorum_chain &&
        refutation.proof.rule != Rule::quorum_area) {
        return "its proof is not about one cluster";
    }
    const Proved proved = prove(a_case, steps, refutation.proof);
    if (!proved.wrong.empty()) return proved.wrong;
    const Proof* first = &refutation.proof;
    while (first->machines.empty()) first = &first->parts.front();
    if (a_case.fleet.machines()[first->machines.front()].cluster != c) {
        return "its proof is about another cluster";
    }
    return proved.value > *a_case.limits.mixed_version_limit
               ? ""
               : fmt::format("its proof leaves {} within the limit", cluster.name);
}

/// Why a refutation does not hold, or empty.
std::string wrong_refutation(const Case& a_case, const Certificate& certificate) {
    const Refutation& refutation = certificate.refutation;
    // The gate per partition allows most overlap, so what it cannot do no gate can.
    const Steps steps =
        minimum_steps(a_case, models::Gate::shared_partitions, certificate.data_disk);
    switch (refutation.kind) {
        case Refutation::Kind::none:
            return "it refutes nothing";
        case Refutation::Kind::no_slack:
        case Refutation::Kind::no_leader:
            return wrong_partition(a_case, refutation);
        case Refutation::Kind::never_rejoins:
        case Refutation::Kind::no_window:
            return wrong_machine(a_case, steps, refutation);
        case Refutation::Kind::no_quorum_spare:
        case Refutation::Kind::mixed_version_limit:
            return wrong_cluster(a_case, steps, refutation);
    }
    return "it refutes nothing";
}

void judge_bound(const Case& a_case,
                 const Steps& steps,
                 const Certificate& certificate,
                 Judgement& judgement) {
    const Proved proved = prove(a_case, steps, certificate.proof);
    if (!proved.wrong.empty()) {
        judgement.differs.push_back("the proof of the bound does not hold: " + proved.wrong);
        return;
    }
    judgement.proved =
        proved.windows_in ? proved.value : wall_time(a_case.limits.windows, proved.value);
    if (certificate.bound > judgement.proved) {
        judgement.differs.push_back(
            fmt::format("the bound claims {:.4f} h and its proof gives "
                        "{:.4f} h",
                        hours(certificate.bound),
                        hours(judgement.proved)));
    }
    if (certificate.makespan < certificate.bound) {
        judgement.differs.emplace_back("the schedule is faster than the bound on it");
    }
}

}  // namespace

Judgement judge(const Case& a_case, const Certificate& certificate) {
    Judgement judgement;
    if (const std::uint64_t own = estate_fingerprint(a_case); own != certificate.estate) {
        judgement.differs.push_back(
            fmt::format("it was made for another estate: {:016x}, and this one is {:016x}",
                        certificate.estate,
                        own));
        return judgement;
    }
    if (certificate.refutation.kind != Refutation::Kind::none) {
        const std::string why = wrong_refutation(a_case, certificate);
        if (!why.empty()) judgement.differs.push_back("what rules out every plan: " + why);
        return judgement;
    }
    const Steps steps = minimum_steps(a_case, certificate.gate, certificate.data_disk);
    for (std::string& why : wrong_in_schedule(a_case, steps, certificate)) {
        judgement.differs.push_back("the schedule: " + std::move(why));
    }
    judge_bound(a_case, steps, certificate, judgement);
    return judgement;
}

Judgement judge(const Case& a_case, const models::Plan& plan, const Certificate& certificate) {
    Judgement judgement = judge(a_case, certificate);
    if (plan_fingerprint(plan) != certificate.plan) {
        judgement.differs.emplace_back("the plan's orders are not those that were certified");
    }
    if (plan.gate != certificate.gate || plan.data_disk != certificate.data_disk) {
        judgement.differs.emplace_back("gate or data disk are not those that were certified");
    }
    return judgement;
}

bool proves_optimal(const Certificate& certificate) {
    const std::int64_t gap = (certificate.makespan - certificate.bound).count();
    return gap <= certificate.bound.count() / 1'000;
}

}  // namespace rollcast::planner::certificate
