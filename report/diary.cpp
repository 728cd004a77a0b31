#include "report/diary.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "models/run_watch.hpp"
#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/rollback.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::ClusterId;
using models::Subject;
using sim::Duration;
using sim::Instant;

constexpr Duration one_story = sim::hours(1);
constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::size_t names_shown = 3;

struct Entry {
    Instant at;
    std::string text;
};

/// What somebody said again and again of one cluster.
struct Spell {
    Instant from;
    Instant to;  // the last time that it began
    Instant until = Instant::never();
    std::set<std::string> about;
};

std::string subject_name(const models::Fleet& fleet, const Subject& subject) {
    if (subject.machine.exists()) return machine_name(fleet, subject.machine);
    if (subject.group.exists()) return fleet.groups()[subject.group].name;
    return subject.cluster.exists() ? cluster_name(fleet, subject.cluster) : "the fleet";
}

std::string about_text(const Spell& spell) {
    return listed({spell.about.begin(), spell.about.end()}, names_shown);
}

class Diary {
public:
    Diary(const models::Case& a_case,
          const models::Plan& plan,
          const models::AlertRules& rules,
          const models::WatchedRun& run)
        : case_(a_case), plan_(plan), rules_(rules), run_(run) {
        const std::int64_t now = case_.curve.start_of_run().count();
        const std::int64_t began = ((now - case_.started.count()) % day_ns + day_ns) % day_ns;
        first_day_ = (began + case_.started.count()) / day_ns;
    }

    std::string text() {
        add_clusters();
        add_rollbacks();
        add_canaries();
        add_faults();
        add_notices();
        add_alerts();
        add_breaches();
        std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
            return a.at < b.at;
        });
        count_machines();
        std::string out;
        std::int64_t day = -1;
        for (const Entry& entry : entries_) {
            for (; day < day_of(entry.at); ++day) close_day(out, day);
            if (!opened_.contains(day)) out += head(day);
            out += wrapped(entry.text, 9, fmt::format("  {}  ", time_of_day(entry.at)));
        }
        close_day(out, day);
        return out;
    }

