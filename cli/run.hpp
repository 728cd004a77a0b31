// From the arguments to the exit code.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace rollcast::cli {

/// Runs the program with `arguments` (without its name); results go to `out`, everything else to
/// `err`. Returns the exit code. Never throws.
int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

/// Runs `action` and turns what it returns or throws into the exit code, with a message on the
/// session's stderr for everything that is thrown.
int exit_code_of(Session& session, const Action& action);

}  // namespace rollcast::cli
