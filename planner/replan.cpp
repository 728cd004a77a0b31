#include "planner/replan.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "planner/chain.hpp"
#include "planner/decode.hpp"
#include "planner/lower_bound.hpp"
#include "planner/order.hpp"
#include "sim/random.hpp"

namespace rollcast::planner {

namespace {

using models::BrokerId;
using models::Case;
using models::ClusterId;
using models::ClusterPlan;
using models::Fleet;
using models::MachineId;
using models::PartitionId;
using models::Plan;
using sim::Duration;

/// A median of fewer steps says nothing of the others.
constexpr std::size_t least_steps_of_a_pace = 3;
/// Runs before everything that waits.
constexpr std::int32_t first_priority = std::numeric_limits<std::int32_t>::min();

using States = models::IdMap<MachineId, MachineState>;

States states_of(const Fleet& fleet, const Midway& midway) {
    States states(fleet.machines().size());
    for (std::uint32_t m = 0; m < states.size(); ++m) states[MachineId{m}].machine = MachineId{m};
    for (const MachineState& state : midway.machines) states[state.machine] = state;
    return states;
}

double median_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Duration scaled(Duration duration, double factor) {
    return sim::ceil_seconds(sim::to_seconds(duration) * factor);
}

models::NominalStep scaled(models::NominalStep step, double factor) {
    for (Duration* part : {&step.until_stopped,
                           &step.until_image_end,
                           &step.until_registered,
                           &step.catch_up_least,
                           &step.catch_up_mean,
                           &step.after_sync}) {
        *part = scaled(*part, factor);
    }
    return step;
}

/// What is left of `step` after `elapsed`, at least `least` of it.
models::NominalStep rest_of(const models::NominalStep& step, Duration elapsed, Duration least) {
    const auto rest = [&](Duration until) {
        return until > elapsed ? until - elapsed : Duration{};
    };
    models::NominalStep left = step;
    left.until_stopped = rest(step.until_stopped);
    left.until_image_end = rest(step.until_image_end);
    left.until_registered = rest(step.until_registered);
    const Duration in_sync = rest(step.until_registered + step.catch_up_mean);
    left.catch_up_mean = left.catch_up_least = in_sync - left.until_registered;
    const Duration end = std::max(rest(step.mean()), least);
    left.after_sync = end > in_sync ? end - in_sync : Duration{};
    return left;
}

/// Steps as they are from now on: at the pace of their cluster, of those that run the rest.
StepTable steps_from_now(const Case& a_case,
                         models::DataDisk data_disk,
                         const States& states,
                         const models::IdMap<ClusterId, Pace>& pace) {
    StepTable steps = step_table(a_case, data_disk);
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        const MachineId m{i};
        steps[m] = scaled(steps[m], pace[a_case.fleet.machines()[m].cluster].factor);
        const MachineState& state = states[m];
        if (state.state == StepState::running) {
            steps[m] = rest_of(steps[m], state.time, a_case.step.observe_delay);
        } else if (state.state == StepState::lost) {
            steps[m] = {.catch_up_least = state.back_in, .catch_up_mean = state.back_in};
        }
    }
    return steps;
}

/// The brokers of machines that run, or are back at a known time, hold their neighbours as steps do
/// and so count as in sync; those of lost ones do not.
Case as_held(const Case& a_case, const States& states) {
    Case held = a_case;
    held.faults.clear();
    models::FleetTables tables = a_case.fleet.tables();
    bool changed = false;
    for (const MachineState& state : states) {
        const BrokerId broker = a_case.fleet.machines()[state.machine].broker;
        const bool away = state.state == StepState::running || state.state == StepState::lost;
        if (!broker.exists() || !away) continue;
        const bool for_good = state.state == StepState::lost && state.back_in == Duration{};
        for (const models::HostedReplica& replica : a_case.fleet.hosted(broker)) {
            models::Partition& partition = tables.partitions[replica.partition];
            const auto bit = static_cast<std::uint8_t>(1U << replica.slot);
            const auto before = partition.isr;
            partition.isr =
                static_cast<std::uint8_t>(for_good ? partition.isr & ~bit : partition.isr | bit);
            changed = changed || partition.isr != before;
        }
    }
    if (changed) held.fleet = models::make_fleet(std::move(tables));
    return held;
}

/// Why `broker` may not go down as things are; nothing where it may.
std::optional<Blocked> blocked_of(const Case& a_case, MachineId machine) {
    const BrokerId broker = a_case.fleet.machines()[machine].broker;
    if (!broker.exists()) return std::nullopt;
    Blocked blocked{machine, PartitionId::none(), 0};
    for (const models::HostedReplica& replica : a_case.fleet.hosted(broker)) {
        const models::Partition& partition = a_case.fleet.partitions()[replica.partition];
        const bool in_sync = ((partition.isr >> replica.slot) & 1U) != 0;
        const bool spare = models::isr_size(partition.isr) > partition.floor;
        if (!in_sync || spare || a_case.fleet.topics()[partition.topic].accepted) continue;
        if (blocked.partitions++ == 0) blocked.partition = replica.partition;
    }
    return blocked.partitions > 0 ? std::optional(blocked) : std::nullopt;
}

/// Keeps of `machines` those for which `keep` holds, in their order.
template <class Keep>
void keep_of(Plan& plan, Keep keep) {
    const auto drop = [&](MachineId m) { return !keep(m); };
    for (ClusterPlan& cluster : plan.clusters) {
        std::erase_if(cluster.quorum, drop);
        for (models::Batch& batch : cluster.batches) std::erase_if(batch.machines, drop);
        std::erase_if(cluster.batches,
                      [](const models::Batch& batch) { return batch.machines.empty(); });
    }
}

/// Everything that the steps of a new plan share.
class Replanning {
public:
    Replanning(const Case& a_case,
               const Plan& old,
               const Midway& midway,
               const ReplanOptions& options)
        : options_(options),
          states_(states_of(a_case.fleet, midway)),
          case_(as_held(a_case, states_)),
          pace_(paces(a_case, old.data_disk, midway)),
          steps_(steps_from_now(case_, old.data_disk, states_, pace_)),
          conflicts_(all_conflicts(case_.fleet)),
          old_(old),
          decoder_(case_, steps_, conflicts_),
          random_(options.seed, 0, sim::Draw::search, 0) {
        case_.limits.windows = case_.limits.windows.from(midway.now);
        barred_.assign(case_.fleet.machines().size(), false);
        for (const MachineState& state : states_) sort_in(state);
        // Those that hold no crew any more first: they hand theirs on at once.
        std::stable_sort(away_.begin(), away_.end(), [&](MachineId a, MachineId b) {
            return steps_[a].until_registered < steps_[b].until_registered;
        });
    }

