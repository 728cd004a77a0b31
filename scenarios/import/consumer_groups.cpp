#include "scenarios/import/consumer_groups.hpp"

#include <algorithm>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {
namespace {

constexpr const char* take_groups_again =
    "take the dump again with `kafka-consumer-groups --describe --all-groups` and copy all of it";

/// Which word of a row holds what; GROUP is missing in old versions.
struct Columns {
    std::size_t count = 0;
    std::optional<std::size_t> group, topic, partition, log_end, lag, consumer;
};

std::optional<Columns> read_columns(const std::vector<std::string_view>& words) {
    Columns columns;
    columns.count = words.size();
    const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
        const auto found = std::find(words.begin(), words.end(), name);
        if (found == words.end()) return std::nullopt;
        return static_cast<std::size_t>(found - words.begin());
    };
    columns.group = find("GROUP");
    columns.topic = find("TOPIC");
    columns.partition = find("PARTITION");
    columns.log_end = find("LOG-END-OFFSET");
    columns.lag = find("LAG");
    columns.consumer = find("CONSUMER-ID");
    if (!columns.topic || !columns.partition || !columns.lag) return std::nullopt;
    return columns;
}

/// "Consumer group 'g' has no active members." and its relatives.
std::optional<std::string> group_of_notice(std::string_view text) {
    const std::size_t start = text.find("onsumer group '");
    if (start == std::string_view::npos || start > 1) return std::nullopt;
    const std::string_view rest = text.substr(start + 15);
    const std::size_t end = rest.find('\'');
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(0, end));
}

class GroupsReader {
public:
    std::vector<DescribedGroup> read(std::string_view text) {
        for (const DumpLine& line : content_lines(text)) read_line(line);
        return std::move(groups_);
    }

private:
    void read_line(const DumpLine& line) {
        const std::string_view text = trim(line.text);
        if (auto name = group_of_notice(text)) {
            notice_ = *name;
            return;
        }
        const auto words = split_words(text);
        if (const auto columns = read_columns(words)) {
            columns_ = columns;
        } else if (columns_) {
            read_row(line, words);
        } else {
            fail_row(line);
        }
    }

    [[noreturn]] static void fail_row(const DumpLine& line) {
        if (!line.ended) fail_truncated(line, "half a line");
        fail_at(line,
                trim(line.text),
                "not a row of `kafka-consumer-groups --describe`",
                take_groups_again);
    }

    void read_row(const DumpLine& line, const std::vector<std::string_view>& words) {
        if (words.size() < columns_->count) fail_row(line);
        const std::string name =
            columns_->group ? std::string(words[*columns_->group]) : notice_.value_or("");
        if (name.empty()) {
            fail_at(line, line.text, "no line above says which group this is", take_groups_again);
        }
        DescribedGroup& group = group_named(name);
        const std::string_view topic = words[*columns_->topic];
        if (topic == "-") return;  // a member without a partition
        const auto number = whole_number(words[*columns_->partition]);
        if (!number || *number < 0 || !is_topic_name(topic)) fail_row(line);
        GroupOffset offset;
        offset.lag = whole_number(words[*columns_->lag]);
        if (columns_->log_end) offset.log_end_offset = whole_number(words[*columns_->log_end]);
        group.active = group.active || (columns_->consumer && words[*columns_->consumer] != "-");
        group.partitions.insert_or_assign(TopicPartition{std::string(topic), *number}, offset);
    }

    DescribedGroup& group_named(const std::string& name) {
        const auto same = [&](const DescribedGroup& known) { return known.name == name; };
        const auto found = std::find_if(groups_.begin(), groups_.end(), same);
        if (found != groups_.end()) return *found;
        groups_.push_back({name, false, {}});
        return groups_.back();
    }

    std::optional<Columns> columns_;
    std::optional<std::string> notice_;
    std::vector<DescribedGroup> groups_;
};

}  // namespace

bool looks_like_consumer_groups(std::string_view line) {
    return read_columns(split_words(line)).has_value() || group_of_notice(trim(line)).has_value();
}

std::vector<DescribedGroup> parse_consumer_groups(std::string_view text) {
    return GroupsReader{}.read(text);
}

}  // namespace rollcast::scenarios