private:
    void add(Instant at, std::string text) {
        if (at != Instant::never()) entries_.push_back({at, std::move(text)});
    }

    std::int64_t since_midnight(Instant at) const {
        return at.count() + case_.curve.start_of_run().count();
    }
    /// From 0, the day on which the run starts.
    std::int64_t day_of(Instant at) const { return since_midnight(at) / day_ns; }
    std::string time_of_day(Instant at) const {
        const std::int64_t minutes = since_midnight(at) % day_ns / 60'000'000'000;
        return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
    }

    std::string head(std::int64_t day) {
        opened_.insert(day);
        const std::int64_t number = first_day_ + day + 1;
        const std::string week =
            number > 7 ? fmt::format(", week {}", (number - 1) / 7 + 1) : std::string();
        return fmt::format("{}Day {}{}\n", opened_.size() == 1 ? "" : "\n", number, week);
    }

    /// How many machines went on the day, and how many are left.
    void close_day(std::string& out, std::int64_t day) {
        const auto went = done_on_.find(day);
        if (went == done_on_.end()) return;
        if (!opened_.contains(day)) out += head(day);
        gone_ += went->second;
        const std::uint64_t left = planned_ - gone_;
        out += wrapped(
            fmt::format("{} through; {}.",
                        count_text(went->second, "machine is", "machines are"),
                        left == 0 ? "none is left" : count_text(left, "is left", "are left")),
            9);
    }

    void count_machines() {
        planned_ = run_.verdict.machines.size();
        for (const models::MachineTimes& machine : run_.verdict.machines) {
            if (machine.end != Instant::never()) ++done_on_[day_of(machine.end)];
        }
    }

    void add_clusters() {
        for (const models::ClusterTimes& times : run_.verdict.clusters) {
            const models::Cluster& cluster = case_.fleet.clusters()[times.cluster];
            const std::string name = cluster_name(case_.fleet, times.cluster);
            add(times.first_start,
                fmt::format("{} begins{}: {}, {}.",
                            name,
                            wave_text(times.cluster),
                            count_text(cluster.broker_count, "broker", "brokers"),
                            count_text(cluster.quorum_node_count, "quorum node", "quorum nodes")));
            if (times.last_end == Instant::never()) continue;
            add(times.last_end,
                fmt::format("{} is done after {}.",
                            name,
                            duration_text(times.last_end - times.first_start)));
        }
        for (const models::Stopped& stopped : run_.verdict.stopped) {
            add(stopped.at,
                fmt::format("{} is stopped: {}.",
                            cluster_name(case_.fleet, stopped.cluster),
                            stopped.reason));
        }
    }

    void add_rollbacks() {
        for (const models::Rollback& rollback : run_.verdict.rollbacks) {
            add(rollback.at, rollback_text(case_.fleet, rollback) + ".");
            if (rollback.back == 0) continue;
            add(rollback.end,
                fmt::format("{}: the last of {} that went back is in sync, {} after the turn.",
                            cluster_name(case_.fleet, rollback.cluster),
                            count_text(rollback.back, "machine", "machines"),
                            duration_text(rollback.end - rollback.at)));
        }
    }

    /// What a cluster has waited for: ", after c11 and c12 and 24 h 00 min".
    std::string wave_text(ClusterId c) const {
        for (const models::ClusterPlan& part : plan_.clusters) {
            if (part.cluster != c || part.after.empty()) continue;
            std::vector<std::string> before;
            for (const ClusterId b : part.after) before.push_back(cluster_name(case_.fleet, b));
            const std::string soak = part.after_soak > Duration{}
                                         ? fmt::format(" and {}", duration_text(part.after_soak))
                                         : std::string();
            return fmt::format(", after {}{}", listed(before, names_shown), soak);
        }
        return {};
    }

    /// The brokers of each cluster that go before the others, when the last of them is done.
    void add_canaries() {
        if (plan_.rollout.canary <= 0) return;
        for (const models::ClusterPlan& part : plan_.clusters) {
            std::vector<models::MachineId> first;
            for (const models::Batch& batch : part.batches) {
                first.insert(first.end(), batch.machines.begin(), batch.machines.end());
            }
            const auto canaries = static_cast<std::size_t>(plan_.rollout.canary);
            if (first.size() > canaries) first.resize(canaries);
            Instant done{};
            std::vector<std::string> names;
            for (const models::MachineId m : first) {
                names.push_back(machine_name(case_.fleet, m));
                done = std::max(done, end_of(m));
            }
            if (names.empty()) continue;
            add(done,
                fmt::format("{} went first in {} and {} in sync; the others follow after {}.",
                            listed(names, names_shown),
                            cluster_name(case_.fleet, part.cluster),
                            names.size() == 1 ? "is" : "are",
                            duration_text(plan_.rollout.canary_soak)));
        }
    }

    /// never(): its step has not ended.
    Instant end_of(models::MachineId m) const {
        for (const models::MachineTimes& times : run_.verdict.machines) {
            if (times.machine == m) return times.end;
        }
        return Instant::never();
    }

    void add_faults() {
        for (std::size_t f = 0; f < run_.fault_starts.size(); ++f) {
            const models::Fault& fault = case_.faults[f];
            if (run_.fault_starts[f] == Instant::never()) continue;
            add(run_.fault_starts[f],
                fmt::format("{}: {}.", fault.name, fault_text(case_.fleet, fault)));
            const Instant over = run_.fault_starts[f] + fault.duration;
            if (fault.duration == Duration{} || over > run_.end) continue;
            add(over,
                fmt::format(
                    "Done about \"{}\": {}", fault.name, models::fault_info(fault.kind).over_by));
        }
    }

    /// Joins what is said of a cluster within an hour of the last time.
    template <class Id>
    using Spells = std::map<std::pair<Id, ClusterId>, std::vector<Spell>>;
    template <class Id>
    void note(Spells<Id>& spells, Id id, const Subject& subject, Instant at, Instant until) {
        std::vector<Spell>& all = spells[{id, subject.cluster}];
        if (all.empty() || at - all.back().to > one_story) all.push_back({at, at, until, {}});
        Spell& spell = all.back();
        spell.to = at;
        spell.until = spell.until == Instant::never() || until == Instant::never()
                          ? Instant::never()
                          : std::max(spell.until, until);
        spell.about.insert(subject_name(case_.fleet, subject));
    }

    void add_notices() {
        std::vector<models::Noticed> all = run_.noticed;
        std::stable_sort(
            all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        Spells<models::Check> spells;
        for (const models::Noticed& n : all) note(spells, n.check, n.subject, n.at, n.at);
        for (const auto& [key, each] : spells) {
            for (const Spell& spell : each) {
                add(spell.from,
                    fmt::format("The orchestrator's {} says: {}.",
                                to_string(key.first),
                                about_text(spell)));
            }
        }
    }

    void add_alerts() {
        std::vector<models::Alert> all = run_.alerts;
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
            return a.fired_at < b.fired_at;
        });
        Spells<std::uint32_t> spells;
        for (const models::Alert& a : all)
            note(spells, a.rule, a.subject, a.fired_at, a.resolved_at);
        for (const auto& [key, each] : spells) {
            const models::AlertRule& rule = rules_.rules[key.first];
            for (const Spell& spell : each) {
                const std::string ends = spell.until == Instant::never()
                                             ? std::string("to the end")
                                             : "for " + duration_text(spell.until - spell.from);
                add(spell.from,
                    fmt::format("Alert {} ({}) {}: {}, {}.",
                                rule.name,
                                rule.severity,
                                ends,
                                about_text(spell),
                                rule.meaning));
            }
        }
    }

    void add_breaches() {
        for (int r = 0; r < models::rule_count; ++r) {
            const auto rule = static_cast<models::Rule>(r);
            const models::RuleResult& result = run_.verdict.rule(rule);
            if (!result.broken() || !result.first) continue;
            add(result.first->at,
                fmt::format("Broken: {}, {}.", rule_title(rule), rule_promise(rule)));
        }
    }

    const models::Case& case_;
    const models::Plan& plan_;
    const models::AlertRules& rules_;
    const models::WatchedRun& run_;
    std::vector<Entry> entries_;
    std::map<std::int64_t, std::uint64_t> done_on_;  // machines, by day
    std::set<std::int64_t> opened_;
    std::int64_t first_day_ = 0;  // of this run, since the start of its programme
    std::uint64_t planned_ = 0;
    std::uint64_t gone_ = 0;
};

}  // namespace

std::string diary_text(const models::Case& a_case,
                       const models::AlertRules& rules,
                       const models::WatchedRun& run) {
    const models::Plan no_waves;
    return Diary(a_case, no_waves, rules, run).text();
}

std::string diary_text(const models::Case& a_case,
                       const models::Plan& plan,
                       const models::AlertRules& rules,
                       const models::WatchedRun& run) {
    return Diary(a_case, plan, rules, run).text();
}

}  // namespace rollcast::report
