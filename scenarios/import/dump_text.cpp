#include "scenarios/import/dump_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rollcast::scenarios {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

/// "[2024-05-01 10:00:00,123] WARN ..." and "WARN ...", as log4j writes to a console.
bool is_log_line(std::string_view line) {
    static constexpr std::array<std::string_view, 6> levels = {
        "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    std::string_view rest = line;
    if (starts_with(rest, "[") && rest.size() > 5 && whole_number(rest.substr(1, 4))) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) return false;
        rest = trim(rest.substr(end + 1));
    }
    return std::any_of(levels.begin(), levels.end(), [&](std::string_view level) {
        return starts_with(rest, level) &&
               (rest.size() == level.size() || rest[level.size()] == ' ' ||
                rest[level.size()] == ':' || starts_with(rest.substr(level.size()), "ING"));
    });
}

/// Length of "[pod/kafka-0/kafka] ", 0 without one.
std::size_t wrapper_prefix(std::string_view line) {
    if (!starts_with(line, "[pod/")) return 0;
    const std::size_t end = line.find("] ");
    return end == std::string_view::npos ? 0 : end + 2;
}

std::optional<double> byte_unit(std::string_view unit) {
    if (unit.size() >= 2 && unit.substr(unit.size() - 2) == "/s") unit.remove_suffix(2);
    static constexpr std::array<std::pair<std::string_view, double>, 11> units = {{
        {"", 1.0},
        {"B", 1.0},
        {"kB", 1e3},
        {"KB", 1e3},
        {"MB", 1e6},
        {"GB", 1e9},
        {"TB", 1e12},
        {"KiB", 1024.0},
        {"MiB", 1024.0 * 1024.0},
        {"GiB", 1024.0 * 1024.0 * 1024.0},
        {"TiB", 1024.0 * 1024.0 * 1024.0 * 1024.0},
    }};
    for (const auto& [name, factor] : units) {
        if (unit == name) return factor;
    }
    return std::nullopt;
}

}  // namespace

bool is_noise(std::string_view line) {
    static constexpr std::array<std::string_view, 16> starts = {"SLF4J:",
                                                                "log4j:",
                                                                "Defaulted container",
                                                                "Defaulting container",
                                                                "If you don't see a command",
                                                                "Unable to use a TTY",
                                                                "OpenJDK ",
                                                                "Java HotSpot(TM)",
                                                                "Picked up ",
                                                                "command terminated with exit code",
                                                                "pod \"",
                                                                "Note: This will",
                                                                "kubectl ",
                                                                "% ",
                                                                "Use 'kubectl describe",
                                                                "Error from server"};
    const std::string_view text = trim(line);
    if (text.empty() || is_log_line(text)) return true;
    return std::any_of(starts.begin(),
                       starts.end(),
                       [&](std::string_view start) { return starts_with(text, start); }) ||
           (starts_with(text, "%") && contains(text, "|MOCK|"));
}

std::vector<DumpLine> content_lines(std::string_view text) {
    std::vector<DumpLine> lines;
    std::size_t at = starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
    for (std::size_t number = 1; at < text.size(); ++number) {
        const std::size_t end = text.find('\n', at);
        const bool ended = end != std::string_view::npos;
        std::string_view line = text.substr(at, (ended ? end : text.size()) - at);
        at += line.size() + 1;
        while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        const std::size_t cut = wrapper_prefix(line);
        line.remove_prefix(cut);
        if (!is_noise(line)) lines.push_back({line, number, cut, ended});
    }
    return lines;
}

std::size_t column_at(const DumpLine& line, std::size_t offset) {
    const std::string_view before = line.text.substr(0, offset);
    const auto points = std::count_if(before.begin(), before.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    return line.cut + static_cast<std::size_t>(points) + 1;
}

void fail_at(const DumpLine& line,
             std::string_view part,
             const std::string& message,
             const std::string& help) {
    const bool inside =
        part.data() >= line.text.data() && part.data() <= line.text.data() + line.text.size();
    const std::size_t offset =
        inside ? static_cast<std::size_t>(part.data() - line.text.data()) : 0;
    throw DumpError{
        DumpError::Kind::malformed, line.number, column_at(line, offset), message, help};
}

void fail_truncated(const DumpLine& line, const std::string& message) {
    throw DumpError{DumpError::Kind::truncated,
                    line.number,
                    column_at(line, line.text.size()),
                    message,
                    "the dump is cut in the middle; take it again and copy all of it"};
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return text.substr(0, 0);
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t at = text.find_first_not_of(blanks);
    while (at != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return words;
}

std::vector<std::string_view> split_at(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = text.find(separator, at);
        if (end == std::string_view::npos) break;
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    parts.push_back(text.substr(at));
    return parts;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
    return value;
}

std::optional<std::vector<std::int64_t>> id_list(std::string_view text) {
    std::vector<std::int64_t> ids;
    if (trim(text).empty()) return ids;
    for (const std::string_view part : split_at(text, ',')) {
        const std::optional<std::int64_t> id = whole_number(trim(part));
        if (!id || *id < 0 || std::find(ids.begin(), ids.end(), *id) != ids.end()) {
            return std::nullopt;
        }
        ids.push_back(*id);
    }
    return ids;
}

std::string id_text(const std::vector<std::int64_t>& ids) {
    std::string text;
    for (const std::int64_t id : ids) {
        if (!text.empty()) text += ',';
        text += std::to_string(id);
    }
    return text;
}

std::optional<std::int64_t> byte_amount(std::string_view text) {
    text = trim(text);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::optional<double> factor = byte_unit(trim(text.substr(digits)));
    if (!factor || digits == 0) return std::nullopt;
    const std::string_view number = text.substr(0, digits);
    if (const auto whole = whole_number(number); whole && *factor == 1.0) return whole;
    double value = 0;
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value);
    const double scaled = value * *factor;
    if (error != std::errc{} || stop != end || !(scaled < 9.2e18)) return std::nullopt;
    return static_cast<std::int64_t>(scaled);
}

void check_min_isr(const DumpLine& line, std::string_view value) {
    const std::optional<std::int64_t> number = whole_number(value);
    if (number && *number >= 1) return;
    const std::size_t at = line.text.find(std::string(min_isr_setting) + "=");
    fail_at(line,
            line.text.substr(std::min(at, line.text.size())),
            "`" + std::string(min_isr_setting) + "=" + std::string(value) + "` is damaged",
            "take the dump again: the value is a whole number from 1 on");
}

bool is_topic_name(std::string_view text) {
    return !text.empty() && text.size() <= 249 &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               std::string_view::npos;
}

}  // namespace rollcast::scenarios
