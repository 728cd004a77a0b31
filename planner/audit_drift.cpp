#include <fmt/format.h>

#include "models/config_audit.hpp"
#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

void drift(const models::Case& a_case, Findings& findings) {
    const models::Fleet& fleet = a_case.fleet;
    for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
        const models::ClusterId id{c};
        const std::vector<models::Drift> keys = models::config_drift(fleet, id);
        if (keys.empty()) continue;
        const std::string& name = fleet.clusters()[id].name;
        Finding finding{
            "RC3027",
            "config_drift",
            Severity::warning,
            name,
            fmt::format(
                "{} of {} not as the golden file has it", counted(keys.size(), "setting"), name),
            "set it back before the first step, or change the golden file",
            "a restart of each broker for what is not dynamic",
            keys.size(),
            {},
            false};
        for (const models::Drift& key : keys) {
            if (finding.examples.size() == 5) break;
            finding.examples.push_back(
                fmt::format("{}: {}, golden {}", key.key, key.found, key.wanted));
        }
        findings.push_back(std::move(finding));
    }
}

}  // namespace rollcast::planner::checks
