// P2: cp-ansible's rolling playbook, its parallel strategy, and Confluent for Kubernetes
// (baseline-policies P2).
#include <algorithm>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

class CpAnsible : public CopiedPolicy<CpAnsible> {
    enum Place : std::uint8_t { pause, retries, delay };

public:
    CpAnsible(const PolicyChoice& choice, bool parallel)
        : pause_(sim::ceil_seconds(choice.value(pause))),
          retries_(static_cast<int>(choice.value(retries))),
          delay_(sim::ceil_seconds(choice.value(delay))),
          parallel_(parallel) {}

    Decision look(const Observation& seen) override {
        if (seen.quorum_left()) return wait_for(quorum_interval, "quorum nodes are left");
        if (restarted_ > 0 && !seen.all_in_sync()) {
            if (tries_++ >= retries_) return give_up("partitions are under-replicated");
            return look_in(delay_, "partitions are under-replicated");
        }
        tries_ = 0;
        std::vector<BrokerId> next = seen.left();
        if (next.empty()) return finished();
        if (!parallel_) next.resize(1, BrokerId::none());
        restarted_ += next.size();
        return restart(std::move(next), pause_);
    }

private:
    sim::Duration pause_;
    int retries_;
    sim::Duration delay_;
    bool parallel_;
    std::size_t restarted_ = 0;
    int tries_ = 0;
};

/// Waits for the broker that it has just restarted alone.
class Cfk : public CopiedPolicy<Cfk> {
public:
    explicit Cfk(const PolicyChoice& choice)
        : interval_(sim::ceil_seconds(choice.value(0))),
          timeout_(limit_of(choice.value(1))),
          endless_(choice.value(1) == 0.0) {}

    Decision look(const Observation& seen) override {
        if (seen.quorum_left()) return wait_for(quorum_interval, "quorum nodes are left");
        if (last_.exists() && !(seen.answers(last_) && seen.in_sync(last_))) {
            if (since_ == sim::Instant::never()) since_ = seen.now();
            if (endless_) return wait_for(interval_, "the last broker is out of sync");
            if (seen.now() - since_ >= timeout_) return give_up("the last broker is out of sync");
            return look_in(interval_, "the last broker is out of sync");
        }
        const std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        last_ = *std::max_element(
            left.begin(), left.end(), [](BrokerId a, BrokerId b) { return a.value < b.value; });
        since_ = sim::Instant::never();
        return restart({last_});
    }

private:
    sim::Duration interval_;
    sim::Duration timeout_;
    bool endless_;
    BrokerId last_ = BrokerId::none();
    sim::Instant since_ = sim::Instant::never();
};

constexpr std::array<PolicyParameter, most_policy_parameters> ansible_parameters{
    {{"pause_s", 0, 1e6, 20, "After the restart, before the first try.", "the tool"},
     {"retries", 0, 1e6, 15, "Tries after the first one.", "the tool"},
     {"delay_s", 0.001, 1e6, 5, "Between two tries.", "the tool"}}};

}  // namespace

const PolicyInfo cp_ansible{
    .word = "cp-ansible",
    .tool = "cp-ansible, deployment strategy rolling",
    .parameters = ansible_parameters,
    .rule =
        "One host at a time, in the order of the inventory, quorum nodes first. After the "
        "restart it pauses, then asks for under-replicated partitions until there is none; "
        "after the last try the whole play fails, so that it never waits longer than 20 s and "
        "75 s.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<CpAnsible>(choice, false);
    }};

const PolicyInfo cp_ansible_parallel{
    .word = "cp-ansible-parallel",
    .tool = "cp-ansible, deployment strategy parallel, its default",
    .parameters = ansible_parameters,
    .rule =
        "Quorum nodes first, then all brokers at once. The check is that of cp-ansible, when "
        "it is too late.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<CpAnsible>(choice, true);
    }};

const PolicyInfo cfk{
    .word = "cfk",
    .tool = "Confluent for Kubernetes",
    .parameters = {{{"interval_s", 0.001, 1e6, 5, "Between two looks.", "assumed"},
                    {"timeout_s", 0, 1e9, 0, "Gives up after it; 0 = never.", "assumed"}}},
    .rule =
        "One broker at a time, the highest id first. It waits until the broker that it has just "
        "restarted has no replica out of its ISR.",
    .quorum_first = true,
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<Cfk>(choice);
    }};

}  // namespace rollcast::models::policies
