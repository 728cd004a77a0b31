#include "models/sightings.hpp"

#include <algorithm>
#include <map>

#include "sim/parallel.hpp"

namespace rollcast::models {

namespace {

using sim::Instant;

/// By observer and subject: when it saw something, ascending.
using SeenAt = std::map<std::pair<Observer, Subject>, std::vector<Instant>>;

SeenAt everything_seen(const WatchedRun& run) {
    SeenAt seen;
    for (const Alert& alert : run.alerts) {
        seen[{{Observer::Kind::alert, alert.rule}, alert.subject}].push_back(alert.fired_at);
    }
    for (const Noticed& noticed : run.noticed) {
        const Observer by{Observer::Kind::check, static_cast<std::uint32_t>(noticed.check)};
        seen[{by, noticed.subject}].push_back(noticed.at);
    }
    for (std::uint32_t r = 0; r < rule_count; ++r) {
        const RuleResult& result = run.verdict.rule(static_cast<Rule>(r));
        if (!result.broken() || !result.first) continue;
        seen[{{Observer::Kind::verdict, r}, Subject{}}].push_back(result.first->at);
    }
    for (auto& [key, times] : seen) std::sort(times.begin(), times.end());
    return seen;
}

/// The first of `with` that is not accounted for by `base`; never() where all are.
Instant first_beyond(const std::vector<Instant>& with, const std::vector<Instant>& base) {
    std::vector<Instant> with_only;
    std::vector<Instant> base_only;
    std::set_difference(
        with.begin(), with.end(), base.begin(), base.end(), std::back_inserter(with_only));
    std::set_difference(
        base.begin(), base.end(), with.begin(), with.end(), std::back_inserter(base_only));
    return with_only.size() > base_only.size() ? with_only[base_only.size()] : Instant::never();
}

std::vector<Sighting> beyond(const SeenAt& with, const SeenAt& base, Instant starts) {
    static const std::vector<Instant> nothing;
    std::map<Observer, Sighting> first;
    for (const auto& [key, times] : with) {
        const auto usual = base.find(key);
        const Instant at = first_beyond(times, usual == base.end() ? nothing : usual->second);
        if (at == Instant::never() || at < starts) continue;
        const Sighting sighting{key.first, at, key.second};
        const auto [found, added] = first.emplace(key.first, sighting);
        if (!added && at < found->second.at) found->second = sighting;
    }
    std::vector<Sighting> seen;
    seen.reserve(first.size());
    for (const auto& [by, sighting] : first) seen.push_back(sighting);
    std::stable_sort(
        seen.begin(), seen.end(), [](const Sighting& a, const Sighting& b) { return a.at < b.at; });
    return seen;
}

/// The run of `a_case` with fault `f` alone.
WatchedRun watch_one(const Case& a_case,
                     std::uint32_t f,
                     const Plan& plan,
                     const RunOptions& options,
                     const AlertRules& rules,
                     const WatchOptions& watching) {
    Case with_one = a_case;
    with_one.faults = {a_case.faults[f]};
    return watch(with_one, plan, options, rules, watching);
}

}  // namespace

const Sighting* FaultSightings::first() const {
    const auto found = std::find_if(seen.begin(), seen.end(), [](const Sighting& s) {
        return s.by.kind != Observer::Kind::verdict;
    });
    return found == seen.end() ? nullptr : &*found;
}

Loss Sightings::lost(const FaultSightings& fault, Instant t) const {
    return loss_at(fault.losses, t).beyond(loss_at(base_losses, t));
}

Sightings find_sightings(const Case& a_case,
                         const Plan& plan,
                         const RunOptions& options,
                         const AlertRules& rules,
                         const WatchOptions& watching) {
    Case without_faults = a_case;
    without_faults.faults.clear();
    WatchedRun base = watch(without_faults, plan, options, rules, watching);
    const SeenAt usual = everything_seen(base);
    Sightings all;
    all.faults.resize(a_case.faults.size());
    RunOptions one_thread = options;
    one_thread.threads = 1;
    sim::for_each_index(a_case.faults.size(), options.threads, [&](std::size_t i) {
        const auto f = static_cast<std::uint32_t>(i);
        WatchedRun run = watch_one(a_case, f, plan, one_thread, rules, watching);
        FaultSightings& fault = all.faults[i];
        fault.fault = f;
        fault.starts = run.fault_starts.front();
        fault.seen = beyond(everything_seen(run), usual, fault.starts);
        fault.changes_run = run.verdict.trace_hash != base.verdict.trace_hash;
        fault.losses = std::move(run.losses);
        fault.end = run.end;
    });
    all.anyway = std::move(base.alerts);
    all.base_losses = std::move(base.losses);
    return all;
}

Sightings without(const Sightings& sightings, const Observer& observer) {
    Sightings left = sightings;
    for (FaultSightings& fault : left.faults) {
        std::erase_if(fault.seen, [&](const Sighting& s) { return s.by == observer; });
    }
    return left;
}

std::string observer_name(const AlertRules& rules, const Observer& observer) {
    switch (observer.kind) {
        case Observer::Kind::alert:
            return rules.rules[observer.index].name;
        case Observer::Kind::check:
            return std::string(to_string(static_cast<Check>(observer.index)));
        case Observer::Kind::verdict:
            return std::string(to_string(static_cast<Rule>(observer.index)));
    }
    return "unknown";
}

}  // namespace rollcast::models
