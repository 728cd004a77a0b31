#include "report/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

namespace rollcast::report {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ns_per_s = 1'000'000'000;

/// `value / unit` rounded to nearest; both not negative.
std::int64_t rounded(std::int64_t value, std::int64_t unit) {
    return value / unit + (value % unit >= (unit + 1) / 2 ? 1 : 0);
}

std::string without_trailing_zeros(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

std::string duration_text(sim::Duration duration) {
    if (duration < sim::Duration{}) {
        return duration.count() == INT64_MIN ? "unknown" : "-" + duration_text(-duration);
    }
    const std::int64_t ns = duration.count();
    if (ns == 0) return "0 s";
    if (ns < ns_per_ms) return "under 1 ms";
    if (rounded(ns, ns_per_ms) < 1'000) return fmt::format("{} ms", rounded(ns, ns_per_ms));
    if (rounded(ns, ns_per_s) < 60) {
        const std::int64_t tenths = rounded(ns, ns_per_s / 10);
        return without_trailing_zeros(fmt::format("{}.{}", tenths / 10, tenths % 10)) + " s";
    }
    const std::int64_t seconds = rounded(ns, ns_per_s);
    if (seconds < 3'600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
    const std::int64_t minutes = rounded(ns, 60 * ns_per_s);
    return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

std::string seconds_text(double seconds) {
    if (!(seconds >= 0)) return "unknown";
    constexpr double longest = 9.0e9;  // seconds a Duration holds, with room
    if (seconds > longest) return fmt::format("{:.0f} h", seconds / 3'600);
    return duration_text(sim::Duration{std::llround(seconds * 1e9)});
}

std::string clock_text(sim::Instant at) {
    if (at == sim::Instant::never()) return "never";
    const std::int64_t seconds = at.count() / ns_per_s;
    return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

std::string count_text(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

std::string count_text(std::uint64_t count, std::string_view singular, std::string_view plural) {
    return fmt::format("{} {}", count_text(count), count == 1 ? singular : plural);
}

std::string bytes_text(double bytes) {
    if (!(bytes >= 0)) return "unknown";
    constexpr std::array<const char*, 7> units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < units.size()) {
        bytes /= 1'000;
        ++unit;
    }
    const int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
    return without_trailing_zeros(fmt::format("{:.{}f}", bytes, decimals)) + " " + units.at(unit);
}

std::string percent_text(double share) {
    if (!(share >= 0) || std::isinf(share)) return "unknown";
    if (share == 0) return "0 %";
    if (share < 0.0005) return "under 0.1 %";
    return without_trailing_zeros(fmt::format("{:.1f}", share * 100)) + " %";
}

std::string number_text(double value) {
    if (!std::isfinite(value)) return "unknown";
    if (value >= 1'000 && value < 1e18) return count_text(static_cast<std::uint64_t>(value));
    return without_trailing_zeros(fmt::format("{:.3f}", value));
}

std::string shell_quoted(const std::string& word) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("-_./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace rollcast::report
