#include "models/simulate.hpp"

#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/simulate.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "cli/values.hpp"
#include "models/policies/catalogue.hpp"
#include "models/watched_run.hpp"
#include "planner/audit.hpp"
#include "planner/policies.hpp"
#include "report/diary.hpp"
#include "report/idle_faults.hpp"
#include "report/latency.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/plan.hpp"
#include "report/records.hpp"
#include "report/tools.hpp"
#include "report/verdict_text.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

/// Many runs, and the verdict of the one that is shown.
struct Runs {
    RunCount count;
    models::Verdict shown;
};

Runs run_all(const Session& session,
             const models::Case& a_case,
             const models::Plan& plan,
             models::ClusterId only,
             const SimulateOptions& options) {
    Progress progress(session.options.progress, "simulating " + a_case.name);
    Runs runs;
    for (std::uint64_t i = 0; i < options.runs; ++i) {
        const std::uint64_t seed = session.options.seed + i;
        const models::RunOptions run = run_options(session, options, seed);
        models::Verdict verdict = only.exists() ? models::simulate_cluster(a_case, plan, only, run)
                                                : models::simulate(a_case, plan, run);
        models::judge_left_out(a_case, plan, verdict, only);
        if (stop_requested() && i > 0) break;  // a run that was cut short is no sample
        if (runs.count.add(seed, verdict.safe(), verdict.makespan)) runs.shown = std::move(verdict);
        progress.update(
            fmt::format("simulating {}: {} of {} runs", a_case.name, i + 1, options.runs));
    }
    return runs;
}

/// The cluster that --cluster names; none where the whole fleet is meant. Throws UsageError where
/// the case has no such cluster, or where records of a whole fleet would have to be counted.
models::ClusterId chosen_cluster(const models::Case& a_case, const SimulateOptions& options) {
    std::vector<std::string> names;
    for (const models::Cluster& cluster : a_case.fleet.clusters()) names.push_back(cluster.name);
    if (options.cluster.empty()) {
        if (options.fidelity == "record" && names.size() > 1) {
            throw UsageError("--fidelity record counts every record: of which cluster?",
                             "add --cluster NAME; clusters: " + scenarios::name_list(names));
        }
        return models::ClusterId::none();
    }
    for (std::uint32_t c = 0; c < names.size(); ++c) {
        if (names[c] == options.cluster) return models::ClusterId{c};
    }
    const std::vector<std::string> near = scenarios::nearest(options.cluster, names);
    throw UsageError(fmt::format("--cluster: no cluster is called '{}'", options.cluster),
                     near.empty() ? "clusters: " + scenarios::name_list(names)
                                  : fmt::format("did you mean '{}'?", near.front()));
}

/// The plan's part for one cluster.
models::Plan plan_of(models::Plan plan, models::ClusterId only) {
    std::erase_if(plan.clusters,
                  [only](const models::ClusterPlan& cluster) { return cluster.cluster != only; });
    return plan;
}

report::Json idle_json(const models::Case& a_case, const models::Verdict& verdict) {
    report::Json idle = report::Json::array();
    for (const models::Fault& fault : a_case.faults) {
        const std::string why = report::why_idle(a_case, verdict, fault);
        if (!why.empty()) idle.push_back({{"name", fault.name}, {"reason", why}});
    }
    return idle;
}

void print_text(Session& session,
                const OpenCase& opened,
                const models::Plan& plan,
                const Runs& runs,
                models::ClusterId only,
                const SimulateOptions& options) {
    std::ostream& out = session.out;
    out << fmt::format("case {} ({}), plan {}, seed {}, {} durations\n",
                       opened.a_case.name,
                       opened.from,
                       options.policy.empty() ? options.plan : options.policy,
                       session.options.seed,
                       options.sampled || options.runs > 1 ? "drawn" : "nominal");
    for (const models::Fault& fault : opened.a_case.faults) {
        out << report::wrapped(
            fmt::format("{}: {}", fault.name, report::fault_text(opened.a_case.fleet, fault)),
            9,
            "  fault  ");
        const std::string idle = report::why_idle(opened.a_case, runs.shown, fault);
        if (!idle.empty()) out << report::wrapped("it does nothing: " + idle, 9, "         ");
    }
    out << "\n";
    if (options.runs > 1) out << runs_text(runs.count);
    if (!plan.policy && !planner::gate_kept(opened.a_case, plan)) {
        out << report::gate_not_kept_text("this plan") << "\n";
    }
    out << report::verdict_text(opened.a_case, runs.shown) << "\n";
    const std::string stopped = report::stopped_text(opened.a_case, runs.shown);
    if (!stopped.empty()) out << "policies that did not finish\n" << stopped << "\n";
    if (runs.shown.records) {
        out << report::records_text(opened.a_case.fleet, *runs.shown.records) << "\n";
    } else {
        out << report::latency_text(opened.a_case, only) << "\n";
    }
    out << report::schedule_text(opened.a_case, plan, runs.shown) << "\n"
        << report::wrapped(session.provenance().reproduce, 13, "reproduce:   ");
}

