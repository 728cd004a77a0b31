#include "scenarios/recorded/closed_loop.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/world.hpp"
#include "sim/parallel.hpp"

namespace rollcast::scenarios {

namespace {

using models::Action;
using models::ActionKind;
using models::BrokerId;

constexpr sim::Duration longest_step = sim::seconds(180);  // the recorder gives up then
/// The recorder asks every 0.5 s whether a partition is under-replicated, and waits for the answer:
/// 0.26-0.57 s after the last join in r07.
constexpr sim::Duration seen_least = sim::milliseconds(200);
constexpr sim::Duration seen_spread = sim::milliseconds(450);

/// Nobody is down or out of sync.
bool all_in_sync(const models::RunState& run) {
    return std::all_of(run.brokers.begin(), run.brokers.end(), [](const models::BrokerState& b) {
        return b.process == models::BrokerState::Process::up && b.out_of_isr == 0;
    });
}

/// One walk of a roll: every step is simulated from the start with all that was done before it.
class RollWalk {
public:
    RollWalk(const models::Case& a_case,
             const RecordedRoll& roll,
             const models::SpreadDuration& exit,
             std::uint64_t seed)
        : case_(a_case), roll_(roll), exit_(exit), seed_(seed) {
        case_.actions.clear();
    }

    /// Lengths of the steps in seconds; nothing where one never ends.
    std::optional<std::vector<double>> steps(sim::Instant first) {
        std::vector<double> lengths;
        sim::Instant at = first;
        for (std::size_t g = 0; g < roll_.groups.size(); ++g) {
            const std::vector<BrokerId> brokers = brokers_of(g);
            for (const BrokerId b : brokers) add(ActionKind::shut_down, b, at);
            const sim::Instant stopped = exited(brokers, at);
            for (std::size_t i = 0; i < brokers.size(); ++i) {
                add(ActionKind::start, brokers[i], stopped + roll_.down);
                case_.actions.back().takes = roll_.starts[g][i].takes;
                case_.actions.back().serves_after = roll_.starts[g][i].serves_after;
                case_.actions.back().join_queue = roll_.starts[g][i].join_queue;
                case_.actions.back().upgrades =
                    case_.fleet.clusters()[models::ClusterId{0}].stacks.next.exists();
            }
            const auto synced = in_sync(stopped + roll_.down);
            if (!synced) return std::nullopt;
            const bool last = g + 1 == roll_.groups.size();
            const sim::Instant next =
                last ? *synced : *synced + drawn(seen_least, seen_spread) + roll_.quiet;
            lengths.push_back(sim::to_seconds(next - at));
            at = next;
        }
        return lengths;
    }

private:
    std::vector<BrokerId> brokers_of(std::size_t group) const {
        std::vector<BrokerId> brokers;
        for (const std::int64_t id : roll_.groups[group]) {
            brokers.push_back(broker_of(case_.fleet, id));
        }
        return brokers;
    }

    void add(ActionKind kind, BrokerId b, sim::Instant at) {
        Action action;
        action.kind = kind;
        action.at = at;
        action.cluster = models::ClusterId{0};
        action.broker = b;
        case_.actions.push_back(action);
    }

    models::World world(sim::Instant until) const {
        static const models::Plan nothing;
        return models::World(case_,
                             nothing,
                             models::Scope::whole(case_.fleet),
                             {.seed = seed_,
                              .sampled = true,
                              .horizon = until.since_start(),
                              .quota_windows = true});
    }

    sim::Duration drawn(sim::Duration least, sim::Duration width) {
        sim::RandomStream random{seed_, draws_++, sim::Draw::action, 1U << 20U};
        return least + sim::ceil_seconds(random.uniform() * sim::to_seconds(width));
    }

    sim::Instant exited(const std::vector<BrokerId>& brokers, sim::Instant from) {
        models::World run = world(from + longest_step);
        const auto down = [&] {
            return std::all_of(brokers.begin(), brokers.end(), [&](BrokerId b) {
                return run.state().brokers[b].process == models::BrokerState::Process::down;
            });
        };
        while (!down() && run.step()) {
        }
        return run.state().now + run.state().draw(exit_, draws_++, sim::Draw::action, 1U << 20U);
    }

    std::optional<sim::Instant> in_sync(sim::Instant from) const {
        models::World run = world(from + longest_step);
        run.run_until(from);
        while (run.step()) {
            if (all_in_sync(run.state())) return run.state().now;
        }
        return std::nullopt;
    }

    models::Case case_;
    const RecordedRoll& roll_;
    models::SpreadDuration exit_;
    std::uint64_t seed_;
    std::uint32_t draws_ = 0;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[(values.size() - 1) / 2];
}

/// Observed lengths: from signal to signal, the last until the last join.
std::vector<double> observed_steps(const RecordedRoll& roll, const RecordedTruth& truth) {
    std::vector<double> lengths;
    for (std::size_t g = 0; g + 1 < roll.signals_ms.size(); ++g) {
        lengths.push_back(static_cast<double>(roll.signals_ms[g + 1] - roll.signals_ms[g]) / 1e3);
    }
    std::int64_t last = roll.signals_ms.back();
    const std::int64_t until = roll.cut_at_ms.value_or(last + longest_step.count() / 1'000'000);
    for (const RecordedTransition& t : truth.transitions) {
        if (t.at_ms <= until) last = std::max(last, t.at_ms);
    }
    lengths.push_back(static_cast<double>(last - roll.signals_ms.back()) / 1e3);
    return lengths;
}

}  // namespace

bool RollStep::within() const { return std::abs(predicted_s - observed_s) <= 0.1 * observed_s; }

std::vector<RollScore> score_rolls(const RecordedSetup& setup,
                                   const RecordedTruth& truth,
                                   std::uint64_t first_seed,
                                   int seeds,
                                   int threads,
                                   const MeasuredTimes& times) {
    const models::SpreadDuration& exit = setup.kraft ? times.kraft_exit : times.zookeeper_exit;
    const RecordedCase recorded = make_recorded_case(setup, times);
    std::vector<RollScore> scores;
    for (const RecordedRoll& roll : recorded_rolls(setup, times)) {
        std::vector<std::optional<std::vector<double>>> walks(static_cast<std::size_t>(seeds));
        sim::for_each_index(walks.size(), threads, [&](std::size_t i) {
            walks[i] = RollWalk(recorded.a_case, roll, exit, first_seed + i)
                           .steps(sim::Instant{sim::milliseconds(roll.signals_ms.front())});
        });
        RollScore score;
        score.scripted = roll.scripted;
        const std::vector<double> observed = observed_steps(roll, truth);
        for (std::size_t g = 0; g < observed.size(); ++g) {
            std::vector<double> lengths;
            lengths.reserve(walks.size());
            for (const auto& walk : walks) lengths.push_back(walk ? (*walk)[g] : INFINITY);
            score.steps.push_back({observed[g], median(lengths)});
            score.whole.observed_s += observed[g];
        }
        std::vector<double> wholes;
        for (const auto& walk : walks) {
            double sum = walk ? 0.0 : INFINITY;
            if (walk) {
                for (const double length : *walk) sum += length;
            }
            wholes.push_back(sum);
        }
        score.whole.predicted_s = median(wholes);
        scores.push_back(std::move(score));
    }
    return scores;
}

}  // namespace rollcast::scenarios
