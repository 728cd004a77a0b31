// A problem in the input: what, where, and how to mend it; and its renderings.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "scenarios/format/codes.hpp"

namespace rollcast::scenarios {

enum class Severity : std::uint8_t { error, warning };

/// A line of the input as it is shown: tabs as one blank, control characters replaced.
struct SourceLine {
    int number = 0;
    std::string text;
};

struct Diagnostic {
    std::string code;
    Severity severity = Severity::error;
    std::string file;     // as the user typed it
    std::string pointer;  // JSON pointer of the value concerned; empty = the whole file
    int line = 0;         // from 1; 0 = no place in the file
    int column = 0;       // from 1, in code points, a tab counts one
    int end_column = 0;   // one past the last
    std::string message;  // one line: the cause
    std::string label;    // short, beside the caret
    std::string help;     // the remedy
    std::vector<std::string> notes;
    std::vector<std::string> suggestions;  // names that were probably meant, best first
    std::vector<SourceLine> excerpt;       // up to three lines, the last is `line`
    int excerpt_column = 1;                // column of the excerpt's first character
};

/// Bad input. Carries every problem found, errors and warnings, in order of their place.
class InputError : public std::runtime_error {
public:
    explicit InputError(Diagnostic diagnostic);
    /// Requires at least one error.
    explicit InputError(std::vector<Diagnostic> diagnostics);

    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

private:
    std::vector<Diagnostic> diagnostics_;
};

/// Sets line, columns and excerpt from the bytes [begin, end) of the file's `text`. An empty or
/// many-line range is marked by its first character alone.
void set_place(Diagnostic& diagnostic, std::string_view text, std::size_t begin, std::size_t end);

/// One diagnostic in the style of a compiler, ending in a line break.
std::string render(const Diagnostic& diagnostic);

/// The first 20 diagnostics, how many more there are, and a closing line with the totals and, where
/// there are errors, what came of them.
std::string render(std::span<const Diagnostic> diagnostics,
                   std::string_view outcome = "nothing was simulated");
/// What came of a file that is one of many.
inline constexpr std::string_view others_run = "this file is left out, the others run";

/// Code, severity, file, pointer, line, col, end_col, message, label, help, notes, suggestions.
nlohmann::ordered_json to_json(const Diagnostic& diagnostic);
nlohmann::ordered_json to_json(std::span<const Diagnostic> diagnostics);

std::string_view to_string(Severity severity);

/// `text` without control characters and ill-formed UTF-8, cut to `limit` code points.
std::string printable(std::string_view text, std::size_t limit = 80);
/// The same between backticks: how a name of the input is quoted in a message.
std::string quoted(std::string_view text);

}  // namespace rollcast::scenarios
