#include "planner/certify.hpp"

#include <algorithm>

#include "planner/audit.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certificate/fingerprint.hpp"

namespace rollcast::planner {

namespace {

using certificate::Certificate;
using certificate::Refutation;
using models::Case;
using models::Fleet;

/// Everything that might rule out every plan, the plainest first; the checker says which does.
std::vector<Refutation> suspects(const Case& a_case, models::DataDisk data_disk) {
    const Fleet& fleet = a_case.fleet;
    std::vector<Refutation> list;
    if (const auto none = zero_slack(a_case); !none.empty()) {
        list.push_back({Refutation::Kind::no_slack, none.front().value, {}});
    }
    for (std::uint32_t p = 0; p < fleet.partitions().size(); ++p) {
        if (fleet.partitions()[models::PartitionId{p}].leader < 0) {
            list.push_back({Refutation::Kind::no_leader, p, {}});
        }
    }
    for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
        list.push_back({Refutation::Kind::no_quorum_spare, c, {}});
    }
    for (std::uint32_t m = 0; m < fleet.machines().size(); ++m) {
        list.push_back({Refutation::Kind::never_rejoins, m, {}});
        if (!a_case.limits.windows.always_open()) {
            list.push_back({Refutation::Kind::no_window, m, {}});
        }
    }
    if (!a_case.limits.mixed_version_limit) return list;
    const StepTable steps = step_table(a_case, data_disk);
    for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
        const models::ClusterId id{c};
        LowerBound bound = cluster_lower_bound(a_case,
                                               id,
                                               models::Gate::shared_partitions,
                                               steps,
                                               models::ClusterConflicts(fleet, id));
        if (bound.value <= *a_case.limits.mixed_version_limit) continue;
        list.push_back({Refutation::Kind::mixed_version_limit, c, std::move(bound.proof)});
    }
    return list;
}

}  // namespace

Certificate certificate_of(const Case& a_case,
                           const models::Plan& plan,
                           const models::Verdict& verdict,
                           const LowerBound& bound) {
    Certificate certificate{.estate = certificate::estate_fingerprint(a_case),
                            .plan = certificate::plan_fingerprint(plan),
                            .gate = plan.gate,
                            .data_disk = plan.data_disk,
                            .makespan = verdict.makespan,
                            .bound = bound.value,
                            .proof = bound.proof};
    for (const models::MachineTimes& m : verdict.machines) {
        certificate.steps.push_back(
            {m.machine, m.start, m.stopped, m.registered, m.in_sync, m.end});
    }
    return certificate;
}

std::optional<Certificate> refute(const Case& a_case, models::DataDisk data_disk) {
    Certificate certificate{.estate = certificate::estate_fingerprint(a_case),
                            .data_disk = data_disk};
    for (Refutation& suspect : suspects(a_case, data_disk)) {
        certificate.refutation = std::move(suspect);
        if (certificate::judge(a_case, certificate).accepted()) return certificate;
    }
    return std::nullopt;
}

}  // namespace rollcast::planner
