#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
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
    RunChoice run;
    std::string out = "rollcast.html";
};

ExitCode report_run(Session& session, const ReportOptions& options) {
    const OpenRun chosen = open_run(session, options.run);
    const models::Case& a_case = chosen.opened.a_case;
    const models::Plan& plan = chosen.plan;
    const models::AlertRules rules = open_alert_rules(session, options.run.rules);
    const models::WatchedRun run = [&] {
        const Progress progress(session.options.progress, "watching " + a_case.name);
        return models::watch(
            a_case, plan, options_to_watch(session, options.run), rules, {.keep_series = true});
    }();
    models::Verdict verdict = run.verdict;
    models::judge_left_out(a_case, plan, verdict);
    report::Json result =
        report::run_document(a_case, plan, verdict, planner::audit(a_case), session.provenance());
    result["latency_estimate"] = report::latency_json(a_case, models::ClusterId::none());
    const std::string page =
        report::page_text(report::page_data(a_case, rules, run, std::move(result)));
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
    add_run_options(command, session, options->run);
    add_own_rules(command, options->run);
    add_out(command, options->out, "the page that is written [rollcast.html]")->option_text("PAGE");
    add_jobs(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    command.footer("The page works offline and asks nobody for anything: open it in a browser.");
    return [&session, options] { return report_run(session, *options); };
}

}  // namespace rollcast::cli
