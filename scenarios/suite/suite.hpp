// Runs the cases of scenarios, each for each of its seeds, and holds them against what is expected.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scenarios/suite/prepare.hpp"

namespace rollcast::scenarios {

/// A scenario that could not be read: it counts as bad input, the others run.
struct RefusedScenario {
    std::string file;
    std::vector<Diagnostic> problems;
};

struct Suite {
    std::vector<SuiteCase> cases;  // by id
    std::vector<RefusedScenario> refused;
};

/// Which scenarios are wanted. Empty: all of them.
struct SuiteChoice {
    std::vector<std::string> tags;     // a scenario with one of these
    std::vector<std::string> cases;    // patterns of ids, `*` and `?`
    std::vector<std::uint64_t> seeds;  // instead of those of the scenarios
    std::uint32_t shard = 1;           // of `shards`: every so many-th case
    std::uint32_t shards = 1;
};

/// Reads `files`, several at once. Two scenarios with the same id are a problem of the second. Same
/// suite at any number of threads.
Suite load_suite(const std::vector<std::string>& files,
                 const SuiteChoice& choice,
                 const PlanMaker& plans,
                 int threads);

/// One run of a case.
struct SuiteRun {
    std::size_t case_index = 0;
    std::uint64_t seed = 1;
    bool done = false;  // false: ended before it was its turn
    MetricValues metrics;
    MetricValues control;  // empty where none was run
    std::uint64_t trace_hash = 0;
    std::vector<Judged> judged;  // by expectation
    /// By expectation that is no guard: true where the control meets it as well. Empty where the
    /// control was not held against them.
    std::vector<bool> met_without;
    /// A contract of the program that the run has broken: a bug, and no result. Empty: none.
    std::string crashed = {};

    /// It did not crash, every expectation held, and where the control was looked at, it met none
    /// but guards.
    bool passed() const;
};

struct SuiteOptions {
    int threads = 1;
    bool controls = false;  // hold every control against the expectations, too
    const std::atomic<bool>* stop = nullptr;
    /// Asked before a run for what is known of it; may fill `metrics`, `control` and `trace_hash`
    /// and return true. May be empty. Called from any thread.
    std::function<bool(const SuiteCase&, SuiteRun&)> recall = {};
    /// Called after each run that was not recalled, from any thread. May be empty.
    std::function<void(const SuiteCase&, const SuiteRun&)> finished = {};
};

/// One case for one seed.
SuiteRun run_case(const SuiteCase& c, std::uint64_t seed, const SuiteOptions& options);

/// Every case for every seed, in the order of cases and seeds.
std::vector<SuiteRun> run_suite(const Suite& suite, const SuiteOptions& options);

}  // namespace rollcast::scenarios
