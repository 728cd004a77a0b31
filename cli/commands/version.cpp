#include "cli/commands/commands.hpp"

namespace rollcast::cli {

Action add_version(CLI::App& /*command*/, Session& session) {
    return [&session] {
        session.out << "rollcast " << tool_version() << "\n";
        return ExitCode::good;
    };
}

}  // namespace rollcast::cli
