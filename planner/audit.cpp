#include "planner/audit.hpp"

#include <algorithm>
#include <tuple>

#include "planner/audit_checks.hpp"

namespace rollcast::planner {

std::vector<Finding> audit(const models::Case& a_case) {
    std::vector<Finding> findings;
    checks::topics(a_case, findings);
    checks::placement(a_case, findings);
    checks::quorums(a_case, findings);
    checks::hosts(a_case, findings);
    checks::load(a_case, findings);
    checks::limits(a_case, findings);
    checks::drift(a_case, findings);
    checks::programme(a_case, findings);
    const auto rank = [](const Finding& f) { return -static_cast<int>(f.severity); };
    std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
        return std::make_tuple(rank(a), std::cref(a.code), std::cref(a.subject)) <
               std::make_tuple(rank(b), std::cref(b.code), std::cref(b.subject));
    });
    return findings;
}

std::vector<models::PartitionId> zero_slack(const models::Case& a_case) {
    std::vector<models::PartitionId> partitions;
    for (std::uint32_t p = 0; p < a_case.fleet.partitions().size(); ++p) {
        const models::Partition& partition = a_case.fleet.partitions()[models::PartitionId{p}];
        if (a_case.fleet.topics()[partition.topic].accepted) continue;
        if (models::isr_size(partition.isr) <= partition.floor) {
            partitions.push_back(models::PartitionId{p});
        }
    }
    return partitions;
}

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::note:
            return "note";
        case Severity::warning:
            return "warning";
        case Severity::blocks:
            return "blocks";
    }
    return "?";
}

}  // namespace rollcast::planner
