#include <memory>

#include <fmt/format.h>

#include "cli/alert_engine.hpp"
#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/durations.hpp"
#include "cli/own_rules_check.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "cli/watching.hpp"
#include "report/layout.hpp"
#include "report/prometheus/own_rules.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::cli {
namespace {

struct AlertsOptions {
    RunChoice run;
    std::vector<std::string> rules;
    std::string promtool = "promtool";
    report::Profile profile = report::Profile::rollcast;
    CLI::Option* profile_given = nullptr;
    std::vector<std::string> must_fire;
    std::vector<std::string> must_not_fire;
    std::vector<std::string> allowed;
    std::string pages = "severity=critical|major|page|high|emergency|disaster";
    std::string tick = "15s";
    std::string window = "3h";
    std::string junit;
    std::string markdown;
    std::uint64_t check_own = 0;
};

report::AlertPattern parse_pattern(const std::string& option, const std::string& text) {
    try {
        return {text, std::regex(text)};
    } catch (const std::regex_error& error) {
        throw UsageError(fmt::format("{}: '{}' is no regular expression: {}",
                                     option,
                                     scenarios::printable(text),
                                     error.what()),
                         "write the name of an alert, for example UnderMinIsr or Kafka.*");
    }
}

/// NAME or NAME:within=60s.
report::MustFire parse_must_fire(const std::string& text) {
    const std::string within = ":within=";
    const std::size_t at = text.rfind(within);
    if (at == std::string::npos) return {parse_pattern("--must-fire", text)};
    return {parse_pattern("--must-fire", text.substr(0, at)),
            parse_duration("--must-fire NAME:within=", text.substr(at + within.size()))};
}

report::AlertDemands demands_of(const AlertsOptions& options) {
    report::AlertDemands demands;
    for (const std::string& text : options.must_fire) {
        demands.must_fire.push_back(parse_must_fire(text));
    }
    for (const std::string& text : options.must_not_fire) {
        demands.must_not_fire.push_back(parse_pattern("--must-not-fire", text));
    }
    for (const std::string& text : options.allowed) {
        demands.allowed_in_batches.push_back(parse_pattern("--allow-during-batches", text));
    }
    const std::size_t equals = options.pages.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw UsageError(fmt::format("--pages takes LABEL=VALUES, not '{}'",
                                     scenarios::printable(options.pages)),
                         "write for example severity=critical|page");
    }
    demands.page_label = options.pages.substr(0, equals);
    demands.page_value = parse_pattern("--pages", options.pages.substr(equals + 1));
    return demands;
}

std::vector<scenarios::PrometheusRule> rules_to_run(Session& session,
                                                    const AlertsOptions& options,
                                                    const models::Fleet& fleet) {
    if (options.rules.empty()) {
        return report::own_rules(
            scenarios::embedded_alerts(), fleet, report::RangeForm::between_scrapes);
    }
    std::vector<scenarios::PrometheusRule> all;
    for (const std::string& file : options.rules) {
        for (scenarios::PrometheusRule& rule : scenarios::read_prometheus_rules(file)) {
            all.push_back(std::move(rule));
        }
        note_input(session, file);
    }
    return all;
}

/// Watches the runs that a judgement needs, one after the other: only what fired is kept of each.
class AlertRuns {
public:
    AlertRuns(Session& session,
              const AlertsOptions& options,
              const Promtool& promtool,
              const OpenRun& chosen)
        : session_(session), options_(options), promtool_(promtool), chosen_(chosen) {
        engine_ = {.profile = options.profile,
                   .tick = parse_duration("--evaluation-interval", options.tick),
                   .window = parse_duration("--window", options.window),
                   .jobs = session.options.threads()};
        if (engine_.tick < sim::seconds(1) || engine_.tick.count() % 1'000'000'000 != 0) {
            throw UsageError("--evaluation-interval takes whole seconds, at least one",
                             "write for example 15s");
        }
    }

    std::vector<report::AlertRun> run_all(std::vector<report::RuleStatus>& rules) {
        const models::Case& a_case = chosen_.opened.a_case;
        std::vector<models::Case> cases{a_case};
        if (!a_case.faults.empty()) {
            cases.push_back(a_case);
            cases.back().faults.clear();
        }
        for (std::size_t f = 0; a_case.faults.size() > 1 && f < a_case.faults.size(); ++f) {
            cases.push_back(a_case);
            cases.back().faults = {a_case.faults[f]};
        }
        Progress progress(session_.options.progress, "watching " + a_case.name);
        std::vector<report::AlertRun> runs;
        for (std::size_t i = 0; i < cases.size() && !stop_requested(); ++i) {
            progress.update(
                fmt::format("alerts of {}: run {} of {}", a_case.name, i + 1, cases.size()));
            runs.push_back(one_run(cases[i], rules));
        }
        return runs;
    }

    const report::LabelClusters& clusters() const { return *clusters_; }

private:
    report::AlertRun one_run(const models::Case& a_case, std::vector<report::RuleStatus>& rules) {
        const models::AlertRules scraped = open_alert_rules(session_, options_.run.rules);
        models::WatchedRun run = models::watch(a_case,
                                               chosen_.plan,
                                               options_to_watch(session_, options_.run),
                                               scraped,
                                               {.keep_series = true});
        if (!clusters_) clusters_.emplace(options_.profile, a_case.fleet, run.series);
        std::vector<report::FiredAlert> fired =
            evaluate_rules(promtool_, a_case.fleet, run, rules, engine_);
        models::judge_left_out(a_case, chosen_.plan, run.verdict);
        return {std::move(run.verdict), std::move(run.fault_starts), run.end, std::move(fired)};
    }