/// Throws UsageError unless either a plan or a policy is named.
void check_plan_choice(const SimulateOptions& options) {
    if (options.plan.empty() && options.policy.empty()) {
        throw UsageError("'rollcast simulate' needs PLAN",
                         "'rollcast simulate --help' shows how it is called");
    }
    if (!options.plan.empty() && !options.policy.empty()) {
        throw UsageError("a plan and --policy are named, and only one of them can be run",
                         "leave one of them out");
    }
}

models::Plan chosen_plan(Session& session, const SimulateOptions& options, const OpenCase& opened) {
    if (options.policy.empty()) return open_plan(session, options.plan, opened);
    return models::policy_plan(opened.a_case.fleet, {.kind = *models::policy_kind(options.policy)});
}

/// The same run with somebody who looks on: a run that is watched is the same run, to the byte.
std::string diary_of(const Session& session,
                     const models::Case& a_case,
                     const models::Plan& plan,
                     const SimulateOptions& options) {
    const models::AlertRules rules = scenarios::embedded_alerts();
    const models::WatchedRun run = models::watch(a_case,
                                                 plan,
                                                 {.seed = session.options.seed,
                                                  .sampled = options.sampled,
                                                  .threads = session.options.threads(),
                                                  .stop = &stop_requested()},
                                                 rules);
    return report::diary_text(a_case, plan, rules, run);
}

/// Throws UsageError where there is no one run of rates to keep a diary of.
void check_diary(const SimulateOptions& options, bool json) {
    if (!options.diary) return;
    if (json || options.runs > 1 || options.fidelity == "record" || !options.cluster.empty()) {
        throw UsageError("--diary tells one run of the whole case, by rates, as text",
                         "leave out --json, --runs, --cluster and --fidelity record");
    }
}

ExitCode simulate(Session& session, const SimulateOptions& options) {
    check_plan_choice(options);
    check_diary(options, session.options.json);
    OpenCase opened = open_case(session, options.choice);
    models::Plan plan = chosen_plan(session, options, opened);
    for (const std::string& file : options.faults) add_faults(session, file, opened.a_case);

    const models::ClusterId only = chosen_cluster(opened.a_case, options);
    if (only.exists()) plan = plan_of(plan, only);

    if (!opened.a_case.programme.empty()) {
        return simulate_programme(session, opened, plan, only, options);
    }
    const Runs runs = run_all(session, opened.a_case, plan, only, options);

    if (plan.policy) plan = report::as_it_ran(plan, runs.shown);

    if (session.options.json) {
        report::Json document = report::run_document(
            opened.a_case, plan, runs.shown, planner::audit(opened.a_case), session.provenance());
        if (plan.policy) document["stopped"] = report::stopped_json(opened.a_case, runs.shown);
        document["faults_without_effect"] = idle_json(opened.a_case, runs.shown);
        if (runs.shown.records) {
            document["records"] = report::records_json(opened.a_case.fleet, *runs.shown.records);
            if (plan.synthetic_records) {
                document["synthetic_records"] = report::synthetic_json(*runs.shown.records);
            }
        } else {
            document["latency_estimate"] = report::latency_json(opened.a_case, only);
        }
        if (options.runs > 1) document["runs"] = runs_json(runs.count);
        session.print(document);
    } else {
        if (options.diary) session.out << diary_of(session, opened.a_case, plan, options) << "\n";
        print_text(session, opened, plan, runs, only, options);
    }
    return runs.shown.safe() ? ExitCode::good : ExitCode::bad_result;
}

std::vector<std::string> policy_words() {
    std::vector<std::string> words;
    words.reserve(models::policy_kind_count);
    for (int k = 0; k < models::policy_kind_count; ++k) {
        words.emplace_back(models::policy_info(static_cast<models::PolicyKind>(k)).word);
    }
    return words;
}

}  // namespace

Action add_simulate(CLI::App& command, Session& session) {
    const auto options = std::make_shared<SimulateOptions>();
    command
        .add_option("PLAN", options->plan, "a plan that 'rollcast plan -o' wrote, or an own one")
        ->option_text(" ");
    command
        .add_option("--policy",
                    options->policy,
                    "instead of a plan: the rule of one of today's tools, see docs/policies.md")
        ->check(one_of("--policy", policy_words()))
        ->option_text("NAME");
    add_case_options(command, options->choice);
    command
        .add_option("-s,--scenario",
                    options->faults,
                    "a file of faults that strike during the run; may be given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("FAULTS");
    command
        .add_option("--fidelity",
                    options->fidelity,
                    "flow (rates) or record (every record counted; one cluster)")
        ->check(CLI::IsMember({"flow", "record"}))
        ->option_text("WORD");
    command.add_option("--cluster", options->cluster, "run the plan's part for this cluster alone")
        ->option_text("NAME");
    command.add_flag("--sampled",
                     options->sampled,
                     "draw durations and delays by the seed; else they are nominal");
    command.add_flag("--diary",
                     options->diary,
                     "first tell the run day by day, with what the alert rules that come with the "
                     "program would have said");
    command
        .add_option("--runs",
                    options->runs,
                    "so many drawn runs with seeds from --seed on; shows the worst")
        ->transform(whole_number("--runs", 1, 1'000'000))
        ->option_text("N");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    add_progress(command, session.options);
    return [&session, options] { return simulate(session, *options); };
}

}  // namespace rollcast::cli
