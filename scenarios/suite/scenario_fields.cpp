// What a scenario may hold, and the page on scenarios.
#include <fmt/format.h>

#include "models/alert_rules.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/suite/quantity.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::scenarios {

namespace {

std::vector<std::string> comparison_words() {
    std::vector<std::string> words;
    constexpr int comparisons = 6;
    words.reserve(comparisons);
    for (int i = 0; i < comparisons; ++i) {
        words.emplace_back(to_string(static_cast<models::Comparison>(i)));
    }
    return words;
}

const Record& seeds_record() {
    static const Record table = record("seeds",
                                       "Seeds one after the other.",
                                       {
                                           {"from", integer(0, 9e15), "The first.", optional, 1},
                                           {"count", integer(1, 1e6), "How many.", required},
                                       });
    return table;
}

constexpr std::string_view scenario_page_introduction =
    R"(# Scenarios

A scenario is one JSON file that says what a run has to show. `rollcast suite PATHS...` runs those of
files and folders (names that end in `.scenario.json`) and fails where an expectation does not hold.
`scenarios/library/` holds one for every kind of fault; each is an example to begin with.

```json
{
  "rollcast_scenario": 1,
  "teaches": "A disk at a tenth of its rate makes the catch-up of its broker slow, not unsafe.",
  "tags": ["disk"],
  "case": "estate.json",
  "policy": "event",
  "faults": [{"kind": "slow_disk", "broker": "c1/0", "at_s": 0, "duration_s": 86400}],
  "expect": [
    {"metric": "makespan", "is": ">=", "value": "10 min", "against": "without"},
    {"metric": "safe", "is": "==", "value": true, "guard": true}
  ],
  "matrix": {"/faults/0/broker": {"every": "broker", "cluster": "c1"}}
}
```

**Paths** are relative to the file that names them. **Values** of times and sizes are texts with
their unit; without one they are an error. What is counted is a number.

**Control.** The control of a scenario is the same run without what it teaches: without its faults
and those of its case, or with the changes of `without`. An expectation `"against": "without"`
compares by how much the run is above its control. Every expectation that is no `guard` has to fail
of the control: `rollcast suite --controls` checks that a scenario can fail at all.

**Changes.** `set`, `without` and `matrix` change values by JSON pointers into the scenario. A pointer
may lead into the case, plan or faults that it refers to: `/case/limits/crews`; objects that are
left out there are made. null removes.

**Grids.** `matrix` makes one case for each combination of its values: lists, or everything of a kind
in the case (`every`), or the first of each cluster (`one_of_each_cluster`), of clusters that match
`cluster`. Kinds are broker, rack, machine, log_dir, quorum_node, cluster, topic, and
`leader_of_least_margin`: the broker that leads, at the start, the partition that is left with the
fewest in-sync replicas above its floor when the rack that holds most of them is gone. Who has the least
margin is a target of faults by itself: `"broker": "c1/worst"`.

**Inheritance.** What a scenario does not say is as in the file that it `extends`. `set`, `without`
and `matrix` are joined key by key; `plan` and `policy` replace each other.

This page is generated from the tables in `scenarios/suite/`; a test compares the two.
)";

std::string unit_for_readers(const ResultMetric& metric) {
    switch (metric.dimension) {
        case Dimension::truth:
            return "true, false";
        case Dimension::word: {
            std::string words;
            for (const std::string& word : metric.words) {
                words += fmt::format("{}`{}`", words.empty() ? "" : ", ", word);
            }
            return words;
        }
        case Dimension::time:
        case Dimension::bytes:
            return fmt::format("{}", fmt::join(units_of(metric.dimension), ", "));
        case Dimension::number:
            return metric.counts;
    }
    return "";
}

}  // namespace

const Record& expectation_record() {
    static const Record table = record(
        "expectation",
        "What a metric of the result has to be.",
        {
            {"metric", text(), "Its name; see [metrics](#metrics).", required},
            {"is", choice(comparison_words()), "How it is compared.", required},
            {"value",
             either({boolean(), number(-1e18, 1e18), text()}),
             "With what: number and unit in one text, a number of what is counted, a word, true or "
             "false.",
             required},
            {"tolerance",
             either({number(0, 1e18), text()}),
             "So much off is fine: as the value, or in % of it."},
            {"against",
             choice({"without"}),
             "Compares by how much it is more than in the control; less is negative."},
            {"guard",
             boolean(),
             "It holds of the control as well: it guards, and does not show what is taught.",
             optional,
             false},
            {"because", text(), "Why, for who reads the failure."},
        });
    return table;
}

const Record& scenario_record() {
    static const Record table = record(
        "scenario",
        "A run, and what it has to show.",
        {
            {"rollcast_scenario", integer(1, 1), "Format version.", required},
            {"teaches",
             text(),
             "What it is there for, in a sentence. Required, here or inherited."},
            {"tags", list(name()), "Words to choose scenarios by."},
            {"extends", text(), "A scenario: what is not said here is as there."},
            {"case",
             either({text(), any_object()}),
             "A case file, \"embedded\" for the estate that comes with the program, or a case "
             "itself. Required, here or inherited."},
            {"plan",
             either({text(), any_object()}),
             "A plan file, or a plan itself; or give `policy`."},
            {"policy",
             either({text(), object(policy_record())}),
             "A policy of rollcast (one, rack, greedy, event, best) or of a tool, see "
             "docs/policies.md; or that of a tool with its parameters."},
            {"faults",
             either({text(), list(object(fault_record()))}),
             "A faults file, or faults; beside those of the case."},
            {"fidelity",
             choice({"flow", "record"}),
             "How bytes move: as rates, or record by record.",
             optional,
             "flow"},
            {"sampled",
             boolean(),
             "Durations and delays are drawn, by the seed; else they are nominal.",
             optional,
             false},
            {"seeds",
             either({list(integer(0, 9e15), 1), object(seeds_record())}),
             "Seeds, each a run of its own.",
             optional,
             Json::array({1})},
            {"set", any_object(), "Changes: JSON pointer to value."},
            {"without", any_object(), "Changes that take away what is taught, for the control."},
            {"matrix", any_object(), "JSON pointer to a list of values, or to a selector."},
            {"expect",
             list(object(expectation_record()), 1),
             "What has to hold for every seed. Required, here or inherited."},
        });
    return table;
}

std::string scenario_page() {
    std::string page(scenario_page_introduction);
    page += record_sections(scenario_record());
    page +=
        "\n## Metrics\n\nRules are those of docs/glossary.md. Alerts and checks are looked at only "
        "where a scenario expects something of them: by rates, for the run and an hour after it."
        "\n\n| metric | unit or words | meaning |\n|---|---|---|\n";
    for (const ResultMetric& metric : result_metrics()) {
        page += fmt::format(
            "| `{}` | {} | {} |\n", metric.name, unit_for_readers(metric), metric.meaning);
    }
    return page;
}

}  // namespace rollcast::scenarios
