// P1: kafka-rolling-restart of Yelp's kafka-utils (baseline-policies P1).
#include <algorithm>
#include <cmath>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class YelpRollingRestart : public CopiedPolicy<YelpRollingRestart> {
    enum Place : std::uint8_t { interval, count, limit, controller_last };

public:
    explicit YelpRollingRestart(const PolicyChoice& choice)
        : interval_(sim::ceil_seconds(choice.value(interval))),
          count_(static_cast<int>(choice.value(count))),
          most_reads_(static_cast<int>(std::max(
              1.0, std::ceil(choice.value(limit) / std::max(1e-9, choice.value(interval)))))),
          controller_last_(choice.value(controller_last) != 0.0) {}

    Decision look(const Observation& seen) override {
        if (order_.empty()) make_order(seen);
        const bool silent =
            std::any_of(order_.begin(), order_.end(), [&](BrokerId b) { return !seen.answers(b); });
        const bool healthy = !silent && seen.under_replicated_led_by(order_) == 0;
        good_reads_ = healthy ? good_reads_ + 1 : 0;
        const int needed = next_ == 0 ? 1 : count_;
        if (good_reads_ < needed) {
            if (reads_ >= most_reads_) return give_up("the cluster is still unhealthy");
            ++reads_;
            return look_in(interval_, "the cluster is unhealthy");
        }
        // What somebody else has restarted meanwhile it would restart again; a step is taken once.
        while (next_ < order_.size() && !seen.untouched(order_[next_])) ++next_;
        if (next_ == order_.size()) return finished();
        good_reads_ = 0;
        reads_ = 0;
        return restart({order_[next_++]});
    }

private:
    void make_order(const Observation& seen) {
        order_ = seen.listed();
        std::sort(
            order_.begin(), order_.end(), [](BrokerId a, BrokerId b) { return a.value < b.value; });
        const auto controller = std::find(order_.begin(), order_.end(), seen.controller());
        if (controller_last_ && controller != order_.end()) {
            std::rotate(controller, controller + 1, order_.end());
        }
    }

    sim::Duration interval_;
    int count_;
    int most_reads_;
    bool controller_last_;
    std::vector<BrokerId> order_;
    std::size_t next_ = 0;
    int good_reads_ = 0;
    int reads_ = 0;
};

}  // namespace

const PolicyInfo yelp_rolling_restart{
    .word = "yelp-rolling-restart",
    .tool = "kafka-rolling-restart of Yelp's kafka-utils",
    .parameters =
        {{{"interval_s", 0.001, 1e6, 10, "Between two reads.", "the tool"},
          {"count", 1, 1e6, 12, "Good reads in a row before the next stop.", "the tool"},
          {"limit_s", 1, 1e9, 600, "Reads for so long, then gives up.", "the tool"},
          {"controller_last", 0, 1, 0, "1: the active controller goes last.", "assumed"}}},
    .rule =
        "One broker at a time, by id. Before each stop, and at the end, it reads over JMX how "
        "many partitions the listed brokers lead that are under-replicated; a read is good when "
        "there is none and every broker answers. The first stop needs one good read, the "
        "others `count` in a row. The command that starts the process does not wait for it.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<YelpRollingRestart>(choice);
    }};

}  // namespace rollcast::models::policies
