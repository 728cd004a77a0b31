#include "scenarios/import/configs_describe.hpp"

#include <algorithm>
#include <array>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/topics_describe.hpp"

namespace rollcast::scenarios {
namespace {

constexpr const char* take_configs_again =
    "take the dump again with `kafka-configs --describe` and copy all of it";

/// "All configs for broker 1 are:" and its relatives; what follows "are" is the old one-line form.
struct Header {
    DescribedConfigs configs;
    std::string_view rest;
};

std::optional<Header> read_header(const DumpLine& line) {
    static constexpr std::array<std::pair<std::string_view, bool>, 4> starts = {
        {{"All configs for ", true},
         {"Dynamic configs for ", false},
         {"Default configs for ", false},
         {"Configs for ", false}}};
    const std::string_view text = trim(line.text);
    for (const auto& [start, all] : starts) {
        if (!starts_with(text, start)) continue;
        const std::size_t are = text.find(" are");
        if (are == std::string_view::npos) return std::nullopt;
        const auto words = split_words(text.substr(start.size(), are - start.size()));
        Header header;
        header.configs.all = all;
        header.configs.line = line.number;
        header.rest = text.substr(are + 4);
        if (!header.rest.empty() && header.rest.front() != ':' && header.rest.front() != ' ') {
            return std::nullopt;
        }
        if (start == "Default configs for " || (words.size() == 1 && words[0] == "brokers")) {
            header.configs.owner = ConfigOwner::broker_default;
            return header;
        }
        if (words.size() != 2) return std::nullopt;
        std::string_view name = words[1];
        if (name.size() > 1 && name.front() == '\'') name = name.substr(1, name.size() - 2);
        if (words[0] == "topic" && is_topic_name(name)) {
            header.configs.owner = ConfigOwner::topic;
        } else if (words[0] != "broker" || !whole_number(name)) {
            return std::nullopt;
        }
        header.configs.name = name;
        return header;
    }
    return std::nullopt;
}

bool is_source(std::string_view word) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return !word.empty() && word.find_first_not_of(letters) == std::string_view::npos &&
           word.find("CONFIG") != std::string_view::npos;
}

/// "STATIC_BROKER_CONFIG:a=1, DEFAULT_CONFIG:a=2": values may hold ", ", so a synonym starts only
/// where a source and ':' stand.
std::vector<ConfigSynonym> read_synonyms(std::string_view text) {
    std::vector<ConfigSynonym> synonyms;
    for (const std::string_view part : split_at(text, ',')) {
        const std::string_view entry = trim(part);
        const std::size_t colon = entry.find(':');
        const std::size_t equals = entry.find('=');
        if (colon != std::string_view::npos && equals != std::string_view::npos && colon < equals &&
            is_source(entry.substr(0, colon))) {
            synonyms.push_back({std::string(entry.substr(0, colon)),
                                std::string(entry.substr(colon + 1, equals - colon - 1)),
                                std::string(entry.substr(equals + 1))});
        } else if (!synonyms.empty()) {
            synonyms.back().value += ',' + std::string(part);
        }
    }
    return synonyms;
}

class ConfigsReader {
public:
    std::vector<DescribedConfigs> read(std::string_view text) {
        const std::vector<DumpLine> lines = content_lines(text);
        for (const DumpLine& line : lines) read_line(line);
        if (result_.empty()) {
            fail_truncated({text.substr(0, 0), 1, 0, false}, "no broker and no topic in it");
        }
        check_complete(lines.back());
        return std::move(result_);
    }

private:
    void read_line(const DumpLine& line) {
        if (auto header = read_header(line)) {
            add_owner(line, std::move(*header));
        } else if (result_.empty() || line.text.find('=') == std::string_view::npos) {
            if (!line.ended) fail_truncated(line, "half a line");
            fail_at(line,
                    trim(line.text),
                    "not a line of `kafka-configs --describe`",
                    take_configs_again);
        } else {
            read_setting(line);
        }
    }

