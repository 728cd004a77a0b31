#include "scenarios/format/suggest.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

constexpr std::size_t longest_compared = 255;
constexpr std::size_t most_suggestions = 3;

char folded(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
    a = a.substr(0, longest_compared);
    b = b.substr(0, longest_compared);
    std::vector<int> before_last;
    std::vector<int> last(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::vector<int> row(b.size() + 1);
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                                 folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::move(last);
        last = std::move(row);
    }
    return last[b.size()];
}

std::vector<std::string> nearest(std::string_view wrong, const std::vector<std::string>& known) {
    const std::size_t length = std::min(wrong.size(), longest_compared);
    const int limit = std::max(1, static_cast<int>(length) / 3);
    std::vector<std::pair<int, const std::string*>> near;
    for (const std::string& name : known) {
        const std::size_t other = std::min(name.size(), longest_compared);
        const std::size_t apart = length > other ? length - other : other - length;
        if (apart > static_cast<std::size_t>(limit)) continue;
        const int distance = edit_distance(wrong, name);
        if (distance <= limit) near.emplace_back(distance, &name);
    }
    std::stable_sort(
        near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> result;
    for (const auto& [distance, name] : near) {
        if (result.size() == most_suggestions) break;
        result.push_back(*name);
    }
    return result;
}

void suggest(Diagnostic& diagnostic,
             std::string_view wrong,
             const std::vector<std::string>& known,
             std::string_view plural) {
    diagnostic.suggestions = nearest(wrong, known);
    if (!diagnostic.suggestions.empty()) {
        diagnostic.help =
            fmt::format("did you mean {}?", scenarios::quoted(diagnostic.suggestions.front()));
    }
    if (!known.empty()) {
        diagnostic.notes.push_back(fmt::format("{}: {}", plural, name_list(known)));
    }
}

std::string name_list(const std::vector<std::string>& names, std::size_t limit) {
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), limit); ++i) {
        list += (i > 0 ? ", " : "") + printable(names[i]);
    }
    if (names.size() > limit) list += fmt::format(" and {} more", names.size() - limit);
    return list;
}

}  // namespace rollcast::scenarios
