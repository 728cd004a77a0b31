// P8 and P9: one broker at a time until nothing is under-replicated, as Apache Kafka's system tests
// do it, and as a managed service is said to (baseline-policies P8, P9).
#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class SerialIsr : public CopiedPolicy<SerialIsr> {
    enum Place : std::uint8_t { interval, timeout };

public:
    SerialIsr(const PolicyChoice& choice, bool rack_order)
        : interval_(sim::ceil_seconds(choice.value(interval))),
          timeout_(limit_of(choice.value(timeout))),
          endless_(choice.value(timeout) == 0.0),
          rack_order_(rack_order) {}

    Decision look(const Observation& seen) override {
        if (!rack_order_ && seen.quorum_left()) {
            return wait_for(quorum_interval, "quorum nodes are left");
        }
        if (last_.exists() && !(seen.answers(last_) && seen.all_in_sync())) {
            if (since_ == sim::Instant::never()) since_ = seen.now();
            if (endless_) return wait_for(interval_, "a replica is out of sync");
            if (seen.now() - since_ >= timeout_) return give_up("a replica is out of sync");
            return look_in(interval_, "a replica is out of sync");
        }
        const std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        last_ = rack_order_ ? by_rack(seen.fleet(), left).front().front() : left.front();
        since_ = sim::Instant::never();
        return restart({last_});
    }

private:
    sim::Duration interval_;
    sim::Duration timeout_;
    bool endless_;
    bool rack_order_;
    BrokerId last_ = BrokerId::none();
    sim::Instant since_ = sim::Instant::never();
};

}  // namespace

const PolicyInfo serial_isr{
    .word = "serial-isr",
    .tool = "the system tests of Apache Kafka",
    .parameters = {{{"interval_s", 0.001, 1e6, 1, "Between two looks.", "the tests"},
                    {"timeout_s", 0, 1e9, 60, "Gives up after it; 0 = never.", "the tests"}}},
    .rule =
        "Quorum nodes first, then one broker at a time: stop, start, wait until every replica "
        "of the cluster is in its ISR.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<SerialIsr>(choice, false);
    }};

const PolicyInfo msk{
    .word = "msk",
    .tool = "a managed service that rolls zone by zone; its thresholds are not published",
    .parameters = {{{"interval_s", 0.001, 1e6, 1, "Between two looks.", "assumed"},
                    {"timeout_s", 0, 1e9, 0, "Gives up after it; 0 = never.", "assumed"}}},
    .rule = "One broker at a time, rack by rack, until every replica of the cluster is in its ISR.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<SerialIsr>(choice, true);
    }};

}  // namespace rollcast::models::policies
