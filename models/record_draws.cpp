#include "models/record_draws.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

sim::Duration drawn(const RecordState& state,
                    const SpreadDuration& usual,
                    std::uint32_t entity,
                    std::uint32_t occurrence) {
    double factor = state.slowness;
    if (state.sampled && usual.p95 > usual.nominal) {
        const double ratio = sim::to_seconds(usual.p95) / sim::to_seconds(usual.nominal);
        sim::RandomStream random{state.seed, entity, sim::Draw::service, occurrence};
        factor *= sim::lognormal_factor(random.normal(), ratio);
    }
    return factor == 1.0 ? usual.nominal
                         : sim::ceil_seconds(sim::to_seconds(usual.nominal) * factor);
}

/// What `b` does for a request, and to have on its disk what it has appended. A message is flushed
/// by the thread that appends it (kafka-semantics §1.1).
sim::Duration handling(const RecordState& state,
                       BrokerId b,
                       std::uint32_t entity,
                       std::uint32_t occurrence) {
    const sim::Duration service = drawn(state, state.times().service, entity, occurrence);
    const Fleet& fleet = state.a_case->fleet;
    if (!fleet.clusters()[fleet.brokers()[b].cluster].config.flush_every_message) return service;
    constexpr std::uint32_t of_flush = 1U << 31U;
    return service + drawn(state, state.times().flush, entity | of_flush, occurrence);
}

/// From `at` until the process of `b` goes on, if it stands still then. `at` does not go back by
/// more than a pause is away from the next.
sim::Duration rest_of_pause(RecordState& state, BrokerId b, sim::Instant at) {
    const RecordTimes& times = state.times();
    const bool pauses = times.pause_every.count() > 0 && times.pause.nominal.count() > 0;
    if (!state.sampled || !pauses) return {};
    RecordBroker& broker = state.broker(b);
    while (broker.pause_ends <= at) {
        constexpr std::uint32_t of_a_broker =
            3U << 30U;  // connections, fetchers and their flushes lie below
        sim::RandomStream random{
            state.seed, of_a_broker | b.value, sim::Draw::service, broker.pauses++};
        const auto width = static_cast<std::uint64_t>(2 * times.pause_every.count());
        const sim::Duration gap{static_cast<std::int64_t>(random.below(width))};
        const double median = sim::to_seconds(times.pause.nominal);
        const double ratio = std::max(1.0, sim::to_seconds(times.pause.p95) / median);
        broker.pause_begins = broker.pause_ends + gap;
        broker.pause_ends =
            broker.pause_begins +
            sim::ceil_seconds(median * sim::lognormal_factor(random.normal(), ratio));
    }
    return at >= broker.pause_begins ? broker.pause_ends - at : sim::Duration{};
}

}  // namespace

sim::Duration request_service(RecordState& state,
                              std::uint32_t connection,
                              std::uint32_t occurrence) {
    const BrokerId b = state.connections[connection].broker;
    return handling(state, b, 2 * connection, occurrence) +
           rest_of_pause(state, b, state.now + state.times().network);
}

sim::Duration fetch_service(RecordState& state, std::uint32_t fetcher, std::uint32_t occurrence) {
    return handling(state, state.fetchers[fetcher].follower, 2 * fetcher + 1, occurrence) +
           rest_of_pause(state, state.fetchers[fetcher].leader, state.now);
}

sim::Instant learns_at(RecordState& state, const RunState& run, BrokerId b) {
    const RecordTimes& times = state.times();
    const bool spread = times.propagation.p95 > times.propagation.nominal;
    if (!state.sampled || !spread) {
        return run.now + times.propagation.nominal + times.hearing.nominal;
    }
    RecordBroker& broker = state.broker(b);
    if (broker.learns_at <= run.now) {
        // The way to the brokers is the same for all, what is decided within a ms goes together.
        const std::uint32_t first = state.cluster_first[b.value - state.first_broker];
        const auto decided_ms = static_cast<std::uint32_t>(run.now.count() / 1'000'000);
        broker.learns_at = run.now +
                           run.draw(times.propagation, first, sim::Draw::propagation, decided_ms) +
                           run.draw(times.hearing, b.value, sim::Draw::hearing, broker.decisions++);
    }
    return broker.learns_at;
}

sim::Duration takes_over_after(const RecordState& state,
                               const RunState& run,
                               BrokerId b,
                               std::uint32_t partition) {
    const std::uint32_t decision = state.broker(b).decisions;
    const sim::Duration first =
        run.draw(state.times().takeover, b.value, sim::Draw::takeover, decision);
    const sim::Duration rest =
        run.draw(state.times().succession, b.value, sim::Draw::takeover, decision | 1U << 30U);
    if (rest.count() <= 0) return first;
    if (!state.sampled) return first + rest;
    sim::RandomStream random{state.seed, partition, sim::Draw::takeover, decision | 1U << 31U};
    return first + sim::ceil_seconds(sim::to_seconds(rest) * random.uniform());
}

double slowness(const RecordTimes& times, const RunOptions& options) {
    if (!options.sampled || times.slowness_p95 <= 1.0) return 1.0;
    sim::RandomStream random{options.seed, 0, sim::Draw::slowness, 0};
    return sim::lognormal_factor(random.normal(), times.slowness_p95);
}

}  // namespace rollcast::models
