// P6: Ceph's ok-to-stop and ok-to-upgrade, translated (baseline-policies P6).
#include <algorithm>
#include <cmath>

#include "models/policies/policy.hpp"

namespace rollcast::models::policies {

namespace {

constexpr sim::Duration retry = sim::seconds(15);  // the tool
constexpr sim::Duration settle = sim::seconds(1);  // between looks at replicas, assumed
constexpr std::string_view refused = "no broker is ok to stop";

bool holds(const std::vector<BrokerId>& set, BrokerId b) {
    return std::find(set.begin(), set.end(), b) != set.end();
}

/// Without the brokers of `set` every partition on them keeps min ISR; one below it already does
/// not.
bool ok_to_stop(const Observation& seen, const std::vector<BrokerId>& set) {
    return std::all_of(set.begin(), set.end(), [&](BrokerId b) {
        const auto hosted = seen.fleet().hosted(b);
        return std::all_of(hosted.begin(), hosted.end(), [&](const HostedReplica& replica) {
            const PartitionState& state = seen.partition(replica.partition);
            const auto replicas = seen.fleet().replicas(replica.partition);
            int left = 0;
            for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
                if (state.in_sync(slot) && !holds(set, replicas[slot])) ++left;
            }
            return left >= state.min_isr();
        });
    });
}

/// Rolls sets in parallel, each until every replica on it is in its ISR.
class OkPolicy {
protected:
    bool settled(const Observation& seen) const {
        return std::all_of(
            set_.begin(), set_.end(), [&](BrokerId b) { return seen.ready(b) && seen.in_sync(b); });
    }

    std::vector<BrokerId> set_;
};

class OkToStop : public CopiedPolicy<OkToStop>, private OkPolicy {
public:
    explicit OkToStop(const PolicyChoice& choice) : most_(at_most(choice.value(0))) {}

    Decision look(const Observation& seen) override {
        if (!settled(seen)) return wait_for(settle, "replicas are out of sync");
        std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        std::sort(
            left.begin(), left.end(), [](BrokerId a, BrokerId b) { return a.value < b.value; });
        std::vector<BrokerId> set{left.front()};
        if (!ok_to_stop(seen, set)) return wait_for(retry, refused);
        const RackId rack = seen.fleet().brokers()[set[0]].rack;
        const auto beside = [&](BrokerId b) { return seen.fleet().brokers()[b].rack == rack; };
        if (grow(seen, left, beside, set)) {
            grow(
                seen, left, [](BrokerId) { return true; }, set);
        }
        set_ = set;
        return restart(std::move(set));
    }

private:
    /// Adds what is ok of `left`; false where something failed, so that it climbs no further.
    template <class Belongs>
    bool grow(const Observation& seen,
              const std::vector<BrokerId>& left,
              Belongs belongs,
              std::vector<BrokerId>& set) const {
        bool all = true;
        for (const BrokerId b : left) {
            if (set.size() >= most_) return false;
            if (!belongs(b) || holds(set, b) || !seen.answers(b)) continue;
            set.push_back(b);
            if (ok_to_stop(seen, set)) continue;
            set.pop_back();
            all = false;
        }
        return all;
    }

    std::size_t most_;
};

class OkToUpgrade : public CopiedPolicy<OkToUpgrade>, private OkPolicy {
public:
    explicit OkToUpgrade(const PolicyChoice& choice)
        : most_(at_most(choice.value(0))), shrink_(choice.value(1)) {}

    Decision look(const Observation& seen) override {
        if (!settled(seen)) return wait_for(settle, "replicas are out of sync");
        const std::vector<BrokerId> left = seen.left();
        if (left.empty()) return finished();
        std::vector<BrokerId> rack = by_rack(seen.fleet(), left).front();
        std::sort(rack.begin(), rack.end(), [&](BrokerId a, BrokerId b) {
            const std::size_t at_a = seen.fleet().hosted(a).size();
            const std::size_t at_b = seen.fleet().hosted(b).size();
            return at_a != at_b ? at_a < at_b : a.value < b.value;
        });
        std::vector<BrokerId> set = rack;
        while (!ok_to_stop(seen, set)) {
            if (set.size() == 1) return wait_for(retry, refused);
            const double kept = std::floor(static_cast<double>(set.size()) * shrink_);
            set.resize(std::max<std::size_t>(1, static_cast<std::size_t>(kept)), BrokerId::none());
        }
        if (set.size() > most_) set.resize(most_, BrokerId::none());
        for (const BrokerId b : rack) {
            if (set.size() >= most_) break;
            if (holds(set, b)) continue;
            set.push_back(b);
            if (!ok_to_stop(seen, set)) set.pop_back();
        }
        set_ = set;
        return restart(std::move(set));
    }

private:
    std::size_t most_;
    double shrink_;
};

}  // namespace

const PolicyInfo ok_to_stop{
    .word = "ok-to-stop",
    .tool = "Ceph's ok-to-stop --max, as cephadm uses it",
    .parameters = {{{"max", 0, 1e6, 16, "Brokers at once; 0 = any number.", "the tool"}}},
    .rule =
        "The first broker by id that is left, and beside it all of its rack, then of the "
        "cluster, without whom every partition keeps min ISR; it climbs only where none failed. "
        "The next set when every replica on the last is in its ISR.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<OkToStop>(choice);
    }};

const PolicyInfo ok_to_upgrade{
    .word = "ok-to-upgrade",
    .tool = "Ceph's ok-to-upgrade of a rack",
    .parameters =
        {{{"max", 0, 1e6, 0, "Brokers at once; 0 = any number.", "assumed"},
          {"shrink_share", 0.01, 0.99, 0.8, "Share that is kept at a refusal.", "assumed"}}},
    .rule =
        "Rack by rack, the brokers with the fewest replicas first: the whole rack, cut down "
        "until every partition keeps min ISR without it, then filled up one by one. The next "
        "set when every replica on the last is in its ISR.",
    .make = [](const PolicyChoice& choice) -> std::unique_ptr<Policy> {
        return std::make_unique<OkToUpgrade>(choice);
    }};

}  // namespace rollcast::models::policies
