#include "scenarios/suite/suite.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "models/programme.hpp"
#include "models/watched_run.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/names.hpp"
#include "sim/contract.hpp"
#include "sim/parallel.hpp"

namespace rollcast::scenarios {

namespace {

/// What one file gave.
struct ReadScenario {
    std::vector<SuiteCase> cases;
    std::vector<Diagnostic> problems;
};

bool wanted_by_tag(const std::vector<std::string>& tags, const SuiteChoice& choice) {
    if (choice.tags.empty()) return true;
    return std::any_of(choice.tags.begin(), choice.tags.end(), [&](const std::string& tag) {
        return std::find(tags.begin(), tags.end(), tag) != tags.end();
    });
}

bool wanted_by_id(const std::string& id, const SuiteChoice& choice) {
    if (choice.cases.empty()) return true;
    return std::any_of(choice.cases.begin(), choice.cases.end(), [&](const std::string& pattern) {
        return matches(pattern, id) || pattern == id;
    });
}

/// A run is a case and a seed: a seed that is given twice is one run.
std::vector<std::uint64_t> each_once(const std::vector<std::uint64_t>& seeds) {
    std::vector<std::uint64_t> once;
    std::set<std::uint64_t> seen;
    for (const std::uint64_t seed : seeds) {
        if (seen.insert(seed).second) once.push_back(seed);
    }
    return once;
}

ReadScenario read_scenario(const std::string& file,
                           const SuiteChoice& choice,
                           const PlanMaker& plans) {
    ReadScenario out;
    try {
        if (!wanted_by_tag(tags_of(file), choice)) return out;
        out.cases = prepare_scenario(file, plans);
        std::erase_if(out.cases, [&](const SuiteCase& c) { return !wanted_by_id(c.id, choice); });
        for (SuiteCase& c : out.cases) {
            c.seeds = each_once(choice.seeds.empty() ? c.seeds : choice.seeds);
        }
    } catch (const InputError& error) {
        out.problems = error.diagnostics();
    }
    return out;
}

Diagnostic same_id(const SuiteCase& second, const std::string& first_file) {
    Diagnostic d;
    d.code = code::duplicate_name;
    d.file = second.file;
    d.message = fmt::format("two cases are called {}", scenarios::quoted(second.id));
    d.help = "rename the file, or its folder";
    d.notes.push_back("the first is in " + first_file);
    return d;
}

MetricValues metrics_of(const SuiteCase& c,
                        const CaseAndPlan& what,
                        std::uint64_t seed,
                        const std::atomic<bool>* stop,
                        std::uint64_t* trace_hash) {
    static const models::AlertRules rules = embedded_alerts();
    std::vector<models::Alert> alerts;
    std::vector<models::Noticed> noticed;
    const auto run_pass = [&](const models::Case& a_case,
                              const models::Plan& plan,
                              const models::RunOptions& options) {
        models::Verdict verdict;
        if (c.watched) {
            models::WatchedRun run = models::watch(a_case, plan, options, rules);
            alerts.insert(alerts.end(), run.alerts.begin(), run.alerts.end());
            noticed.insert(noticed.end(), run.noticed.begin(), run.noticed.end());
            verdict = std::move(run.verdict);
        } else {
            verdict = models::simulate(a_case, plan, options);
        }
        models::judge_left_out(a_case, plan, verdict);
        return verdict;
    };
    const models::RunOptions options{
        .fidelity = c.fidelity, .seed = seed, .sampled = c.sampled, .stop = stop};
    const models::Verdict verdict =
        what.a_case.programme.empty()
            ? run_pass(what.a_case, what.plan, options)
            : whole_verdict(models::run_programme(what.a_case, what.plan, options, run_pass));
    if (trace_hash != nullptr) *trace_hash = verdict.trace_hash;
    return read_metrics(
        {what.a_case, verdict, c.watched ? &alerts : nullptr, c.watched ? &noticed : nullptr});
}

void judge_run(const SuiteCase& c, bool controls, SuiteRun& run) {
    for (const Expectation& e : c.expectations) {
        run.judged.push_back(judge(e, run.metrics, run.control));
    }
    if (!controls) return;
    for (const Expectation& e : c.expectations) {
        run.met_without.push_back(!e.guard && judge(e, run.control, run.control).held);
    }
}

bool stop_now(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

void run_one(const SuiteCase& c, const SuiteOptions& options, SuiteRun& run) {
    if (stop_now(options.stop)) return;
    const bool control = c.needs_control || options.controls;
    SuiteRun known = run;
    if (options.recall && options.recall(c, known) && known.control.empty() == !control) {
        run = std::move(known);
        run.done = true;
    } else {
        try {
            run.metrics = metrics_of(c, *c.run, run.seed, options.stop, &run.trace_hash);
            if (control) run.control = metrics_of(c, *c.control, run.seed, options.stop, nullptr);
        } catch (const sim::ContractViolation& violated) {
            run.crashed = violated.what();
            run.done = true;
            return;
        }
        if (stop_now(options.stop)) return;  // what was cut short is no result
        run.done = true;
        if (options.finished) options.finished(c, run);
    }
    judge_run(c, options.controls, run);
}

}  // namespace

bool SuiteRun::passed() const {
    return done && crashed.empty() &&
           std::all_of(judged.begin(), judged.end(), [](const Judged& j) { return j.held; }) &&
           std::none_of(met_without.begin(), met_without.end(), [](bool met) { return met; });
}

Suite load_suite(const std::vector<std::string>& files,
                 const SuiteChoice& choice,
                 const PlanMaker& plans,
                 int threads) {
    std::vector<ReadScenario> read(files.size());
    sim::for_each_index(files.size(), threads, [&](std::size_t i) {
        read[i] = read_scenario(files[i], choice, plans);
    });
    Suite suite;
    std::map<std::string, std::string> first_file;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::vector<Diagnostic> problems = std::move(read[i].problems);
        for (SuiteCase& c : read[i].cases) {
            const auto [at, fresh] = first_file.emplace(c.id, c.file);
            if (!fresh) problems.push_back(same_id(c, at->second));
            if (fresh) suite.cases.push_back(std::move(c));
        }
        if (!problems.empty()) suite.refused.push_back({files[i], std::move(problems)});
    }
    std::stable_sort(suite.cases.begin(),
                     suite.cases.end(),
                     [](const SuiteCase& a, const SuiteCase& b) { return a.id < b.id; });
    if (choice.shards <= 1) return suite;
    std::vector<SuiteCase> mine;
    for (std::size_t i = choice.shard - 1; i < suite.cases.size(); i += choice.shards) {
        mine.push_back(std::move(suite.cases[i]));
    }
    suite.cases = std::move(mine);
    return suite;
}

SuiteRun run_case(const SuiteCase& c, std::uint64_t seed, const SuiteOptions& options) {
    SuiteRun run;
    run.seed = seed;
    run_one(c, options, run);
    return run;
}

std::vector<SuiteRun> run_suite(const Suite& suite, const SuiteOptions& options) {
    std::vector<SuiteRun> runs;
    for (std::size_t i = 0; i < suite.cases.size(); ++i) {
        for (const std::uint64_t seed : suite.cases[i].seeds) {
            SuiteRun run;
            run.case_index = i;
            run.seed = seed;
            runs.push_back(std::move(run));
        }
    }
    sim::for_each_index(runs.size(), options.threads, [&](std::size_t i) {
        run_one(suite.cases[runs[i].case_index], options, runs[i]);
    });
    return runs;
}

}  // namespace rollcast::scenarios
