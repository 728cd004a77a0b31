#include "scenarios/import/side_files.hpp"

#include <algorithm>
#include <set>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {
namespace {

constexpr const char* racks_form = "write `BROKER=RACK`, for example `1=a`";
constexpr const char* rates_form =
    "write `TOPIC=RATE` or `TOPIC/PARTITION=RATE`, for example `orders=1.2MB/s`";

std::string_view without_comment(std::string_view text) { return text.substr(0, text.find('#')); }

/// `[scope:]key=value`.
struct Pair {
    DumpLine line;
    std::string_view scope, key, value;
};

std::vector<Pair> read_pairs(std::string_view text, const char* form) {
    std::vector<Pair> pairs;
    for (const DumpLine& line : content_lines(text)) {
        for (const std::string_view part : split_at(without_comment(line.text), ',')) {
            const std::string_view entry = trim(part);
            if (entry.empty()) continue;
            const std::size_t equals = entry.find('=');
            Pair pair{line, {}, trim(entry.substr(0, equals)), {}};
            if (equals != std::string_view::npos) pair.value = trim(entry.substr(equals + 1));
            const std::size_t colon = pair.key.find(':');
            if (colon != std::string_view::npos) {
                pair.scope = pair.key.substr(0, colon);
                pair.key.remove_prefix(colon + 1);
            }
            if (pair.key.empty() || pair.value.empty()) {
                fail_at(line, entry, "`" + std::string(entry) + "` is not a pair", form);
            }
            pairs.push_back(pair);
        }
    }
    return pairs;
}

void check_new(std::set<std::string>& known, const DumpLine& line, const std::string& name) {
    if (known.insert(name).second) return;
    fail_at(line, line.text, "`" + name + "` is named twice", "remove one of the two");
}

/// `key=value` words of a line of a hosts file; each may be taken once, and none may be left.
class Words {
public:
    explicit Words(const DumpLine& line) : line_(line) {
        std::vector<std::string_view> words = split_words(without_comment(line.text));
        kind_ = words.front();
        words.erase(words.begin());
        for (const std::string_view word : words) {
            const std::size_t equals = word.find('=');
            if (equals == std::string_view::npos || equals + 1 == word.size()) {
                fail_at(line,
                        word,
                        "`" + std::string(word) + "` is not KEY=VALUE",
                        "write for example `" + std::string(kind_) + " rack=a`, without blanks");
            }
            words_.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        }
    }

    std::string_view kind() const { return kind_; }

    std::string text(std::string_view key) {
        for (auto word = words_.begin(); word != words_.end(); ++word) {
            if (word->first != key) continue;
            std::string value(word->second);
            words_.erase(word);
            return value;
        }
        return "";
    }

    std::string need(std::string_view key) {
        std::string value = text(key);
        if (value.empty()) {
            fail_at(line_, kind_, "`" + std::string(key) + "=` is missing", "add it to this line");
        }
        return value;
    }

    std::optional<std::int64_t> amount(std::string_view key) {
        const std::string value = text(key);
        if (value.empty()) return std::nullopt;
        const auto bytes = byte_amount(value);
        if (!bytes || *bytes <= 0) {
            fail_at(line_,
                    line_.text,
                    "`" + std::string(key) + "=" + value + "` is not an amount",
                    "write a positive number of bytes, for example 500MB, 4TB or 1.25GB/s");
        }
        return bytes;
    }

    /// A broker id, or nothing for `*`.
    std::optional<std::int64_t> broker(const std::string& value) const {
        if (value == "*") return std::nullopt;
        const auto id = whole_number(value);
        if (!id || *id < 0) {
            fail_at(line_,
                    line_.text,
                    "`" + value + "` is not a broker id",
                    "write a number, or `*` for every broker");
        }
        return id;
    }

