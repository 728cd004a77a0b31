#include "models/latency_judge.hpp"

#include <algorithm>

namespace rollcast::models {

LatencyJudge::LatencyJudge(const Case& a_case, Verdict& verdict)
    : case_(a_case), verdict_(verdict) {
    if (!wanted()) return;
    verdict_.rule(Rule::latency) = {};
    verdict_.accepted[static_cast<std::size_t>(Rule::latency)] = {};
}

void LatencyJudge::note(TopicId id, sim::Duration produce_p99) {
    if (!wanted() || produce_p99 <= *case_.rules.produce_p99) return;
    const Topic& topic = case_.fleet.topics()[id];
    std::vector<RuleResult>& rules = topic.accepted ? verdict_.accepted : verdict_.rules;
    RuleResult& rule = rules[static_cast<std::size_t>(Rule::latency)];
    rule.answer = Answer::broken;
    ++rule.subjects;
    if (!rule.first) rule.first.emplace().cluster = topic.cluster;
    rule.worst = std::max(rule.worst, sim::to_seconds(produce_p99));
}

}  // namespace rollcast::models
