// P3: Strimzi's KafkaRoller (baseline-policies P3).
#include <algorithm>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class Strimzi : public CopiedPolicy<Strimzi> {
    enum Place : std::uint8_t { timeout, attempts, backoff, period };

public:
    explicit Strimzi(const PolicyChoice& choice)
        : timeout_(sim::ceil_seconds(choice.value(timeout))),
          attempts_(static_cast<int>(choice.value(attempts))),
          backoff_(sim::ceil_seconds(choice.value(backoff))),
          period_(sim::ceil_seconds(choice.value(period))) {}

    Decision look(const Observation& seen) override {
        if (seen.quorum_left()) return wait_for(quorum_interval, "quorum nodes are left");
        if (state_ == State::restarting) {
            since_ = seen.now();
            state_ = State::restarted;
        }
        if (state_ == State::restarted) {
            if (!seen.ready(current_.broker)) {
                if (seen.now() - since_ >= timeout_) return give_up("a pod does not become ready");
                return look_in(pod_interval, "a pod is not ready");
            }
            state_ = State::between;
        }
        return go_on(seen);
    }

private:
    enum class State : std::uint8_t { between, looking, restarting, restarted };
    struct Waiting {
        BrokerId broker = BrokerId::none();
        sim::Instant due;
        int attempt = 0;
        std::uint32_t turn = 0;
    };
    static constexpr std::string_view denied = "a restart would put a partition under min ISR";

    /// With the pod that is looked at, or the next one that is due.
    Decision go_on(const Observation& seen) {
        while (true) {
            if (state_ == State::between) {
                if (queue_.empty() && !fill(seen)) return finished();
                const auto next = std::min_element(queue_.begin(), queue_.end(), earlier);
                if (next->due > seen.now()) return look_in(next->due - seen.now(), denied);
                current_ = *next;
                queue_.erase(next);
                since_ = seen.now();
                state_ = State::looking;
            }
            const BrokerId b = current_.broker;
            if (!seen.untouched(b)) {  // somebody else has restarted it meanwhile: it needs none
                state_ = State::between;
                continue;
            }
            if (!seen.ready(b) && seen.now() - since_ < timeout_) {
                return look_in(pod_interval, "a pod is not ready");
            }
            const bool controls = b == seen.controller() && !queue_.empty();
            if (seen.ready(b) && !controls && can_spare(seen, b, true)) {
                state_ = State::restarting;
                return restart({b});
            }
            state_ = State::between;
            if (!try_later(seen)) return next_pass(seen);
        }
    }

    static bool earlier(const Waiting& a, const Waiting& b) {
        return a.due != b.due ? a.due < b.due : a.turn < b.turn;
    }

    /// Pods that are not ready first. False where nothing is left.
    bool fill(const Observation& seen) {
        for (const bool ready : {false, true}) {
            for (const BrokerId b : seen.left()) {
                if (seen.ready(b) == ready) queue_.push_back({b, seen.now(), 0, turn_++});
            }
        }
        pass_began_ = seen.changes();
        return !queue_.empty();
    }

    /// False where the attempts are used up: the reconciliation fails.
    bool try_later(const Observation& seen) {
        if (current_.attempt + 1 >= attempts_) return false;
        Waiting again = current_;
        again.due = seen.now() + backoff_ * (std::int64_t{1} << std::min(again.attempt, 30));
        ++again.attempt;
        again.turn = turn_++;
        queue_.push_back(again);
        return true;
    }

    Decision next_pass(const Observation& seen) {
        queue_.clear();
        const sim::Duration into{seen.now().since_start().count() % period_.count()};
        Decision decision = look_in(period_ - into, denied);
        decision.patient = seen.changes() == pass_began_;
        return decision;
    }

    sim::Duration timeout_;
    int attempts_;
    sim::Duration backoff_;
    sim::Duration period_;
    State state_ = State::between;
    std::vector<Waiting> queue_;
    Waiting current_;
    sim::Instant since_;
    std::uint32_t turn_ = 0;
    std::uint64_t pass_began_ = 0;  // Observation::changes
};

}  // namespace

const PolicyInfo strimzi{
    .word = "strimzi",
    .tool = "the KafkaRoller of the Strimzi operator",
    .parameters = {{{"ready_timeout_s", 1, 1e9, 300, "For a pod to become ready.", "the tool"},
                    {"attempts", 1, 1000, 10, "Of a pod in one pass.", "the tool"},
                    {"backoff_s", 0.001, 1e6, 0.25, "After the first; doubles.", "the tool"},
                    {"period_s", 1, 1e9, 120, "Between reconciliations.", "the tool"}}},
    .rule =
        "One pod at a time, quorum nodes first, pods that are not ready first, the active "
        "controller last. A pod is restarted where every partition on it can spare it (RF <= "
        "min ISR is let pass); else it is tried again later, and when its attempts are used up "
        "the next pass begins anew. It waits until the process runs, not for its ISRs; where "
        "the process does not come it gives up.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<Strimzi>(choice);
    }};

}  // namespace rollcast::models::policies