    Replanned run() {
        Plan rest = old_;
        rest.rollout = {};
        for (ClusterPlan& cluster : rest.clusters) {
            cluster.after.clear();
            clusters_.push_back(cluster.cluster);
        }
        keep_of(rest,
                [&](MachineId m) { return states_[m].state == StepState::waiting && !barred_[m]; });
        result_.going_on = evaluate(rest).makespan;
        best_ = rest;
        best_decoded_ = evaluate(rest);
        pattern_ = rest;
        search(order_of(decoder_, rest, clusters_));
        result_.remaining = best_decoded_.makespan;
        result_.plan = handed_out();
        result_.pace = pace_;
        return std::move(result_);
    }

private:
    void sort_in(const MachineState& state) {
        switch (state.state) {
            case StepState::waiting:
                ++result_.waiting;
                if (auto blocked = blocked_of(case_, state.machine)) {
                    barred_[state.machine] = true;
                    result_.blocked.push_back(*blocked);
                }
                break;
            case StepState::running:
                ++result_.running;
                away_.push_back(state.machine);
                break;
            case StepState::done:
                ++result_.done;
                break;
            case StepState::lost:
                ++result_.lost;
                if (state.back_in > Duration{}) away_.push_back(state.machine);
                break;
        }
    }

    /// `plan` with what runs in front, so that it starts at once.
    Plan with_running(Plan plan) const {
        for (const MachineId m : away_) {
            const models::Machine& machine = case_.fleet.machines()[m];
            auto own = std::find_if(plan.clusters.begin(), plan.clusters.end(), [&](const auto& c) {
                return c.cluster == machine.cluster;
            });
            if (own == plan.clusters.end()) {
                plan.clusters.push_back({machine.cluster, models::Start::event_driven, {}, {}, 0});
                own = plan.clusters.end() - 1;
            }
            if (!machine.broker.exists()) {
                own->quorum.insert(own->quorum.begin(), m);
                own->quorum_priority = first_priority;
                continue;
            }
            const bool has = !own->batches.empty() && own->batches[0].priority == first_priority;
            if (!has) own->batches.insert(own->batches.begin(), {{}, first_priority});
            own->batches[0].machines.push_back(m);
        }
        return plan;
    }

    Decoded evaluate(const Plan& plan) {
        ++result_.evaluations;
        return decoder_.decode(with_running(plan));
    }

    /// Takes over `plan` where it is better, and in no way that counts worse, than the best.
    bool take(Plan plan) {
        Decoded decoded = evaluate(plan);
        const bool later = decoded.makespan > best_decoded_.makespan;
        const bool unfinished = best_decoded_.complete && !decoded.complete;
        if (later || unfinished) return false;
        if (cost_of(decoder_, decoded) > cost_of(decoder_, best_decoded_)) return false;
        best_ = std::move(plan);
        best_decoded_ = std::move(decoded);
        return true;
    }

