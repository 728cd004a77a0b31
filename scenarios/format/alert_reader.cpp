#include "scenarios/format/alert_reader.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "scenarios/format/formats.hpp"
#include "scenarios/format/reader.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::AlertRule;
using models::AlertRules;
using models::AlertTerm;
using models::Metric;

namespace {

/// The value of a closed set of `count` whose word is `word`; the field tables have checked it.
template <class Word>
Word word_of(const std::string& word, int count) {
    for (int i = 0; i < count; ++i) {
        if (to_string(static_cast<Word>(i)) == word) return static_cast<Word>(i);
    }
    sim::ensure(false, "the field table and the models agree on their words");
    return static_cast<Word>(0);
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const models::MetricInfo& info : models::all_metrics()) names.emplace_back(info.name);
    return names;
}

class AlertReader {
public:
    explicit AlertReader(Problems& problems) : problems_(problems) {}

    AlertRule read(const Reader& reader, sim::Duration interval) {
        AlertRule rule;
        rule.name = reader.text("name");
        if (!names_.insert(rule.name).second) {
            Diagnostic& d = problems_.error(
                code::duplicate_name,
                reader.pointer("name"),
                fmt::format("two rules are called {}", scenarios::quoted(rule.name)));
            d.label = "second time";
            d.help = "rename one of them";
        }
        rule.failure = word_of<models::Failure>(reader.text("failure"), models::failure_count);
        rule.meaning = reader.text("meaning");
        rule.severity = reader.text("severity");
        rule.hold = reader.duration("for_s");
        rule.keep_firing = reader.duration("keep_firing_for_s");
        rule.interval = reader.has("interval_s") ? reader.duration("interval_s") : interval;
        rule.when = read_term(reader.object("when"));
        if (!reader.has("also")) return rule;
        rule.also = read_term(reader.object("also"));
        if (!problems_.has_errors() && !can_join(rule.when, *rule.also)) {
            Diagnostic& d = problems_.error(code::field_combination,
                                            reader.pointer("also"),
                                            "`when` and `also` are not about the same subjects");
            d.label = "cannot be joined to `when`";
            d.help = "take one that goes over the cluster, such as \"of\": \"sum\"";
        }
        return rule;
    }

private:
    AlertTerm read_term(const Reader& reader) {
        AlertTerm term;
        term.of = word_of<models::Aggregate>(reader.text("of"), 5);
        const std::optional<Metric> metric = read_metric(reader, "metric");
        if (metric) term.metric = *metric;
        if (reader.has("window_s")) term.window = reader.duration("window_s");
        if (reader.has("per")) term.per = read_metric(reader, "per");
        term.group = reader.text("group");
        read_comparison(reader, term);
        if (metric) check(reader, term);
        return term;
    }

    std::optional<Metric> read_metric(const Reader& reader, std::string_view key) {
        const std::string name = reader.text(key);
        const std::optional<Metric> metric = models::metric_called(name);
        if (metric) return metric;
        Diagnostic& d =
            problems_.error(code::unknown_name,
                            reader.pointer(key),
                            fmt::format("no metric is called {}", scenarios::quoted(name)));
        d.label = "no run gives this";
        d.help = "name one of the metrics in docs/metrics.md";
        suggest(d, name, metric_names(), "metrics");
        return metric;
    }

    void read_comparison(const Reader& reader, AlertTerm& term) {
        const bool absent = term.of == models::Aggregate::absent;
        for (const std::string_view key : {"is", "than"}) {
            if (reader.has(key) != absent) continue;
            misused(absent ? reader.pointer(key) : reader.pointer(),
                    absent ? fmt::format("`absent` compares nothing, so {} has no effect",
                                         scenarios::quoted(key))
                           : fmt::format("the term lacks {}", scenarios::quoted(key)),
                    absent ? "remove it" : fmt::format("add \"{}\"", key));
        }
        if (reader.has("is")) term.is = word_of<models::Comparison>(reader.text("is"), 6);
        if (reader.has("than")) term.threshold = reader.number("than");
    }

    void check(const Reader& reader, const AlertTerm& term) {
        const models::MetricInfo& info = models::info_of(term.metric);
        if (term.window && info.type != models::MetricType::counter) {
            misused(reader.pointer("window_s"),
                    fmt::format("{} is a gauge, which does not increase for ever",
                                scenarios::quoted(info.name)),
                    "remove it, or choose a counter");
        }
        if (term.per && models::info_of(*term.per).source != info.source) {
            misused(reader.pointer("per"),
                    "the two metrics are not of the same source",
                    "divide by a metric of the same exporter");
        }
        if (!term.group.empty() && info.source != models::MetricSource::group) {
            misused(reader.pointer("group"),
                    fmt::format("{} is not about consumer groups", scenarios::quoted(info.name)),
                    "remove it");
        }
    }

    void misused(const std::string& pointer, std::string message, std::string help) {
        Diagnostic& d = problems_.error(code::field_combination, pointer, std::move(message));
        d.label = "does not go together";
        d.help = std::move(help);
    }

    Problems& problems_;
    std::set<std::string> names_;
};

AlertRules load_rules(const JsonFile& file) {
    Problems problems(file);
    check_file(file, alerts_record(), "rollcast_alerts", problems);
    const Reader root(alerts_record(), file.root(), "");
    AlertRules rules;
    rules.scrape_interval = root.duration("scrape_interval_s");
    const sim::Duration interval = root.duration("evaluation_interval_s");
    AlertReader reader(problems);
    for (const Reader& rule : root.objects("rules")) {
        rules.rules.push_back(reader.read(rule, interval));
    }
    problems.throw_if_errors();
    return rules;
}

constexpr std::string_view alerts_page_introduction =
    R"(# Metrics

Every metric that a run can give, as real exporters name it; alert rules can look at these and at
nothing else. Sections are those of the notes on Kafka that the models cite. A target is scraped at
its own phase of the interval; what does not answer has no series but `up`. This page is generated
from the table in `models/metrics.cpp`.

| metric | type | labels | unit | exact meaning | source |
|---|---|---|---|---|---|
)";

}  // namespace

AlertRules load_alerts(const std::filesystem::path& path) {
    return load_rules(JsonFile::read(path));
}

AlertRules load_alerts_text(std::string_view text, std::string_view name) {
    return load_rules(JsonFile::parse(std::string(text), std::string(name)));
}

AlertRules embedded_alerts() { return load_alerts_text(alert_rules_text(), "alert_rules.json"); }

std::string metrics_page() {
    std::string page(alerts_page_introduction);
    for (const models::MetricInfo& info : models::all_metrics()) {
        page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n",
                            info.name,
                            info.type == models::MetricType::gauge ? "gauge" : "counter",
                            models::labels_of(info.source),
                            info.unit,
                            info.meaning,
                            info.section);
    }
    return page;
}

}  // namespace rollcast::scenarios
