#include "scenarios/recorded/score.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "scenarios/recorded/quantile.hpp"

namespace rollcast::scenarios {

namespace {

using models::ActionKind;
using models::PartitionId;

using Group = std::pair<int, ChangeKind>;  // cause and kind
struct Span {
    sim::Instant first = sim::Instant::never();
    sim::Instant last;
};
using Spans = std::map<Group, Span>;

Spans spans_of(const std::vector<Change>& changes) {
    Spans spans;
    for (const Change& change : changes) {
        if (change.cause < 0) continue;
        Span& span = spans[{change.cause, change.kind}];
        span.first = std::min(span.first, change.at);
        span.last = std::max(span.last, change.at);
    }
    return spans;
}

/// Half the width of what the documented mechanism leaves open and nobody can observe: the phase of
/// the heartbeat, or of ping and tick (kafka-semantics §1.6).
double half_width(const models::Case& a_case, const Group& group) {
    const models::Action& action = a_case.actions[static_cast<std::size_t>(group.first)];
    const models::Cluster& cluster = a_case.fleet.clusters()[action.cluster];
    const bool zookeeper = cluster.quorum_kind == models::QuorumKind::zookeeper;
    const bool by_timer = action.kind == ActionKind::start && group.second == ChangeKind::lead;
    if (by_timer && zookeeper && cluster.config.auto_leader_rebalance) {
        return sim::to_seconds(cluster.config.leader_imbalance_check) / 2;
    }
    const bool noticed = action.kind == ActionKind::kill || action.kind == ActionKind::hang;
    if (!noticed || group.second == ChangeKind::join) return 0.0;
    const double heartbeat = sim::to_seconds(cluster.config.heartbeat_interval);
    if (!zookeeper) return heartbeat / 2;
    return (heartbeat + sim::to_seconds(cluster.config.zookeeper_tick)) / 2;
}

double tolerance(const models::Case& a_case, const Group& group, double since_cause_s) {
    return std::max(1.0, 0.1 * since_cause_s) + half_width(a_case, group);
}

TimeObservation observe(const models::Case& a_case,
                        const Group& group,
                        bool last,
                        sim::Instant at,
                        std::vector<double> predicted,
                        std::size_t seeds) {
    const sim::Instant cause = a_case.actions[static_cast<std::size_t>(group.first)].at;
    TimeObservation time{.cause = group.first, .kind = group.second, .last = last};
    time.since_cause_s = sim::to_seconds(at - cause);
    time.tolerance_s = tolerance(a_case, group, time.since_cause_s);
    time.predicted = 2 * predicted.size() > seeds;
    if (predicted.empty()) return time;
    std::sort(predicted.begin(), predicted.end());
    time.median_s = quantile(predicted, 0.5);
    time.low_s = quantile(predicted, 0.05);
    time.high_s = quantile(predicted, 0.95);
    time.within =
        time.predicted && std::abs(time.since_cause_s - time.median_s) <= time.tolerance_s;
    // Recorded times are whole milliseconds.
    time.covered = time.predicted && time.since_cause_s >= time.low_s - 0.001 &&
                   time.since_cause_s <= time.high_s + 0.001;
    return time;
}

void score_times(const models::Case& a_case,
                 const std::vector<Change>& observed,
                 const std::vector<Spans>& predicted,
                 RunScore& result) {
    for (const auto& [group, span] : spans_of(observed)) {
        const sim::Instant cause = a_case.actions[static_cast<std::size_t>(group.first)].at;
        for (const bool last : {false, true}) {
            std::vector<double> times;
            for (const Spans& spans : predicted) {
                const auto found = spans.find(group);
                if (found == spans.end()) continue;
                times.push_back(
                    sim::to_seconds((last ? found->second.last : found->second.first) - cause));
            }
            result.times.push_back(observe(a_case,
                                           group,
                                           last,
                                           last ? span.last : span.first,
                                           std::move(times),
                                           predicted.size()));
        }
    }
}

/// Changes of the same cause, kind, partition and broker, one for one.
std::uint64_t matches(const std::vector<Change>& observed, const std::vector<Change>& predicted) {
    using Key = std::tuple<int, ChangeKind, std::uint32_t, std::uint32_t>;
    std::map<Key, int> open;
    for (const Change& c : observed) ++open[{c.cause, c.kind, c.partition.value, c.broker.value}];
    std::uint64_t matched = 0;
    for (const Change& c : predicted) {
        const auto found = open.find({c.cause, c.kind, c.partition.value, c.broker.value});
        if (found == open.end() || found->second == 0) continue;
        --found->second;
        ++matched;
    }
    return matched;
}

/// Time in steps of 0.1 s, as the clients' tables have it.
constexpr std::int64_t bin_ns = 100'000'000;
std::size_t bin_of(sim::Instant at) { return static_cast<std::size_t>(at.count() / bin_ns); }

bool is_unsafe(const models::Partition& partition, const Step& step) {
    return step.leader < 0 || models::isr_size(step.isr) < partition.floor;
}

/// Calls `mark(first bin, last bin + 1)` for each stretch in which the partition is unsafe.
template <class Mark>
void each_unsafe(const models::Partition& partition,
                 const std::vector<Step>& steps,
                 std::size_t bins,
                 Mark mark) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_unsafe(partition, steps[i])) continue;
        const std::size_t from = std::min(bins, bin_of(steps[i].at));
        const std::size_t to =
            i + 1 < steps.size() ? std::min(bins, bin_of(steps[i + 1].at)) : bins;
        if (to > from) mark(from, to);
    }
}