    /// Descends from the old order: one machine, two of them, or a run elsewhere.
    void search(Order order) {
        take(plan_of(decoder_, pattern_, clusters_, order));
        while (order.size() > 1 && result_.evaluations < options_.effort) {
            if (options_.stop != nullptr && *options_.stop) return;
            Order next = neighbour(order);
            if (take(plan_of(decoder_, pattern_, clusters_, next))) order = std::move(next);
        }
    }

    Order neighbour(const Order& order) {
        Order next = order;
        const auto place = [&](std::size_t count) {
            return static_cast<std::ptrdiff_t>(random_.below(count));
        };
        switch (random_.below(4)) {
            case 0:
                std::swap(next[random_.below(next.size())], next[random_.below(next.size())]);
                break;
            case 1: {
                const std::ptrdiff_t from = place(next.size());
                const std::ptrdiff_t to = place(next.size());
                const auto first = next.begin() + std::min(from, to);
                const auto last = next.begin() + std::max(from, to);
                std::rotate(first, first + (last - first) / 2, last);
                break;
            }
            default: {
                const MachineId moved =
                    random_.below(2) == 0 ? last_of(next) : next[random_.below(next.size())];
                std::erase(next, moved);
                next.insert(next.begin() + place(next.size() + 1), moved);
            }
        }
        return next;
    }

    /// The machine of `order` that ends last in the best schedule.
    MachineId last_of(const Order& order) const {
        const auto end = [&](MachineId m) {
            const sim::Instant start = best_decoded_.start[m];
            return start == sim::Instant::never() ? start : start + steps_[m].mean();
        };
        return *std::max_element(
            order.begin(), order.end(), [&](MachineId a, MachineId b) { return end(a) < end(b); });
    }

    /// The best plan told by starts, blocked machines behind, with the rollout that still counts.
    Plan handed_out() const {
        Plan plan = by_start(decoder_, with_running(best_));
        keep_of(plan, [&](MachineId m) { return states_[m].state == StepState::waiting; });
        for (const Blocked& blocked : result_.blocked) {
            const ClusterId c = case_.fleet.machines()[blocked.machine].cluster;
            for (ClusterPlan& cluster : plan.clusters) {
                if (cluster.cluster != c) continue;
                if (cluster.batches.empty() || cluster.batches.back().priority != last_priority) {
                    cluster.batches.push_back({{}, last_priority});
                }
                cluster.batches.back().machines.push_back(blocked.machine);
            }
        }
        plan.name = "replanned";
        plan.rollout = old_.rollout;
        plan.rollout.canary = 0;
        plan.checksums = old_.checksums;
        plan.synthetic_records = old_.synthetic_records;
        plan.preflight = old_.preflight;
        plan.post_flight = old_.post_flight;
        return plan;
    }

    static constexpr std::int32_t last_priority = std::numeric_limits<std::int32_t>::max();

    const ReplanOptions& options_;
    States states_;
    Case case_;
    models::IdMap<ClusterId, Pace> pace_;
    StepTable steps_;
    std::vector<models::ClusterConflicts> conflicts_;
    const Plan& old_;
    Decoder decoder_;
    sim::RandomStream random_;
    std::vector<ClusterId> clusters_;
    std::vector<MachineId> away_;  // running, or back at a known time
    models::IdMap<MachineId, bool> barred_;
    Plan pattern_;
    Plan best_;
    Decoded best_decoded_;
    Replanned result_;
};

}  // namespace

models::IdMap<ClusterId, Pace> paces(const Case& a_case,
                                     models::DataDisk data_disk,
                                     const Midway& midway) {
    const Fleet& fleet = a_case.fleet;
    models::IdMap<ClusterId, std::vector<double>> ratios(fleet.clusters().size());
    std::vector<double> all;
    for (const MachineState& state : midway.machines) {
        if (state.state != StepState::done || state.time <= Duration{}) continue;
        const Duration nominal = models::nominal_step(a_case, state.machine, data_disk).mean();
        all.push_back(sim::to_seconds(state.time) / sim::to_seconds(nominal));
        ratios[fleet.machines()[state.machine].cluster].push_back(all.back());
    }
    const double fleet_pace = all.size() >= least_steps_of_a_pace ? median_of(all) : 1.0;
    models::IdMap<ClusterId, Pace> pace(fleet.clusters().size());
    for (std::uint32_t c = 0; c < pace.size(); ++c) {
        const std::vector<double>& own = ratios[ClusterId{c}];
        const bool enough = own.size() >= least_steps_of_a_pace;
        pace[ClusterId{c}] = {enough ? median_of(own) : fleet_pace, own.size()};
    }
    return pace;
}

Replanned replan(const Case& a_case,
                 const Plan& old,
                 const Midway& midway,
                 const ReplanOptions& options) {
    sim::ensure(!old.policy.has_value(), "a plan with an order of its own");
    return Replanning(a_case, old, midway, options).run();
}

}  // namespace rollcast::planner
