#include "scenarios/import/topics_describe.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {
namespace {

using Fields = std::map<std::string_view, std::string_view>;

constexpr std::string_view take_topics_again =
    "take the dump again with `kafka-topics --describe` for all topics, and copy all of it";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Length of a key with its colon at `at` ("Isr:", "Adding Replicas:"), 0 where none starts there.
std::size_t key_length(std::string_view line, std::size_t at) {
    if (at > 0 && !is_blank(line[at - 1])) return 0;
    std::size_t end = at;
    for (const std::string_view word :
         {std::string_view{"Adding "}, std::string_view{"Removing "}}) {
        if (starts_with(line.substr(at), word)) end = at + word.size();
    }
    const std::size_t letters = end;
    while (end < line.size() && is_letter(line[end])) ++end;
    return end > letters && end < line.size() && line[end] == ':' ? end - at + 1 : 0;
}

/// Keys and values of a line. The value of `Configs:` goes on to the next tab or the end of line.
Fields split_fields(std::string_view line) {
    Fields fields;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t length = key_length(line, at);
        if (length == 0) {
            ++at;
            continue;
        }
        const std::string_view key = line.substr(at, length - 1);
        std::size_t end = at + length;
        const bool configs = key == "Configs";
        while (end < line.size() && !(configs && line[end] == '\t') &&
               (configs || key_length(line, end) == 0)) {
            ++end;
        }
        fields.emplace(key, trim(line.substr(at + length, end - at - length)));
        at = end;
    }
    return fields;
}

std::string_view need(const DumpLine& line, const Fields& fields, std::string_view key) {
    const auto found = fields.find(key);
    if (found != fields.end()) return found->second;
    const std::string message = "`" + std::string(key) + ":` is missing from this line";
    if (!line.ended) fail_truncated(line, message);
    fail_at(line, line.text, message, std::string(take_topics_again));
}

std::int64_t need_number(const DumpLine& line, const Fields& fields, std::string_view key) {
    const std::string_view value = need(line, fields, key);
    const std::optional<std::int64_t> number = whole_number(value);
    if (number && *number >= 0 && *number <= 10'000'000) return *number;
    const std::string message =
        "`" + std::string(key) + ": " + std::string(value) + "` is not a number from 0 to 10000000";
    if (!line.ended) fail_truncated(line, message);
    fail_at(line, value, message, std::string(take_topics_again));
}

std::vector<std::int64_t> need_ids(const DumpLine& line,
                                   const Fields& fields,
                                   std::string_view key) {
    const std::string_view value = need(line, fields, key);
    const auto ids = id_list(value);
    if (ids) return *ids;
    const std::string message = "`" + std::string(key) + ": " + std::string(value) +
                                "` is not a list of distinct broker ids";
    if (!line.ended) fail_truncated(line, message);
    fail_at(line, value, message, std::string(take_topics_again));
}

std::vector<std::int64_t> optional_ids(const DumpLine& line,
                                       const Fields& fields,
                                       std::string_view key) {
    return fields.count(key) != 0 ? need_ids(line, fields, key) : std::vector<std::int64_t>{};
}

DescribedTopic read_topic(const DumpLine& line, const Fields& fields) {
    DescribedTopic topic;
    topic.name = need(line, fields, "Topic");
    topic.partition_count = need_number(line, fields, "PartitionCount");
    topic.replication_factor = need_number(line, fields, "ReplicationFactor");
    const auto configs = fields.find("Configs");
    if (configs != fields.end()) topic.configs = parse_config_list(configs->second);
    const auto min_isr = topic.configs.find(min_isr_setting);
    if (min_isr != topic.configs.end()) check_min_isr(line, min_isr->second);
    const auto marked = fields.find("MarkedForDeletion");
    topic.marked_for_deletion = marked != fields.end() && marked->second == "true";
    topic.line = line.number;
    if (!is_topic_name(topic.name)) {
        fail_at(line,
                line.text,
                "`" + topic.name + "` is not a topic name",
                std::string(take_topics_again));
    }
    return topic;
}

