#include "report/records.hpp"

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::SendError;
using models::TopicRecords;

std::string topic_name(const models::Fleet& fleet, const TopicRecords& counts) {
    const models::Topic& topic = fleet.topics()[counts.topic];
    return fleet.clusters()[topic.cluster].name + "/" + topic.name;
}

/// Calls `use(name, records)` for each class of errors that there was.
template <class Use>
void for_each_error(const TopicRecords& counts, Use use) {
    for (std::size_t e = 1; e < models::send_error_count; ++e) {
        if (counts.failed[e] > 0) use(to_string(static_cast<SendError>(e)), counts.failed[e]);
    }
}

std::string errors_text(const TopicRecords& counts) {
    std::string out;
    for_each_error(counts, [&](std::string_view name, std::uint64_t records) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count_text(records), name);
    });
    return out;
}

std::string losses_text(const models::Fleet& fleet, const TopicRecords& counts) {
    constexpr std::size_t most = 6;
    std::string out;
    for (std::size_t i = 0; i < counts.lost.size() && i < most; ++i) {
        out += fmt::format("{}{} of partition {}",
                           i == 0 ? "" : ", ",
                           count_text(counts.lost[i].records),
                           fleet.partitions()[counts.lost[i].partition].number);
    }
    if (counts.lost.size() > most) {
        out += fmt::format(" and {} more",
                           count_text(counts.lost.size() - most, "partition", "partitions"));
    }
    return out;
}

/// What is worth a line of its own about one topic.
std::string remarks_text(const models::Fleet& fleet, const TopicRecords& counts) {
    std::string out;
    const auto remark = [&](const std::string& text) {
        out += wrapped(fmt::format("{}: {}", topic_name(fleet, counts), text), 6, "    ");
    };
    if (counts.failures() > 0) remark("failed: " + errors_text(counts));
    if (counts.acked_lost > 0) remark("acknowledged and lost: " + losses_text(fleet, counts));
    if (counts.duplicates > 0) remark(count_text(counts.duplicates, "duplicate", "duplicates"));
    if (counts.present_unacked > 0) {
        remark(count_text(counts.present_unacked) + " there though never acknowledged");
    }
    if (counts.unreadable > 0) {
        remark(count_text(counts.unreadable) + " acknowledged, in partitions without a leader");
    }
    if (counts.stalled > 0) {
        remark(fmt::format("{} waited for a dead broker to be fenced, {} at the longest",
                           count_text(counts.stalled),
                           duration_text(counts.longest_stalled)));
    }
    return out;
}

/// One line a moment at which steps wrote records of their own.
std::string synthetic_text(const models::RecordResult& records) {
    std::string out;
    for (std::size_t i = 0; i < models::synthetic_moment_count; ++i) {
        const models::SyntheticRecords& counts = records.synthetic[i];
        if (counts.written == 0) continue;
        out += fmt::format(
            "    synthetic records {} steps: {} written, {} there once, {} failed, {} missing, "
            "{} twice\n",
            to_string(static_cast<models::SyntheticMoment>(i)),
            count_text(counts.written),
            count_text(counts.once),
            count_text(counts.failed),
            count_text(counts.missing),
            count_text(counts.twice));
    }
    return out;
}

Json latency_json(const models::LatencyHistogram& latency) {
    if (latency.count() == 0) return nullptr;
    return {{"p50_s", json_seconds(latency.quantile(0.5))},
            {"p99_s", json_seconds(latency.quantile(0.99))},
            {"max_s", json_seconds(latency.longest())}};
}

}  // namespace

std::string records_text(const models::Fleet& fleet, const models::RecordResult& records) {
    Table table({"topic", "sent", "acked", "failed", "lost", "twice", "p50", "p99", "stall"});
    std::string remarks;
    for (const TopicRecords& counts : records.topics) {
        const bool timed = counts.produce.count() > 0;
        table.add({topic_name(fleet, counts),
                   count_text(counts.sent),
                   count_text(counts.acked),
                   count_text(counts.failures()),
                   count_text(counts.acked_lost),
                   count_text(counts.duplicates),
                   timed ? duration_text(counts.produce.quantile(0.5)) : "-",
                   timed ? duration_text(counts.produce.quantile(0.99)) : "-",
                   duration_text(counts.producer_stall.longest)});
        remarks += remarks_text(fleet, counts);
    }
    return "records, counted by reading them back\n" + table.text() + remarks +
           synthetic_text(records);
}

Json records_json(const models::Fleet& fleet, const models::RecordResult& records) {
    Json out = Json::array();
    for (const TopicRecords& counts : records.topics) {
        Json failed = Json::object();
        for_each_error(
            counts, [&](std::string_view name, std::uint64_t n) { failed[std::string(name)] = n; });
        Json lost = Json::object();
        for (const models::PartitionLoss& loss : counts.lost) {
            lost[std::to_string(fleet.partitions()[loss.partition].number)] = loss.records;
        }
        out.push_back({{"topic", topic_name(fleet, counts)},
                       {"sent", counts.sent},
                       {"acked", counts.acked},
                       {"failed", counts.failures()},
                       {"failed_by_class", std::move(failed)},
                       {"read", counts.read},
                       {"distinct", counts.distinct},
                       {"acked_lost", counts.acked_lost},
                       {"lost_by_partition", std::move(lost)},
                       {"duplicates", counts.duplicates},
                       {"present_unacked", counts.present_unacked},
                       {"unreadable", counts.unreadable},
                       {"consumed", counts.consumed},
                       {"waited_for_fencing", counts.stalled},
                       {"longest_wait_for_fencing_s", json_seconds(counts.longest_stalled)},
                       {"longest_producer_stall_s", json_seconds(counts.producer_stall.longest)},
                       {"longest_consumer_stall_s", json_seconds(counts.consumer_stall.longest)},
                       {"produce", latency_json(counts.produce)},
                       {"end_to_end", latency_json(counts.end_to_end)}});
    }
    return out;
}

Json synthetic_json(const models::RecordResult& records) {
    Json out = Json::object();
    for (std::size_t i = 0; i < models::synthetic_moment_count; ++i) {
        const models::SyntheticRecords& counts = records.synthetic[i];
        out[std::string(to_string(static_cast<models::SyntheticMoment>(i)))] = {
            {"written", counts.written},
            {"once", counts.once},
            {"failed", counts.failed},
            {"missing", counts.missing},
            {"twice", counts.twice}};
    }
    return out;
}

}  // namespace rollcast::report
