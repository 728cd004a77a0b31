#include "scenarios/recorded/predicted_tables.hpp"

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

/// "{NAME=3, OTHER=1}", as the recorder writes counts.
template <class Counts>
std::string counts_text(const Counts& counts) {
    std::string text;
    for (const auto& [name, count] : counts) {
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, count);
    }
    return "{" + text + "}";
}

std::string lost_text(const models::Fleet& fleet, const models::TopicRecords& counts) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> lost;
    for (const models::PartitionLoss& loss : counts.lost) {
        lost.emplace_back(fleet.partitions()[loss.partition].number, loss.records);
    }
    return counts_text(lost);
}

std::string errors_text(const models::TopicRecords& counts) {
    std::vector<std::pair<std::string_view, std::uint64_t>> errors;
    for (std::size_t e = 1; e < models::send_error_count; ++e) {
        if (counts.failed[e] == 0) continue;
        errors.emplace_back(models::to_string(static_cast<models::SendError>(e)), counts.failed[e]);
    }
    return counts_text(errors);
}

std::int64_t whole_ms(sim::Duration duration) { return duration.count() / 1'000'000; }

}  // namespace

std::string transitions_table(const RecordedSetup& setup,
                              const models::Case& a_case,
                              const Prediction& prediction,
                              std::uint64_t first_seed,
                              bool header) {
    std::string text;
    if (header) text = "run\tseed\tt_ms\ttopic\tpartition\tleader\tleader_epoch\tisr\n";
    const models::Fleet& fleet = a_case.fleet;
    for (std::size_t i = 0; i < prediction.transitions.size(); ++i) {
        for (const models::Transition& t : prediction.transitions[i]) {
            const auto replicas = fleet.replicas(t.partition);
            const auto id = [&](std::size_t slot) {
                return fleet.brokers()[replicas[slot]].number;
            };
            const models::Partition& partition = fleet.partitions()[t.partition];
            std::string isr;
            for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
                if (((t.isr >> slot) & 1U) == 0) continue;
                isr += fmt::format("{}{}", isr.empty() ? "" : ",", id(slot));
            }
            text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                                setup.name,
                                first_seed + i,
                                setup.t0_ms + whole_ms(t.at - sim::Instant{}),
                                fleet.topics()[partition.topic].name,
                                partition.number,
                                t.leader < 0 ? -1 : id(static_cast<std::size_t>(t.leader)),
                                t.epoch,
                                isr);
        }
    }
    return text;
}

std::string records_table(const RecordedSetup& setup,
                          const models::Case& a_case,
                          const ClientPrediction& prediction,
                          std::uint64_t first_seed,
                          bool header) {
    std::string text;
    if (header) {
        text =
            "run\tseed\ttopic\tsent\tacked\tfailed\tread\tdistinct\tacked_lost\tduplicates\t"
            "unacked_present\tlost_by_partition\terrors\tproducer_stall_ms\tconsumer_stall_ms\n";
    }
    for (std::size_t i = 0; i < prediction.size(); ++i) {
        for (const models::TopicRecords& counts : prediction[i].topics) {
            text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                                setup.name,
                                first_seed + i,
                                a_case.fleet.topics()[counts.topic].name,
                                counts.sent,
                                counts.acked,
                                counts.failures(),
                                counts.read,
                                counts.distinct,
                                counts.acked_lost,
                                counts.duplicates,
                                counts.present_unacked,
                                lost_text(a_case.fleet, counts),
                                errors_text(counts),
                                whole_ms(counts.producer_stall.in_rows),
                                whole_ms(counts.consumer_stall.in_rows));
        }
    }
    return text;
}

}  // namespace rollcast::scenarios
