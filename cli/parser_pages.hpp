// What the parser knows, as a manual page and as completions of shells: nothing is said twice.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace rollcast::cli {

/// The manual page of the program, for man(7).
std::string man_page(const CLI::App& app, const std::string& version);

/// Completions of commands, options and the words that options take; everything else is a file.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace rollcast::cli
