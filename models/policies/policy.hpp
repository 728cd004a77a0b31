// A tool that rolls one cluster: it looks at instants of its own choice, sees an Observation, and
// says what to start, when it looks again, or that it gives up.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "models/plan.hpp"
#include "models/policies/observation.hpp"

namespace rollcast::models {

/// Leadership is to be moved off `broker`, of up to `most_leaders` partitions at once; it leads
/// only what no other replica in sync can, until leaders are restored.
struct Demotion {
    BrokerId broker = BrokerId::none();
    std::size_t most_leaders = 0;
};

/// What a tool does after a look.
struct Decision {
    enum class Next : std::uint8_t {
        look,      // looks again after `wait`
        started,   // looks again `wait` after the last of what it has asked for starts its process
        finished,  // nothing is left to do
        given_up   // for `reason`
    };
    Next next = Next::look;
    sim::Duration wait{};
    std::vector<BrokerId> start{};  // machines to restart now, as crews become free
    /// It will say the same until something else changes: when nothing else goes on, the run is
    /// over.
    bool patient = false;
    bool elect_preferred = false;  // it asks for leaders to return
    /// Replicas that are to go to the place that is free for them, or back from there.
    std::vector<HostedReplica> move{};
    Demotion demotion{};
    bool restore_leaders = false;  // no broker is demoted any more, and preferred leaders lead
    std::string_view reason{};     // why it gives up, or what it waits for
};

inline Decision look_in(sim::Duration wait, std::string_view reason) {
    return {.wait = wait, .reason = reason};
}
/// Looks again and again, with no limit of its own.
inline Decision wait_for(sim::Duration interval, std::string_view reason) {
    return {.wait = interval, .patient = true, .reason = reason};
}
inline Decision restart(std::vector<BrokerId> brokers, sim::Duration pause = {}) {
    return {.next = Decision::Next::started, .wait = pause, .start = std::move(brokers)};
}
inline Decision finished() { return {.next = Decision::Next::finished}; }
inline Decision give_up(std::string_view reason) {
    return {.next = Decision::Next::given_up, .reason = reason};
}

class Policy {
public:
    virtual ~Policy() = default;
    virtual Decision look(const Observation& seen) = 0;
    virtual std::unique_ptr<Policy> clone() const = 0;

protected:
    Policy() = default;
    Policy(const Policy&) = default;
    Policy& operator=(const Policy&) = default;
};

/// Gives a policy of plain values its copy.
template <class Self>
class CopiedPolicy : public Policy {
public:
    std::unique_ptr<Policy> clone() const override {
        return std::make_unique<Self>(static_cast<const Self&>(*this));
    }
};

/// A number that a policy takes.
struct PolicyParameter {
    std::string_view key;  // in files, its unit included
    double least = 0.0;
    double most = 0.0;
    double fallback = 0.0;
    std::string_view meaning;
    std::string_view source;  // of the default: the tool, or "assumed"
};

/// A row of the catalogue.
struct PolicyInfo {
    std::string_view word;  // in files and options
    std::string_view tool;
    std::array<PolicyParameter, most_policy_parameters> parameters{};
    std::string_view rule;      // what it does, in a few sentences
    bool quorum_first = false;  // quorum nodes on machines of their own go before the brokers
    std::unique_ptr<Policy> (*make)(const PolicyChoice& choice) = nullptr;
    /// Of one that moves the replicas of a broker away, for which the run makes room: bytes/s that
    /// a broker gives or takes of them, 0 = all.
    double (*move_throttle)(const PolicyChoice& choice) = nullptr;

    std::size_t parameter_count() const;
};

/// A duration that a policy takes in seconds; 0 = without limit.
inline sim::Duration limit_of(double seconds) {
    return seconds > 0.0 ? sim::ceil_seconds(seconds)
                         : sim::Duration{std::numeric_limits<std::int64_t>::max()};
}

/// As many brokers as a policy takes at once; 0 = no limit.
inline std::size_t at_most(double brokers) {
    return brokers == 0.0 ? std::numeric_limits<std::size_t>::max()
                          : static_cast<std::size_t>(brokers);
}

/// Between two looks of a tool that waits for the quorum nodes; assumed.
inline constexpr sim::Duration quorum_interval = sim::seconds(10);
/// Between two looks of Strimzi at a pod that starts; the tool's own.
inline constexpr sim::Duration pod_interval = sim::seconds(1);

/// The brokers of `left` by rack, racks in order of their id; racks without one are left out.
std::vector<std::vector<BrokerId>> by_rack(const Fleet& fleet, const std::vector<BrokerId>& left);

namespace policies {
extern const PolicyInfo yelp_rolling_restart, cp_ansible, cp_ansible_parallel, cfk, strimzi,
    strimzi_v2, rack_naive, koperator, rollout_operator, zpdb, ok_to_stop, ok_to_upgrade,
    serial_isr, msk, cruise_control, cruise_control_demote;
}  // namespace policies

}  // namespace rollcast::models
