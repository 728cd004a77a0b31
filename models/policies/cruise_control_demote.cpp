// P7b: Cruise Control moves the leaders off a broker before somebody restarts it (baseline-policies
// P7b).
#include <utility>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class CruiseControlDemote : public CopiedPolicy<CruiseControlDemote> {
    enum Place : std::uint8_t { leaders, interval };

public:
    explicit CruiseControlDemote(const PolicyChoice& choice)
        : most_leaders_(static_cast<std::size_t>(choice.value(leaders))),
          interval_(sim::ceil_seconds(choice.value(interval))) {}

    Decision look(const Observation& seen) override {
        if (restarted_) {
            if (!seen.ready(broker_)) return wait_for(interval_, "the broker is not up");
            if (!seen.all_in_sync()) return wait_for(interval_, "a replica is out of sync");
            restarted_ = false;
            broker_ = BrokerId::none();
            Decision decision = look_in(interval_, "preferred leaders");
            decision.restore_leaders = true;
            return decision;
        }
        if (!broker_.exists()) {
            const std::vector<BrokerId> left = seen.left();
            if (left.empty()) return finished();
            if (!seen.all_in_sync()) return wait_for(interval_, "a replica is out of sync");
            broker_ = left.front();
            leaders_left_ = seen.leaders_to_move(broker_) + 1;
        }
        const std::size_t left = seen.leaders_to_move(broker_);
        if (left == 0) {
            restarted_ = true;
            // Somebody else may have restarted it meanwhile.
            return seen.untouched(broker_) ? restart({broker_})
                                           : look_in(interval_, "it is restarted");
        }
        Decision decision = wait_for(interval_, "leaders move");
        decision.patient = std::exchange(leaders_left_, left) == left;
        decision.demotion = {.broker = broker_, .most_leaders = most_leaders_};
        return decision;
    }

private:
    std::size_t most_leaders_;
    sim::Duration interval_;
    BrokerId broker_ = BrokerId::none();
    std::size_t leaders_left_ = 0;  // at the last look
    bool restarted_ = false;
};

}  // namespace

const PolicyInfo cruise_control_demote{
    .word = "cruise-control-demote",
    .tool = "Cruise Control: demote_broker, restart, preferred leaders",
    .parameters = {{{"leaders_per_step", 1, 1e6, 1000, "Leaders moved at once.", "the tool"},
                    {"poll_s", 0.001, 1e6, 10, "Between two looks.", "the tool"}}},
    .rule =
        "One broker at a time, in the order of the plan. It becomes the last in the order of its "
        "partitions, and what it leads goes to the others, so many leaders at each look. It is "
        "restarted when it leads nothing that another replica in sync could lead, so that a "
        "partition with one replica alone in its ISR stays. When its process runs and every "
        "replica of the cluster is in its ISR (assumed: the tool does not restart) the order is "
        "as before, and preferred leaders are elected.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<CruiseControlDemote>(choice);
    }};

}  // namespace rollcast::models::policies
