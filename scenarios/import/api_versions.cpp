#include "scenarios/import/api_versions.hpp"

#include <algorithm>

#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {
namespace {

constexpr const char* take_again =
    "take the dump again with `kafka-broker-api-versions` and copy all of it";

/// "kafka-1.example:9092 (id: 1 rack: a isFenced: false) -> (".
std::optional<BrokerApis> read_head(const DumpLine& line) {
    const std::string_view text = trim(line.text);
    const std::size_t open = text.find(" (id: ");
    const std::size_t close = text.rfind(") -> (");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    const std::string_view address = text.substr(0, open);
    const std::size_t colon = address.rfind(':');
    const std::string_view inner = text.substr(open + 6, close - open - 6);
    const std::size_t rack = inner.find(" rack: ");
    const std::size_t fenced = std::min(inner.find(" isFenced:"), inner.size());
    if (colon == std::string_view::npos || rack == std::string_view::npos || fenced < rack) {
        return std::nullopt;
    }
    const auto id = whole_number(trim(inner.substr(0, rack)));
    const auto port = whole_number(address.substr(colon + 1));
    if (!id || *id < 0 || !port) return std::nullopt;
    BrokerApis broker;
    broker.id = *id;
    broker.host = address.substr(0, colon);
    broker.port = *port;
    const std::string_view name = trim(inner.substr(rack + 7, fenced - rack - 7));
    if (name != "null" && !name.empty()) broker.rack = std::string(name);
    broker.line = line.number;
    return broker;
}

/// "Produce(0): 0 to 11 [usable: 11]," or "X(45): 0 [usable: 0]" or "Y(4): UNSUPPORTED,".
bool read_api(std::string_view text, BrokerApis& broker) {
    const std::size_t open = text.find('(');
    const std::size_t close = text.find("): ");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return false;
    }
    const auto key = whole_number(text.substr(open + 1, close - open - 1));
    const std::string_view range = text.substr(close + 3);
    if (!key) return false;
    const bool complete = range.find("UNSUPPORTED") != std::string_view::npos ||
                          range.find(']') != std::string_view::npos;
    const auto words = split_words(range.substr(0, range.find('[')));
    if (!complete || words.empty()) return false;
    const auto lowest = whole_number(words[0]);
    const auto highest = words.size() == 3 ? whole_number(words[2]) : lowest;
    if (lowest && highest) broker.apis[*key] = {*lowest, *highest};
    return true;
}

}  // namespace

std::vector<BrokerApis> parse_api_versions(std::string_view text) {
    std::vector<BrokerApis> brokers;
    bool open = false;
    const std::vector<DumpLine> lines = content_lines(text);
    for (const DumpLine& line : lines) {
        const std::string_view content = trim(line.text);
        if (open && content == ")") {
            open = false;
        } else if (auto head = open ? std::nullopt : read_head(line)) {
            const auto same = [&](const BrokerApis& known) { return known.id == head->id; };
            if (std::any_of(brokers.begin(), brokers.end(), same)) {
                fail_at(
                    line,
                    content,
                    "broker " + std::to_string(head->id) + " is listed twice",
                    "two clusters in one file? Put each cluster's dumps into a folder of its own");
            }
            brokers.push_back(std::move(*head));
            open = content.back() == '(';
        } else if (!open || !read_api(content, brokers.back())) {
            if (!line.ended) fail_truncated(line, "half a line");
            fail_at(line, content, "not a line of `kafka-broker-api-versions`", take_again);
        }
    }
    const DumpLine last = lines.empty() ? DumpLine{text.substr(0, 0), 1, 0, false} : lines.back();
    if (open || brokers.empty()) {
        fail_truncated(last,
                       brokers.empty()
                           ? "no broker in it"
                           : "the requests of broker " + std::to_string(brokers.back().id) +
                                 " are not closed with `)`");
    }
    return brokers;
}

bool looks_like_api_versions(std::string_view line) {
    return read_head({line, 0, 0, true}).has_value();
}

std::string kafka_release(const BrokerApis& broker) {
    const auto has = [&](std::int64_t key) { return broker.apis.count(key) != 0; };
    if (!has(0)) return "";
    if (broker.apis.at(0).lowest >= 3) return "4";
    if (has(80)) return "3.9";
    if (has(60) && !has(65)) return "2.8";
    return "";
}

}  // namespace rollcast::scenarios
