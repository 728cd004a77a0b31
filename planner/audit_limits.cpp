#include <string>

#include <fmt/format.h>

#include "planner/audit_checks.hpp"
#include "planner/lower_bound.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::Case;
using models::Cluster;

void windows(const Case& a_case,
             const Cluster& cluster,
             const StepTable& steps,
             Findings& findings) {
    Finding finding{"RC3021",
                    "step_longer_than_window",
                    Severity::blocks,
                    cluster.name,
                    {},
                    "widen the change window, or shorten the step",
                    "none in bytes",
                    0,
                    {},
                    false};
    sim::Duration longest{};
    for (const models::MachineId m : cluster.machines()) {
        const sim::Duration length = steps[m].mean();
        if (a_case.limits.windows.next_start(sim::Instant{}, length) != sim::Instant::never()) {
            continue;
        }
        longest = std::max(longest, length);
        ++finding.count;
        if (finding.examples.size() < 5) {
            finding.examples.push_back(a_case.fleet.machines()[m].name);
        }
    }
    if (finding.count == 0) return;
    finding.message = fmt::format("{} of {} with steps of up to {} that fit no change window",
                                  counted(finding.count, "machine"),
                                  cluster.name,
                                  text(longest));
    findings.push_back(std::move(finding));
}

void mixed_version(const Case& a_case,
                   models::ClusterId c,
                   const StepTable& steps,
                   Findings& findings) {
    const Cluster& cluster = a_case.fleet.clusters()[c];
    // The gate per partition allows most overlap, so what it cannot do no gate can.
    const LowerBound bound = cluster_lower_bound(a_case,
                                                 c,
                                                 models::Gate::shared_partitions,
                                                 steps,
                                                 models::ClusterConflicts(a_case.fleet, c));
    if (bound.value <= *a_case.limits.mixed_version_limit) return;
    findings.push_back(
        {"RC3020",
         "mixed_version_limit",
         Severity::blocks,
         cluster.name,
         fmt::format("{} may be in mixed mode for {} but cannot be through in less than {}: {}",
                     cluster.name,
                     text(*a_case.limits.mixed_version_limit),
                     text(bound.value),
                     bound.reason),
         "raise the limit, or repair the placement so that more brokers may go at once",
         "none in bytes for the limit",
         cluster.machine_count,
         {},
         false});
}

}  // namespace

void limits(const Case& a_case, Findings& findings) {
    const bool windowed = !a_case.limits.windows.always_open();
    if (!windowed && !a_case.limits.mixed_version_limit) return;
    const StepTable steps = step_table(a_case, models::DataDisk::keep);
    for (std::uint32_t c = 0; c < a_case.fleet.clusters().size(); ++c) {
        const models::ClusterId id{c};
        if (windowed) windows(a_case, a_case.fleet.clusters()[id], steps, findings);
        if (a_case.limits.mixed_version_limit) mixed_version(a_case, id, steps, findings);
    }
}

}  // namespace rollcast::planner::checks
