// The files that a call names: which case is meant, and what was read for it.
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"
#include "models/case.hpp"
#include "models/plan.hpp"
#include "planner/planner.hpp"

namespace rollcast::cli {

/// The files that `init` writes; commands look for the case in the current folder.
inline constexpr const char* default_case_file = "rollcast.case.json";
inline constexpr const char* default_faults_file = "rollcast.faults.json";
inline constexpr const char* default_alerts_file = "rollcast.alerts.json";
inline constexpr const char* story_case_file = "story_case.json";
inline constexpr const char* story_plan_file = "story_plan.json";

/// Which case a command works on.
struct CaseChoice {
    std::string file;                   // -f; empty = the default file here, else the embedded one
    std::vector<std::string> accepted;  // --accept-breach: "topic" or "cluster/topic", wildcards
};

/// Adds -f and --accept-breach.
void add_case_options(CLI::App& command, CaseChoice& choice);

struct OpenCase {
    models::Case a_case;
    std::string from;    // "rollcast.case.json" or "the embedded estate"
    std::string sha256;  // by which plans know their case; --accept-breach does not change it
};

/// Reads the case, notes it as an input and prints its warnings on the session's stderr. Throws
/// InputError; UsageError where --accept-breach names no topic.
OpenCase open_case(Session& session, const CaseChoice& choice);
/// The estate that comes with the program.
OpenCase open_embedded_case(Session& session);

/// For what looks at one run of a plan: of a case with a programme it takes the pass whose steps
/// take longest, as if the programme began with it, and says so on the session's stderr and among
/// the assumptions. Other cases stay as they are.
void take_longest_pass(Session& session, OpenCase& opened);

/// Reads a plan for `opened`; warnings go to the session's stderr. Throws InputError, also where
/// the plan was made for another case.
models::Plan open_plan(Session& session, const std::string& file, const OpenCase& opened);

/// Adds the faults of `file` to the case. Throws InputError.
void add_faults(Session& session, const std::string& file, models::Case& a_case);

/// Writes the plan of `result` whole or not at all. Throws InputError.
void save_plan(const Session& session,
               const std::string& file,
               const OpenCase& opened,
               const planner::PlanResult& result);

/// "case", "plan", "faults" or "alerts", by what the file holds; "case" where it says nothing, so
/// that the reader of cases explains. Throws InputError where it is no JSON.
std::string kind_of_file(const std::string& file);

/// A file that comes with the program and that `init` writes.
struct ShippedFile {
    std::string name;
    std::string what;  // one line
    std::string text;
};
std::vector<ShippedFile> shipped_files();
/// A migration of the embedded estate over weeks: its case and its plan.
std::vector<ShippedFile> story_files();

/// Notes a file that was read, with the SHA-256 of its bytes, for the document.
void note_input(Session& session, const std::string& file);

}  // namespace rollcast::cli
