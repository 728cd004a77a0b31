#include "report/prometheus/rule_test.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "models/metrics.hpp"
#include "report/numbers.hpp"
#include "report/prometheus/open_metrics.hpp"
#include "report/prometheus/promql_names.hpp"

namespace rollcast::report {
namespace {

using scenarios::PrometheusRule;

constexpr std::string_view firing = "ALERTS{alertstate=\"firing\"}";

Json rule_json(const PrometheusRule& rule, bool with_annotations) {
    Json out = Json::object();
    out[rule.alert.empty() ? "record" : "alert"] = rule.name();
    out["expr"] = rule.expression;
    if (!rule.hold.empty()) out["for"] = rule.hold;
    if (!rule.keep_firing.empty()) out["keep_firing_for"] = rule.keep_firing;
    const auto add = [&](const char* key, const auto& pairs) {
        for (const auto& [name, value] : pairs) out[key][name] = value;
    };
    add("labels", rule.labels);
    if (with_annotations) add("annotations", rule.annotations);
    return out;
}

std::string groups_text(const std::vector<PrometheusRule>& rules, bool with_annotations) {
    Json groups = Json::array();
    std::string last_group;
    std::string last_file;
    for (const PrometheusRule& rule : rules) {
        if (groups.empty() || rule.group != last_group || rule.file != last_file) {
            // Names of groups need to differ within one file.
            groups.push_back({{"name", fmt::format("{} {}", groups.size() + 1, rule.group)},
                              {"rules", Json::array()}});
            last_group = rule.group;
            last_file = rule.file;
        }
        groups.back()["rules"].push_back(rule_json(rule, with_annotations));
    }
    return Json{{"groups", std::move(groups)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Values at ticks as promtool's own notation, equal ones as a run.
class ValueRuns {
public:
    void add(double value, std::int64_t count) {
        const bool same = value == value_ || (std::isnan(value) && std::isnan(value_));
        if (count_ > 0 && same) {
            count_ += count;
            return;
        }
        flush();
        value_ = value;
        count_ = count;
    }

    /// Empty where no tick has a value.
    std::string take() {
        flush();
        return any_ ? std::move(text_) : std::string();
    }

private:
    void flush() {
        if (count_ == 0) return;
        if (std::isnan(value_)) {
            // A scrape that failed marks its series as stale; later there is nothing.
            if (any_) text_ += " stale";
            const std::int64_t gaps = count_ - (any_ ? 1 : 0);
            if (gaps > 0) text_ += fmt::format(" _x{}", gaps);
        } else {
            any_ = true;
            text_ += ' ';
            append_fixed(value_);
            if (count_ > 1) text_ += fmt::format("x{}", count_ - 1);
        }
        count_ = 0;
    }

    /// Without an exponent, which the notation of series does not know.
    void append_fixed(double value) {
        if (value == std::floor(value)) return append_number(text_, value);
        std::array<char, 400> digits{};
        const auto end =
            std::to_chars(
                digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
                .ptr;
        text_.append(digits.data(), end);
    }

    std::string text_;
    double value_ = 0.0;
    std::int64_t count_ = 0;
    bool any_ = false;
};

std::string values_text(const models::SeriesStore& store,
                        const models::Target& target,
                        const models::Series& series,
                        const TestStretch& stretch) {
    ValueRuns runs;
    std::size_t next = 0;  // the first point after t
    for (sim::Instant t = stretch.from; t <= stretch.to; t = t + stretch.tick) {
        while (next < series.size() && series[next].at <= t) ++next;
        if (next == 0) {
            runs.add(models::absent_value, 1);
            continue;
        }
        const models::Point& point = series[next - 1];
        if (point.per_s != 0.0 && point.present()) {
            runs.add(point.value_at(store.last_scrape(target, t)), 1);
            continue;
        }
        // Nothing changes before the next point.
        const sim::Instant until =
            next < series.size() ? std::min(series[next].at, stretch.to) : stretch.to;
        const std::int64_t more =
            std::max<std::int64_t>(0, (until - t).count() - 1) / stretch.tick.count();
        runs.add(point.value, 1 + more);
        t = t + more * stretch.tick;
    }
    return runs.take();
}

Json input_series(const models::Fleet& fleet,
                  const std::vector<models::SeriesStore>& stores,
                  Profile profile,
                  const std::vector<std::string>& metrics,
                  const TestStretch& stretch) {
    Json all = Json::array();
    for (const ExportedMetric& exported : exported_metrics(profile)) {
        if (!std::binary_search(metrics.begin(), metrics.end(), exported.name)) continue;
        const models::MetricSource source = models::info_of(exported.metric).source;
        for (const models::SeriesStore& store : stores) {
            for (const models::Target& target : store.targets()) {
                if (target.source != source) continue;
                const models::Series* series = store.find(target, exported.metric);
                if (series == nullptr) continue;
                std::string values = values_text(store, target, *series, stretch);
                if (values.empty()) continue;
                all.push_back({{"series",
                                fmt::format("{}{{{}}}",
                                            exported.name,
                                            labels_text(labels_of(profile, fleet, target)))},
                               {"values", std::move(values)}});
            }
        }
    }
    return all;
}

std::string seconds_of(sim::Duration d) { return fmt::format("{}s", d.count() / 1'000'000'000); }

Json edge_questions(const TestStretch& stretch) {
    const std::string before = fmt::format("{} offset {}", firing, seconds_of(stretch.tick));
    // 1 where an alert begins, 0 where it has ended.
    const std::string edge =
        fmt::format("({0} unless {1}) or (({1} unless {0}) * 0)", firing, before);
    Json questions = Json::array();
    for (sim::Instant t = stretch.reported_from; t <= stretch.to; t = t + stretch.tick) {
        questions.push_back({{"expr", t == stretch.reported_from ? std::string(firing) : edge},
                             {"eval_time", seconds_of(t - stretch.from)},
                             {"exp_samples", Json::array()}});
    }
    return questions;
}

/// A string as Go quotes it.
std::string unquoted(std::string_view quoted_text) {
    std::string out;
    for (std::size_t i = 0; i < quoted_text.size(); ++i) {
        if (quoted_text[i] != '\\' || i + 1 == quoted_text.size()) {
            out += quoted_text[i];
            continue;
        }
        const char kind = quoted_text[++i];
        const std::size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : kind == 'x' ? 2 : 0;
        if (digits == 0) {
            constexpr std::string_view names = "abfnrtv";
            constexpr std::string_view meant = "\a\b\f\n\r\t\v";
            const std::size_t at = names.find(kind);
            out += at == std::string_view::npos ? kind : meant[at];
            continue;
        }
        std::uint32_t code = 0;
        const std::string_view hex = quoted_text.substr(i + 1, digits);
        std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
        i += digits;
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else {
            out += Json::parse(code > 0xFFFF ? fmt::format("\"\\u{:04x}\\u{:04x}\"",
                                                           0xD800U + ((code - 0x10000U) >> 10U),
                                                           0xDC00U + ((code - 0x10000U) & 0x3FFU))
                                             : fmt::format("\"\\u{:04x}\"", code))
                       .get<std::string>();
        }
    }
    return out;
}

/// One sample of "{a="b", c="d"} 1E+00, {...} 0E+00".
class SampleReader {
public:
    explicit SampleReader(std::string_view text) : text_(text) {}

    /// Nothing where there is no further one, or what follows is none.
    std::optional<AlertEdge> next() {
        const std::size_t brace = text_.find('{', at_);
        if (brace == std::string_view::npos) return std::nullopt;
        at_ = brace + 1;
        AlertEdge edge;
        while (at_ < text_.size() && text_[at_] != '}') {
            const std::size_t equals = text_.find("=\"", at_);
            if (equals == std::string_view::npos) return std::nullopt;
            std::string_view name = text_.substr(at_, equals - at_);
            name.remove_prefix(std::min(name.find_first_not_of(", "), name.size()));
            const std::size_t begin = equals + 2;
            std::size_t end = begin;
            while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
            if (end >= text_.size()) return std::nullopt;
            if (name != "alertstate" && name != "__name__") {
                edge.labels.push_back(
                    {std::string(name), unquoted(text_.substr(begin, end - begin))});
            }
            at_ = end + 1;
        }
        at_ = std::min(at_ + 2, text_.size());
        edge.fires = at_ < text_.size() && text_[at_] == '1';
        return edge;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

std::string_view trimmed(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
}

/// What stands between `before` and `after` in `line`; nothing where it does not.
std::optional<std::string_view> between(std::string_view line,
                                        std::string_view before,
                                        std::string_view after) {
    const std::size_t begin = line.rfind(before);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::string_view rest = line.substr(begin + before.size());
    const std::size_t end = rest.find(after);
    return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
}

/// Reads "expr: ..., time: 5m," and what follows it.
class AnswerReader {
public:
    explicit AnswerReader(const TestStretch& stretch) : stretch_(stretch) {}

    void line(std::string_view text) {
        if (text.empty() || text == "FAILED:" || text == "SUCCESS" || text == "exp: nil" ||
            text.starts_with("Unit Testing:") || text.starts_with("exp: ")) {
            return;
        }
        if (text.starts_with("expr: ")) {
            if (const auto time = between(text, ", time: ", ",")) at_ = time_of(*time);
            return;
        }
        if (text.starts_with("got: ")) return samples(text.substr(5));
        if (text.starts_with("rule: ") && text.find(", err: ") != std::string_view::npos) {
            const std::size_t time = text.find(", time: ");
            const std::size_t why = text.find(", err: ");
            answer_.failed.push_back({std::string(text.substr(6, std::min(time, why) - 6)),
                                      std::string(text.substr(why + 7))});
            return;
        }
        if (answer_.not_understood.empty()) answer_.not_understood = text;
    }

    RuleTestAnswer take() { return std::move(answer_); }

private:
    sim::Instant time_of(std::string_view text) const {
        return stretch_.from + prometheus_duration(text);
    }

    void samples(std::string_view text) {
        SampleReader reader(text);
        while (std::optional<AlertEdge> edge = reader.next()) {
            edge->at = at_;
            answer_.edges.push_back(std::move(*edge));
        }
    }

    const TestStretch& stretch_;
    sim::Instant at_;
    RuleTestAnswer answer_;
};

}  // namespace

std::string rule_file_text(const std::vector<PrometheusRule>& rules) {
    return groups_text(rules, false);
}

std::string one_rule_text(const PrometheusRule& rule) { return groups_text({rule}, true); }

std::string rule_test_text(const std::string& rules_file,
                           const models::Fleet& fleet,
                           const std::vector<models::SeriesStore>& stores,
                           Profile profile,
                           const std::vector<std::string>& metrics,
                           const TestStretch& stretch) {
    const std::string tick = seconds_of(stretch.tick);
    Json test{{"interval", tick},
              {"input_series", input_series(fleet, stores, profile, metrics, stretch)},
              {"promql_expr_test", edge_questions(stretch)}};
    Json document{{"rule_files", Json::array({rules_file})},
                  {"evaluation_interval", tick},
                  {"tests", Json::array({std::move(test)})}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RuleTestAnswer read_rule_test(std::string_view output, const TestStretch& stretch) {
    AnswerReader reader(stretch);
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        reader.line(trimmed(output.substr(0, end)));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    RuleTestAnswer answer = reader.take();
    std::stable_sort(answer.edges.begin(),
                     answer.edges.end(),
                     [](const AlertEdge& a, const AlertEdge& b) { return a.at < b.at; });
    return answer;
}

}  // namespace rollcast::report
