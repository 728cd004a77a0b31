// "May I take these brokers down now?", answered from what a cluster's tools print.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/import/sources.hpp"

namespace rollcast::scenarios {

struct StopQuestion {
    std::vector<std::filesystem::path> state;  // dumps of one cluster, as `import` takes them
    std::set<std::int64_t> brokers;            // to be down together
    std::optional<std::int64_t> min_isr;       // of topics whose min.insync.replicas no dump tells
    std::vector<std::string> accepted;         // topics that may break, wildcards
};

/// A partition that would have fewer in-sync replicas than min.insync.replicas, or none at all.
struct ForbiddenStop {
    TopicPartition partition;
    std::vector<std::int64_t> left;  // of its ISR, brokers
    std::int64_t min_isr = 0;
    bool under_it_now = false;  // before anybody is taken down
};

struct StopAnswer {
    std::vector<ForbiddenStop> forbids;  // by topic and number
    std::vector<ForbiddenStop> accepted;
    std::size_t partitions = 0;   // of the cluster
    std::size_t on_brokers = 0;   // with a replica on one of them
    std::size_t leads = 0;        // led by one of them now
    std::size_t last_margin = 0;  // at min ISR with them down, so that one more failure breaks them
    std::size_t no_worse = 0;     // under min ISR now, but none of their replicas is in sync there
    std::size_t unwell_elsewhere = 0;  // under min ISR or without a leader, no replica on them
    std::vector<std::string> files;    // that the ISRs come from
    std::vector<Diagnostic> warnings;

    bool go() const { return forbids.empty(); }
};

/// A partition keeps up while its ISR without `brokers` is no smaller than its min ISR
/// (kafka-semantics §1.5), and has a leader while that is not empty. A replica that is out of its
/// ISR already is no loss. Controllers and ZooKeeper nodes are in no such dump, and not judged.
/// Throws InputError where a dump cannot be read, the state is not of one whole cluster, no dump
/// knows the ISRs or the min ISR of a topic, or a broker holds no replica in it.
StopAnswer may_stop(const StopQuestion& question);

}  // namespace rollcast::scenarios
