// What holds after every event of the record fidelity, on random clusters with random faults.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "tests/support/record_driver.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// A position in a partition's history: one record wherever it is held.
struct Position {
    std::uint32_t epoch = 0;
    Offset offset = 0;
};

bool holds(const ReplicaLog& log, const Position& position) {
    if (position.offset >= log.leo) return false;
    for (std::size_t i = log.history.size(); i > 0; --i) {
        if (log.history[i - 1].start > position.offset) continue;
        return log.history[i - 1].epoch == position.epoch;
    }
    return false;
}

/// A record below the high watermark of a leader, and the replicas that still hold it of those
/// that did then.
struct Committed {
    Position position;
    std::uint8_t holders = 0;
    bool lost_by_disk = false;  // whoever held it, then or later, lost it with its page cache
};

/// Watches one world: takes note of what is committed, and of who loses it.
class Watch {
public:
    /// What is wrong now; empty = nothing.
    std::string look(const RecordState& state) {
        high_watermarks_.resize(state.partitions.size());
        committed_.resize(state.partitions.size());
        for (; losses_ < state.losses.size(); ++losses_) note_loss(state, state.losses[losses_]);
        for (std::uint32_t i = 0; i < state.partitions.size(); ++i) {
            const std::string wrong = look_at(state, i);
            if (!wrong.empty()) return wrong;
        }
        return {};
    }

    /// At the end: a committed record that the leader lacks has been lost by everybody who held it,
    /// and by somebody with the page cache. Elections are all clean here.
    std::string judge(const RecordState& state) const {
        for (std::uint32_t i = 0; i < state.partitions.size(); ++i) {
            const RecordPartition& p = state.partitions[i];
            if (p.leader < 0 || !state.up(state.replica(p, p.leader).broker)) continue;
            const ReplicaLog& log = state.replica(p, p.leader).log;
            for (const Committed& record : committed_[i]) {
                if (holds(log, record.position)) continue;
                if (record.holders != 0)
                    return "a committed record is missing, and somebody has it";
                if (!record.lost_by_disk) return "a committed record was lost without a disk";
            }
        }
        return {};
    }

private:
    struct Mark {
        std::uint32_t epoch = 0;
        Offset high_watermark = 0;
    };

    void note_loss(const RecordState& state, const LogLoss& loss) {
        for (Committed& record : committed_[loss.partition]) {
            const ReplicaLog& log = state.replica(state.partitions[loss.partition], loss.slot).log;
            if (!holds(loss.before, record.position) || holds(log, record.position)) continue;
            record.holders = static_cast<std::uint8_t>(record.holders & ~(1U << loss.slot));
            record.lost_by_disk = record.lost_by_disk || loss.why != LogLoss::Why::follows;
        }
    }

    std::string look_at(const RecordState& state, std::uint32_t index) {
        const RecordPartition& p = state.partitions[index];
        for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
            const ReplicaLog& log = state.replica(p, slot).log;
            if (log.high_watermark > log.leo) return "a high watermark beyond the log's end";
            if (log.flushed > log.leo) return "more is flushed than there is";
        }
        if (p.leader < 0) return {};
        const RecordReplica& leader = state.replica(p, p.leader);
        if (!leader.leads) return {};
        Mark& mark = high_watermarks_[index];
        const Offset now = leader.log.high_watermark;
        if (mark.epoch == leader.epoch && now < mark.high_watermark) {
            return "the high watermark went back within an epoch";
        }
        if (now > 0 && (mark.epoch != leader.epoch || now > mark.high_watermark)) {
            Committed record;
            record.position.offset = now - 1;
            for (const EpochStart& start : leader.log.history) {
                if (start.start <= now - 1) record.position.epoch = start.epoch;
            }
            for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
                const bool in_isr = ((leader.isr >> slot) & 1) != 0;
                const bool has = holds(state.replica(p, slot).log, record.position);
                if (has) record.holders = static_cast<std::uint8_t>(record.holders | (1U << slot));
                // A member that has lost its power is a member until it is fenced.
                const bool lives = state.up(state.replica(p, slot).broker);
                if (in_isr && lives && !has) return "a member of the ISR lacks what is committed";
            }
            committed_[index].push_back(record);
        }
        mark = {leader.epoch, now};
        return {};
    }

    std::vector<Mark> high_watermarks_;
    std::vector<std::vector<Committed>> committed_;
    std::size_t losses_ = 0;
};

