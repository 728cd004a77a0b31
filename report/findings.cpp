#include "report/findings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using planner::Finding;
using planner::Severity;

std::string finding_text(const Finding& finding) {
    const std::string accepted = finding.accepted ? ", accepted by the case" : "";
    std::string out = wrapped(
        finding_sentence(finding),
        4,
        fmt::format("{}[{}]{}: ", planner::to_string(finding.severity), finding.code, accepted));
    if (!finding.examples.empty()) {
        const std::uint64_t more =
            finding.count > finding.examples.size() ? finding.count - finding.examples.size() : 0;
        std::string examples = listed(finding.examples, finding.examples.size());
        if (more > 0) examples += fmt::format(" and {} more", count_text(more));
        out += wrapped(examples, 10, "    like: ");
    }
    if (!finding.fix.empty()) out += wrapped(finding.fix, 10, "    fix:  ");
    if (!finding.cost.empty()) out += wrapped(finding.cost, 10, "    cost: ");
    return out;
}

}  // namespace

std::string finding_sentence(const Finding& finding) {
    const bool named = finding.message.find(finding.subject) != std::string::npos;
    return named ? finding.message : finding.subject + ": " + finding.message;
}

bool blocks(const Finding& finding) {
    return finding.severity == Severity::blocks && !finding.accepted;
}

std::string findings_count(const std::vector<Finding>& findings) {
    const auto count = [&](auto predicate) {
        return static_cast<std::uint64_t>(
            std::count_if(findings.begin(), findings.end(), predicate));
    };
    const std::uint64_t blocking = count(blocks);
    const std::uint64_t accepted = count([](const Finding& f) { return f.accepted; });
    const std::uint64_t warnings =
        count([](const Finding& f) { return f.severity == Severity::warning && !f.accepted; });
    const std::uint64_t notes =
        count([](const Finding& f) { return f.severity == Severity::note && !f.accepted; });
    std::string out = fmt::format("{} every plan, {}, {}",
                                  blocking == 1 ? "1 blocks" : fmt::format("{} block", blocking),
                                  count_text(warnings, "warning", "warnings"),
                                  count_text(notes, "note", "notes"));
    if (accepted > 0) out += fmt::format(", {} accepted", accepted);
    return out;
}

std::string findings_text(const std::vector<Finding>& findings, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < std::min(most, findings.size()); ++i) {
        out += finding_text(findings[i]);
    }
    if (findings.size() > most) out += fmt::format("...and {} more\n", findings.size() - most);
    return out;
}

Json findings_json(const std::vector<Finding>& findings) {
    Json out = Json::array();
    for (const Finding& f : findings) {
        out.push_back({{"code", f.code},
                       {"kind", f.kind},
                       {"severity", planner::to_string(f.severity)},
                       {"accepted", f.accepted},
                       {"subject", f.subject},
                       {"message", f.message},
                       {"fix", f.fix},
                       {"cost", f.cost},
                       {"count", f.count},
                       {"examples", f.examples}});
    }
    return out;
}

}  // namespace rollcast::report
