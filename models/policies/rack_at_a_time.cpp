// P5: a rack at a time, by the rules of those who do it (baseline-policies P5).
#include <algorithm>
#include <set>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

RackId rack_of(const Observation& seen, BrokerId b) { return seen.fleet().brokers()[b].rack; }

/// P5a. No predicate: the rack rule alone is to keep partitions up.
class RackNaive : public CopiedPolicy<RackNaive> {
public:
    explicit RackNaive(const PolicyChoice& choice)
        : cap_(at_most(choice.value(0))),
          quiet_(sim::ceil_seconds(choice.value(1))),
          interval_(sim::ceil_seconds(choice.value(2))) {}

    Decision look(const Observation& seen) override {
        if (!last_.empty()) {
            const bool well = seen.all_ready(last_) && seen.all_in_sync();
            if (!well) {
                well_since_ = sim::Instant::never();
                return wait_for(interval_, "replicas are out of sync");
            }
            if (well_since_ == sim::Instant::never()) well_since_ = seen.now();
            const sim::Duration left = quiet_ - (seen.now() - well_since_);
            if (left > sim::Duration{}) return look_in(std::min(left, interval_), "quiet time");
        }
        const std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        last_ = by_rack(seen.fleet(), left).front();
        if (last_.size() > cap_) last_.resize(cap_, BrokerId::none());
        well_since_ = sim::Instant::never();
        return restart(last_);
    }

private:
    std::size_t cap_;
    sim::Duration quiet_;
    sim::Duration interval_;
    std::vector<BrokerId> last_;
    sim::Instant well_since_ = sim::Instant::never();
};

/// P5b.
class Koperator : public CopiedPolicy<Koperator> {
public:
    explicit Koperator(const PolicyChoice& choice)
        : most_(static_cast<std::size_t>(choice.value(0))),
          threshold_(static_cast<std::size_t>(choice.value(1))),
          requeue_(sim::ceil_seconds(choice.value(2))) {}

    Decision look(const Observation& seen) override {
        const std::vector<BrokerId> left = seen.left();
        std::vector<BrokerId> down;
        std::vector<BrokerId> impacted;
        for (const BrokerId b : seen.cluster().brokers()) {
            if (!seen.ready(b)) down.push_back(b);
            if (!seen.answers(b) || !seen.in_sync(b)) impacted.push_back(b);
        }
        if (left.empty())
            return down.empty() ? finished() : wait_for(requeue_, "a pod is not ready");
        const BrokerId next = candidate(seen, left, down);
        const auto elsewhere = [&](BrokerId b) { return rack_of(seen, b) != rack_of(seen, next); };
        if (down.size() >= most_ || std::any_of(down.begin(), down.end(), elsewhere)) {
            return wait_for(requeue_, "pods are down");
        }
        if (impacted.size() >= threshold_) return wait_for(requeue_, "brokers are impacted");
        if (most_ > 1) {
            const bool other_rack =
                threshold_ > 1 && std::any_of(impacted.begin(), impacted.end(), elsewhere);
            if (other_rack) return wait_for(requeue_, "brokers of another rack are impacted");
            if (!rack_aware(seen)) return wait_for(requeue_, "the rack goal is violated");
        }
        Decision decision = look_in(requeue_, "one pod a reconciliation");
        decision.start = {next};
        return decision;
    }

private:
    /// The first that is left, in the rack that has a pod down where there is one (assumed).
    static BrokerId candidate(const Observation& seen,
                              const std::vector<BrokerId>& left,
                              const std::vector<BrokerId>& down) {
        if (down.empty()) return left.front();
        const auto beside = std::find_if(left.begin(), left.end(), [&](BrokerId b) {
            return rack_of(seen, b) == rack_of(seen, down.front());
        });
        return beside == left.end() ? left.front() : *beside;
    }

    /// The goal of rack-aware distribution: replicas of a partition are spread over the racks as
    /// evenly as they can be.
    static bool rack_aware(const Observation& seen) {
        const std::size_t racks = seen.cluster().rack_count;
        for (const PartitionId p : seen.cluster().partitions()) {
            const auto replicas = seen.fleet().replicas(p);
            const std::size_t most = (replicas.size() + racks - 1) / racks;
            for (const BrokerId b : replicas) {
                const auto same = std::count_if(replicas.begin(), replicas.end(), [&](BrokerId o) {
                    return rack_of(seen, o) == rack_of(seen, b);
                });
                if (static_cast<std::size_t>(same) > most) return false;
            }
        }
        return true;
    }

    std::size_t most_;
    std::size_t threshold_;
    sim::Duration requeue_;
};

/// P5c. Ready is a process that runs: nobody looks at ISRs.
class RolloutOperator : public CopiedPolicy<RolloutOperator> {
public:
    explicit RolloutOperator(const PolicyChoice& choice)
        : most_(static_cast<std::size_t>(choice.value(0))),
          interval_(sim::ceil_seconds(choice.value(1))) {}