/// Records of every source in the order in which a reader finds them, one partition after another.
std::string read_in_order(const RecordState& state) {
    for (const RecordPartition& p : state.partitions) {
        if (p.leader < 0) continue;
        const ReplicaLog& log = state.replica(p, p.leader).log;
        std::map<std::uint32_t, std::uint64_t> next;
        std::string wrong;
        p.records.for_each(log, 0, log.leo, [&](const RecordBatch& batch, std::uint32_t count) {
            if (!state.producers[batch.producer].idempotent) return;
            std::uint64_t& expected = next[batch.producer];
            if (batch.first < expected) wrong = "an idempotent producer's records out of order";
            expected = batch.first + count;
        });
        if (!wrong.empty()) return wrong;
    }
    return {};
}

template <class T>
T draw(T least, T most) {
    return *rc::gen::inRange<T>(least, most + 1);
}

Lab random_lab() {
    std::vector<LoadSketch> topics;
    const int brokers = draw(3, 6);
    const int count = draw(1, 3);
    for (int t = 0; t < count; ++t) {
        LoadSketch load;
        load.name = "t" + std::to_string(t);
        load.rate = draw(5, 200);
        load.size = draw(100, 6'000);
        load.acks = static_cast<Acks>(draw(0, 2));
        load.idempotent = *rc::gen::arbitrary<bool>();
        load.retries = draw(0, 3) > 0;
        load.min_isr = draw(1, 3);
        const int partitions = draw(1, 4);
        for (int p = 0; p < partitions; ++p) {
            const auto n = static_cast<std::uint32_t>(brokers);
            const auto first = static_cast<std::uint32_t>(draw(0, brokers - 1));
            load.replicas.push_back({first, (first + 1) % n, (first + 2) % n});
        }
        topics.push_back(load);
    }
    Lab lab = record_lab(topics, brokers);
    const char* versions[] = {"2.0.1", "2.8.2", "3.6.2", "3.9.1"};
    lab.tables.clusters[ClusterId{0}].stack.kafka_version = versions[draw(0, 3)];
    lab.config().flush_every_message = draw(0, 4) == 0;
    if (draw(0, 3) == 0) lab.config().replica_lag_time_max = sim::seconds(10);
    lab.a_case.record.network = sim::microseconds(draw(50, 20'000));
    lab.options.seed = static_cast<std::uint64_t>(draw(1, 1'000'000));
    lab.options.sampled = true;
    lab.options.horizon = sim::seconds(150);
    const int faults = draw(0, 5);
    for (int f = 0; f < faults; ++f) {
        const sim::Duration from = sim::milliseconds(draw(1'000, 90'000));
        const sim::Duration length = sim::milliseconds(draw(500, 60'000));
        const auto broker = static_cast<std::uint32_t>(draw(0, brokers - 1));
        switch (draw(0, 4)) {
            case 0:
                lab.fault(hang(broker, from, length));
                break;
            case 1:
                lab.fault(power_loss(broker % 3, from, length));
                break;
            case 2:
                lab.fault(slow_nic(broker, from, length, 1e-5 * draw(1, 1'000)));
                break;
            default:
                lab.fault(crash(broker, from, length));
                break;
        }
    }
    return lab;
}

}  // namespace

TEST_CASE("property: what is committed stays, in order and once, unless disks lose it") {
    const bool ok = rc::check([] {
        Lab lab = random_lab();
        World world = lab.world();
        Watch watch;
        const sim::Instant end = at(150);
        for (;;) {
            const sim::Instant next = std::min(records(world).next_at(), end);
            world.run_until(next);
            const std::string wrong = watch.look(records(world).state());
            if (!wrong.empty()) RC_FAIL(wrong);
            if (next == end) break;
        }
        const Verdict verdict = world.verdict();
        const RecordState& state = records(world).state();
        std::string wrong = watch.look(state);
        if (wrong.empty()) wrong = watch.judge(state);
        if (wrong.empty()) wrong = read_in_order(state);
        if (!wrong.empty()) RC_FAIL(wrong);
        for (std::size_t t = 0; t < verdict.records->topics.size(); ++t) {
            const TopicRecords& counts = verdict.records->topics[t];
            const Topic& topic = lab.a_case.fleet.topics()[counts.topic];
            RC_ASSERT(counts.sent == counts.acked + counts.failures());
            RC_ASSERT(counts.read == counts.distinct + counts.duplicates);
            const bool exact = topic.idempotent && topic.acks_all > 0.5;
            if (exact) RC_ASSERT(counts.duplicates == 0U);
            if (!topic.retries) RC_ASSERT(counts.duplicates == 0U);
        }
    });
    CHECK(ok);
}