    void add_owner(const DumpLine& line, Header header) {
        const bool one_line = trim(header.rest) != ":" && !trim(header.rest).empty();
        if (!line.ended && !one_line && header.rest != ":") fail_truncated(line, "half a line");
        if (!result_.empty()) check_complete(line);
        for (const DescribedConfigs& known : result_) {
            if (known.owner == header.configs.owner && known.name == header.configs.name &&
                known.all == header.configs.all) {
                fail_at(
                    line,
                    line.text,
                    "`" + known.name + "` is described twice",
                    "two clusters in one file? Put each cluster's dumps into a folder of its own");
            }
        }
        if (one_line && header.rest.front() != ':') {
            for (auto& [name, value] : parse_config_list(trim(header.rest))) {
                if (name == min_isr_setting) check_min_isr(line, value);
                header.configs.settings[name].value = value;
            }
        }
        result_.push_back(std::move(header.configs));
        synonyms_seen_ = false;
    }

    void read_setting(const DumpLine& line) {
        const std::string_view text = trim(line.text);
        const std::size_t equals = text.find('=');
        const std::size_t sensitive = std::min(text.rfind(" sensitive=true synonyms={"),
                                               text.rfind(" sensitive=false synonyms={"));
        ConfigSetting setting;
        std::string_view value = text.substr(equals + 1);
        if (sensitive != std::string_view::npos && sensitive > equals) {
            synonyms_seen_ = true;
            if (text.back() != '}')
                fail_truncated(line, "the synonyms of a setting are not closed");
            const std::size_t open = text.find('{', sensitive);
            setting.synonyms = read_synonyms(text.substr(open + 1, text.size() - open - 2));
            value = text.substr(equals + 1, sensitive - equals - 1);
        } else if (synonyms_seen_ || !line.ended) {
            if (!line.ended) fail_truncated(line, "half a line");
            fail_at(line, text, "`synonyms={...}` is missing from this line", take_configs_again);
        }
        if (value != "null") setting.value = std::string(value);
        const std::string name(trim(text.substr(0, equals)));
        if (name == min_isr_setting && setting.value) check_min_isr(line, value);
        if (!result_.back().settings.emplace(name, std::move(setting)).second) {
            fail_at(line, text, "`" + name + "` is listed twice", take_configs_again);
        }
    }

    /// --all prints every setting, in no certain order; a broker without one that is used here was
    /// cut.
    void check_complete(const DumpLine& last) const {
        static constexpr std::array<const char*, 8> used = {
            "auto.leader.rebalance.enable",
            "broker.rack",
            "leader.imbalance.check.interval.seconds",
            "log.dirs",
            "min.insync.replicas",
            "num.recovery.threads.per.data.dir",
            "replica.lag.time.max.ms",
            "unclean.leader.election.enable"};
        const DescribedConfigs& configs = result_.back();
        if (!configs.all || configs.owner != ConfigOwner::broker) return;
        const auto& settings = configs.settings;
        const auto roles = settings.find("process.roles");
        const bool kraft = roles != settings.end() && roles->second.value.value_or("") != "";
        if (!kraft && settings.count("zookeeper.connect") == 0)
            fail_incomplete(last, "process.roles");
        for (const char* const name : used) {
            if (settings.count(name) == 0) fail_incomplete(last, name);
        }
    }

    [[noreturn]] void fail_incomplete(const DumpLine& last, const char* name) const {
        fail_truncated(last,
                       "the settings of broker " + result_.back().name +
                           " are announced as all, but `" + name + "` is missing");
    }

    std::vector<DescribedConfigs> result_;
    bool synonyms_seen_ = false;
};

}  // namespace

std::optional<std::string> ConfigSetting::from(std::string_view source) const {
    for (const ConfigSynonym& synonym : synonyms) {
        if (synonym.source == source) return synonym.value;
    }
    return std::nullopt;
}

bool ConfigSetting::set() const {
    return synonyms.empty() ? value.has_value() : synonyms.front().source != "DEFAULT_CONFIG";
}

bool looks_like_configs_describe(std::string_view line) {
    return read_header({line, 0, 0, true}).has_value();
}

std::vector<DescribedConfigs> parse_configs_describe(std::string_view text) {
    return ConfigsReader{}.read(text);
}

}  // namespace rollcast::scenarios
