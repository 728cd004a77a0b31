// The commands of the program: one file each, one line each here and in the table.
#pragma once

#include <span>

#include "cli/session.hpp"

namespace rollcast::cli {

/// Adds a command's options to `command` and returns what runs it. `session` outlives the action.
Action add_demo(CLI::App& command, Session& session);
Action add_init(CLI::App& command, Session& session);
Action add_import(CLI::App& command, Session& session);
Action add_check(CLI::App& command, Session& session);
Action add_plan(CLI::App& command, Session& session);
Action add_certify(CLI::App& command, Session& session);
Action add_replan(CLI::App& command, Session& session);
Action add_gate(CLI::App& command, Session& session);
Action add_simulate(CLI::App& command, Session& session);
Action add_compare(CLI::App& command, Session& session);
Action add_explain(CLI::App& command, Session& session);
Action add_detect(CLI::App& command, Session& session);
Action add_report(CLI::App& command, Session& session);
Action add_alerts(CLI::App& command, Session& session);
Action add_export(CLI::App& command, Session& session);
Action add_validate(CLI::App& command, Session& session);
Action add_suite(CLI::App& command, Session& session);
Action add_hunt(CLI::App& command, Session& session);
Action add_study(CLI::App& command, Session& session);
Action add_shrink(CLI::App& command, Session& session);
Action add_schema(CLI::App& command, Session& session);
Action add_completion(CLI::App& command, Session& session);
Action add_man(CLI::App& command, Session& session);
Action add_doctor(CLI::App& command, Session& session);
Action add_version(CLI::App& command, Session& session);

struct CommandEntry {
    const char* name;
    const char* description;
    Action (*add)(CLI::App&, Session&);
};

/// Every command but the demo, which is what the program does without one.
std::span<const CommandEntry> all_commands();

}  // namespace rollcast::cli