/// Tolerance around each observed transition of a partition: bins that are not judged.
std::vector<bool> not_judged(const models::Case& a_case,
                             const std::vector<Change>& observed,
                             PartitionId p,
                             std::size_t bins) {
    std::vector<bool> out(bins, false);
    for (const Change& change : observed) {
        if (change.partition != p) continue;
        double allowed = 1.0;
        if (change.cause >= 0) {
            const sim::Instant cause = a_case.actions[static_cast<std::size_t>(change.cause)].at;
            allowed =
                tolerance(a_case, {change.cause, change.kind}, sim::to_seconds(change.at - cause));
        }
        const double at = sim::to_seconds(change.at);
        const auto from = static_cast<std::size_t>(std::max(0.0, (at - allowed) * 10.0));
        const auto to = static_cast<std::size_t>((at + allowed) * 10.0) + 1;
        for (std::size_t b = from; b < std::min(bins, to); ++b) out[b] = true;
    }
    return out;
}

SafetyScore score_safety(const models::Case& a_case,
                         const History& truth,
                         const std::vector<Change>& observed,
                         const std::vector<History>& predicted,
                         sim::Instant end) {
    SafetyScore score;
    const std::size_t bins = bin_of(end);
    const double seeds = static_cast<double>(predicted.size());
    for (const PartitionId p : models::Range<PartitionId>(truth.size())) {
        const models::Partition& partition = a_case.fleet.partitions()[p];
        std::vector<bool> truly(bins, false);
        each_unsafe(partition, truth[p.index()], bins, [&](std::size_t from, std::size_t to) {
            std::fill(truly.begin() + static_cast<std::ptrdiff_t>(from),
                      truly.begin() + static_cast<std::ptrdiff_t>(to),
                      true);
        });
        std::vector<double> share(bins + 1, 0.0);
        for (const History& history : predicted) {
            each_unsafe(partition, history[p.index()], bins, [&](std::size_t from, std::size_t to) {
                share[from] += 1.0;
                share[to] -= 1.0;
            });
        }
        const std::vector<bool> skipped = not_judged(a_case, observed, p, bins);
        bool false_safe = false;
        double running = 0.0;
        for (std::size_t b = 0; b < bins; ++b) {
            running += share[b];
            if (skipped[b]) continue;
            const double unsafe = running / seeds;
            score.all_s += 0.1;
            if (truly[b]) score.unsafe_s += 0.1;
            if (truly[b] && unsafe < 0.01) {
                score.false_safe_s += 0.1;
                false_safe = true;
            } else if (!truly[b] && unsafe > 0.99) {
                score.false_unsafe_s += 0.1;
            } else if (unsafe >= 0.01 && unsafe <= 0.99) {
                score.undecided_s += 0.1;
            }
        }
        score.false_safe += false_safe ? 1 : 0;
    }
    return score;
}

