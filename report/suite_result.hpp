// What a suite showed, as every rendering of it needs it: counts, and failures with their place.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/document.hpp"
#include "scenarios/suite/baseline.hpp"
#include "scenarios/suite/suite.hpp"

namespace rollcast::report {

/// A suite and its runs.
struct SuiteResult {
    const scenarios::Suite& suite;
    const std::vector<scenarios::SuiteRun>& runs;
    const scenarios::BaselineComparison* baseline = nullptr;  // where there is one

    const scenarios::SuiteCase& case_of(const scenarios::SuiteRun& run) const {
        return suite.cases[run.case_index];
    }
};

struct SuiteCounts {
    std::size_t cases = 0;
    std::size_t runs = 0;
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t not_run = 0;  // the suite was ended before
    std::size_t refused = 0;  // scenarios, or the baseline, that could not be read
    std::size_t crashed = 0;  // bugs of the program, none of `failed`
    std::size_t worse = 0;    // metrics of cases, against the baseline

    bool ok() const {
        return failed == 0 && crashed == 0 && not_run == 0 && refused == 0 && worse == 0;
    }
};

SuiteCounts count(const SuiteResult& result);

/// One thing that a run did not show.
struct SuiteFailure {
    const scenarios::SuiteRun* run = nullptr;
    std::size_t expectation = 0;
    bool met_without = false;  // else it did not hold
    bool crashed = false;      // or the run came to nothing, and `expectation` says nothing
    std::string text;          // "makespan <= 2 h: was 2.5 h"
    std::string because;       // of the scenario; may be empty
    scenarios::Diagnostic place;
};

/// Those of one run, in the order of its expectations.
std::vector<SuiteFailure> failures_of(const SuiteResult& result, const scenarios::SuiteRun& run);

/// The command that runs one case for one seed again.
std::string reproduce_run(const SuiteResult& result, const scenarios::SuiteRun& run);

/// The whole story of a run that failed, a line a fact: what is taught, what failed and where, how
/// to see it again.
std::string failure_body(const SuiteResult& result, const scenarios::SuiteRun& run);

/// "disk/slow_disk, seed 1".
std::string run_name(const SuiteResult& result, const scenarios::SuiteRun& run);

}  // namespace rollcast::report
