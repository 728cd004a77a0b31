// P4: Strimzi's second KafkaRoller, as proposed (baseline-policies P4).
#include <algorithm>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class StrimziV2 : public CopiedPolicy<StrimziV2> {
    enum Place : std::uint8_t { max_batch, timeout, leader_sleep, attempts, fixed, highest_first };
    static constexpr sim::Duration period = sim::seconds(120);  // between reconciliations, the tool

public:
    explicit StrimziV2(const PolicyChoice& choice)
        : max_batch_(choice.value(max_batch) == 0.0
                         ? std::numeric_limits<std::size_t>::max()
                         : static_cast<std::size_t>(choice.value(max_batch))),
          timeout_(sim::ceil_seconds(choice.value(timeout))),
          leader_sleep_(sim::ceil_seconds(choice.value(leader_sleep))),
          most_attempts_(static_cast<int>(choice.value(attempts))),
          fixed_(choice.value(fixed) != 0.0),
          highest_first_(choice.value(highest_first) != 0.0) {}

    Decision look(const Observation& seen) override {
        if (seen.quorum_left()) return wait_for(quorum_interval, "quorum nodes are left");
        switch (state_) {
            case State::restarting:
                since_ = seen.now();
                state_ = State::restarted;
                [[fallthrough]];
            case State::restarted: {
                const sim::Duration left = timeout_ - (seen.now() - since_);
                const bool over = left <= sim::Duration{};
                if (!seen.all_ready(batch_) && !over)
                    return look_in(pod_interval, "a pod is not ready");
                state_ = State::electing;
                const auto sleeps = static_cast<std::int64_t>(batch_.size());
                return look_in(
                    std::clamp(
                        leader_sleep_ * sleeps, sim::Duration{}, std::max(left, sim::Duration{})),
                    "preferred leaders");
            }
            case State::electing: {
                state_ = State::observing;
                Decision decision = look_in(sim::Duration{}, "preferred leaders");
                decision.elect_preferred = true;
                return decision;
            }
            default:
                return observe(seen);
        }
    }

private:
    enum class State : std::uint8_t { observing, restarting, restarted, electing };
    static constexpr std::string_view denied = "no pod can be spared";

    Decision observe(const Observation& seen) {
        if (!seen.all_ready(batch_)) {
            if (++attempts_ >= most_attempts_) return give_up("a pod does not become ready");
            return look_in(timeout_, "a pod is not ready");
        }
        const std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        std::vector<BrokerId> batch = next_batch(seen, left);
        if (batch.empty()) {
            if (attempts_ == 0) pass_began_ = seen.changes();
            if (++attempts_ < most_attempts_) return look_in(timeout_, denied);
            attempts_ = 0;
            Decision decision = look_in(period, denied);
            decision.patient = seen.changes() == pass_began_;
            return decision;
        }
        attempts_ = 0;
        batch_ = batch;
        state_ = State::restarting;
        return restart(std::move(batch));
    }

    std::vector<BrokerId> next_batch(const Observation& seen,
                                     const std::vector<BrokerId>& left) const {
        std::vector<BrokerId> unhealthy;
        for (const BrokerId b : left) {
            if (!seen.answers(b)) unhealthy.push_back(b);
        }
        if (!unhealthy.empty()) return {unhealthy.front()};
        const auto spared = [&](BrokerId b) { return can_spare(seen, b, fixed_); };
        if (left.size() == 1) {
            return fixed_ && !spared(left.front()) ? std::vector<BrokerId>{} : left;
        }
        if (max_batch_ == 1) {
            const auto first = std::find_if(left.begin(), left.end(), spared);
            return first == left.end() ? std::vector<BrokerId>{} : std::vector<BrokerId>{*first};
        }
        std::vector<BrokerId> largest;
        for (std::vector<BrokerId>& cell : cells(seen, left)) {
            std::erase_if(cell, [&](BrokerId b) { return !spared(b); });
            if (cell.size() > max_batch_) cell.resize(max_batch_, BrokerId::none());
            if (cell.size() > largest.size()) largest = std::move(cell);
        }
        return largest;
    }

    /// By first fit: no two brokers of a cell conflict.
    std::vector<std::vector<BrokerId>> cells(const Observation& seen,
                                             std::vector<BrokerId> left) const {
        std::sort(left.begin(), left.end(), [&](BrokerId a, BrokerId b) {
            return highest_first_ ? a.value > b.value : a.value < b.value;
        });
        const std::uint32_t first = seen.cluster().first_broker;
        const std::size_t n = seen.cluster().broker_count;
        std::vector<bool> shares(n * n, false);
        for (const PartitionId p : seen.cluster().partitions()) {
            const auto replicas = seen.fleet().replicas(p);
            const PartitionState& state = seen.partition(p);
            for (std::uint8_t i = 0; i < replicas.size(); ++i) {
                for (std::uint8_t j = 0; j < replicas.size(); ++j) {
                    // As proposed, replicas are the same where the size of their ISR is, with its
                    // sign: one in the ISR and one out of it never meet.
                    if (i == j || (!fixed_ && state.in_sync(i) != state.in_sync(j))) continue;
                    shares[(replicas[i].value - first) * n + (replicas[j].value - first)] = true;
                }
            }
        }
        std::vector<std::vector<BrokerId>> cells;
        for (const BrokerId b : left) {
            const auto cell = std::find_if(cells.begin(), cells.end(), [&](const auto& members) {
                return std::none_of(members.begin(), members.end(), [&](BrokerId m) {
                    return shares[(b.value - first) * n + (m.value - first)];
                });
            });
            if (cell == cells.end()) {
                cells.push_back({b});
            } else {
                cell->push_back(b);
            }
        }
        return cells;
    }

    std::size_t max_batch_;
    sim::Duration timeout_;
    sim::Duration leader_sleep_;
    int most_attempts_;
    bool fixed_;
    bool highest_first_;
    State state_ = State::observing;
    std::vector<BrokerId> batch_;
    sim::Instant since_;
    int attempts_ = 0;
    std::uint64_t pass_began_ = 0;  // Observation::changes
};

}  // namespace

const PolicyInfo strimzi_v2{
    .word = "strimzi-v2",
    .tool = "the second KafkaRoller of Strimzi, as proposed (proposals#103)",
    .parameters =
        {{{"max_batch", 0, 1e6, 1, "Pods at once; 0 = any number.", "the proposal"},
          {"ready_timeout_s", 1, 1e9, 60, "For a batch to become ready.", "the proposal"},
          {"leader_sleep_s", 0, 1e6, 10, "Before a pod's leaders return.", "the proposal"},
          {"attempts", 1, 1000, 10, "To find or see a batch ready.", "the proposal"},
          {"fixed", 0, 1, 0, "1: without the faults of its proof of concept.", "assumed"},
          {"highest_first", 0, 1, 0, "1: ties go to the highest ids.", "assumed"}}},
    .rule =
        "Quorum nodes first. Pods that share no partition make a cell, by first fit; those of a "
        "cell that a partition cannot spare are taken out; the largest cell is restarted at "
        "once, and it waits until its processes run, not for their ISRs. Then it asks for the "
        "leaders to return. As proposed the last pod is not checked, and of a partition the "
        "replicas in the ISR and those out of it do not meet; with `fixed` they do, and RF <= "
        "min ISR is let pass.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<StrimziV2>(choice);
    }};

}  // namespace rollcast::models::policies
