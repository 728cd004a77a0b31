#include "cli/commands/commands.hpp"

namespace rollcast::cli {

Action add_version(CLI::App& command, Session& session) {
    add_json(command, session.options);
    return [&session] {
        if (session.options.json) {
            session.print(
                {{"version", tool_version()}, {"schema_version", report::schema_version}});
        } else {
            session.out << "rollcast " << tool_version() << "\n";
        }
        return ExitCode::good;
    };
}

}  // namespace rollcast::cli
