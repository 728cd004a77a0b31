#include "tests/models/openmessaging.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "models/latency_model.hpp"
#include "tests/support/record_lab.hpp"

namespace rollcast::support {

using models::BrokerId;
using models::ByteRate;
using models::Bytes;
using models::LogDir;
using models::RecordTimes;
using models::Rule;
using models::TopicId;
using models::TopicRecords;

namespace {

constexpr std::uint32_t partitions = 100;
constexpr double record_bytes = 1'024;
constexpr double sustained = 618'991;  // records/s at the most, default (§9.2)

/// RF 3 on three brokers: every byte is written three times. Fitted to `sustained`.
constexpr double device_bytes_per_s = sustained * record_bytes / 2;
constexpr std::int64_t nic_bytes_per_s = 25'000'000'000 / 8;  // "up to 25 Gbit/s" (AWS)

std::vector<Places> round_the_brokers() {
    std::vector<Places> all;
    for (std::uint32_t p = 0; p < partitions; ++p) {
        all.push_back({p % 3, (p + 1) % 3, (p + 2) % 3});
    }
    return all;
}

/// Three brokers with a network card and two devices each.
Lab openmessaging_lab(double rate) {
    LoadSketch load;
    load.name = "test-topic";
    load.replicas = round_the_brokers();
    load.rate = rate;
    load.size = record_bytes;
    load.idempotent = false;
    Lab lab = record_lab({load}, 3);
    models::FleetTables& tables = lab.tables;
    tables.clusters[models::ClusterId{0}].stack.kafka_version = "2.6.0";
    tables.log_dirs = {};
    for (const BrokerId b : models::Range<BrokerId>(tables.brokers.size())) {
        tables.brokers[b].nic_in = tables.brokers[b].nic_out = ByteRate{nic_bytes_per_s};
        for (const char* path : {"/mnt/data-1", "/mnt/data-2"}) {
            LogDir dir;
            dir.broker = b;
            dir.path = path;
            dir.capacity = Bytes{2'500'000'000'000};
            dir.read_rate = dir.write_rate = ByteRate{std::llround(device_bytes_per_s)};
            tables.log_dirs.push_back(dir);
        }
    }
    return lab;
}

constexpr sim::Duration network = sim::microseconds(100);  // within one zone of AWS; assumed
constexpr models::SpreadDuration service{sim::microseconds(330), sim::microseconds(840)};
/// Kafka's start script asks the collector for pauses of 20 ms (kafka-run-class.sh,
/// MaxGCPauseMillis); how long the longest are, and how far apart, is fitted to the tail.
constexpr models::SpreadDuration pause{sim::milliseconds(20), sim::milliseconds(80)};
constexpr sim::Duration pause_every = sim::seconds(12);
constexpr models::SpreadDuration fitted_flush{sim::microseconds(7), sim::microseconds(225)};

Lab lab_at_200k(std::int64_t linger_us, const std::optional<models::SpreadDuration>& flush) {
    Lab lab = openmessaging_lab(200'000);
    models::ProducerConfig& producer = lab.tables.topics[TopicId{0}].producer;
    producer.linger = sim::microseconds(linger_us);
    producer.batch_size = Bytes{131'072};
    lab.config().flush_every_message = flush.has_value();
    RecordTimes& times = lab.a_case.record;
    times.network = network;
    times.service = service;
    if (flush) times.flush = *flush;
    times.pause = pause;
    times.pause_every = pause_every;
    return lab;
}

TopicRecords counted_at_200k(std::int64_t linger_us,
                             const std::optional<models::SpreadDuration>& flush,
                             sim::Duration length) {
    Lab lab = lab_at_200k(linger_us, flush);
    lab.options.sampled = true;
    lab.options.horizon = length;
    return counted(lab);
}

models::LatencyEstimate estimated_at_200k(const std::optional<models::SpreadDuration>& flush) {
    Lab lab = lab_at_200k(1'000, flush);
    const models::World world = lab.world();  // makes the fleet
    return models::estimate_latency(lab.a_case, TopicId{0}, 1.0);
}

double milliseconds(const models::LatencyHistogram& latencies, double share) {
    return 1e3 * sim::to_seconds(latencies.quantile(share));
}

/// Rows of one run: those quantiles that were fitted, those that were not.
class LatencyRows {
public:
    LatencyRows(std::string load, std::string fit) : load_(std::move(load)), fit_(std::move(fit)) {}

    void add(const std::string& what, double published, double ours, bool fitted) {
        figures.push_back(row(what, published, ours));
        figures.back().tolerance = 0.3;
        if (fitted) figures.back().fitted = fit_;
    }
    void add_tail(const std::string& what,
                  double published,
                  double ours,
                  const std::string& fit = {}) {
        figures.push_back(row(what, published, ours));
        figures.back().factor = 2.0;
        figures.back().fitted = fit;
    }
    /// The same quantiles by the flow fidelity's estimate, with the times that were fitted to the
    /// rows above.
    void add_estimate(const models::LatencyEstimate& estimate,
                      double end_to_end_p50,
                      double end_to_end_p99,
                      double produce_p50,
                      double produce_p99,
                      bool fitted_p99) {
        const auto ms = [](sim::Duration d) { return 1e3 * sim::to_seconds(d); };
        add("end-to-end p50, estimated", end_to_end_p50, ms(estimate.end_to_end_p50), true);
        add("end-to-end p99, estimated", end_to_end_p99, ms(estimate.end_to_end_p99), fitted_p99);
        add("produce p50, estimated", produce_p50, ms(estimate.produce_p50), false);
        add("produce p99, estimated", produce_p99, ms(estimate.produce_p99), false);
    }
    Figures figures;

private:
    Figure row(const std::string& what, double published, double ours) const {
        return {.number = "V3",
                .what = load_ + ": " + what,
                .unit = "ms",
                .published = published,
                .ours = ours,
                .source = "OMB raw JSON (§9.2)"};
    }
    std::string load_;
    std::string fit_;
};

Figures default_latencies() {
    const TopicRecords counts = counted_at_200k(1'000, {}, sim::seconds(20));
    LatencyRows rows(
        "200,000 records/s",
        "a request's service, median 330 us and p95 840 us: to end-to-end p50 and p95");
    const models::LatencyHistogram& end_to_end = counts.end_to_end;
    const models::LatencyHistogram& produce = counts.produce;
    rows.add("end-to-end p50", 3.0, milliseconds(end_to_end, 0.5), true);
    rows.add("end-to-end p95", 4.35, milliseconds(end_to_end, 0.95), true);
    rows.add("end-to-end p99", 5.43, milliseconds(end_to_end, 0.99), false);
    rows.add("produce p50", 2.15, milliseconds(produce, 0.5), false);
    rows.add("produce p99", 4.35, milliseconds(produce, 0.99), false);
    const std::string pauses =
        "a broker's pauses, median 20 ms as Kafka's scripts ask for; p95 80 ms, every 12 s: to "
        "both tails";
    rows.add_tail("end-to-end p99.9", 18.33, milliseconds(end_to_end, 0.999), pauses);
    rows.add_tail("end-to-end p99.99", 67.48, milliseconds(end_to_end, 0.9999), pauses);
    rows.add_estimate(estimated_at_200k({}), 3.0, 5.43, 2.15, 4.35, false);
    return rows.figures;
}

Figures flushed_latencies() {
    const TopicRecords counts = counted_at_200k(1'000, fitted_flush, sim::seconds(60));
    LatencyRows rows("the same with fsync of every message",
                     "a flush, median 7 us and p95 225 us: to end-to-end p50 and p99; service as "
                     "above");
    const models::LatencyHistogram& end_to_end = counts.end_to_end;
    const models::LatencyHistogram& produce = counts.produce;
    rows.add("end-to-end p50", 4.0, milliseconds(end_to_end, 0.5), true);
    rows.add("end-to-end p95", 10.0, milliseconds(end_to_end, 0.95), false);
    rows.add("end-to-end p99", 20.0, milliseconds(end_to_end, 0.99), true);
    rows.add("produce p50", 3.22, milliseconds(produce, 0.5), false);
    rows.add("produce p99", 19.71, milliseconds(produce, 0.99), false);
    rows.add_tail("end-to-end p99.9", 66.0, milliseconds(end_to_end, 0.999));
    rows.add_tail("end-to-end p99.99", 210.0, milliseconds(end_to_end, 0.9999));
    rows.add_estimate(estimated_at_200k(fitted_flush), 4.0, 20.0, 3.22, 19.71, true);
    return rows.figures;
}

/// True where no device and no network card has more to do than it can.
bool carried(std::int64_t partition_bytes_per_s, bool flushes) {
    Lab lab = openmessaging_lab(0);
    for (models::Partition& partition : lab.tables.partitions) {
        if (partition.topic == TopicId{0}) partition.write_bytes_per_s = partition_bytes_per_s;
    }
    lab.tables.groups.push_back(
        {.name = "benchGroup", .cluster = models::ClusterId{0}, .topics = {TopicId{0}}});
    lab.config().flush_every_message = flushes;
    lab.a_case.rules.headroom_limit = 1.0;
    lab.options.fidelity = models::Fidelity::flow;
    return !lab.verdict().rule(Rule::headroom).broken();
}

/// The most MiB/s, of the million records/s that are offered.
double most_mebibytes(bool flushes) {
    std::int64_t most = 0;
    std::int64_t too_many = 1'000'000 * 1'024 / partitions;
    while (too_many - most > 1) {
        const std::int64_t middle = (most + too_many) / 2;
        (carried(middle, flushes) ? most : too_many) = middle;
    }
    return partitions * static_cast<double>(most) / 1'048'576;
}

/// A million records/s are offered by four producers with Kafka's own buffer.memory.
models::LatencyEstimate overloaded_latency() {
    Lab lab = openmessaging_lab(1'000'000);
    lab.tables.topics[TopicId{0}].producer.instances = 4;
    const models::World world = lab.world();  // makes the fleet
    return models::estimate_latency(lab.a_case, TopicId{0}, 1.0);
}

}  // namespace

const Figures& openmessaging_latencies() {
    static const Figures figures = [] {
        Figures all = default_latencies();
        const Figures flushed = flushed_latencies();
        all.insert(all.end(), flushed.begin(), flushed.end());
        return all;
    }();
    return figures;
}

const Figures& openmessaging_throughput() {
    static const Figures figures = [] {
        Figures all;
        for (const bool flushes : {false, true}) {
            const double records = flushes ? 590'550 : sustained;
            all.push_back({.number = "V4",
                           .what = flushes ? "the same with fsync of every message: 590,550 a "
                                             "second"
                                           : "1M records/s of 1 KiB offered: 618,991 a second",
                           .unit = "MiB/s",
                           .published = records * record_bytes / 1'048'576,
                           .ours = most_mebibytes(flushes),
                           .tolerance = 0.1,
                           .fitted = "a device writes 302 MiB/s: to the 618,991",
                           .source = "OMB raw JSON (§9.2)"});
        }
        const models::LatencyEstimate estimate = overloaded_latency();
        for (const auto& [share, published, ours] :
             {std::tuple{"p50", 100.0, estimate.end_to_end_p50},
              std::tuple{"p99", 1'553.0, estimate.end_to_end_p99}}) {
            all.push_back({.number = "V4",
                           .what = fmt::format("the first of them: end-to-end {}", share),
                           .unit = "ms",
                           .published = published,
                           .ours = 1e3 * sim::to_seconds(ours),
                           .source = "OMB raw JSON (§9.2)",
                           .factor = 10.0});
        }
        return all;
    }();
    return figures;
}

double openmessaging_median_ms(std::int64_t linger_us) {
    return milliseconds(counted_at_200k(linger_us, {}, sim::seconds(5)).end_to_end, 0.5);
}

OtherFit openmessaging_other_flush() {
    const models::SpreadDuration flush{sim::microseconds(4), sim::microseconds(195)};
    const models::LatencyHistogram latencies =
        counted_at_200k(1'000, flush, sim::seconds(20)).end_to_end;
    return {
        milliseconds(latencies, 0.5), milliseconds(latencies, 0.95), milliseconds(latencies, 0.99)};
}

}  // namespace rollcast::support
