#include "cli/alert_engine.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/stop.hpp"
#include "models/metrics.hpp"
#include "report/prometheus/promql_names.hpp"
#include "report/prometheus/rule_test.hpp"
#include "sim/parallel.hpp"

namespace rollcast::cli {
namespace {

using report::RuleStatus;
using sim::Instant;

/// How far Prometheus looks back for a sample: its default.
constexpr sim::Duration sample_look_back = sim::minutes(5);

constexpr const char* rules_name = "rules.json";

std::string rule_file_name(std::size_t index) { return fmt::format("rule-{}.json", index); }

bool sorted_has(const std::vector<std::string>& sorted, const std::string& name) {
    return std::binary_search(sorted.begin(), sorted.end(), name);
}

/// What promtool says of each rule that is in a file of its own. Lines begin with the file's name;
/// what comes before the rule's own message names its place in that file.
void note_broken(const std::string& text, std::vector<RuleStatus>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::string file = rule_file_name(i) + ": ";
        const std::size_t at = text.find("\n" + file);
        if (at == std::string::npos || !rules[i].broken.empty()) continue;
        const std::size_t begin = at + 1 + file.size();
        std::string line = text.substr(begin, text.find('\n', begin) - begin);
        const std::string place = fmt::format("\"{}\": ", rules[i].rule.name());
        const std::size_t said = line.find(place);
        if (said != std::string::npos) line.erase(0, said + place.size());
        rules[i].broken = std::move(line);
    }
}

/// Names that a profile gives, sorted.
std::vector<std::string> simulated_names(report::Profile profile) {
    std::vector<std::string> names;
    for (const report::ExportedMetric& exported : report::exported_metrics(profile)) {
        names.emplace_back(exported.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Marks what needs a metric that is neither simulated nor recorded by a rule that can run.
void note_missing(std::vector<RuleStatus>& rules, report::Profile profile) {
    const std::vector<std::string> simulated = simulated_names(profile);
    for (RuleStatus& status : rules) {
        status.simulated = status.broken.empty() && !status.rule.record.empty() &&
                           sorted_has(simulated, status.rule.record);
    }
    for (bool changed = true; changed;) {
        changed = false;
        std::vector<std::string> known = simulated;
        for (const RuleStatus& status : rules) {
            if (status.runs() && !status.rule.record.empty()) known.push_back(status.rule.record);
        }
        known.insert(known.end(), {"ALERTS", "ALERTS_FOR_STATE"});
        std::sort(known.begin(), known.end());
        for (RuleStatus& status : rules) {
            if (!status.runs()) continue;
            for (const std::string& name : report::metrics_in(status.rule.expression)) {
                if (!sorted_has(known, name)) status.missing.push_back(name);
            }
            changed = changed || !status.missing.empty();
        }
    }
}

std::vector<scenarios::PrometheusRule> rules_that_run(const std::vector<RuleStatus>& rules) {
    std::vector<scenarios::PrometheusRule> running;
    for (const RuleStatus& status : rules) {
        if (status.runs()) running.push_back(status.rule);
    }
    return running;
}

/// How long before a window its evaluations have to begin.
sim::Duration settling_time(const std::vector<scenarios::PrometheusRule>& rules,
                            sim::Duration tick) {
    sim::Duration alerting{};
    sim::Duration recording{};
    for (const scenarios::PrometheusRule& rule : rules) {
        const sim::Duration back = report::look_back_of(rule.expression);
        if (rule.alert.empty()) {
            recording = std::max(recording, back);
        } else {
            alerting = std::max(alerting,
                                back + report::prometheus_duration(rule.hold) +
                                    report::prometheus_duration(rule.keep_firing));
        }
    }
    const sim::Duration all = alerting + recording + sample_look_back;
    return (all.count() / tick.count() + 2) * tick;
}

/// The metrics that the rules look at, sorted.
std::vector<std::string> names_looked_at(const std::vector<scenarios::PrometheusRule>& rules) {
    std::vector<std::string> names;
    for (const scenarios::PrometheusRule& rule : rules) {
        for (std::string& name : report::metrics_in(rule.expression)) {
            names.push_back(std::move(name));
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

/// Where series change that rules look at.
class ChangeTimes {
public:
    ChangeTimes(const models::WatchedRun& run,
                report::Profile profile,
                const std::vector<std::string>& names) {
        for (const report::ExportedMetric& exported : report::exported_metrics(profile)) {
            if (!sorted_has(names, std::string(exported.name))) continue;
            for (const models::SeriesStore& store : run.series) add(store, exported.metric);
        }
        std::sort(times_.begin(), times_.end());
    }

    bool any_in(Instant from, Instant to) const {
        const auto first = std::lower_bound(times_.begin(), times_.end(), from);
        return (first != times_.end() && *first <= to) ||
               std::any_of(moving_.begin(), moving_.end(), [&](const auto& span) {
                   return span.first <= to && span.second >= from;
               });
    }

private:
    void add(const models::SeriesStore& store, models::Metric metric) {
        const models::MetricInfo& info = models::info_of(metric);
        for (const models::Target& target : store.targets()) {
            if (target.source != info.source) continue;
            const models::Series* series = store.find(target, metric);
            if (series == nullptr) continue;
            for (std::size_t i = 0; i < series->size(); ++i) {
                const models::Point& point = (*series)[i];
                times_.push_back(point.at);
                // A counter that grows steadily has a steady increase.
                if (point.per_s == 0.0 || info.type == models::MetricType::counter) continue;
                moving_.emplace_back(
                    point.at, i + 1 < series->size() ? (*series)[i + 1].at : Instant::never());
            }
        }
    }

    std::vector<Instant> times_;
    std::vector<std::pair<Instant, Instant>> moving_;
};

std::vector<report::TestStretch> stretches_of(const models::WatchedRun& run,
                                              const std::vector<scenarios::PrometheusRule>& rules,
                                              const EngineOptions& options) {
    const sim::Duration settling = settling_time(rules, options.tick);
    const std::int64_t ticks =
        std::max(options.window, 2 * settling).count() / options.tick.count();
    const sim::Duration length = std::max<std::int64_t>(1, ticks) * options.tick;
    const bool clock = std::any_of(rules.begin(), rules.end(), [](const auto& rule) {
        return report::asks_for_time(rule.expression);
    });
    const ChangeTimes changes(run, options.profile, names_looked_at(rules));
    std::vector<report::TestStretch> stretches;
    for (Instant from{}; from < run.end; from = from + length) {
        report::TestStretch stretch;
        stretch.tick = options.tick;
        stretch.reported_from = from;
        stretch.from = std::max(Instant{}, from - settling);
        // The evaluator looks on until before the end.
        const std::int64_t last =
            (std::min(from + length, run.end) - Instant{} - sim::Duration{1}).count() /
            options.tick.count();
        stretch.to = Instant{last * options.tick};
        if (from == Instant{} || clock || changes.any_in(stretch.from, stretch.to)) {
            stretches.push_back(stretch);
        }
    }
    return stretches;
}

report::RuleTestAnswer ask(const Promtool& promtool,
                           const WorkFolder& folder,
                           std::size_t index,
                           const std::string& test,
                           const report::TestStretch& stretch) {
    const std::string name = fmt::format("test-{}.json", index);
    folder.write(name, test);
    const Promtool::Answer answer =
        promtool.run({"test", "rules", name}, folder, fmt::format("answer-{}", index));
    std::error_code ignored;
    std::filesystem::remove(folder.path() / name, ignored);
    report::RuleTestAnswer read = report::read_rule_test(answer.text, stretch);
    if (!read.not_understood.empty()) {
        throw EngineError(
            fmt::format("promtool {} says: {}", promtool.version(), read.not_understood),
            "is it one of 2.42 or later? what it printed was not understood");
    }
    return read;
}

bool has_rule(const std::vector<RuleStatus>& rules, const std::string& name) {
    return std::any_of(rules.begin(), rules.end(), [&](const RuleStatus& status) {
        return status.rule.name() == name;
    });
}

/// Marks the rules that failed; true where there were some.
bool note_failed(const std::vector<report::AnsweredStretch>& answers,
                 std::vector<RuleStatus>& rules) {
    bool any = false;
    for (const report::AnsweredStretch& each : answers) {
        for (const report::FailedRule& failed : each.answer.failed) {
            if (!has_rule(rules, failed.name)) {
                throw EngineError(fmt::format("promtool says of '{}': {}", failed.name, failed.why),
                                  "no rule has that name: report this as a bug");
            }
            for (RuleStatus& status : rules) {
                if (!status.runs() || status.rule.name() != failed.name) continue;
                status.broken = failed.why;
                any = true;
            }
        }
    }
    return any;
}

}  // namespace

std::vector<RuleStatus> check_rules(const Promtool& promtool,
                                    std::vector<scenarios::PrometheusRule> rules,
                                    report::Profile profile) {
    const WorkFolder folder;
    std::vector<RuleStatus> statuses;
    std::vector<std::string> arguments{"check", "rules"};
    for (scenarios::PrometheusRule& rule : rules) {
        RuleStatus status{std::move(rule)};
        status.broken = status.rule.problem;
        if (status.broken.empty()) {
            const std::string name = rule_file_name(statuses.size());
            folder.write(name, report::one_rule_text(status.rule));
            arguments.push_back(name);
        }
        statuses.push_back(std::move(status));
    }
    if (arguments.size() > 2) {
        note_broken("\n" + promtool.run(arguments, folder, "checked").text, statuses);
    }
    note_missing(statuses, profile);
    return statuses;
}

std::vector<report::FiredAlert> evaluate_rules(const Promtool& promtool,
                                               const models::Fleet& fleet,
                                               const models::WatchedRun& run,
                                               std::vector<RuleStatus>& rules,
                                               const EngineOptions& options) {
    for (;;) {
        const std::vector<scenarios::PrometheusRule> running = rules_that_run(rules);
        if (running.empty()) return {};
        const WorkFolder folder;
        folder.write(rules_name, report::rule_file_text(running));
        const std::vector<std::string> names = names_looked_at(running);
        const std::vector<report::TestStretch> stretches = stretches_of(run, running, options);
        std::vector<report::AnsweredStretch> answers(stretches.size());
        sim::for_each_index(stretches.size(), options.jobs, [&](std::size_t i) {
            if (stop_requested()) return;
            const std::string test = report::rule_test_text(
                rules_name, fleet, run.series, options.profile, names, stretches[i]);
            answers[i] = {stretches[i], ask(promtool, folder, i, test, stretches[i])};
        });
        if (!note_failed(answers, rules)) return report::fired_alerts(answers);
        note_missing(rules, options.profile);
    }
}

}  // namespace rollcast::cli
