#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/watching.hpp"
#include "planner/audit.hpp"
#include "report/latency.hpp"
#include "report/page/page.hpp"
#include "report/page/page_data.hpp"
#include "report/words.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::cli {
namespace {

struct ReportOptions {
    CaseChoice choice;
    std::string plan;
    std::vector<std::string> faults;
    std::string rules;
    std::string out = "rollcast.html";
    bool sampled = false;
};

ExitCode report_run(Session& session, const ReportOptions& options) {
    OpenCase opened = open_case(session, options.choice);
    for (const std::string& file : options.faults) add_faults(session, file, opened.a_case);
    take_longest_pass(session, opened);
    const models::AlertRules rules = open_alert_rules(session, options.rules);
    const models::Plan plan = plan_to_watch(session, options.plan, opened);
    const models::WatchedRun run = [&] {
        const Progress progress(session.options.progress, "watching " + opened.a_case.name);
        return models::watch(opened.a_case,
                             plan,
                             {.seed = session.options.seed,
                              .sampled = options.sampled,
                              .threads = session.options.threads(),
                              .stop = &stop_requested()},
                             rules,
                             {.keep_series = true});
    }();
    models::Verdict verdict = run.verdict;
    models::judge_left_out(opened.a_case, plan, verdict);
    report::Json result = report::run_document(
        opened.a_case, plan, verdict, planner::audit(opened.a_case), session.provenance());
    result["latency_estimate"] = report::latency_json(opened.a_case, models::ClusterId::none());
    const std::string page =
        report::page_text(report::page_data(opened.a_case, rules, run, std::move(result)));
    scenarios::write_atomically(options.out, page);
    session.out << fmt::format("{}: {}, {}\n",
                               options.out,
                               report::bytes_text(static_cast<double>(page.size())),
                               verdict.safe() ? "no promise is broken" : "a promise is broken");
    return verdict.safe() ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_report(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ReportOptions>();
    command
        .add_option("PLAN", options->plan, "the plan that is carried out [the event-driven one]")
        ->option_text(" ");
    add_case_options(command, options->choice);
    command
        .add_option("-s,--scenario",
                    options->faults,
                    "a file of faults that strike during the run; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("FAULTS");
    command
        .add_option(
            "--rules", options->rules, "a file of alert rules [those that come with the program]")
        ->option_text("ALERTS");
    command.add_flag("--sampled",
                     options->sampled,
                     "draw durations and delays by the seed; else they are nominal");
    add_out(command, options->out, "the page that is written [rollcast.html]")->option_text("PAGE");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer("The page works offline and asks nobody for anything: open it in a browser.");
    return [&session, options] { return report_run(session, *options); };
}

}  // namespace rollcast::cli
