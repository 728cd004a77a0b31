#include "scenarios/study/study.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/planner_plans.hpp"
#include "cli/scenario_choice.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "report/layout.hpp"
#include "report/study.hpp"
#include "report/study_svg.hpp"
#include "report/words.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/suite.hpp"

namespace rollcast::cli {
namespace {

struct StudyCall {
    std::string file;
    std::string id;
    std::vector<std::string> vary;
    std::vector<std::string> metrics;
    std::size_t seeds = 1;
    std::string against;
    std::string csv;
    std::string svg;
};

/// The places of the metrics that are figures. Throws UsageError for a word or an unknown name.
std::vector<std::size_t> metrics_of(const std::vector<std::string>& names) {
    std::vector<std::string> figures;
    for (const scenarios::ResultMetric& metric : scenarios::result_metrics()) {
        if (metric.dimension != scenarios::Dimension::word) figures.push_back(metric.name);
    }
    std::vector<std::size_t> out;
    for (const std::string& name : names.empty() ? std::vector<std::string>{"makespan"} : names) {
        const std::optional<std::size_t> place = scenarios::result_metric_called(name);
        if (place && scenarios::result_metrics()[*place].dimension != scenarios::Dimension::word) {
            out.push_back(*place);
            continue;
        }
        const std::vector<std::string> near = scenarios::nearest(name, figures);
        throw UsageError(place ? fmt::format("--metric: '{}' is a word, not a figure", name)
                               : fmt::format("--metric: no metric is called '{}'", name),
                         place          ? "study a figure of the same rule, such as min_isr.time"
                         : near.empty() ? "docs/scenarios.md lists every metric, such as makespan"
                                        : fmt::format("did you mean '{}'?", near.front()));
    }
    return out;
}

/// How long the scenario's run takes without what it teaches, for ranges over the migration.
double makespan_of(const scenarios::Json& scenario, std::uint64_t seed) {
    const scenarios::SuiteCase c =
        scenarios::prepare_inline(scenario, "study.scenario.json", planner_plans());
    const models::Verdict verdict =
        models::simulate(c.control->a_case,
                         c.control->plan,
                         {.fidelity = c.fidelity, .seed = seed, .stop = &stop_requested()});
    return sim::to_seconds(verdict.makespan);
}

ExitCode run_study_call(Session& session, const StudyCall& call) {
    constexpr std::size_t most_axes = 2;
    if (call.vary.size() > most_axes) {
        throw UsageError("a study varies one or two parameters",
                         "leave out a --vary, or make two studies");
    }
    scenarios::StudyOptions options{.metrics = metrics_of(call.metrics),
                                    .first_seed = session.options.seed,
                                    .seeds = call.seeds,
                                    .against = call.against,
                                    .threads = session.options.threads(),
                                    .stop = &stop_requested()};
    const scenarios::PlanMaker plans = planner_plans();
    const std::string id = chosen_case(call.file, call.id, plans);
    const scenarios::Json scenario =
        scenarios::self_contained(call.file, id, plans).value_or(scenarios::Json::object());
    std::vector<scenarios::StudyAxis> axes;
    for (const std::string& text : call.vary) {
        axes.push_back(scenarios::read_axis(
            text, scenario, [&] { return makespan_of(scenario, session.options.seed); }));
    }
    scenarios::Study study;
    {
        const Progress progress(session.options.progress, "studying " + id);
        study = scenarios::run_study(scenario, std::move(axes), plans, options);
    }
    if (!call.csv.empty()) scenarios::write_atomically(call.csv, report::study_csv(study));
    if (!call.svg.empty()) scenarios::write_atomically(call.svg, report::study_svg(study));
    if (session.options.json) {
        session.print(report::study_document(study, session.provenance()));
    } else {
        session.out << report::study_text(study)
                    << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return ExitCode::good;
}

std::string short_hand_footer() {
    std::string text = "Short names for --vary:\n";
    for (const scenarios::StudyShortHand& s : scenarios::study_short_hands()) {
        text += fmt::format("  {:<16} {}\n", s.name, s.meaning);
    }
    return text + "docs/studies.md has examples.";
}

}  // namespace

Action add_study(CLI::App& command, Session& session) {
    const auto call = std::make_shared<StudyCall>();
    command.add_option("SCENARIO", call->file, "a scenario")->required()->option_text(" ");
    command.add_option("--case", call->id, "which of its cases [the only one]")->option_text("ID");
    command
        .add_option("--vary",
                    call->vary,
                    "a short name or a JSON pointer of the scenario, and its values: a list A,B,C, "
                    "a range A..B:STEP, or N values A..B/N; once or twice")
        ->required()
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("NAME=VALUES");
    command
        .add_option("--metric",
                    call->metrics,
                    "a figure of the result, by the name that expectations use [makespan]; may be "
                    "given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("NAME");
    command
        .add_option("--seeds",
                    call->seeds,
                    "runs a point, from --seed on, the same at every point; with more than one "
                    "durations are drawn [1]")
        ->transform(whole_number("--seeds", 1, 100'000))
        ->option_text("N");
    command
        .add_option("--against",
                    call->against,
                    "the point that the others are compared with, by its value [the first]")
        ->check(not_empty("--against"))
        ->option_text("VALUE");
    command.add_option("--csv", call->csv, "write a row a point and metric to this file")
        ->check(not_empty("--csv"))
        ->option_text("FILE");
    command.add_option("--svg", call->svg, "write a picture to this file")
        ->check(not_empty("--svg"))
        ->option_text("FILE");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_progress(command, session.options);
    command.footer(short_hand_footer());
    return [&session, call] { return run_study_call(session, *call); };
}

}  // namespace rollcast::cli
