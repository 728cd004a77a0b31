#include "scenarios/format/placement.hpp"

#include <algorithm>
#include <numeric>

#include "sim/contract.hpp"

namespace rollcast::scenarios {

namespace {

/// The first broker of each rack, then the second of each, ...: racks and brokers ascending.
std::vector<std::uint32_t> rack_alternating(const RackOf& rack_of, std::size_t racks) {
    std::vector<std::vector<std::uint32_t>> of_rack(racks);
    for (std::uint32_t b = 0; b < rack_of.size(); ++b) of_rack[rack_of[b]].push_back(b);
    std::vector<std::uint32_t> order;
    for (std::size_t round = 0; order.size() < rack_of.size(); ++round) {
        for (const auto& brokers : of_rack) {
            if (round < brokers.size()) order.push_back(brokers[round]);
        }
    }
    return order;
}

std::size_t distinct(const RackOf& rack_of) {
    std::vector<std::uint32_t> racks = rack_of;
    std::sort(racks.begin(), racks.end());
    return static_cast<std::size_t>(std::unique(racks.begin(), racks.end()) - racks.begin());
}

std::size_t largest(const RackOf& rack_of) {
    return *std::max_element(rack_of.begin(), rack_of.end()) + std::size_t{1};
}

/// AdminUtils.replicaIndex: the place of follower candidate `k`.
std::size_t replica_index(std::size_t first,
                          std::size_t shift,
                          std::size_t k,
                          std::size_t brokers) {
    return (first + 1 + (shift + k) % (brokers - 1)) % brokers;
}

bool holds(const std::uint32_t* begin, std::size_t count, std::uint32_t value) {
    return std::find(begin, begin + count, value) != begin + count;
}

bool spans_distinct_racks(const RackOf& rack_of, const std::uint32_t* replicas, std::size_t rf) {
    for (std::size_t i = 0; i < rf; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (rack_of[replicas[i]] == rack_of[replicas[j]]) return false;
        }
    }
    return true;
}

/// Moves a follower next to another replica, starting the search at drawn places. False where the
/// racks of the partition hold no further broker.
bool move_into_shared_rack(const RackOf& rack_of,
                           std::uint32_t* replicas,
                           std::size_t rf,
                           sim::RandomStream& random) {
    const std::size_t first_slot = random.below(rf - 1);
    const std::size_t first_other = random.below(rf - 1);
    const std::size_t first_broker = random.below(rack_of.size());
    for (std::size_t s = 0; s + 1 < rf; ++s) {
        const std::size_t slot = 1 + (first_slot + s) % (rf - 1);
        for (std::size_t o = 0; o + 1 < rf; ++o) {
            const std::size_t other = (slot + 1 + (first_other + o) % (rf - 1)) % rf;
            for (std::size_t b = 0; b < rack_of.size(); ++b) {
                const auto broker = static_cast<std::uint32_t>((first_broker + b) % rack_of.size());
                if (rack_of[broker] != rack_of[replicas[other]]) continue;
                if (holds(replicas, rf, broker)) continue;
                replicas[slot] = broker;
                return true;
            }
        }
    }
    return false;
}

}  // namespace

std::vector<std::uint32_t> striped_replicas(const RackOf& rack_of,
                                            std::size_t partitions,
                                            std::size_t rf,
                                            sim::RandomStream& random) {
    const std::size_t brokers = rack_of.size();
    sim::ensure(rf >= 1 && rf <= brokers, "1 <= RF <= brokers");
    const std::size_t racks = distinct(rack_of);
    const std::vector<std::uint32_t> order = rack_alternating(rack_of, largest(rack_of));
    const std::size_t start = random.below(brokers);
    std::size_t shift = random.below(brokers);

    std::vector<std::uint32_t> replicas;
    replicas.reserve(partitions * rf);
    std::vector<std::uint32_t> used_racks;
    for (std::size_t p = 0; p < partitions; ++p) {
        if (p > 0 && p % brokers == 0) ++shift;
        const std::size_t first = (p + start) % brokers;
        const std::size_t begin = replicas.size();
        replicas.push_back(order[first]);
        used_racks.assign(1, rack_of[order[first]]);
        for (std::size_t k = 0; replicas.size() < begin + rf; ++k) {
            const std::uint32_t broker = order[replica_index(first, shift * racks, k, brokers)];
            const bool rack_used = holds(used_racks.data(), used_racks.size(), rack_of[broker]);
            if (rack_used && used_racks.size() < racks) continue;
            if (holds(replicas.data() + begin, replicas.size() - begin, broker)) continue;
            if (!rack_used) used_racks.push_back(rack_of[broker]);
            replicas.push_back(broker);
        }
    }
    return replicas;
}

std::size_t break_rack_rule(const RackOf& rack_of,
                            const std::vector<ReplicaSpan>& partitions,
                            std::size_t wanted,
                            std::vector<std::uint32_t>& replicas,
                            sim::RandomStream& random) {
    std::vector<std::size_t> left(partitions.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    std::size_t changed = 0;
    while (changed < wanted && !left.empty()) {
        const std::size_t drawn = random.below(left.size());
        const ReplicaSpan partition = partitions[left[drawn]];
        left[drawn] = left.back();
        left.pop_back();
        std::uint32_t* const at = replicas.data() + partition.first;
        if (partition.rf < 2 || !spans_distinct_racks(rack_of, at, partition.rf)) continue;
        if (move_into_shared_rack(rack_of, at, partition.rf, random)) ++changed;
    }
    return changed;
}

std::vector<std::int64_t> skewed_shares(std::int64_t total,
                                        std::size_t count,
                                        double skew,
                                        sim::RandomStream& random) {
    sim::ensure(count > 0 && total >= 0 && skew >= 1, "shares of something, skew at least 1");
    const double shrink = 1.0 - 1.0 / skew;
    std::vector<double> up_to(count);  // sizes summed up
    double sum = 0.0;
    for (double& end : up_to) {
        sum += skew > 1 ? 1.0 / (1.0 - random.uniform() * shrink) : 1.0;
        end = sum;
    }
    std::vector<std::int64_t> shares(count);
    std::int64_t given = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t until =
            i + 1 == count
                ? total
                : static_cast<std::int64_t>(static_cast<double>(total) * (up_to[i] / sum));
        shares[i] = until - given;
        given = until;
    }
    return shares;
}

}  // namespace rollcast::scenarios
