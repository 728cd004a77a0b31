#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/watching.hpp"
#include "models/sightings.hpp"
#include "report/detection.hpp"
#include "report/layout.hpp"
#include "report/words.hpp"
#include "scenarios/format/every_fault.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

struct DetectOptions {
    std::string case_file;
    CaseChoice choice;
    std::vector<std::string> faults;
    std::string plan;
    std::string rules;
    std::vector<std::string> without;
};

std::vector<models::Observer> observers(const models::AlertRules& rules) {
    std::vector<models::Observer> all;
    for (std::uint32_t r = 0; r < rules.rules.size(); ++r) {
        all.push_back({models::Observer::Kind::alert, r});
    }
    for (std::uint32_t c = 0; c < models::check_count; ++c) {
        all.push_back({models::Observer::Kind::check, c});
    }
    return all;
}

/// Those that --without names. Throws UsageError on a name that nobody has.
std::vector<models::Observer> named(const models::AlertRules& rules,
                                    const std::vector<std::string>& names) {
    std::vector<models::Observer> found;
    std::vector<std::string> known;
    for (const models::Observer& o : observers(rules)) known.push_back(observer_name(rules, o));
    for (const std::string& name : names) {
        const auto at = std::find(known.begin(), known.end(), name);
        if (at == known.end()) {
            const std::vector<std::string> near = scenarios::nearest(name, known);
            throw UsageError(fmt::format("--without: no rule or check is called '{}'", name),
                             near.empty() ? "there are: " + scenarios::name_list(known, 40)
                                          : fmt::format("did you mean '{}'?", near.front()));
        }
        found.push_back(observers(rules)[static_cast<std::size_t>(at - known.begin())]);
    }
    return found;
}

ExitCode detect(Session& session, DetectOptions options) {
    if (!options.case_file.empty()) options.choice.file = options.case_file;
    OpenCase opened = open_case(session, options.choice);
    for (const std::string& file : options.faults) add_faults(session, file, opened.a_case);
    take_longest_pass(session, opened);
    const bool every_kind = opened.a_case.faults.empty();
    if (every_kind) opened.a_case.faults = scenarios::one_of_every_kind(opened.a_case);
    const models::AlertRules rules = open_alert_rules(session, options.rules);
    const std::vector<models::Observer> gone = named(rules, options.without);
    const models::Plan plan = plan_to_watch(session, options.plan, opened);
    const models::Sightings sightings = [&] {
        const Progress progress(session.options.progress, "watching " + opened.a_case.name);
        return models::find_sightings(opened.a_case,
                                      plan,
                                      {.seed = session.options.seed,
                                       .threads = session.options.threads(),
                                       .stop = &stop_requested()},
                                      rules);
    }();
    const report::Detection detection{opened.a_case, rules, sightings};
    const bool ok = report::all_noticed(sightings);
    if (session.options.json) {
        session.print(report::detection_document(detection, gone, ok, session.provenance()));
    } else {
        session.out << report::wrapped(
            fmt::format("case {} ({}), plan {}, {}, {}, seed {}",
                        opened.a_case.name,
                        opened.from,
                        options.plan.empty() ? "event-driven" : options.plan,
                        report::count_text(rules.rules.size(), "alert rule", "alert rules"),
                        report::count_text(opened.a_case.faults.size(), "fault", "faults"),
                        session.options.seed));
        if (every_kind) {
            session.out << "the case has no faults: one of every kind, an hour after the start\n";
        }
        session.out << "\n" << report::sightings_text(detection) << "\n";
        for (const models::Observer& observer : gone) {
            session.out << report::without_text(detection, observer) << "\n";
        }
        session.out << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
    }
    return ok ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_detect(CLI::App& command, Session& session) {
    const auto options = std::make_shared<DetectOptions>();
    command.add_option("CASE", options->case_file, "the case; the same as -f")->option_text(" ");
    add_case_options(command, options->choice);
    command
        .add_option("-s,--faults",
                    options->faults,
                    "a file of faults, each of which strikes a run of its own; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("FAULTS");
    command
        .add_option("--plan", options->plan, "the plan that is carried out [the event-driven one]")
        ->option_text("PLAN");
    command
        .add_option(
            "--rules", options->rules, "a file of alert rules [those that come with the program]")
        ->option_text("ALERTS");
    command
        .add_option("--without",
                    options->without,
                    "show what it would cost not to have this rule or check; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("NAME");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer(
        "Each fault strikes a run of its own. A case without faults gets one of every kind.\n"
        "Exits 1 where nobody would notice one of the faults.");
    return [&session, options] { return detect(session, *options); };
}

}  // namespace rollcast::cli
