#include "report/suite_baseline.hpp"

#include <cmath>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/words.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::report {
namespace {

using scenarios::Movement;

std::string value_of(const scenarios::ResultMetric& metric, double value) {
    if (metric.dimension == scenarios::Dimension::truth) {
        return fmt::format("true for {:.3g} %", 100 * value);
    }
    return scenarios::metric_text(metric, value);
}

std::string_view word_of_kind(Movement::Kind kind) {
    switch (kind) {
        case Movement::Kind::worse:
            return "worse";
        case Movement::Kind::better:
            return "better";
        case Movement::Kind::noise:
            return "noise";
    }
    return "";
}

/// The movements of one kind, each on its own lines; at most 50.
std::string movements_text(const SuiteResult& result, Movement::Kind kind) {
    constexpr int most_shown = 50;
    std::string text;
    int shown = 0;
    for (const Movement& m : result.baseline->moved) {
        if (m.kind != kind) continue;
        if (++shown > most_shown) continue;
        text += wrapped(fmt::format("{}: {}: {}",
                                    word_of_kind(kind),
                                    result.suite.cases[m.case_index].id,
                                    movement_text(m)),
                        4,
                        "  ");
    }
    if (shown > most_shown) text += fmt::format("  and {} more\n", shown - most_shown);
    return text;
}

}  // namespace

std::string movement_text(const Movement& movement) {
    const scenarios::ResultMetric& metric = scenarios::result_metrics()[movement.metric];
    std::string text = fmt::format("{} {}, was {}",
                                   metric.name,
                                   value_of(metric, movement.after),
                                   value_of(metric, movement.before));
    if (movement.before != 0.0 && metric.dimension != scenarios::Dimension::truth) {
        text += fmt::format(" ({:+.3g} %)",
                            100 * (movement.after - movement.before) / std::abs(movement.before));
    }
    if (movement.seeds == 1) return text;
    text += movement.chance > 0 ? fmt::format(", over {} seeds; by chance with probability {:.2g}",
                                              movement.seeds,
                                              movement.chance)
                                : fmt::format(", every one of {} seeds alike", movement.seeds);
    return text;
}

std::vector<Movement> regressions_of(const SuiteResult& result) {
    std::vector<Movement> out;
    if (result.baseline == nullptr) return out;
    for (const Movement& m : result.baseline->moved) {
        if (m.kind == Movement::Kind::worse) out.push_back(m);
    }
    return out;
}

std::string baseline_text(const SuiteResult& result) {
    if (result.baseline == nullptr) return "";
    const scenarios::BaselineComparison& b = *result.baseline;
    std::string text = wrapped(
        fmt::format("against the baseline: {} compared, {} worse, {} better, {} moved by no more "
                    "than noise; {} not in the baseline with these seeds, {} only there",
                    count_text(b.compared, "metric", "metrics"),
                    b.count(Movement::Kind::worse),
                    b.count(Movement::Kind::better),
                    b.count(Movement::Kind::noise),
                    count_text(b.not_there.size(), "case", "cases"),
                    count_text(b.gone.size(), "case", "cases")));
    return text + movements_text(result, Movement::Kind::worse) +
           movements_text(result, Movement::Kind::better);
}

Json baseline_json(const SuiteResult& result) {
    if (result.baseline == nullptr) return nullptr;
    const scenarios::BaselineComparison& b = *result.baseline;
    Json moved = Json::array();
    for (const Movement& m : b.moved) {
        moved.push_back({{"kind", word_of_kind(m.kind)},
                         {"id", result.suite.cases[m.case_index].id},
                         {"metric", scenarios::result_metrics()[m.metric].name},
                         {"before", m.before},
                         {"after", m.after},
                         {"seeds", m.seeds},
                         {"chance", m.chance},
                         {"text", movement_text(m)}});
    }
    return {{"compared", b.compared},
            {"worse", b.count(Movement::Kind::worse)},
            {"better", b.count(Movement::Kind::better)},
            {"noise", b.count(Movement::Kind::noise)},
            {"moved", std::move(moved)},
            {"not_in_baseline", b.not_there},
            {"only_in_baseline", b.gone}};
}

}  // namespace rollcast::report
