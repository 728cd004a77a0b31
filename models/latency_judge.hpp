// The rule of latency, for either fidelity.
#pragma once

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// Answers the rule where the case has a limit for the produce p99; leaves it alone where not.
class LatencyJudge {
public:
    LatencyJudge(const Case& a_case, Verdict& verdict);
    bool wanted() const { return case_.rules.produce_p99.has_value(); }
    void note(TopicId topic, sim::Duration produce_p99);

private:
    const Case& case_;
    Verdict& verdict_;
};

}  // namespace rollcast::models
