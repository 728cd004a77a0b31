// The links of a run: which of them stand, and what faults make of them. Empty, and asked in no
// time, where nothing of the case can refuse a link.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/case.hpp"
#include "models/event.hpp"

namespace rollcast::models {

/// What a broker is joined to besides the other brokers; each stands or does not.
enum class BrokerLink : std::uint8_t { quorum, control, client, orchestrator };
inline constexpr int broker_link_count = 4;

/// What the faults that hold make of the links of one cluster; brokers by place in it.
class LinkRules {
public:
    explicit LinkRules(std::uint32_t brokers = 0);

    /// Nothing gets through, and what stands ends (assumed at once: TCP itself needs up to
    /// replica.socket.timeout.ms, 30 s, to find out, in which nothing gets through either).
    void cut_fetch(std::uint32_t follower, std::uint32_t leader) { fetch(follower, leader) |= 1; }
    void cut(std::uint32_t broker, BrokerLink link) { broker_[broker] |= bit(link); }
    /// What is opened anew is refused; what stands goes on.
    void refuse_fetch(std::uint32_t follower, std::uint32_t leader) {
        fetch(follower, leader) |= 2;
    }
    void refuse(std::uint32_t broker, BrokerLink link) {
        broker_[broker] |= static_cast<std::uint8_t>(bit(link) << broker_link_count);
    }

    bool cuts_fetch(std::uint32_t follower, std::uint32_t leader) const {
        return (fetch_[follower * size_ + leader] & 1) != 0;
    }
    bool cuts(std::uint32_t broker, BrokerLink link) const {
        return (broker_[broker] & bit(link)) != 0;
    }
    /// Cut or refused: nothing is opened anew.
    bool shuts_fetch(std::uint32_t follower, std::uint32_t leader) const {
        return fetch_[follower * size_ + leader] != 0;
    }
    bool shuts(std::uint32_t broker, BrokerLink link) const {
        return (broker_[broker] & (bit(link) | bit(link) << broker_link_count)) != 0;
    }
    /// True where a fault touches a link of `broker`.
    bool touches(std::uint32_t broker) const;
    std::uint32_t size() const { return size_; }

    /// ZooKeeper: while a broker of the new stack (true) or of the old one controls the cluster,
    /// brokers of the other do not understand it.
    std::optional<bool> deaf_under;
    /// Share of the writes of idempotent producers that fail while both stacks run side by side.
    double transactions_failing = 0.0;

private:
    static constexpr std::uint8_t bit(BrokerLink link) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(link));
    }
    std::uint8_t& fetch(std::uint32_t follower, std::uint32_t leader) {
        return fetch_[follower * size_ + leader];
    }

    std::uint32_t size_ = 0;
    std::vector<std::uint8_t> fetch_;   // follower x size + leader
    std::vector<std::uint8_t> broker_;  // cut: the low four bits by BrokerLink; refused: the others
};

/// What is left of the uplinks of a rack.
struct UplinkLeft {
    double share = 1.0;                                     // of their rates
    double most = std::numeric_limits<double>::infinity();  // bytes/s, whatever their rates
};

/// The links of one cluster.
struct ClusterLinks {
    ClusterId cluster;
    std::uint32_t first_broker = 0;
    std::uint32_t size = 0;
    LinkRules rules;
    std::vector<std::uint32_t> altering;  // faults that hold and alter stacks
    bool rules_changed = false;           // since it was last looked at
    bool processes_changed = false;       // a process has started, stopped or hung since then
    bool clients_moved = false;           // its clients have left all connections since then
    // By broker:
    std::vector<std::uint8_t> exists;    // its process, as last looked at
    std::vector<std::uint8_t> migrated;  // it runs the stack of after its step
    std::vector<std::uint8_t> open;      // bits by BrokerLink
    std::vector<std::uint32_t> cuts;     // so often has it lost or found its quorum
    std::vector<NodeStack> running;      // what its process was started with; none: no stacks
    std::vector<double> network_left;    // share of its card that encryption leaves; by the same
    std::vector<std::vector<std::uint32_t>> applied;     // faults that are in that
    std::vector<std::uint8_t> linked;                    // follower x size + leader
    BrokerId controller = BrokerId::none();              // as last looked at
    std::vector<Event> waiting;                          // processes that could not register
    sim::Instant failing_since = sim::Instant::never();  // transactions
    double failing = 0.0;                                // share

    std::uint32_t place(BrokerId b) const { return b.value - first_broker; }
    BrokerId broker(std::uint32_t place) const { return BrokerId{first_broker + place}; }
    bool is_open(std::uint32_t place, BrokerLink link) const {
        return ((open[place] >> static_cast<unsigned>(link)) & 1) != 0;
    }
    void set_open(std::uint32_t place, BrokerLink link, bool is);
};

class LinkBook {
public:
    /// The links of `c` are looked at from now on; all stand.
    void watch(const Case& a_case, ClusterId c);

    bool watches() const { return !clusters_.empty(); }
    ClusterLinks* of(ClusterId c);
    const ClusterLinks* of(ClusterId c) const;
    /// By cluster, ascending.
    std::vector<std::pair<ClusterId, ClusterLinks>>& all() { return clusters_; }
    /// The process of a broker of `c` is another.
    void process_changes(ClusterId c) {
        if (ClusterLinks* links = of(c)) links->processes_changed = true;
    }

    /// True where `follower` can fetch from `leader`, both brokers of `c`.
    bool fetches(ClusterId c, BrokerId follower, BrokerId leader) const;
    bool open(ClusterId c, BrokerId b, BrokerLink link) const;
    /// `b` has the stack of after its step from its next start on; with `before`, that of before.
    void install(ClusterId c, BrokerId b, bool before = false);
    /// Share of the rate of its card that encryption leaves `b`.
    double network_left(ClusterId c, BrokerId b) const;

    /// Of the uplinks of `r`.
    UplinkLeft uplink(RackId r) const;
    void set_uplink(RackId r, UplinkLeft left);
    bool slows_uplinks() const { return !uplinks_.empty(); }

    /// Some link of the kind was shut at some time: a fidelity that does not model what follows
    /// cannot answer for it.
    bool was_shut(BrokerLink link) const { return shut_[static_cast<std::size_t>(link)] != 0; }
    void note_shut(BrokerLink link) { shut_[static_cast<std::size_t>(link)] = 1; }

private:
    static constexpr std::uint32_t not_watched = 0xffff'ffffU;

    std::vector<std::pair<ClusterId, ClusterLinks>> clusters_;
    std::vector<std::uint32_t> place_of_;   // in `clusters_`, by cluster
    std::map<RackId, UplinkLeft> uplinks_;  // those that are not whole
    std::array<std::uint8_t, broker_link_count> shut_{};
};

}  // namespace rollcast::models