    Decision look(const Observation& seen) override {
        const std::vector<BrokerId> left = seen.left();
        std::size_t down = 0;
        bool elsewhere = false;
        const std::vector<BrokerId> zone =
            left.empty() ? left : by_rack(seen.fleet(), left).front();
        for (const BrokerId b : seen.cluster().brokers()) {
            if (seen.ready(b)) continue;
            ++down;
            elsewhere = elsewhere || zone.empty() || rack_of(seen, b) != rack_of(seen, zone[0]);
        }
        if (left.empty() && down == 0) return finished();
        if (elsewhere) return wait_for(interval_, "a pod of another zone is not ready");
        if (down >= most_) return wait_for(interval_, "pods are not ready");
        Decision decision = look_in(interval_, "pods are not ready");
        const std::size_t room = std::min(most_ - down, zone.size());
        decision.start.assign(zone.begin(), zone.begin() + static_cast<std::ptrdiff_t>(room));
        return decision;
    }

private:
    std::size_t most_;
    sim::Duration interval_;
};

/// P5d. Evicts a pod where every partition on it has few enough replicas that are not ready.
class Zpdb : public CopiedPolicy<Zpdb> {
public:
    explicit Zpdb(const PolicyChoice& choice)
        : most_(static_cast<int>(choice.value(0))),
          cross_zone_(sim::ceil_seconds(choice.value(1))),
          interval_(sim::ceil_seconds(choice.value(2))) {}

    Decision look(const Observation& seen) override {
        const std::vector<BrokerId> left = seen.left();
        std::set<BrokerId> away;
        for (const BrokerId b : seen.cluster().brokers()) {
            if (!seen.ready(b)) away.insert(b);
        }
        if (left.empty()) return away.empty() ? finished() : wait_for(interval_, "pods are away");
        Decision decision = wait_for(interval_, "a replica beside it is away");
        for (const BrokerId b : left) {
            const RackId zone = rack_of(seen, b);
            const bool too_early =
                last_zone_.exists() && zone != last_zone_ && seen.now() - last_at_ < cross_zone_;
            if (too_early || !allowed(seen, b, away)) continue;
            decision.start.push_back(b);
            away.insert(b);
            last_zone_ = zone;
            last_at_ = seen.now();
        }
        const bool delayed = last_zone_.exists() && seen.now() - last_at_ < cross_zone_;
        decision.patient = decision.start.empty() && !delayed;
        return decision;
    }

private:
    bool allowed(const Observation& seen, BrokerId b, const std::set<BrokerId>& away) const {
        const auto hosted = seen.fleet().hosted(b);
        return std::all_of(hosted.begin(), hosted.end(), [&](const HostedReplica& replica) {
            const auto replicas = seen.fleet().replicas(replica.partition);
            const auto gone = std::count_if(
                replicas.begin(), replicas.end(), [&](BrokerId r) { return away.count(r) > 0; });
            return gone < most_;
        });
    }

    int most_;
    sim::Duration cross_zone_;
    sim::Duration interval_;
    RackId last_zone_ = RackId::none();
    sim::Instant last_at_;
};

}  // namespace

const PolicyInfo rack_naive{
    .word = "rack-naive",
    .tool = "the folk rule",
    .parameters = {{{"max_down", 0, 1e6, 0, "Brokers at once; 0 = the whole rack.", "assumed"},
                    {"quiet_s", 0, 1e9, 60, "Nothing is out of sync for so long.", "assumed"},
                    {"interval_s", 0.001, 1e6, 10, "Between two looks.", "assumed"}}},
    .rule =
        "All brokers of a rack at once, racks by name. The next rack when every replica is in "
        "its ISR and has been for a while. It does not look at what the brokers host.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<RackNaive>(choice);
    }};

const PolicyInfo koperator{
    .word = "koperator",
    .tool = "Koperator",
    .parameters = {{{"max_restarts", 1, 1e6, 1, "Pods down at once.", "the tool"},
                    {"failure_threshold", 1, 1e6, 1, "Impacted brokers that stop it.", "the tool"},
                    {"requeue_s", 0.001, 1e6, 15, "After a refusal.", "the tool"}}},
    .rule =
        "One pod a reconciliation, no two racks at once. Refused while as many pods as allowed "
        "are down, or as many brokers as the threshold have replicas out of sync; with more "
        "than one at once also while the rack goal is violated, or a broker of another rack is "
        "impacted.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<Koperator>(choice);
    }};

const PolicyInfo rollout_operator{
    .word = "rollout-operator",
    .tool = "Grafana's rollout-operator",
    .parameters = {{{"max_unavailable", 1, 1e6, 1, "Pods of a zone at once.", "the tool"},
                    {"interval_s", 0.001, 1e6, 10, "Between two looks.", "assumed"}}},
    .rule =
        "Zone by zone. Within one, at most `max_unavailable` pods are not ready; the next zone "
        "when all pods of the others are. Ready is a process that runs, whatever its replicas "
        "do.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<RolloutOperator>(choice);
    }};

const PolicyInfo zpdb{
    .word = "zpdb",
    .tool = "a zone-aware pod disruption budget",
    .parameters = {{{"max_unavailable", 1, 1e6, 1, "Replicas of a partition away.", "the tool"},
                    {"cross_zone_delay_s", 0, 1e9, 0, "Before another zone begins.", "the tool"},
                    {"interval_s", 0.001, 1e6, 10, "Between two looks.", "assumed"}}},
    .rule =
        "Every pod whose partitions all have fewer than `max_unavailable` replicas on pods "
        "that are not ready. Ready is a process that runs, whatever its replicas do.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<Zpdb>(choice);
    }};

}  // namespace rollcast::models::policies
