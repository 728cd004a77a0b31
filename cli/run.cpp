#include "cli/run.hpp"

#include <exception>
#include <span>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/promtool.hpp"
#include "cli/stop.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::cli {
namespace {

constexpr const char* program_description =
    "Is this rolling migration of a Kafka estate safe, what breaks it, how long does it take,\n"
    "what is the fastest plan that is safe, and how far is that from the best possible?\n"
    "Without a command: a first look, on an estate that comes with the program.";

constexpr const char* footer =
    "Exit codes: 0 every rule held, 1 a rule is broken or a finding blocks, 2 usage or input "
    "error,\n"
    "3 no safe plan exists within the limits, 70 internal error, 130/143 ended by a signal (what\n"
    "was found until then is written).";

int code_with_signal(ExitCode code, const CommonOptions& options) {
    if (signal_received() != 0 && code != ExitCode::internal_error) return 128 + signal_received();
    const bool forced =
        options.exit_zero && (code == ExitCode::bad_result || code == ExitCode::no_plan);
    return forced ? 0 : static_cast<int>(code);
}

void report_bug(Session& session, const char* what) {
    const report::Provenance made = session.provenance();
    fmt::print(session.err,
               "error: internal error: {}\n"
               "This is a bug of rollcast {}. Please report it with the files below and:\n"
               "  {}    (seed {})\n",
               what,
               made.tool_version,
               made.reproduce,
               made.seed);
    for (const report::Input& input : made.inputs) {
        fmt::print(session.err, "  {}  sha256 {}\n", input.file, input.sha256);
    }
}

/// Adds all commands to `app`; `chosen` becomes the action of the one that is given.
void add_commands(CLI::App& app, Session& session, Action& chosen) {
    chosen = add_demo(app, session);
    for (const CommandEntry& entry : all_commands()) {
        CLI::App* command = app.add_subcommand(entry.name, entry.description);
        const Action action = entry.add(*command, session);
        command->final_callback([&chosen, action] { chosen = action; });
    }
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", "rollcast " + tool_version());
    app.footer(footer);
}

}  // namespace

int exit_code_of(Session& session, const Action& action) {
    try {
        const ExitCode code = action();
        session.out.flush();
        if (!session.out.good()) {
            fmt::print(session.err,
                       "error: the output could not be written\n"
                       "help: is the disk full, or the reader gone?\n");
            return static_cast<int>(ExitCode::bad_input);
        }
        return code_with_signal(code, session.options);
    } catch (const UsageError& error) {
        fmt::print(session.err, "error: {}\nhelp: {}\n", error.what(), error.help());
        return static_cast<int>(ExitCode::bad_input);
    } catch (const EngineError& error) {
        fmt::print(session.err, "error: {}\nhelp: {}\n", error.what(), error.help());
        return code_with_signal(ExitCode::no_engine, session.options);
    } catch (const scenarios::InputError& error) {
        session.err << scenarios::render(std::span(error.diagnostics()));
        return static_cast<int>(ExitCode::bad_input);
    } catch (const std::exception& error) {
        report_bug(session, error.what());
        return static_cast<int>(ExitCode::internal_error);
    }
}

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
    Session session{.out = out,
                    .err = err,
                    .arguments = arguments,
                    .options = {},
                    .inputs = {},
                    .assumptions = {}};
    return exit_code_of(session, [&]() -> ExitCode {
        CLI::App app{program_description, "rollcast"};
        Action chosen;
        add_commands(app, session, chosen);
        const std::string help = parse_arguments(app, arguments);
        if (!help.empty()) {
            out << help;
            return ExitCode::good;
        }
        return chosen();
    });
}

}  // namespace rollcast::cli
