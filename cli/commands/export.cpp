#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/durations.hpp"
#include "cli/out_file.hpp"
#include "cli/run_database.hpp"
#include "cli/values.hpp"
#include "cli/watching.hpp"
#include "report/handover/csv.hpp"
#include "report/handover/orders.hpp"
#include "report/handover/run_book.hpp"
#include "report/handover/trace.hpp"
#include "report/prometheus/open_metrics.hpp"
#include "report/prometheus/own_rules.hpp"
#include "report/words.hpp"

namespace rollcast::cli {
namespace {

enum class ExportFormat : std::uint8_t {
    openmetrics,
    prometheus_rules,
    perfetto,
    sqlite,
    csv,
    run_book,
    ansible,
    drain,
    reassignment
};

struct ExportOptions {
    RunChoice run;
    ExportFormat format = ExportFormat::openmetrics;
    report::Profile profile = report::Profile::rollcast;
    std::string out;
    std::string from = "0s";
    std::string length;
    std::string step;
    std::string quiet_step;
    std::vector<std::string> metrics;
};

/// Ways back are simulated from so many batches of a run book: each is a run of its cluster.
constexpr std::size_t most_ways_back = 24;

/// How many scrapes lie between two samples. Throws UsageError.
int scrapes_of(const std::string& option, const std::string& text, sim::Duration interval) {
    if (text.empty()) return 0;
    const sim::Duration step = parse_duration(option, text);
    if (step <= sim::Duration{} || step.count() % interval.count() != 0) {
        throw UsageError(fmt::format("{} takes whole scrapes, not '{}'", option, text),
                         fmt::format("write a multiple of the scrape interval, {}",
                                     report::duration_text(interval)));
    }
    return static_cast<int>(step.count() / interval.count());
}

void say_written(Session& session, const ExportOptions& options, const std::string& what) {
    std::ostream& said = options.out == "-" ? session.err : session.out;
    said << fmt::format("{}: {}\n", options.out, what);
}

models::WatchedRun watch_chosen(Session& session,
                                const OpenRun& chosen,
                                const models::RunOptions& run_options,
                                const models::AlertRules& rules) {
    const Progress progress(session.options.progress, "watching " + chosen.opened.a_case.name);
    return models::watch(
        chosen.opened.a_case, chosen.plan, run_options, rules, {.keep_series = true});
}

void export_openmetrics(Session& session,
                        const ExportOptions& options,
                        const OpenRun& chosen,
                        const models::AlertRules& rules) {
    report::OpenMetricsOptions wanted{.profile = options.profile, .range = {}, .names = {}};
    wanted.names = options.metrics;
    wanted.range.every = std::max(1, scrapes_of("--step", options.step, rules.scrape_interval));
    wanted.range.every_when_quiet =
        scrapes_of("--quiet-step", options.quiet_step, rules.scrape_interval);
    wanted.range.from = sim::Instant{parse_duration("--from", options.from)};
    models::RunOptions run_options = options_to_watch(session, options.run);
    std::optional<sim::Instant> to;
    if (!options.length.empty()) {
        to = wanted.range.from + parse_duration("--for", options.length);
        // Nobody asks for what comes after.
        run_options.horizon = std::min(run_options.horizon, to->since_start());
    }
    const models::WatchedRun run = watch_chosen(session, chosen, run_options, rules);
    wanted.range.to = to.value_or(run.end);
    OutFile file(options.out, session.out);
    const report::OpenMetricsCount count = report::write_open_metrics(
        chosen.opened.a_case.fleet, run.series, wanted, [&file](std::string_view piece) {
            file.write(piece);
        });
    file.finish();
    say_written(session,
                options,
                fmt::format("{} of {}, {}",
                            report::count_text(count.samples, "sample", "samples"),
                            report::count_text(count.series, "series", "series"),
                            report::bytes_text(static_cast<double>(count.bytes))));
}

/// What is written whole: everything but OpenMetrics and SQLite.
std::string export_text(Session& session,
                        const ExportOptions& options,
                        const OpenRun& chosen,
                        const models::AlertRules& rules) {
    const models::Case& a_case = chosen.opened.a_case;
    const models::RunOptions run_options = options_to_watch(session, options.run);
    if (options.format == ExportFormat::prometheus_rules) {
        return report::own_rule_file(rules, a_case.fleet);
    }
    if (options.format == ExportFormat::perfetto) {
        return report::trace_text(a_case, watch_chosen(session, chosen, run_options, rules));
    }
    if (options.format == ExportFormat::reassignment) {
        std::string lines = report::reassignment_lines(a_case, chosen.plan);
        if (!lines.empty()) return lines;
        throw UsageError("the plan moves no replicas: it takes machines down in place",
                         "plans of the policy cruise_control do, and faults of the kind "
                         "reassignment; --format ansible or drain writes an order");
    }
    const models::Verdict verdict = models::simulate(a_case, chosen.plan, run_options);
    switch (options.format) {
        case ExportFormat::csv:
            return report::steps_csv(a_case, verdict);
        case ExportFormat::ansible:
            return report::ansible_inventory(a_case, verdict);
        case ExportFormat::drain:
            return report::drain_script(a_case, verdict);
        default:
            break;
    }
    return report::run_book(
        a_case,
        chosen.plan,
        verdict,
        report::ways_back(a_case, chosen.plan, verdict, run_options, most_ways_back));
}

ExitCode export_run(Session& session, const ExportOptions& options) {
    const OpenRun chosen = open_run(session, options.run);
    const models::AlertRules rules = open_alert_rules(session, options.run.rules);
    if (options.format == ExportFormat::openmetrics) {
        export_openmetrics(session, options, chosen, rules);
        return ExitCode::good;
    }
    if (options.format == ExportFormat::sqlite) {
        if (options.out == "-") {
            throw UsageError("--format sqlite writes a file, not stdout", "name it with -o FILE");
        }
        write_run_database(
            options.out,
            chosen.opened.a_case,
            rules,
            watch_chosen(session, chosen, options_to_watch(session, options.run), rules));
        say_written(session, options, "tables of the run, user_version 1");
        return ExitCode::good;
    }
    const std::string text = export_text(session, options, chosen, rules);
    OutFile file(options.out, session.out);
    file.write(text);
    file.finish();
    say_written(session, options, report::bytes_text(static_cast<double>(text.size())));
    return ExitCode::good;
}

}  // namespace

Action add_export(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ExportOptions>();
    add_run_options(command, session, options->run);
    add_own_rules(command, options->run);
    add_choice(command,
               "--format",
               options->format,
               {{"openmetrics", ExportFormat::openmetrics},
                {"prometheus-rules", ExportFormat::prometheus_rules},
                {"perfetto", ExportFormat::perfetto},
                {"sqlite", ExportFormat::sqlite},
                {"csv", ExportFormat::csv},
                {"run-book", ExportFormat::run_book},
                {"ansible", ExportFormat::ansible},
                {"drain", ExportFormat::drain},
                {"reassignment", ExportFormat::reassignment}},
               "what is written")
        ->required();
    add_choice(command,
               "--profile",
               options->profile,
               report::profile_words(),
               "names and labels of metrics, as these exporters have them [rollcast]");
    command.add_option("--from", options->from, "openmetrics: from then on [0s]")
        ->option_text("TIME");
    command.add_option("--for", options->length, "openmetrics: so long [to the end of the run]")
        ->option_text("TIME");
    command
        .add_option(
            "--step", options->step, "openmetrics: between samples, whole scrapes [every scrape]")
        ->option_text("TIME");
    command
        .add_option("--quiet-step",
                    options->quiet_step,
                    "openmetrics: the same where a series does not change for 10 min before and "
                    "after; 2min keeps rates over 5 min alive")
        ->option_text("TIME");
    command
        .add_option("--metric",
                    options->metrics,
                    "openmetrics: metrics of this name alone, * and ? stand for anything; may be "
                    "given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("NAME");
    add_out(command, options->out, "the file that is written; - is stdout")
        ->option_text("FILE")
        ->required();
    add_jobs(command, session.options);
    add_progress(command, session.options);
    return [&session, options] { return export_run(session, *options); };
}

}  // namespace rollcast::cli