/// What fell under its floor by the leaves of each act, against what the margin had named.
MarginScore score_margin(const models::Case& a_case,
                         const History& truth,
                         const std::vector<Change>& observed,
                         const Prediction& prediction) {
    std::map<int, std::vector<PartitionId>> broke;
    for (const Change& change : observed) {
        if (change.kind != ChangeKind::leave) continue;
        const std::vector<Step>& steps = truth[change.partition.index()];
        const auto after = std::find_if(
            steps.begin(), steps.end(), [&](const Step& s) { return s.at == change.at; });
        if (after == steps.end() || after == steps.begin()) continue;
        const int floor = a_case.fleet.partitions()[change.partition].floor;
        if (models::isr_size(after->isr) < floor) broke[change.cause].push_back(change.partition);
    }
    MarginScore score;
    for (const auto& [cause, named] : prediction.named_by_margin) {
        std::vector<PartitionId>& really = broke[cause];
        std::sort(really.begin(), really.end());
        really.erase(std::unique(really.begin(), really.end()), really.end());
        score.named += named.size();
        score.broke += really.size();
        for (const PartitionId p : named) {
            score.both += std::binary_search(really.begin(), really.end(), p) ? 1 : 0;
        }
    }
    return score;
}

}  // namespace

double RunScore::recall() const {
    return observed == 0 ? 1.0 : matched / static_cast<double>(observed);
}

double RunScore::precision() const { return predicted == 0.0 ? 1.0 : matched / predicted; }

std::uint64_t RunScore::within() const {
    return static_cast<std::uint64_t>(std::count_if(
        times.begin(), times.end(), [](const TimeObservation& t) { return t.within; }));
}

std::uint64_t RunScore::covered() const {
    return static_cast<std::uint64_t>(std::count_if(
        times.begin(), times.end(), [](const TimeObservation& t) { return t.covered; }));
}

std::uint64_t RunScore::with_interval() const {
    return static_cast<std::uint64_t>(std::count_if(
        times.begin(), times.end(), [](const TimeObservation& t) { return t.predicted; }));
}

RunScore score(const RecordedCase& recorded,
               const Prediction& prediction,
               const RecordedTruth& truth,
               std::string name) {
    const models::Case& a_case = recorded.a_case;
    RunScore result;
    result.name = std::move(name);
    result.not_modelled = recorded.not_modelled;
    const History history = history_of(a_case, truth.transitions);
    std::vector<Change> observed = changes_of(a_case, history, result.undone);
    std::erase_if(observed, [&](const Change& c) { return c.at > prediction.end; });
    result.observed = observed.size();

    std::vector<Spans> spans;
    std::vector<History> histories;
    std::uint64_t matched = 0;
    std::uint64_t predicted = 0;
    for (const std::vector<models::Transition>& transitions : prediction.transitions) {
        histories.push_back(history_of(a_case, transitions));
        std::map<int, int> undone;
        const std::vector<Change> changes = changes_of(a_case, histories.back(), undone);
        for (const auto& [cause, count] : undone) result.undone_predicted[cause] += count;
        matched += matches(observed, changes);
        predicted += changes.size();
        spans.push_back(spans_of(changes));
    }
    const double seeds = static_cast<double>(prediction.transitions.size());
    result.matched = static_cast<double>(matched) / seeds;
    result.predicted = static_cast<double>(predicted) / seeds;
    for (const auto& of_seed : prediction.undone_joins) {
        for (const auto& [cause, count] : of_seed) {
            result.undone_predicted[static_cast<int>(cause)] += static_cast<double>(count);
        }
    }
    for (auto& [cause, count] : result.undone_predicted) count /= seeds;
    score_times(a_case, observed, spans, result);
    result.safety = score_safety(a_case, history, observed, histories, prediction.end);
    result.margin = score_margin(a_case, history, observed, prediction);
    return result;
}

double binomial_test(std::uint64_t successes, std::uint64_t trials, double p) {
    if (trials == 0) return 1.0;
    const auto log_probability = [&](std::uint64_t k) {
        const double n = static_cast<double>(trials);
        const double x = static_cast<double>(k);
        return std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) + x * std::log(p) +
               (n - x) * std::log(1 - p);
    };
    const double seen = log_probability(successes);
    double sum = 0.0;
    for (std::uint64_t k = 0; k <= trials; ++k) {
        const double each = log_probability(k);
        if (each <= seen + 1e-9) sum += std::exp(each);
    }
    return std::min(1.0, sum);
}

}  // namespace rollcast::scenarios
