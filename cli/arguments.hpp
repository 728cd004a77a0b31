// The command line as a user means it: CLI11 parses, this finds the typing errors first.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace rollcast::cli {

/// A command line that asks for nothing the program has. `help` says what was probably meant.
class UsageError : public std::runtime_error {
public:
    UsageError(const std::string& message, std::string help)
        : std::runtime_error(message), help_(std::move(help)) {}
    const std::string& help() const { return help_; }

private:
    std::string help_;
};

/// Parses `arguments` (without the program's name) into the variables bound to `app`. Returns the
/// text of `--help` or `--version` where that was asked for, else nothing.
///
/// Throws UsageError at the first option or command that is unknown, before CLI11 could take its
/// value for something else, and for everything that CLI11 refuses.
std::string parse_arguments(CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace rollcast::cli