    void finish() const {
        if (words_.empty()) return;
        const std::string key(words_.front().first);
        fail_at(line_,
                words_.front().first,
                "`" + key + "` is not a key of `" + std::string(kind_) + "`, or stands there twice",
                "see docs/import.md for the keys of each kind of line");
    }

private:
    const DumpLine& line_;
    std::string_view kind_;
    std::vector<std::pair<std::string_view, std::string_view>> words_;
};

DiskFact read_disk(Words& words, const DumpLine& line) {
    DiskFact disk;
    disk.broker = words.broker(words.need("broker"));
    disk.path = words.text("path");
    disk.disk_class = words.text("class");
    if (!disk.disk_class.empty() && disk.disk_class != "hdd" && disk.disk_class != "ssd" &&
        disk.disk_class != "nvme") {
        fail_at(line,
                line.text,
                "`" + disk.disk_class + "` is not a disk class",
                "write hdd, ssd or nvme");
    }
    disk.capacity = words.amount("capacity");
    disk.read = words.amount("read");
    disk.write = words.amount("write");
    return disk;
}

void read_host_line(const DumpLine& line, HostFacts& facts) {
    Words words(line);
    const std::string cluster = words.text("cluster");
    if (words.kind() == "quorum") {
        QuorumFact node{cluster, words.need("name"), words.text("rack"), {}, line.number};
        const std::string broker = words.text("broker");
        if (!broker.empty()) node.broker = words.broker(broker);
        facts.quorum.push_back(node);
    } else if (words.kind() == "broker") {
        BrokerFact broker{
            cluster, words.broker(words.need("id")), words.text("host"), {}, {}, {}, line.number};
        broker.nic_in = words.amount("nic_in");
        broker.nic_out = words.amount("nic_out");
        broker.page_cache = words.amount("page_cache");
        facts.brokers.push_back(broker);
    } else if (words.kind() == "disk") {
        facts.disks.push_back(read_disk(words, line));
        facts.disks.back().cluster = cluster;
        facts.disks.back().line = line.number;
    } else if (words.kind() == "rack") {
        UplinkFact rack{cluster, words.need("name"), {}, {}, line.number};
        rack.up = words.amount("uplink_up");
        rack.down = words.amount("uplink_down");
        facts.racks.push_back(rack);
    } else {
        fail_at(line,
                trim(line.text),
                "`" + std::string(words.kind()) + "` is not a kind of line",
                "start the line with quorum, broker, disk or rack");
    }
    words.finish();
}

/// Days since 1970-01-01 of a day of the Gregorian calendar (H. Hinnant, chrono-compatible
/// low-level date algorithms, days_from_civil).
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

/// The number in `text` at [from, from + length); nothing where it is none within the limits.
std::optional<std::int64_t> field(std::string_view text,
                                  std::size_t from,
                                  std::size_t length,
                                  std::int64_t lowest,
                                  std::int64_t highest) {
    if (text.size() < from + length) return std::nullopt;
    const auto value = whole_number(text.substr(from, length));
    return value && *value >= lowest && *value <= highest ? value : std::nullopt;
}

/// "Z", "+02:00" or nothing, in milliseconds east of UTC.
std::optional<std::int64_t> zone_ms(std::string_view text) {
    if (text.empty() || text == "Z") return 0;
    const bool east = text.front() == '+';
    if (text.size() != 6 || text[3] != ':' || !(east || text.front() == '-')) return std::nullopt;
    const auto hours = field(text, 1, 2, 0, 14);
    const auto minutes = field(text, 4, 2, 0, 59);
    if (!hours || !minutes) return std::nullopt;
    return (east ? 1 : -1) * (*hours * 60 + *minutes) * 60'000;
}

std::optional<std::int64_t> iso_ms(std::string_view text) {
    const auto year = field(text, 0, 4, 1970, 9999), month = field(text, 5, 2, 1, 12);
    const auto day = field(text, 8, 2, 1, 31), hour = field(text, 11, 2, 0, 23);
    const auto minute = field(text, 14, 2, 0, 59), second = field(text, 17, 2, 0, 60);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const bool separators = text[4] == '-' && text[7] == '-' && text[13] == ':' &&
                            text[16] == ':' && (text[10] == 'T' || text[10] == ' ');
    if (!separators) return std::nullopt;
    std::string_view rest = text.substr(19);
    std::int64_t fraction = 0;
    if (starts_with(rest, ".") || starts_with(rest, ",")) {
        rest.remove_prefix(1);
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        std::string padded(rest.substr(0, std::min<std::size_t>(digits, 3)));
        if (padded.empty()) return std::nullopt;
        padded.resize(3, '0');
        fraction = whole_number(padded).value_or(0);
        rest.remove_prefix(digits);
    }
    const auto zone = zone_ms(trim(rest));
    if (!zone) return std::nullopt;
    const std::int64_t seconds =
        days_from_civil(*year, *month, *day) * 86'400 + *hour * 3'600 + *minute * 60 + *second;
    return seconds * 1'000 + fraction - *zone;
}

}  // namespace

std::vector<RackFact> parse_racks(std::string_view text) {
    std::vector<RackFact> facts;
    std::set<std::string> known;
    for (const Pair& pair : read_pairs(text, racks_form)) {
        const auto broker = whole_number(pair.key);
        if (!broker || *broker < 0) {
            fail_at(pair.line,
                    pair.key,
                    "`" + std::string(pair.key) + "` is not a broker id",
                    racks_form);
        }
        check_new(known, pair.line, std::string(pair.scope) + ":" + std::string(pair.key));
        facts.push_back(
            {std::string(pair.scope), *broker, std::string(pair.value), pair.line.number});
    }
    return facts;
}

std::vector<RateFact> parse_rates(std::string_view text) {
    std::vector<RateFact> facts;
    std::set<std::string> known;
    for (const Pair& pair : read_pairs(text, rates_form)) {
        const std::size_t slash = pair.key.find('/');
        RateFact fact{std::string(pair.scope),
                      std::string(pair.key.substr(0, slash)),
                      {},
                      0,
                      pair.line.number};
        if (slash != std::string_view::npos) {
            fact.partition = whole_number(pair.key.substr(slash + 1));
        }
        const bool partition =
            slash == std::string_view::npos || (fact.partition && *fact.partition >= 0);
        const auto rate = byte_amount(pair.value);
        if (!is_topic_name(fact.topic) || !partition || !rate) {
            fail_at(pair.line,
                    pair.key,
                    "`" + std::string(pair.key) + "=" + std::string(pair.value) +
                        "` is not a write rate",
                    rates_form);
        }
        check_new(known, pair.line, std::string(pair.scope) + ":" + std::string(pair.key));
        fact.bytes_per_s = *rate;
        facts.push_back(fact);
    }
    return facts;
}

HostFacts parse_hosts(std::string_view text) {
    HostFacts facts;
    std::set<std::string> names;
    for (const DumpLine& line : content_lines(text)) {
        if (trim(without_comment(line.text)).empty()) continue;
        read_host_line(line, facts);
        if (!facts.quorum.empty() && facts.quorum.back().line == line.number) {
            check_new(names, line, facts.quorum.back().cluster + ":" + facts.quorum.back().name);
        }
    }
    return facts;
}

std::optional<std::int64_t> moment_ms(std::string_view text) {
    text = trim(text);
    constexpr std::int64_t first_millisecond = 100'000'000'000;  // as seconds: the year 5138
    if (const auto number = whole_number(text)) {
        if (*number < 0 || *number > 9'000'000'000'000'000) return std::nullopt;
        return *number >= first_millisecond ? *number : *number * 1'000;
    }
    return iso_ms(text);
}

}  // namespace rollcast::scenarios
