#include "report/suite_result.hpp"

#include <fmt/format.h>

#include "report/words.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::report {
namespace {

std::string judged_text(const scenarios::Expectation& expectation,
                        const scenarios::Judged& judged) {
    const scenarios::ResultMetric& metric = scenarios::result_metrics()[expectation.metric];
    return fmt::format("{}: was {}",
                       scenarios::expectation_text(expectation),
                       scenarios::metric_text(metric, judged.actual));
}

}  // namespace

SuiteCounts count(const SuiteResult& result) {
    SuiteCounts counts{.cases = result.suite.cases.size(),
                       .runs = result.runs.size(),
                       .refused = result.suite.refused.size(),
                       .worse = result.baseline == nullptr
                                    ? 0
                                    : result.baseline->count(scenarios::Movement::Kind::worse)};
    for (const scenarios::SuiteRun& run : result.runs) {
        if (!run.done) {
            ++counts.not_run;
        } else if (!run.crashed.empty()) {
            ++counts.crashed;
        } else if (run.passed()) {
            ++counts.passed;
        } else {
            ++counts.failed;
        }
    }
    return counts;
}

std::vector<SuiteFailure> failures_of(const SuiteResult& result, const scenarios::SuiteRun& run) {
    std::vector<SuiteFailure> failures;
    const scenarios::SuiteCase& c = result.case_of(run);
    if (!run.crashed.empty()) {
        failures.push_back({&run,
                            0,
                            false,
                            true,
                            "internal error, a bug of rollcast: " + run.crashed,
                            {},
                            c.places.front()});
    }
    for (std::size_t e = 0; e < run.judged.size(); ++e) {
        const scenarios::Expectation& expectation = c.expectations[e];
        if (!run.judged[e].held) {
            failures.push_back({&run,
                                e,
                                false,
                                false,
                                judged_text(expectation, run.judged[e]),
                                expectation.because,
                                c.places[e]});
        }
        if (e < run.met_without.size() && run.met_without[e]) {
            failures.push_back({&run,
                                e,
                                true,
                                false,
                                scenarios::expectation_text(expectation) +
                                    ": holds without what is taught as well, so it shows nothing",
                                expectation.because,
                                c.places[e]});
        }
    }
    return failures;
}

std::string reproduce_run(const SuiteResult& result, const scenarios::SuiteRun& run) {
    const scenarios::SuiteCase& c = result.case_of(run);
    return fmt::format("rollcast suite {} --case {} --seed {}{}",
                       shell_quoted(c.file),
                       shell_quoted(c.id),
                       run.seed,
                       run.met_without.empty() ? "" : " --controls");
}

std::string failure_body(const SuiteResult& result, const scenarios::SuiteRun& run) {
    std::string body = result.case_of(run).teaches + "\n";
    for (const SuiteFailure& failure : failures_of(result, run)) {
        body += fmt::format("{}\n", failure.text);
        if (!failure.because.empty()) body += fmt::format("because: {}\n", failure.because);
        body += fmt::format(
            "at {}:{}:{}\n", failure.place.file, failure.place.line, failure.place.column);
    }
    return body + fmt::format("reproduce: {}\n", reproduce_run(result, run));
}

std::string run_name(const SuiteResult& result, const scenarios::SuiteRun& run) {
    return fmt::format("{}, seed {}", result.case_of(run).id, run.seed);
}

}  // namespace rollcast::report
