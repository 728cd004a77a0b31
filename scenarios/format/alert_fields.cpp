// What a set of alert rules may hold.
#include "models/alert_rules.hpp"
#include "scenarios/format/formats.hpp"

namespace rollcast::scenarios {

namespace {

/// The words of a closed set of `count` values, in order.
template <class Word>
Shape metric_words(int count) {
    std::vector<std::string> words;
    words.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) words.emplace_back(to_string(static_cast<Word>(i)));
    return choice(std::move(words));
}

const Record& alert_term_record() {
    static const Record table = record(
        "alert_term",
        "One comparison over the series of a metric.",
        {
            {"metric",
             text(),
             "Its name as a query selects it; docs/metrics.md lists every metric there is.",
             required},
            {"of",
             metric_words<models::Aggregate>(5),
             "`value`: every series by itself. The others: one result a cluster, over the series "
             "that are there; `absent` holds where none is.",
             optional,
             "value"},
            {"window_s",
             number(1, 1e9),
             "Compares the increase over so long instead of the value; counters only."},
            {"per",
             text(),
             "Divided by the same of this metric, of the same source; no result where that is 0."},
            {"is",
             metric_words<models::Comparison>(6),
             "How it is compared. Required, but for `absent`."},
            {"than", number(-1e18, 1e18), "With what. Required, but for `absent`."},
            {"group", text(), "Metrics of consumer groups: this group alone."},
        });
    return table;
}

const Record& alert_rule_record() {
    static const models::AlertRule standard;
    static const Record table = record(
        "alert_rule",
        "An alert, as Prometheus evaluates it: active from the first evaluation that holds, firing "
        "once it has held for `for_s`, and until it has not held for `keep_firing_for_s`.",
        {
            {"name", name(), "The alert's name.", required},
            {"failure",
             metric_words<models::Failure>(models::failure_count),
             "What it is there to notice.",
             required},
            {"meaning", text(), "What it says to whom it wakes."},
            {"severity",
             choice({"critical", "warning", "info"}),
             "How urgent it is.",
             optional,
             standard.severity},
            {"when", object(alert_term_record()), "What has to hold.", required},
            {"also",
             object(alert_term_record()),
             "And this too, for the same subject or for its cluster."},
            {"for_s", seconds(), "So long before it fires.", optional, 0},
            {"keep_firing_for_s", seconds(), "So long after it has ceased.", optional, 0},
            {"interval_s", number(1, 86'400), "Between evaluations. Default: that of the set."},
        });
    return table;
}

}  // namespace

const Record& alerts_record() {
    static const models::AlertRules standard;
    static const models::AlertRule rule;
    static const Record table =
        record("alerts",
               "A set of alert rules, in a file of its own.",
               {
                   {"rollcast_alerts", integer(1, 1), "Format version.", required},
                   {"name", text(), "Name in reports."},
                   {"scrape_interval_s",
                    number(1, 86'400),
                    "Between two scrapes of a target.",
                    optional,
                    sim::to_seconds(standard.scrape_interval)},
                   {"evaluation_interval_s",
                    number(1, 86'400),
                    "Between two evaluations of a rule.",
                    optional,
                    sim::to_seconds(rule.interval)},
                   {"rules", list(object(alert_rule_record()), 1), "The rules.", required},
               });
    return table;
}

}  // namespace rollcast::scenarios
