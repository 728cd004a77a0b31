#include "scenarios/format/diagnostic.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/contract.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::size_t shown_diagnostics = 20;
constexpr int excerpt_lines = 3;
constexpr int excerpt_width = 100;  // code points; longer lines are cut around the caret
constexpr std::string_view ellipsis = "…";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// Length in bytes of the well-formed UTF-8 character at the start of `text`; 0 = ill-formed.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    return length;
}

/// Characters as shown, one string each; every ill-formed byte and control character is one.
std::vector<std::string> characters(std::string_view text) {
    std::vector<std::string> result;
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(character_length(text), 1);
        const auto first = static_cast<unsigned char>(text.front());
        if (first == '\t') {
            result.emplace_back(" ");
        } else if (first < 0x20 || first == 0x7F || character_length(text) == 0) {
            result.emplace_back(replacement);
        } else {
            result.emplace_back(text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    return result;
}

std::string join(const std::vector<std::string>& parts, std::size_t from, std::size_t to) {
    std::string result;
    for (std::size_t i = from; i < std::min(to, parts.size()); ++i) result += parts[i];
    return result;
}

/// Columns [first, first + width) of a line; what is cut off shows as an ellipsis.
std::string cut(std::string_view line, int first_column) {
    const std::vector<std::string> all = characters(line);
    const auto from = static_cast<std::size_t>(first_column - 1);
    const std::size_t to = from + excerpt_width;
    std::string shown = join(all, from, to);
    if (from > 0 && from < all.size()) {
        shown = std::string(ellipsis) + join(all, from + 1, to);
    }
    if (to < all.size()) shown += ellipsis;
    return shown;
}

std::string_view line_at(std::string_view text, std::size_t begin) {
    std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string render_excerpt(const Diagnostic& d) {
    const std::size_t gutter = std::to_string(d.line).size();
    std::string out = fmt::format("{:>{}} |\n", "", gutter);
    for (const SourceLine& line : d.excerpt) {
        out += fmt::format("{:>{}} | {}\n", line.number, gutter, line.text);
    }
    const auto indent = static_cast<std::size_t>(d.column - d.excerpt_column);
    const int last = std::min(d.end_column, d.excerpt_column + excerpt_width);
    const auto run = static_cast<std::size_t>(std::max(1, last - d.column));
    out += fmt::format("{:>{}} | {}{}{}{}\n",
                       "",
                       gutter,
                       std::string(indent, ' '),
                       std::string(run, '^'),
                       d.label.empty() ? "" : " ",
                       d.label);
    return out + fmt::format("{:>{}} |\n", "", gutter);
}

std::string render_totals(std::span<const Diagnostic> diagnostics, std::string_view outcome) {
    const auto is_error = [](const Diagnostic& d) { return d.severity == Severity::error; };
    const auto errors =
        static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(), is_error));
    std::string out = fmt::format(
        "{}, {}", counted(errors, "error"), counted(diagnostics.size() - errors, "warning"));
    if (errors > 0) {
        const auto first = std::find_if(diagnostics.begin(), diagnostics.end(), is_error);
        out += fmt::format(" — {}.  See docs/errors.md#{}", outcome, lower_case(first->code));
    }
    return out + "\n";
}

}  // namespace

InputError::InputError(Diagnostic diagnostic)
    : InputError(std::vector<Diagnostic>{std::move(diagnostic)}) {}

InputError::InputError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(diagnostics.empty() ? "bad input" : diagnostics.front().message),
      diagnostics_(std::move(diagnostics)) {
    sim::ensure(std::any_of(diagnostics_.begin(),
                            diagnostics_.end(),
                            [](const Diagnostic& d) { return d.severity == Severity::error; }),
                "an input error carries at least one error");
}

void set_place(Diagnostic& d, std::string_view text, std::size_t begin, std::size_t end) {
    begin = std::min(begin, text.size());
    end = std::clamp(end, begin, text.size());
    std::vector<std::size_t> starts{0};  // of the last lines up to `begin`
    int line = 1;
    for (std::size_t at = text.find('\n'); at < begin; at = text.find('\n', at + 1)) {
        starts.push_back(at + 1);
        if (starts.size() > excerpt_lines) starts.erase(starts.begin());
        ++line;
    }
    const std::size_t start = starts.back();
    const std::string_view marked = text.substr(begin, end - begin);
    const bool one_line = marked.find('\n') == std::string_view::npos;
    d.line = line;
    d.column = 1 + static_cast<int>(characters(text.substr(start, begin - start)).size());
    d.end_column =
        d.column + (one_line ? std::max(1, static_cast<int>(characters(marked).size())) : 1);

    const int length = static_cast<int>(characters(line_at(text, start)).size());
    d.excerpt_column = length <= excerpt_width ? 1 : std::max(1, d.column - excerpt_width / 2);
    d.excerpt.clear();
    int number = line - static_cast<int>(starts.size()) + 1;
    for (const std::size_t at : starts) {
        d.excerpt.push_back({number++, cut(line_at(text, at), d.excerpt_column)});
    }
}

std::string render(const Diagnostic& d) {
    std::string out = fmt::format("{}[{}]: {}\n", to_string(d.severity), d.code, d.message);
    if (d.line > 0) {
        const std::size_t gutter = std::to_string(d.line).size();
        out += fmt::format(
            "{:>{}}--> {}:{}:{}\n", "", gutter, printable(d.file, 400), d.line, d.column);
        out += render_excerpt(d);
    } else if (!d.file.empty()) {
        out += fmt::format(" --> {}\n", printable(d.file, 400));
    }
    if (!d.help.empty()) out += fmt::format("help: {}\n", d.help);
    for (const std::string& note : d.notes) out += fmt::format("note: {}\n", note);
    return out;
}

std::string render(std::span<const Diagnostic> diagnostics, std::string_view outcome) {
    std::string out;
    for (const Diagnostic& d : diagnostics.first(std::min(diagnostics.size(), shown_diagnostics))) {
        out += render(d);
        out += "\n";
    }
    if (diagnostics.size() > shown_diagnostics) {
        out += fmt::format("…and {} more\n", diagnostics.size() - shown_diagnostics);
    }
    return out + render_totals(diagnostics, outcome);
}

nlohmann::ordered_json to_json(const Diagnostic& d) {
    return {{"code", d.code},
            {"severity", to_string(d.severity)},
            {"file", printable(d.file, 4096)},
            {"pointer", printable(d.pointer, 4096)},
            {"line", d.line},
            {"col", d.column},
            {"end_col", d.end_column},
            {"message", d.message},
            {"label", d.label},
            {"help", d.help},
            {"notes", d.notes},
            {"suggestions", d.suggestions}};
}

nlohmann::ordered_json to_json(std::span<const Diagnostic> diagnostics) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Diagnostic& d : diagnostics) list.push_back(to_json(d));
    return list;
}

std::string_view to_string(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

std::string printable(std::string_view text, std::size_t limit) {
    const bool long_text = text.size() > limit * 4;
    const std::vector<std::string> all = characters(text.substr(0, limit * 4));
    std::string shown = join(all, 0, limit);
    if (long_text || all.size() > limit) shown += ellipsis;
    return shown;
}

std::string quoted(std::string_view text) { return fmt::format("`{}`", printable(text)); }

}  // namespace rollcast::scenarios
