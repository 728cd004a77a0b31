#include "scenarios/import/write_rates.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rollcast::scenarios {
namespace {

using Replica = BrokerLogDirs::Replica;

const Replica* replica_in(const LogDirsDump& dump,
                          std::int64_t broker,
                          const TopicPartition& name) {
    const auto found = dump.brokers.find(broker);
    if (found == dump.brokers.end()) return nullptr;
    const auto replica = found->second.replicas.find(name);
    return replica == found->second.replicas.end() ? nullptr : &replica->second;
}

/// Leader, then the rest of the ISR, then the other replicas.
std::vector<std::int64_t> by_trust(const MergedPartition& partition) {
    std::vector<std::int64_t> order;
    const auto add = [&](std::int64_t id) {
        if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
    };
    if (partition.leader) add(*partition.leader);
    for (const std::int64_t id : partition.isr) add(id);
    for (const std::int64_t id : partition.replicas) add(id);
    return order;
}

/// Growth of one replica in B/s over the stretches in which it did not shrink.
std::optional<std::int64_t> growth(const std::vector<TimedLogDirs>& timed,
                                   std::int64_t broker,
                                   const TopicPartition& name) {
    std::int64_t bytes = 0, milliseconds = 0;
    for (std::size_t i = 1; i < timed.size(); ++i) {
        const Replica* before = replica_in(timed[i - 1].source->dump, broker, name);
        const Replica* after = replica_in(timed[i].source->dump, broker, name);
        if (before == nullptr || after == nullptr || after->bytes < before->bytes) continue;
        bytes += after->bytes - before->bytes;
        milliseconds += *timed[i].at_ms - *timed[i - 1].at_ms;
    }
    if (milliseconds == 0) return std::nullopt;
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>(Wide{bytes} * 1'000 / milliseconds);
}

class RateFinder {
public:
    RateFinder(const ClusterDumps& dumps, const Topology& topology, ImportNotes& notes)
        : dumps_(dumps), topology_(topology), notes_(notes) {}

    WriteRates find(const std::vector<TimedLogDirs>& log_dirs,
                    const std::vector<RateFact>& given,
                    const std::map<std::string, std::int64_t>& retention_s) {
        split_by_time(log_dirs);
        measure();
        apply(given);
        fill_from_topic();
        take_sizes();
        assume_rest(retention_s);
        return std::move(result_);
    }

private:
    void split_by_time(const std::vector<TimedLogDirs>& log_dirs) {
        for (const TimedLogDirs& dump : log_dirs) {
            if (dump.at_ms) timed_.push_back(dump);
        }
        std::stable_sort(timed_.begin(), timed_.end(), [](const auto& a, const auto& b) {
            return *a.at_ms < *b.at_ms;
        });
        for (const TimedLogDirs& dump : log_dirs) {
            if (dump.at_ms) continue;
            notes_.warn(
                code::dump_without_time,
                dump.source->file,
                timed_.empty() && log_dirs.size() == 1
                    ? "one log-dirs dump gives sizes, but no write rates"
                    : "when this was taken is not known, so it gives no write rates",
                "take a second dump and give the time of each with --log-dirs-at FILE=TIME");
        }
        if (!timed_.empty()) {
            last_ = timed_.back().source;
        } else if (!log_dirs.empty()) {
            last_ = log_dirs.back().source;
        }
    }

    void measure() {
        std::size_t borrowed = 0;
        for (const auto& [name, partition] : topology_.partitions) {
            const std::vector<std::int64_t> order = by_trust(partition);
            for (std::size_t i = 0; i < order.size(); ++i) {
                const auto rate = growth(timed_, order[i], name);
                if (!rate) continue;
                rates_[name] = *rate;
                borrowed += i > 0 ? 1 : 0;
                break;
            }
        }
        if (borrowed > 0) {
            notes_.warn(
                code::rate_from_elsewhere,
                "",
                fmt::format("{}: {} leader replicas shrank or are not in two dumps; another "
                            "replica's growth is taken as write rate",
                            dumps_.name,
                            borrowed),
                "");
        }
    }

    std::vector<TopicPartition> partitions_of(const std::string& topic) const {
        std::vector<TopicPartition> names;
        for (auto at = topology_.partitions.lower_bound({topic, 0});
             at != topology_.partitions.end() && at->first.topic == topic;
             ++at) {
            names.push_back(at->first);
        }
        return names;
    }

    void apply(const std::vector<RateFact>& given) {
        for (const RateFact& fact : given) {
            if (!fact.cluster.empty() && fact.cluster != dumps_.name) continue;
            if (!fact.partition) spread(fact);
        }
        for (const RateFact& fact : given) {
            if (!fact.cluster.empty() && fact.cluster != dumps_.name) continue;
            if (fact.partition && topology_.partitions.count({fact.topic, *fact.partition}) != 0) {
                rates_[{fact.topic, *fact.partition}] = fact.bytes_per_s;
            }
        }
    }

    void spread(const RateFact& fact) {
        const std::vector<TopicPartition> names = partitions_of(fact.topic);
        std::int64_t measured = 0;
        for (const TopicPartition& name : names) {
            const auto rate = rates_.find(name);
            if (rate != rates_.end()) measured += rate->second;
        }
        __extension__ using Wide = __int128;
        for (const TopicPartition& name : names) {
            const auto rate = rates_.find(name);
            const std::int64_t share = rate == rates_.end() ? 0 : rate->second;
            rates_[name] = static_cast<std::int64_t>(
                measured > 0 ? Wide{fact.bytes_per_s} * share / measured
                             : Wide{fact.bytes_per_s} / static_cast<std::int64_t>(names.size()));
        }
    }

    void fill_from_topic() {
        std::size_t filled = 0;
        for (const std::string& topic : topology_.topics) {
            std::int64_t sum = 0, count = 0;
            const std::vector<TopicPartition> names = partitions_of(topic);
            for (const TopicPartition& name : names) {
                const auto rate = rates_.find(name);
                if (rate == rates_.end()) continue;
                sum += rate->second;
                ++count;
            }
            if (count == 0) continue;
            for (const TopicPartition& name : names) {
                filled += rates_.emplace(name, sum / count).second ? 1 : 0;
            }
        }
        if (filled == 0) return;
        notes_.assume(code::rate_from_elsewhere,
                      dumps_.name,
                      fmt::format("{} partitions have no measured write rate; the mean of their "
                                  "topic's other partitions stands in",
                                  filled),
                      "give their rates with --rates");
    }

    void take_sizes() {
        for (const auto& [name, partition] : topology_.partitions) {
            if (last_ == nullptr) continue;
            for (const std::int64_t id : by_trust(partition)) {
                const Replica* replica = replica_in(last_->dump, id, name);
                if (replica == nullptr) continue;
                sizes_[name] = replica->bytes;
                break;
            }
        }
    }

    void assume_rest(const std::map<std::string, std::int64_t>& retention_s) {
        std::size_t no_rate = 0, no_size = 0;
        __extension__ using Wide = __int128;
        for (const auto& [name, partition] : topology_.partitions) {
            const auto kept = retention_s.find(name.topic);
            const std::int64_t retention =
                kept == retention_s.end() ? default_retention_s : kept->second;
            const auto rate = rates_.find(name);
            const auto size = sizes_.find(name);
            PartitionLoad& load = result_.partitions[name];
            load.write_bytes_per_s = rate != rates_.end() ? rate->second : assumed_partition_rate;
            if (rate == rates_.end() && size != sizes_.end() && retention > 0) {
                // All that is stored was written within the retention, so the mean is no lower.
                load.write_bytes_per_s = std::max(load.write_bytes_per_s, size->second / retention);
            }
            const Wide kept_bytes =
                Wide{load.write_bytes_per_s} * (retention > 0 ? retention : default_retention_s);
            load.stored_bytes =
                size != sizes_.end()
                    ? size->second
                    : static_cast<std::int64_t>(std::min(kept_bytes, Wide{1} << 62));
            no_rate += rate == rates_.end() ? 1 : 0;
            no_size += size == sizes_.end() ? 1 : 0;
        }
        result_.assumed = no_rate > 0;
        tell(no_rate, no_size);
    }

    void tell(std::size_t no_rate, std::size_t no_size) {
        if (no_rate > 0) {
            notes_.assume(
                code::rates_assumed,
                dumps_.name,
                fmt::format("{} of {} partitions have no measured write rate; {} B/s each, "
                            "or what is stored over the retention, stands in, and every "
                            "makespan is assumed",
                            no_rate,
                            topology_.partitions.size(),
                            assumed_partition_rate),
                "take two log-dirs dumps and give their times with --log-dirs-at, or give "
                "--rates FILE");
        }
        if (no_size > 0) {
            notes_.assume(code::sizes_assumed,
                          dumps_.name,
                          fmt::format("the size of {} partitions is not known; write rate times "
                                      "retention stands in",
                                      no_size),
                          "add the output of `kafka-log-dirs --describe` for all brokers");
        }
    }

    const ClusterDumps& dumps_;
    const Topology& topology_;
    ImportNotes& notes_;
    std::vector<TimedLogDirs> timed_;               // in order of time
    const Sourced<LogDirsDump>* last_ = nullptr;    // whose sizes are taken
    std::map<TopicPartition, std::int64_t> rates_;  // measured or given
    std::map<TopicPartition, std::int64_t> sizes_;
    WriteRates result_;
};

}  // namespace

WriteRates measure_write_rates(const ClusterDumps& dumps,
                               const Topology& topology,
                               const std::vector<TimedLogDirs>& log_dirs,
                               const std::vector<RateFact>& given,
                               const std::map<std::string, std::int64_t>& retention_s,
                               ImportNotes& notes) {
    return RateFinder(dumps, topology, notes).find(log_dirs, given, retention_s);
}

}  // namespace rollcast::scenarios
