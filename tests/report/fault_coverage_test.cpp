// Every kind of fault where it strikes: which metrics it moves, which rules of the set that comes
// with the program fire on it, and which check finds it where none does.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/faults/catalogue.hpp"
#include "models/metrics.hpp"
#include "models/watched_run.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "tests/support/fault_rows.hpp"
#include "tests/support/generated.hpp"

using namespace rollcast;
using namespace rollcast::models;
using support::fault_rows::FaultRow;

namespace {

/// What a run without and a run with one more fault differ in, for those who look on.
struct Difference {
    std::set<std::string, std::less<>> metrics;
    std::set<std::string, std::less<>> rules;
    std::set<std::string, std::less<>> checks;
};

/// Series that are not the same at some scrape, by the name of their metric.
void compare_series(const WatchedRun& calm, const WatchedRun& struck, Difference& difference) {
    REQUIRE(calm.series.size() == struck.series.size());
    for (std::size_t part = 0; part < calm.series.size(); ++part) {
        const SeriesStore& before = calm.series[part];
        const SeriesStore& after = struck.series[part];
        const sim::Instant end = std::min(calm.end, struck.end);
        for (const Target& target : before.targets()) {
            for (const Metric metric : before.metrics_of(target.source)) {
                for (sim::Instant t{target.phase}; t < end; t = t + before.interval()) {
                    const double a = before.observed(target, metric, t);
                    const double b = after.observed(target, metric, t);
                    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
                    difference.metrics.insert(std::string(info_of(metric).name));
                    break;
                }
            }
        }
    }
}

template <class Of>
std::map<std::string, int> counted(const std::vector<Of>& all, std::string (*name)(const Of&)) {
    std::map<std::string, int> counts;
    for (const Of& one : all) ++counts[name(one)];
    return counts;
}

/// Names that come more often in `after`.
std::set<std::string, std::less<>> more(const std::map<std::string, int>& before,
                                        const std::map<std::string, int>& after) {
    std::set<std::string, std::less<>> names;
    for (const auto& [name, count] : after) {
        const auto found = before.find(name);
        if (found == before.end() || found->second < count) names.insert(name);
    }
    return names;
}

std::string rule_of(const Alert& alert) {
    static const AlertRules rules = scenarios::embedded_alerts();
    return rules.rules[alert.rule].name;
}
std::string check_of(const Noticed& noticed) { return std::string(to_string(noticed.check)); }

support::Lab struck(const FaultRow& row) {
    support::Lab lab = row.bench();
    lab.fault(support::fault_of(row.kind, sim::seconds(100), {}));
    if (row.strike) row.strike(lab);
    return lab;
}

/// Of the last fault of `lab`.
Difference difference_of(support::Lab lab) {
    lab.world();
    lab.a_case.limits.crews = 1'000;  // clusters are run together: one keeps the other going
    Case calm_case = lab.a_case;
    calm_case.faults.pop_back();
    const AlertRules rules = scenarios::embedded_alerts();
    const WatchOptions all{.keep_series = true};
    const WatchedRun calm = watch(calm_case, lab.plan, lab.options, rules, all);
    const WatchedRun run = watch(lab.a_case, lab.plan, lab.options, rules, all);
    Difference difference;
    compare_series(calm, run, difference);
    difference.rules = more(counted(calm.alerts, rule_of), counted(run.alerts, rule_of));
    difference.checks = more(counted(calm.noticed, check_of), counted(run.noticed, check_of));
    return difference;
}

/// Where a kind is seen that nobody sees on the bench of its row, and by whom.
struct Elsewhere {
    FaultKind kind;
    std::string_view where;
    std::string_view by;  // a rule or a check
    void (*change)(support::Lab&);
};

void slow_first_disk(support::Lab& lab) {
    lab.tables.log_dirs[LogDirId{0}].write_rate = sim::bytes_per_second(8'000'000);
}

void store_more(support::Lab& lab) {
    for (Partition& partition : lab.tables.partitions) partition.stored_bytes *= 20;
}

/// A group that keeps up with the usual writes, and with not much more.
void read_by_a_group(support::Lab& lab) {
    ConsumerGroup group{.name = "g", .cluster = ClusterId{0}, .topics = {TopicId{0}}};
    group.capacity = sim::bytes_per_second(8'000'000);
    lab.tables.groups.push_back(group);
}

const Elsewhere elsewhere[] = {
    {FaultKind::data_disk_lost,
     "where the rebuild takes more than half an hour",
     "KafkaNobodyCatchesUp",
     slow_first_disk},
    {FaultKind::bit_rot,
     "where the bytes were signed before the re-image",
     "data_checksum",
     [](support::Lab& lab) {
         lab.plan.checksums = Checksums::all_after_stop;
         Fault& fault = lab.a_case.faults.back();
         fault.values[0] = 200.0;
         fault = support::in_phase(fault, 0, StepPhase::reimage, sim::seconds(1));
     }},
    {FaultKind::straggler,
     "where it is gone for more than two hours",
     "StepStuck",
     [](support::Lab& lab) { lab.a_case.faults.back().values[0] = 5.0; }},
    {FaultKind::lost_rack,
     "in its own step",
     "config_audit",
     [](support::Lab& lab) {
         lab.batches(Start::event_driven, {{0}});
         lab.a_case.faults.back().trigger.at = sim::Instant{};
     }},
    {FaultKind::uplink_degraded,
     "where the rebuild takes more than half an hour",
     "KafkaNobodyCatchesUp",
     [](support::Lab& lab) { store_more(lab); }},
    {FaultKind::uplink_lossy,
     "where the rebuild takes more than half an hour",
     "KafkaNobodyCatchesUp",
     [](support::Lab& lab) { store_more(lab); }},
    {FaultKind::surge, "where a group does not keep up", "ConsumersBehind", read_by_a_group},
    {FaultKind::topic_surge, "where a group does not keep up", "ConsumersBehind", read_by_a_group},
    {FaultKind::leader_imbalance,
     "where no preferred election follows",
     "KafkaLeadersNotPreferred",
     [](support::Lab& lab) { lab.config().auto_leader_rebalance = false; }},
    {FaultKind::cold_consumer_scan,
     "where the rebuild takes more than half an hour",
     "KafkaNobodyCatchesUp",
     [](support::Lab& lab) {
         for (LogDir& dir : lab.tables.log_dirs) dir.read_rate = sim::bytes_per_second(8'000'000);
     }},
};

/// Kinds that no rule of the set and no check sees, and why.
const std::map<FaultKind, std::string_view> unseen{
    {FaultKind::transactions_fail, "moves no metric of a broker: its producers see it"},
    {FaultKind::session_expiry_storm, "over within seconds, between two scrapes"},
    {FaultKind::controller_failover, "over within seconds, between two scrapes"},
    {FaultKind::quorum_leader_rolled_early, "looks like any step; it costs one election more"}};

std::string listed(const std::set<std::string, std::less<>>& names) {
    return names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

TEST_CASE("every kind of fault, where it strikes: the rules and checks that see it") {
    std::string page =
        "# Which rule covers which fault\n\n"
        "Every kind of fault where it has something to strike: which rules of the set that comes "
        "with the program fire on it, which checks of the orchestrator find it, and how many "
        "metrics are not what they are without it, later steps included. "
        "[detection.md](detection.md) says after how long, in one migration for all of them. A "
        "kind that nobody sees there as it is says where it is seen, or why it is not. This page "
        "is generated by a test.\n\n"
        "| kind | rules | checks | metrics | seen elsewhere |\n|---|---|---|---|---|\n";
    for (const auto& family : {support::fault_rows::machine_rows(),
                               support::fault_rows::link_rows(),
                               support::fault_rows::operation_rows()}) {
        for (const FaultRow& row : family) {
            const std::string word{fault_info(row.kind).word};
            CAPTURE(word);
            const Difference d = difference_of(struck(row));
            const bool seen = !d.rules.empty() || !d.checks.empty();
            std::string remark;
            if (const auto why = unseen.find(row.kind); why != unseen.end()) {
                CHECK_FALSE(seen);
                remark = fmt::format("nowhere: {}", why->second);
            }
            for (const Elsewhere& other : elsewhere) {
                if (other.kind != row.kind) continue;
                CHECK_FALSE(seen);
                support::Lab lab = struck(row);
                other.change(lab);
                const Difference there = difference_of(std::move(lab));
                const bool found =
                    there.rules.contains(other.by) || there.checks.contains(other.by);
                CHECK(found);
                remark = fmt::format("{} {}", other.by, other.where);
            }
            CHECK((seen || !remark.empty()));
            page += fmt::format("| {} | {} | {} | {} | {} |\n",
                                word,
                                listed(d.rules),
                                listed(d.checks),
                                d.metrics.size(),
                                remark.empty() ? "-" : remark);
        }
    }
    tests::check_generated("docs/fault-coverage.md", page);
}
