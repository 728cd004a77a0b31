// The rig of Confluent's comparison of 2020, "Benchmarking Apache Kafka, Apache Pulsar, and
// RabbitMQ": OpenMessaging Benchmark on three i3en.2xlarge, as a lab (kafka-semantics §9.2).
#pragma once

#include <cstdint>

#include "tests/support/published_figure.hpp"

namespace rollcast::support {

/// 200,000 records/s of 1 KiB: latencies of the record fidelity, with the default and with fsync of
/// every message (V3).
const Figures& openmessaging_latencies();
/// What the three brokers can take at most, by the flow fidelity (V4).
const Figures& openmessaging_throughput();
/// The end-to-end median (ms) of the same load with this linger, in microseconds.
double openmessaging_median_ms(std::int64_t linger_us);

struct OtherFit {
    double p50_ms = 0.0;
    double p95_ms = 0.0;
    double p99_ms = 0.0;
};
/// End-to-end with fsync where the flush is fitted to p50 and p95: median 4 us, p95 195 us.
OtherFit openmessaging_other_flush();

}  // namespace rollcast::support