std::optional<std::int64_t> read_leader(const DumpLine& line, const Fields& fields) {
    const std::string_view text = need(line, fields, "Leader");
    if (text == "none" || text == "-1") return std::nullopt;
    return need_number(line, fields, "Leader");
}

bool within(const std::vector<std::int64_t>& part, const std::vector<std::int64_t>& whole) {
    return std::all_of(part.begin(), part.end(), [&](std::int64_t id) {
        return std::find(whole.begin(), whole.end(), id) != whole.end();
    });
}

DescribedPartition read_partition(const DumpLine& line, const Fields& fields) {
    DescribedPartition partition;
    partition.number = need_number(line, fields, "Partition");
    partition.leader = read_leader(line, fields);
    partition.replicas = need_ids(line, fields, "Replicas");
    partition.isr = need_ids(line, fields, "Isr");
    partition.adding = optional_ids(line, fields, "Adding Replicas");
    partition.removing = optional_ids(line, fields, "Removing Replicas");
    partition.line = line.number;
    if (partition.replicas.empty())
        fail_at(line, line.text, "no replicas", std::string(take_topics_again));
    if (!within(partition.isr, partition.replicas)) {
        fail_at(line,
                need(line, fields, "Isr"),
                "the ISR " + id_text(partition.isr) + " is not within the replicas " +
                    id_text(partition.replicas),
                std::string(take_topics_again));
    }
    if (partition.leader && !within({*partition.leader}, partition.replicas)) {
        fail_at(line,
                need(line, fields, "Leader"),
                "leader " + std::to_string(*partition.leader) + " is not one of the replicas " +
                    id_text(partition.replicas),
                std::string(take_topics_again));
    }
    return partition;
}

/// The last line of a file without a newline may be half a line that still reads well: "Isr: 6,1"
/// of "Isr: 6,1,2". It is believed only where nothing can be missing.
void check_last_line(const DumpLine& line,
                     const Fields& fields,
                     std::size_t fields_before,
                     const DescribedPartition& partition) {
    if (line.ended) return;
    const bool shorter = fields.size() < fields_before;
    if (shorter || (partition.isr.size() < partition.replicas.size() && fields.count("Elr") == 0)) {
        fail_truncated(line, "the last line has no end, so it may be half a line");
    }
}

class TopicsReader {
public:
    TopicsDescribe read(const std::vector<DumpLine>& lines) {
        for (const DumpLine& line : lines) read_line(line);
        if (!lines.empty()) finish(lines.back());
        return std::move(result_);
    }

private:
    void read_line(const DumpLine& line) {
        const Fields fields = split_fields(line.text);
        if (fields.count("Topic") == 0) unreadable(line);
        if (fields.count("Partition") != 0) {
            add_partition(line, fields);
        } else if (fields.count("PartitionCount") != 0 || line.ended) {
            add_topic(line, fields);
        } else {
            fail_truncated(line, "half a line");
        }
    }

    [[noreturn]] static void unreadable(const DumpLine& line) {
        if (!line.ended) fail_truncated(line, "half a line");
        fail_at(line,
                trim(line.text),
                "neither a topic nor a partition of `kafka-topics --describe`",
                "remove the line if another program wrote it, or take the dump again");
    }

    void add_topic(const DumpLine& line, const Fields& fields) {
        if (result_.selection_only) {
            throw DumpError{DumpError::Kind::truncated,
                            line.number,
                            1,
                            "partition lines without their topic line stand before this topic",
                            std::string(take_topics_again)};
        }
        DescribedTopic topic = read_topic(line, fields);
        if (!line.ended) fail_truncated(line, "topic `" + topic.name + "` has no partition lines");
        if (!names_.insert(topic.name).second) {
            fail_at(line,
                    line.text,
                    "topic `" + topic.name + "` is described twice",
                    "two clusters in one file? Put each cluster's dumps into a folder of its own");
        }
        check_complete();
        result_.topics.push_back(std::move(topic));
    }

