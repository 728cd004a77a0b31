#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/kcat.hpp"

namespace rollcast::scenarios {
namespace {

constexpr const char* take_kcat_again = "take the dump again with `kcat -L` and copy all of it";

/// Text between `before` and `after`; nothing where they do not stand in this order.
std::optional<std::string_view> between(std::string_view text,
                                        std::string_view before,
                                        std::string_view after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(begin + before.size());
    if (after.empty()) return rest;
    const std::size_t end = rest.find(after);
    return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
}

std::optional<std::int64_t> number_between(std::string_view text,
                                           std::string_view before,
                                           std::string_view after) {
    const auto part = between(text, before, after);
    return part ? whole_number(trim(*part)) : std::nullopt;
}

class KcatReader {
public:
    KcatDump read(std::string_view text) {
        const std::vector<DumpLine> lines = content_lines(text);
        for (const DumpLine& line : lines) read_line(line);
        const DumpLine last =
            lines.empty() ? DumpLine{text.substr(0, 0), 1, 0, false} : lines.back();
        finish_topic(last);
        expect(last, "brokers", brokers_, dump_.brokers.size());
        expect(last, "topics", topics_, topics_seen_);
        return std::move(dump_);
    }

private:
    void read_line(const DumpLine& line) {
        const std::string_view text = trim(line.text);
        if (starts_with(text, "Metadata for ")) {
            dump_.all_topics = starts_with(text, "Metadata for all topics");
        } else if (starts_with(text, "broker ")) {
            read_broker(line, text);
        } else if (starts_with(text, "topic \"")) {
            read_topic(line, text);
        } else if (starts_with(text, "partition ")) {
            read_partition(line, text);
        } else if (const auto brokers = number_between(" " + std::string(text), " ", " brokers:")) {
            brokers_ = brokers;
        } else if (const auto topics = number_between(" " + std::string(text), " ", " topics:")) {
            topics_ = topics;
        } else {
            unreadable(line);
        }
    }

    [[noreturn]] static void unreadable(const DumpLine& line) {
        if (!line.ended) fail_truncated(line, "half a line");
        fail_at(line, trim(line.text), "not a line of `kcat -L`", take_kcat_again);
    }

    void read_broker(const DumpLine& line, std::string_view text) {
        const auto id = number_between(text, "broker ", " at ");
        if (!id || *id < 0) unreadable(line);
        std::string_view address = *between(text, " at ", "");
        const std::size_t blank = address.find(' ');
        if (address.find("(controller)") != std::string_view::npos) dump_.controller = id;
        if (!dump_.brokers.emplace(*id, std::string(address.substr(0, blank))).second) {
            fail_at(
                line, text, "broker " + std::to_string(*id) + " is listed twice", take_kcat_again);
        }
    }

    void read_topic(const DumpLine& line, std::string_view text) {
        finish_topic(line);
        const auto name = between(text, "topic \"", "\"");
        const auto count = number_between(text, "\" with ", " partition");
        if (!name || !is_topic_name(*name) || !count || text.find(':') == std::string_view::npos) {
            unreadable(line);
        }
        topic_ = std::string(*name);
        partitions_ = *count;
        partitions_seen_ = 0;
        ++topics_seen_;
    }

    void read_partition(const DumpLine& line, std::string_view text) {
        const auto number = number_between(text, "partition ", ",");
        const auto leader = number_between(text, "leader ", ",");
        const auto replicas = between(text, "replicas: ", ", isrs:");
        auto isr = between(text, "isrs:", "");
        if (!number || *number < 0 || !leader || !replicas || !isr || topic_.empty()) {
            unreadable(line);
        }
        // An error of the partition may follow: ", Broker: Leader not available".
        const std::size_t error = isr->find(", ");
        KcatPartition partition;
        if (*leader >= 0) partition.leader = leader;
        const auto replica_ids = id_list(*replicas);
        const auto isr_ids = id_list(isr->substr(0, error));
        if (!replica_ids || replica_ids->empty() || !isr_ids) unreadable(line);
        partition.replicas = *replica_ids;
        partition.isr = *isr_ids;
        if (!line.ended && partition.isr.size() < partition.replicas.size()) {
            fail_truncated(line, "the last line has no end, so it may be half a line");
        }
        if (!dump_.partitions.emplace(TopicPartition{topic_, *number}, partition).second) {
            fail_at(line, text, "this partition is listed twice", take_kcat_again);
        }
        ++partitions_seen_;
    }

    void finish_topic(const DumpLine& line) const {
        if (topic_.empty() || partitions_seen_ == partitions_) return;
        fail_truncated(line,
                       "topic \"" + topic_ + "\" has " + std::to_string(partitions_) +
                           " partitions, and " + std::to_string(partitions_seen_) + " are listed");
    }

    static void expect(const DumpLine& last,
                       const char* what,
                       std::optional<std::int64_t> count,
                       std::size_t seen) {
        if (count && *count == static_cast<std::int64_t>(seen)) return;
        fail_truncated(last,
                       count ? std::to_string(*count) + " " + what + " are announced, and " +
                                   std::to_string(seen) + " are listed"
                             : "the number of " + std::string(what) + " is missing");
    }

    KcatDump dump_;
    std::optional<std::int64_t> brokers_, topics_;
    std::size_t topics_seen_ = 0;
    std::string topic_;
    std::int64_t partitions_ = 0, partitions_seen_ = 0;
};

}  // namespace

bool looks_like_kcat_text(std::string_view line) {
    return starts_with(trim(line), "Metadata for ") && line.find("(from broker ") != line.npos;
}

KcatDump parse_kcat_text(std::string_view text) { return KcatReader{}.read(text); }

}  // namespace rollcast::scenarios
