#include "scenarios/recorded/prediction.hpp"

#include "models/world.hpp"
#include "scenarios/recorded/naive_model.hpp"
#include "sim/parallel.hpp"

namespace rollcast::scenarios {

namespace {

using models::ActionKind;
using models::PartitionId;

bool takes_brokers_away(const models::Action& action) {
    const bool away = action.kind == ActionKind::kill || action.kind == ActionKind::hang ||
                      action.kind == ActionKind::shut_down;
    return away && action.broker.exists();
}

/// Partitions whose ISR without `b` would be smaller than their floor: what the margin counts.
std::vector<PartitionId> exposed_to(const models::RunState& run, models::BrokerId b) {
    std::vector<PartitionId> exposed;
    for (const models::HostedReplica& replica : run.fleet().hosted(b)) {
        const models::PartitionState& state = run.partitions[replica.partition];
        const int floor = run.fleet().partitions()[replica.partition].floor;
        if (state.in_sync(replica.slot) && models::isr_size(state.isr) - 1 < floor) {
            exposed.push_back(replica.partition);
        }
    }
    return exposed;
}

models::RunState run_once(const models::Case& a_case,
                          sim::Duration length,
                          std::uint64_t seed,
                          std::map<int, std::vector<PartitionId>>* named) {
    const models::Plan nothing;
    models::World world(a_case,
                        nothing,
                        models::Scope::whole(a_case.fleet),
                        {.seed = seed, .sampled = true, .horizon = length, .quota_windows = true});
    world.record_transitions();
    if (named != nullptr) {
        for (std::size_t i = 0; i < a_case.actions.size(); ++i) {
            const models::Action& action = a_case.actions[i];
            if (!takes_brokers_away(action)) continue;
            world.run_until(action.at - sim::nanoseconds(1));
            (*named)[static_cast<int>(i)] = exposed_to(world.state(), action.broker);
        }
    }
    world.run_until(sim::Instant{length});
    return world.state();
}

}  // namespace

Prediction predict(const RecordedCase& recorded,
                   std::int64_t seconds,
                   std::uint64_t first_seed,
                   int seeds,
                   int threads,
                   ControlModel model) {
    const sim::Duration length = sim::seconds(seconds);
    Prediction prediction;
    prediction.end = sim::Instant{length};
    if (model == ControlModel::naive) {
        prediction.transitions.push_back(naive_transitions(recorded.a_case, prediction.end));
        return prediction;
    }
    prediction.transitions.resize(static_cast<std::size_t>(seeds));
    prediction.undone_joins.resize(prediction.transitions.size());
    sim::for_each_index(prediction.transitions.size(), threads, [&](std::size_t i) {
        models::RunState run = run_once(recorded.a_case,
                                        length,
                                        first_seed + i,
                                        i == 0 ? &prediction.named_by_margin : nullptr);
        prediction.transitions[i] = std::move(run.transitions);
        prediction.undone_joins[i] = run.counters.undone_joins;
    });
    return prediction;
}

}  // namespace rollcast::scenarios
