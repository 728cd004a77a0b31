#include "planner/decode.hpp"

#include <algorithm>
#include <queue>

#include "models/dispatcher.hpp"

namespace rollcast::planner {

namespace {

using models::MachineId;
using sim::Instant;

enum class Kind : std::uint8_t { slot_free, crew_free, released, done };

struct Event {
    Instant at;
    std::uint32_t sequence;
    MachineId machine;
    Kind kind;
};

struct Later {
    bool operator()(const Event& a, const Event& b) const {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
};

/// One decoding: the event queue and what it acts on.
class Play {
public:
    Play(const Decoder& decoder, const models::Plan& plan)
        : case_(decoder.a_case()),
          steps_(decoder.steps()),
          conflicts_(decoder.conflicts()),
          gate_(plan.gate),
          dispatcher_(case_, plan, conflicts_) {
        result_.start.assign(case_.fleet.machines().size(), Instant::never());
    }

    Decoded run() {
        Instant now{};
        start_ready(now);
        while (true) {
            const Instant next = queue_.empty() ? Instant::never() : queue_.top().at;
            now = std::min(next, dispatcher_.wake_at());
            if (now == Instant::never()) break;
            while (!queue_.empty() && queue_.top().at == now) {
                const Event event = queue_.top();
                queue_.pop();
                apply(event);
            }
            start_ready(now);
        }
        result_.complete = dispatcher_.waiting() == 0;
        measure();
        return std::move(result_);
    }

private:
    void start_ready(Instant now) {
        for (const MachineId m : dispatcher_.start_ready(now)) {
            const models::NominalStep& step = steps_[m];
            result_.start[m] = now;
            if (case_.limits.image_slots) push(now + step.until_image_end, m, Kind::slot_free);
            if (case_.limits.crews) push(now + step.until_registered, m, Kind::crew_free);
            if (gate_ == models::Gate::shared_partitions) {
                const auto seen = step.until_registered + step.catch_up_mean;
                push(now + seen + case_.step.observe_delay, m, Kind::released);
            }
            push(now + step.mean(), m, Kind::done);
        }
    }

    void push(Instant at, MachineId machine, Kind kind) {
        queue_.push({at, sequence_++, machine, kind});
    }

    void apply(const Event& event) {
        switch (event.kind) {
            case Kind::slot_free:
                dispatcher_.slot_free(event.machine);
                break;
            case Kind::crew_free:
                dispatcher_.crew_free(event.machine);
                break;
            case Kind::released:
                release_neighbours(event.machine);
                break;
            case Kind::done:
                dispatcher_.done(event.machine);
                break;
        }
    }

    /// With one fixed catch-up time a machine has all its partitions back at once.
    void release_neighbours(MachineId machine) {
        const models::Machine& m = case_.fleet.machines()[machine];
        if (!m.broker.exists()) return;
        for (const models::BrokerId other : case_.fleet.clusters()[m.cluster].brokers()) {
            if (other != m.broker) dispatcher_.released_towards(machine, other);
        }
    }

    void measure() {
        const models::Fleet& fleet = case_.fleet;
        result_.span.assign(fleet.clusters().size(), sim::Duration{});
        for (std::uint32_t c = 0; c < fleet.clusters().size(); ++c) {
            Instant first = Instant::never();
            Instant last{};
            for (const MachineId m : fleet.clusters()[models::ClusterId{c}].machines()) {
                const Instant start = result_.start[m];
                if (start == Instant::never()) continue;
                first = std::min(first, start);
                last = std::max(last, start + steps_[m].mean());
            }
            if (first != Instant::never()) result_.span[c] = last - first;
            result_.makespan = std::max(result_.makespan, last.since_start());
        }
    }

    const models::Case& case_;
    const StepTable& steps_;
    const std::vector<models::ClusterConflicts>& conflicts_;
    models::Gate gate_;
    models::Dispatcher dispatcher_;
    std::priority_queue<Event, std::vector<Event>, Later> queue_;
    std::uint32_t sequence_ = 0;
    Decoded result_;
};

}  // namespace

Decoded Decoder::decode(const models::Plan& plan) const { return Play(*this, plan).run(); }

}  // namespace rollcast::planner
