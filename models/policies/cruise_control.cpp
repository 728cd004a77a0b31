// P7: Cruise Control empties a broker, somebody upgrades it, and its replicas come back
// (baseline-policies P7).
#include <algorithm>
#include <map>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class CruiseControl : public CopiedPolicy<CruiseControl> {
    // ConcurrencyAdjuster: between two looks at min ISR and at the metrics, and what it raises to.
    static constexpr sim::Duration min_isr_interval = sim::seconds(72);
    static constexpr sim::Duration metrics_interval = sim::seconds(360);
    static constexpr std::size_t most_per_broker = 12;

public:
    enum Place : std::uint8_t { per_broker, per_cluster, throttle, interval, adjuster };

    explicit CruiseControl(const PolicyChoice& choice)
        : per_broker_(static_cast<std::size_t>(choice.value(per_broker))),
          per_cluster_(static_cast<std::size_t>(choice.value(per_cluster))),
          interval_(sim::ceil_seconds(choice.value(interval))),
          adjusts_(choice.value(adjuster) != 0.0) {}

    Decision look(const Observation& seen) override {
        if (adjusts_ && !adjust(seen)) return give_up("a partition is under its min ISR");
        if (state_ == State::choosing) {
            if (!seen.reassignments().empty()) {
                return wait_for(interval_, "another reassignment is under way");
            }
            const std::vector<BrokerId> left = seen.left();
            if (left.empty()) return finished();
            broker_ = left.front();
            state_ = State::removing;
        }
        return state_ == State::removing ? remove(seen) : add(seen);
    }

private:
    enum class State : std::uint8_t { choosing, removing, adding };

    /// The broker is restarted when nothing is left on it.
    Decision remove(const Observation& seen) {
        const std::vector<HostedReplica> left = seen.replicas_on(broker_);
        const bool stays = std::any_of(left.begin(), left.end(), [&](const HostedReplica& replica) {
            return !seen.place_for(replica).exists();
        });
        if (stays) return give_up("no broker can take a replica");
        if (!left.empty()) return reassign(seen, left);
        state_ = State::adding;
        // Somebody else may have restarted it meanwhile.
        return seen.untouched(broker_) ? restart({broker_}) : look_in(interval_, "it is restarted");
    }

    /// Its replicas come back when its process runs, then what they led.
    Decision add(const Observation& seen) {
        if (!seen.ready(broker_)) return wait_for(interval_, "the broker is not up");
        std::vector<HostedReplica> away = seen.moved_off(broker_);
        // What somebody else has moved away stays where it is.
        std::erase_if(
            away, [&](const HostedReplica& replica) { return !seen.place_for(replica).exists(); });
        if (!away.empty()) return reassign(seen, away);
        state_ = State::choosing;
        Decision decision = look_in(sim::Duration{}, "preferred leaders");
        decision.restore_leaders = true;
        return decision;
    }

    /// Begins as many moves of `replicas` as the limits allow beside those that are under way. A
    /// move counts at the leader that it reads from and at the broker that it goes to
    /// (ExecutionTaskPlanner).
    Decision reassign(const Observation& seen, const std::vector<HostedReplica>& replicas) const {
        Decision decision = wait_for(interval_, "replicas move");
        std::map<BrokerId, std::size_t> involved;
        std::size_t moves = 0;
        for (const ReplicaMove& move : seen.reassignments()) {
            ++moves;
            ++involved[seen.leader(move.partition)];
            ++involved[seen.fleet().replicas(move.partition)[move.adds]];
        }
        for (const HostedReplica& replica : replicas) {
            if (moves >= per_cluster_) break;
            const BrokerId from = seen.leader(replica.partition);
            const BrokerId to = seen.place_for(replica);
            const bool can =
                from.exists() && seen.answers(to) && !seen.reassigned(replica.partition);
            if (!can || involved[from] >= per_broker_ || involved[to] >= per_broker_) continue;
            decision.move.push_back(replica);
            ++moves;
            ++involved[from];
            ++involved[to];
        }
        decision.patient = decision.move.empty();
        return decision;
    }

    /// False where it stops the execution: a partition is under its min ISR and none of its
    /// replicas is offline.
    bool adjust(const Observation& seen) {
        if (seen.now() - checked_ < min_isr_interval) return true;
        checked_ = seen.now();
        bool at_min = false;
        for (const PartitionId p : seen.cluster().partitions()) {
            const PartitionState& state = seen.partition(p);
            const int spare = isr_size(state.isr) - state.min_isr();
            if (spare < 0 && !offline(seen, p)) return false;
            const bool may_spare = seen.fleet().partitions()[p].assigned() > state.min_isr();
            at_min = at_min || (spare == 0 && may_spare);
        }
        if (at_min) {
            per_broker_ = std::max<std::size_t>(1, per_broker_ / 2);
        } else if (seen.now() - raised_ >= metrics_interval) {
            raised_ = seen.now();
            per_broker_ = std::max(per_broker_, std::min(per_broker_ + 1, most_per_broker));
        }
        return true;
    }

    static bool offline(const Observation& seen, PartitionId p) {
        const auto replicas = seen.fleet().replicas(p);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (seen.holds(p, slot) && !seen.answers(replicas[slot])) return true;
        }
        return false;
    }

    std::size_t per_broker_;
    std::size_t per_cluster_;
    sim::Duration interval_;
    bool adjusts_;
    State state_ = State::choosing;
    BrokerId broker_ = BrokerId::none();
    sim::Instant checked_;
    sim::Instant raised_;
};

}  // namespace

const PolicyInfo cruise_control{
    .word = "cruise-control",
    .tool = "Cruise Control: remove_broker, upgrade, add_broker",
    .parameters = {{{"moves_per_broker", 1, 1e6, 5, "Moves that a broker is in.", "the tool"},
                    {"moves_per_cluster", 1, 1e6, 1250, "Moves of a cluster.", "the tool"},
                    {"move_bytes_per_s",
                     0,
                     1e12,
                     0,
                     "Throttle of a broker and a direction, B/s; 0 = none.",
                     "the tool"},
                    {"poll_s", 0.001, 1e6, 10, "Between two looks at what moves.", "the tool"},
                    {"adjuster", 0, 1, 0, "1: concurrency goes by min ISR.", "the tool"}}},
    .rule =
        "One broker at a time, in the order of the plan. All of its replicas move to brokers in "
        "racks without another replica of the partition, to the one that stores least, and none is "
        "filled above 0.8; it gives up where there is no such broker, or where a partition has "
        "eight brokers with those to which its replicas go, and it waits for the reassignments of "
        "others. A move counts at the leader and at the broker that it goes to. The broker is "
        "restarted while it "
        "is empty; when its process runs the same replicas come back, under the same limits, and "
        "preferred leaders are elected. Where replicas go is settled by the placement at the "
        "start. With `adjuster`, every 72 s a partition at its min ISR halves the moves of a "
        "broker, one under it without an offline replica ends all, and every 360 s without either "
        "adds one, up to 12; the metrics of brokers, which the tool looks at as well, are taken to "
        "be in order.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<CruiseControl>(choice);
    },
    .move_throttle =
        [](const PolicyChoice& choice) { return choice.value(CruiseControl::throttle); }};

}  // namespace rollcast::models::policies
