#include "scenarios/recorded/naive_model.hpp"

#include <algorithm>
#include <map>

namespace rollcast::scenarios {

namespace {

using models::Action;
using models::ActionKind;
using models::BrokerId;

class Naive {
public:
    explicit Naive(const models::Case& a_case) : fleet_(a_case.fleet) {
        for (const models::PartitionId p :
             models::Range<models::PartitionId>(fleet_.partitions().size())) {
            state_.push_back({{}, p, 0, fleet_.partitions()[p].isr, fleet_.partitions()[p].leader});
        }
        for (const Action& action : a_case.actions) act(action);
    }

    std::vector<models::Transition> transitions(sim::Instant end) {
        std::stable_sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
            return a.at < b.at;
        });
        for (const Pending& pending : pending_) {
            if (pending.at <= end) apply(pending);
        }
        return std::move(made_);
    }

private:
    struct Pending {
        sim::Instant at;
        bool joins = false;
        bool preferred = false;
        BrokerId broker = BrokerId::none();
    };

    void act(const Action& action) {
        const models::ClusterConfig& config = fleet_.clusters()[action.cluster].config;
        switch (action.kind) {
            case ActionKind::kill:
            case ActionKind::hang:
                if (!action.broker.exists()) return;
                gone_[action.broker] = action.at;
                pending_.push_back(
                    {action.at + config.session_timeout, false, false, action.broker});
                return;
            case ActionKind::shut_down:
                if (!action.broker.exists()) return;
                gone_[action.broker] = action.at;
                pending_.push_back({action.at, false, false, action.broker});
                return;
            case ActionKind::start:
            case ActionKind::go_on:
                if (action.broker.exists() && action.comes_back) come_back(action);
                return;
            case ActionKind::throttle:
                if (action.follower_rate) throttle_ = *action.follower_rate;
                return;
            case ActionKind::elect:
                pending_.push_back(
                    {action.at + action.takes.nominal, false, true, BrokerId::none()});
                return;
            case ActionKind::wipe:
                return;
        }
    }

    void come_back(const Action& action) {
        const auto gone = gone_.find(action.broker);
        if (gone == gone_.end()) return;
        const sim::Instant back = action.at + action.takes.nominal + action.serves_after.nominal;
        const sim::ByteRate rate = std::min(throttle_, fleet_.brokers()[action.broker].nic_in);
        const double missed = static_cast<double>(fleet_.hosted_write_rate(action.broker).count()) *
                              sim::to_seconds(back - gone->second);
        // A hang that ends before the time-out was never noticed.
        std::erase_if(pending_, [&](const Pending& p) {
            return !p.joins && p.broker == action.broker && p.at > back;
        });
        pending_.push_back({back + sim::ceil_seconds(missed / static_cast<double>(rate.count())),
                            true,
                            false,
                            action.broker});
    }

    void apply(const Pending& pending) {
        for (models::Transition& state : state_) {
            models::Transition after = state;
            const auto replicas = fleet_.replicas(state.partition);
            for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
                if (replicas[slot] == pending.broker) move(after, slot, pending.joins);
            }
            if (pending.preferred && (after.isr & 1U) != 0) after.leader = 0;
            if (after.isr == state.isr && after.leader == state.leader) continue;
            if (after.leader != state.leader) ++after.epoch;
            after.at = pending.at;
            state = after;
            made_.push_back(after);
        }
    }

    /// The replica in `slot` joins or leaves the ISR; the last one stays.
    static void move(models::Transition& state, std::size_t slot, bool joins) {
        const auto bit = static_cast<std::uint8_t>(1U << slot);
        const bool leads = state.leader == static_cast<int>(slot);
        if (joins) {
            state.isr = static_cast<std::uint8_t>(state.isr | bit);
            if (state.leader < 0) state.leader = static_cast<std::int8_t>(slot);
        } else if (state.isr == bit) {
            if (leads) state.leader = -1;
        } else {
            state.isr = static_cast<std::uint8_t>(state.isr & ~bit);
            if (leads) state.leader = first(state.isr);
        }
    }

    static std::int8_t first(std::uint8_t isr) {
        std::int8_t slot = 0;
        while (((isr >> slot) & 1) == 0) ++slot;
        return slot;
    }

    const models::Fleet& fleet_;
    std::vector<models::Transition> state_;  // by partition
    std::vector<Pending> pending_;
    std::map<BrokerId, sim::Instant> gone_;
    sim::ByteRate throttle_ = models::unlimited;
    std::vector<models::Transition> made_;
};

}  // namespace

std::vector<models::Transition> naive_transitions(const models::Case& a_case, sim::Instant end) {
    return Naive(a_case).transitions(end);
}

}  // namespace rollcast::scenarios