    void add_partition(const DumpLine& line, const Fields& fields) {
        const std::string_view name = need(line, fields, "Topic");
        const DescribedPartition partition = read_partition(line, fields);
        check_last_line(line, fields, fields_before_, partition);
        fields_before_ = fields.size();
        if (result_.topics.empty()) result_.selection_only = true;
        if (result_.selection_only) {
            if (result_.topics.empty() || result_.topics.back().name != name) {
                result_.topics.push_back({});
                result_.topics.back().name = name;
            }
        } else {
            check_belongs(line, name, partition);
        }
        result_.topics.back().partitions.push_back(partition);
    }

    void check_belongs(const DumpLine& line,
                       std::string_view name,
                       const DescribedPartition& partition) const {
        const DescribedTopic& topic = result_.topics.back();
        if (topic.name != name) {
            fail_at(
                line,
                name,
                "a partition of `" + std::string(name) + "` among those of `" + topic.name + "`",
                std::string(take_topics_again));
        }
        if (partition.number != static_cast<std::int64_t>(topic.partitions.size())) {
            fail_at(line,
                    line.text,
                    "partition " + std::to_string(topic.partitions.size()) + " of `" + topic.name +
                        "` is expected here, not " + std::to_string(partition.number),
                    std::string(take_topics_again));
        }
        const auto expected = static_cast<std::size_t>(topic.replication_factor);
        const bool moving = !partition.adding.empty() || !partition.removing.empty();
        if (partition.replicas.size() != expected && !moving && partition.number == 0) {
            fail_at(line,
                    line.text,
                    "replicas " + id_text(partition.replicas) +
                        " against a replication factor of " + std::to_string(expected),
                    std::string(take_topics_again));
        }
    }

    void check_complete() const {
        if (result_.topics.empty() || result_.selection_only) return;
        const DescribedTopic& topic = result_.topics.back();
        if (static_cast<std::int64_t>(topic.partitions.size()) == topic.partition_count) return;
        throw DumpError{DumpError::Kind::truncated,
                        topic.line,
                        1,
                        "topic `" + topic.name + "` has " + std::to_string(topic.partition_count) +
                            " partitions, and " + std::to_string(topic.partitions.size()) +
                            " are described",
                        std::string(take_topics_again)};
    }

    void finish(const DumpLine& last) const {
        check_complete();
        if (result_.topics.empty()) fail_truncated(last, "no topic in it");
    }

    TopicsDescribe result_;
    std::set<std::string, std::less<>> names_;
    std::size_t fields_before_ = 0;
};

}  // namespace

std::map<std::string, std::string> parse_config_list(std::string_view text) {
    static constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    std::map<std::string, std::string> configs;
    auto last = configs.end();
    for (const std::string_view part : split_at(text, ',')) {
        const std::size_t equals = part.find('=');
        const std::string_view name = trim(part.substr(0, equals));
        const bool starts = equals != std::string_view::npos && !name.empty() &&
                            name.find_first_not_of(name_letters) == std::string_view::npos &&
                            is_letter(name.front());
        if (starts) {
            last =
                configs
                    .insert_or_assign(std::string(name), std::string(trim(part.substr(equals + 1))))
                    .first;
        } else if (last != configs.end()) {
            last->second += ',' + std::string(part);
        }
    }
    return configs;
}

bool looks_like_topics_describe(std::string_view line) {
    const Fields fields = split_fields(line);
    return fields.count("Topic") != 0 &&
           (fields.count("PartitionCount") != 0 ||
            (fields.count("Partition") != 0 && fields.count("Leader") != 0));
}

TopicsDescribe parse_topics_describe(std::string_view text) {
    return TopicsReader{}.read(content_lines(text));
}

}  // namespace rollcast::scenarios
