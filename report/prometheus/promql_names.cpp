#include "report/prometheus/promql_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rollcast::report {
namespace {

bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool in_word(char c) { return starts_word(c) || (c >= '0' && c <= '9'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

template <std::size_t Count>
bool is_among(const std::array<std::string_view, Count>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// After these come labels in parentheses, no series.
constexpr std::array<std::string_view, 6> label_lists{
    "by", "without", "on", "ignoring", "group_left", "group_right"};
constexpr std::array<std::string_view, 9> operators{
    "and", "or", "unless", "bool", "offset", "atan2", "inf", "nan", "start"};
constexpr std::array<std::string_view, 12> aggregations{"sum",
                                                        "min",
                                                        "max",
                                                        "avg",
                                                        "group",
                                                        "stddev",
                                                        "stdvar",
                                                        "count",
                                                        "count_values",
                                                        "bottomk",
                                                        "topk",
                                                        "quantile"};

/// Walks an expression token by token.
class PromqlWalk {
public:
    explicit PromqlWalk(std::string_view text) : text_(text) {}

    std::vector<std::string> names() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (is_quote(c)) {
                string();
            } else if (c == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (c == '{') {
                braces();
            } else if (c == '[') {
                at_ = std::min(text_.find(']', at_), text_.size());
            } else if (c >= '0' && c <= '9') {
                while (at_ < text_.size() && (in_word(text_[at_]) || text_[at_] == '.')) ++at_;
            } else if (starts_word(c)) {
                word();
            } else {
                ++at_;
            }
        }
        std::sort(names_.begin(), names_.end());
        names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
        return std::move(names_);
    }

private:
    char next_after_blanks() const {
        std::size_t i = at_;
        while (i < text_.size() && is_blank(text_[i])) ++i;
        return i < text_.size() ? text_[i] : '\0';
    }

    /// The content of the string that begins here, as written.
    std::string_view string() {
        const char quote = text_[at_];
        const std::size_t begin = ++at_;
        while (at_ < text_.size() && text_[at_] != quote) {
            at_ += text_[at_] == '\\' && quote != '`' ? 2U : 1U;
        }
        at_ = std::min(at_, text_.size());
        const std::string_view inside = text_.substr(begin, at_ - begin);
        if (at_ < text_.size()) ++at_;
        return inside;
    }

    void braces() {
        std::string_view label;
        std::string_view comparison;
        while (at_ < text_.size() && text_[at_] != '}') {
            const char c = text_[at_];
            if (is_quote(c)) {
                const std::string_view value = string();
                if (label == "__name__" && comparison == "=") names_.emplace_back(value);
            } else if (starts_word(c)) {
                const std::size_t begin = at_;
                while (at_ < text_.size() && in_word(text_[at_])) ++at_;
                label = text_.substr(begin, at_ - begin);
                comparison = {};
            } else {
                if (c == '=' || c == '!' || c == '~') {
                    const std::size_t begin = comparison.empty() ? at_ : at_ - comparison.size();
                    comparison = text_.substr(begin, at_ + 1 - begin);
                }
                ++at_;
            }
        }
        if (at_ < text_.size()) ++at_;
    }

    void word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && in_word(text_[at_])) ++at_;
        const std::string_view name = text_.substr(begin, at_ - begin);
        const char next = next_after_blanks();
        if (is_among(label_lists, name)) {
            if (next == '(') at_ = std::min(text_.find(')', at_), text_.size());
            return;
        }
        if (next == '(' || is_among(operators, name) || lower_is_operator(name)) return;
        if (is_among(aggregations, name) && starts_word(next)) return;  // sum by (...) (...)
        names_.emplace_back(name);
    }

    /// Keywords are known in any case.
    static bool lower_is_operator(std::string_view name) {
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        return is_among(operators, std::string_view(lower));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::string> names_;
};

/// The number and unit that `text` begins with, and how long they are; 0 where it does not.
std::pair<sim::Duration, std::size_t> one_unit(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, sim::Duration>, 7> units{
        {{"ms", sim::milliseconds(1)},
         {"s", sim::seconds(1)},
         {"m", sim::minutes(1)},
         {"h", sim::hours(1)},
         {"d", sim::day},
         {"w", 7 * sim::day},
         {"y", 365 * sim::day}}};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > 1'000'000'000) return {{}, 0};
    const auto digits = static_cast<std::size_t>(end - text.data());
    for (const auto& [word, size] : units) {
        if (text.substr(digits, word.size()) != word) continue;
        if (number > 36'500 * sim::day.count() / size.count()) return {{}, 0};
        return {number * size, digits + word.size()};
    }
    return {{}, 0};
}

}  // namespace

std::vector<std::string> metrics_in(std::string_view expression) {
    return PromqlWalk(expression).names();
}

sim::Duration prometheus_duration(std::string_view text) {
    sim::Duration total{};
    while (!text.empty()) {
        const auto [duration, length] = one_unit(text);
        if (length == 0) break;
        total += duration;
        text.remove_prefix(length);
    }
    return total;
}

sim::Duration look_back_of(std::string_view expression) {
    sim::Duration total{};
    for (std::size_t at = 0; at < expression.size(); ++at) {
        const char c = expression[at];
        if (c == '[' || c == ':') total += prometheus_duration(expression.substr(at + 1));
        if (expression.substr(at, 7) == "offset ") {
            const std::size_t begin = expression.find_first_not_of(" -", at + 7);
            if (begin != std::string_view::npos) {
                total += prometheus_duration(expression.substr(begin));
            }
        }
    }
    return total;
}

bool asks_for_time(std::string_view expression) {
    static constexpr std::array<std::string_view, 7> clocks{
        "time(", "timestamp(", "hour(", "minute(", "day_of_", "month(", "predict_linear("};
    return std::any_of(clocks.begin(), clocks.end(), [&](std::string_view clock) {
        return expression.find(clock) != std::string_view::npos;
    });
}

}  // namespace rollcast::report
