// Holds this program's own evaluator of alerts to Prometheus.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/alert_engine.hpp"

namespace rollcast::cli {

struct OwnRulesCheck {
    std::uint64_t runs = 0;
    std::uint64_t alerts = 0;  // that fired, by both
    /// "case 17: only promtool: KafkaBrokerDown c1-b2 0:01:15 .. 0:02:00", at most 20.
    std::vector<std::string> differences;
};

/// Runs `runs` random cases of the hunt with `seed`, each with the rules that come with the
/// program, and compares what fires, for whom, from when until when. Throws EngineError.
OwnRulesCheck check_own_rules(const Promtool& promtool,
                              std::uint64_t seed,
                              std::uint64_t runs,
                              int jobs);

}  // namespace rollcast::cli