    Session& session_;
    const AlertsOptions& options_;
    const Promtool& promtool_;
    const OpenRun& chosen_;
    EngineOptions engine_;
    std::optional<report::LabelClusters> clusters_;
};

ExitCode check_own(Session& session, const AlertsOptions& options, const Promtool& promtool) {
    const OwnRulesCheck check = check_own_rules(
        promtool, session.options.seed, options.check_own, session.options.threads());
    session.out << fmt::format(
        "{}, {} by our own evaluator, promtool {}: {}\n",
        report::count_text(check.runs, "random run", "random runs"),
        report::count_text(check.alerts, "alert", "alerts"),
        promtool.version(),
        check.differences.empty() ? "the same, each from when until when" : "not the same");
    for (const std::string& line : check.differences) session.out << "  " << line << "\n";
    return check.differences.empty() ? ExitCode::good : ExitCode::bad_result;
}

ExitCode run_alerts(Session& session, AlertsOptions options) {
    const report::AlertDemands demands = demands_of(options);
    if (!options.run.plan.empty() && kind_of_file(options.run.plan) == "case") {
        options.run.choice.file = std::exchange(options.run.plan, {});
    }
    if (options.profile_given->count() == 0 && !options.rules.empty()) {
        options.profile = report::Profile::strimzi;
    }
    const Promtool promtool(options.promtool);
    if (options.check_own > 0) return check_own(session, options, promtool);
    const OpenRun chosen = open_run(session, options.run);
    const models::Case& a_case = chosen.opened.a_case;
    std::vector<report::RuleStatus> rules =
        check_rules(promtool, rules_to_run(session, options, a_case.fleet), options.profile);
    AlertRuns watching(session, options, promtool, chosen);
    const std::vector<report::AlertRun> runs = watching.run_all(rules);
    if (stop_requested()) {
        session.err << "note: interrupted before every run was evaluated; nothing is judged\n";
        return ExitCode::bad_result;
    }
    const report::AlertJudgement judgement =
        report::judge_alerts(a_case, runs, watching.clusters(), demands);
    const report::AlertReport shown{
        a_case, rules, judgement, options.pages, "promtool " + promtool.version()};
    const report::Provenance provenance = session.provenance();
    if (!options.junit.empty()) {
        scenarios::write_atomically(options.junit,
                                    report::alerts_junit(shown, provenance.reproduce));
    }
    if (!options.markdown.empty()) {
        scenarios::write_atomically(options.markdown, report::alerts_markdown(shown));
    }
    if (session.options.json) {
        session.print(report::alerts_document(shown, provenance));
    } else {
        session.out << report::alerts_text(shown) << "\n"
                    << report::wrapped(provenance.reproduce, 13, "reproduce:   ");
    }
    return judgement.ok() ? ExitCode::good : ExitCode::bad_result;
}

CLI::Option* add_names(CLI::App& command,
                       const std::string& option,
                       std::vector<std::string>& names,
                       const std::string& description) {
    return command.add_option(option, names, description)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("NAME");
}

}  // namespace

Action add_alerts(CLI::App& command, Session& session) {
    const auto options = std::make_shared<AlertsOptions>();
    add_run_options(command, session, options->run);
    command
        .add_option("--rules",
                    options->rules,
                    "rule files of Prometheus, plain or PrometheusRule [those of this program]")
        ->option_text("FILE...");
    options->profile_given = add_choice(
        command,
        "--profile",
        options->profile,
        report::profile_words(),
        "names and labels of metrics, as these exporters have them [strimzi; rollcast for own "
        "rules]");
    add_names(command,
              "--must-fire",
              options->must_fire,
              "an alert that has to fire; NAME:within=60s: so soon after the first failure; may be "
              "given again");
    add_names(command,
              "--must-not-fire",
              options->must_not_fire,
              "alerts (a regular expression) that must not fire; may be given again");
    add_names(command,
              "--allow-during-batches",
              options->allowed,
              "alerts that are expected while a step is under way in their cluster; may be given "
              "again");
    command.add_option("--pages", options->pages, "what of the alerts pages somebody")
        ->option_text("LABEL=VALUES");
    command
        .add_option(
            "--evaluation-interval", options->tick, "between evaluations of the rules [15s]")
        ->option_text("TIME");
    command
        .add_option(
            "--window", options->window, "so much of the run is evaluated by one promtool [3h]")
        ->option_text("TIME");
    command.add_option("--promtool", options->promtool, "the program that is asked [promtool]")
        ->option_text("FILE");
    command.add_option("--junit", options->junit, "the same as JUnit")->option_text("FILE");
    command.add_option("--markdown", options->markdown, "the same as tables of Markdown")
        ->option_text("FILE");
    command
        .add_option("--check-own",
                    options->check_own,
                    "instead: hold our own evaluator to promtool on so many random runs")
        ->transform(whole_number("--check-own", 1, 1'000'000))
        ->option_text("N");
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "PLAN may also be a case. Each fault strikes a run of its own. Exits 1 where nobody is "
        "told\n"
        "of a failure or a demand is not met, 4 where promtool is missing, too old or fails.");
    return [&session, options] { return run_alerts(session, *options); };
}

}  // namespace rollcast::cli
