// How close predictions came to recorded runs: a table for people, fields for programs.
#pragma once

#include <string>
#include <vector>

#include "report/numbers.hpp"
#include "scenarios/recorded/score.hpp"

namespace rollcast::report {

/// A run that could not be read or modelled: it counts as missed.
struct MissedRun {
    std::string name;
    std::string why;
};

struct Validation {
    int seeds = 0;
    std::vector<scenarios::RunScore> runs;
    std::vector<MissedRun> missed;
};

/// False-safe partitions, shares, recall, precision, times within and coverage, of all runs and of
/// each (`summary` and `runs`).
Json validation_json(const Validation& validation);
/// `details`: every time that was observed beside its prediction.
std::string validation_text(const Validation& validation, bool details);

/// True where nothing was called safe that was not, and every run was read and modelled.
bool acceptable(const Validation& validation);

}  // namespace rollcast::report
