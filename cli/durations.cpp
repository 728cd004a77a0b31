#include "cli/durations.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::cli {
namespace {

constexpr std::int64_t longest_s = 366LL * 24 * 3'600;

/// The unit that `text` begins with, longest first; nothing where it begins with none.
std::pair<std::size_t, sim::Duration> unit_at(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, sim::Duration>, 7> units{
        {{"min", sim::minutes(1)},
         {"ms", sim::milliseconds(1)},
         {"s", sim::seconds(1)},
         {"m", sim::minutes(1)},
         {"h", sim::hours(1)},
         {"d", sim::day},
         {"w", 7 * sim::day}}};
    for (const auto& [word, size] : units) {
        if (text.substr(0, word.size()) == word) return {word.size(), size};
    }
    return {0, {}};
}

[[noreturn]] void no_duration(const std::string& option, const std::string& text) {
    throw UsageError(
        fmt::format("{} takes a duration, not '{}'", option, scenarios::printable(text)),
        "write it with its unit, for example 30s, 15min, 2h30min; at most 366d");
}

}  // namespace

sim::Duration parse_duration(const std::string& option, const std::string& text) {
    sim::Duration total{};
    std::string_view rest = text;
    if (rest.empty()) no_duration(option, text);
    while (!rest.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc{} || number < 0 || number > longest_s * 1'000) {
            no_duration(option, text);
        }
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        const auto [length, unit] = unit_at(rest);
        if (length == 0 && !(rest.empty() && total == sim::Duration{})) no_duration(option, text);
        const sim::Duration one = length == 0 ? sim::seconds(1) : unit;
        if (number > longest_s * 1'000'000'000 / one.count()) no_duration(option, text);
        total += number * one;
        rest.remove_prefix(length);
    }
    if (total > sim::seconds(longest_s)) no_duration(option, text);
    return total;
}

}  // namespace rollcast::cli
