// What a run is watched with: the plan that is carried out, and the alert rules.
#pragma once

#include <string>
#include <vector>

#include "cli/files.hpp"
#include "models/alert_rules.hpp"
#include "models/watched_run.hpp"

namespace rollcast::cli {

/// The rules of `file`; those that come with the program where it is empty. Throws InputError.
models::AlertRules open_alert_rules(Session& session, const std::string& file);

/// The plan of `file`; the quickest of the simple ones where it is empty. Throws InputError;
/// UsageError where there is no such plan.
models::Plan plan_to_watch(Session& session, const std::string& file, const OpenCase& opened);

/// Which run is looked at.
struct RunChoice {
    CaseChoice choice;
    std::string plan;
    std::vector<std::string> faults;
    std::string rules;
    bool sampled = false;
};

/// Adds PLAN, -f, --accept-breach, -s, --sampled and --seed.
void add_run_options(CLI::App& command, Session& session, RunChoice& choice);
/// Adds --rules, a file of alert rules in this program's own form.
void add_own_rules(CLI::App& command, RunChoice& choice);

/// What is run: the case with its faults, and the plan.
struct OpenRun {
    OpenCase opened;
    models::Plan plan;
};
/// Throws InputError, UsageError.
OpenRun open_run(Session& session, const RunChoice& choice);

/// How `session` runs it.
models::RunOptions options_to_watch(const Session& session, const RunChoice& choice);

}  // namespace rollcast::cli
