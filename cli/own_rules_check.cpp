#include "cli/own_rules_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/stop.hpp"
#include "report/prometheus/own_rules.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/hunt/draw.hpp"
#include "sim/parallel.hpp"

namespace rollcast::cli {
namespace {

constexpr std::size_t most_differences = 20;
/// A random case may wait for weeks; what is compared is its beginning.
constexpr sim::Duration compared = sim::hours(6);

std::string alert_line(const std::string& name,
                       const std::string& who,
                       sim::Instant fired,
                       sim::Instant resolved) {
    return fmt::format(
        "{} {} {} .. {}", name, who, report::clock_text(fired), report::clock_text(resolved));
}

/// The alerts of our own evaluator, sorted.
std::vector<std::string> own_lines(const models::Case& a_case,
                                   const models::AlertRules& rules,
                                   const models::WatchedRun& run) {
    std::vector<std::string> lines;
    for (const models::Alert& alert : run.alerts) {
        const models::Subject& who = alert.subject;
        std::string name = a_case.fleet.clusters()[who.cluster].name;
        if (who.machine.exists()) name += " " + a_case.fleet.machines()[who.machine].name;
        if (who.group.exists()) name += " " + a_case.fleet.groups()[who.group].name;
        lines.push_back(
            alert_line(rules.rules[alert.rule].name, name, alert.fired_at, alert.resolved_at));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// Those of promtool, sorted.
std::vector<std::string> promtool_lines(const std::vector<report::FiredAlert>& alerts) {
    std::vector<std::string> lines;
    for (const report::FiredAlert& alert : alerts) {
        std::string who;
        for (const char* wanted : {"cluster", "machine", "group"}) {
            for (const report::Label& label : alert.labels) {
                if (label.name == wanted) who += (who.empty() ? "" : " ") + label.value;
            }
        }
        lines.push_back(alert_line(alert.name, who, alert.fired, alert.resolved));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

struct OneCheck {
    std::size_t alerts = 0;
    std::vector<std::string> differences;
};

void add_only(const std::vector<std::string>& these,
              const std::vector<std::string>& those,
              const std::string& whose,
              std::vector<std::string>& differences) {
    std::vector<std::string> only;
    std::set_difference(
        these.begin(), these.end(), those.begin(), those.end(), std::back_inserter(only));
    for (const std::string& line : only) differences.push_back(whose + line);
}

OneCheck check_one(const Promtool& promtool, std::uint64_t seed, std::uint64_t number) {
    const scenarios::DrawnCase drawn = scenarios::draw_case(seed, number);
    const models::Case& a_case = drawn.what->a_case;
    const models::AlertRules rules = scenarios::embedded_alerts();
    const models::WatchedRun run = models::watch(a_case,
                                                 drawn.what->plan,
                                                 {.seed = drawn.run_seed,
                                                  .sampled = drawn.sampled,
                                                  .horizon = compared,
                                                  .stop = &stop_requested()},
                                                 rules,
                                                 {.keep_series = true});
    std::vector<report::RuleStatus> statuses;
    for (scenarios::PrometheusRule& rule :
         report::own_rules(rules, a_case.fleet, report::RangeForm::between_scrapes)) {
        statuses.push_back({std::move(rule)});
    }
    const std::vector<std::string> theirs = promtool_lines(evaluate_rules(
        promtool,
        a_case.fleet,
        run,
        statuses,
        {.profile = report::Profile::rollcast, .tick = rules.rules.front().interval}));
    const std::vector<std::string> ours = own_lines(a_case, rules, run);
    OneCheck check{ours.size(), {}};
    const std::string which = fmt::format("case {}: only ", number);
    add_only(ours, theirs, which + "rollcast: ", check.differences);
    add_only(theirs, ours, which + "promtool: ", check.differences);
    for (const report::RuleStatus& status : statuses) {
        if (status.runs()) continue;
        check.differences.push_back(
            fmt::format("case {}: {} fails: {}", number, status.rule.name(), status.broken));
    }
    return check;
}

}  // namespace

OwnRulesCheck check_own_rules(const Promtool& promtool,
                              std::uint64_t seed,
                              std::uint64_t runs,
                              int jobs) {
    std::vector<OneCheck> checks(runs);
    sim::for_each_index(runs, jobs, [&](std::size_t i) {
        if (!stop_requested()) checks[i] = check_one(promtool, seed, i);
    });
    OwnRulesCheck all{runs, 0, {}};
    for (OneCheck& check : checks) {
        all.alerts += check.alerts;
        for (std::string& line : check.differences) {
            if (all.differences.size() < most_differences) {
                all.differences.push_back(std::move(line));
            }
        }
    }
    return all;
}

}  // namespace rollcast::cli
