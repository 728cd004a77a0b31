#include "scenarios/suite/journal.hpp"

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

Json named_values(const MetricValues& values) {
    Json out = Json::object();
    for (std::size_t m = 0; m < values.size(); ++m) {
        if (values[m].index() != 0) out[result_metrics()[m].name] = metric_json(values[m]);
    }
    return out;
}

MetricValues values_named(const Json& json) {
    if (json.empty()) return {};
    MetricValues values(result_metrics().size());
    for (const auto& [name, value] : json.items()) {
        if (const auto place = result_metric_called(name)) values[*place] = metric_value(value);
    }
    return values;
}

[[noreturn]] void throw_no_entry(const std::string& name, int line) {
    Diagnostic d;
    d.code = code::journal_differs;
    d.file = name;
    d.message = fmt::format("line {} is no entry of a journal of runs", line);
    d.help = "name a file that `rollcast suite --resume` wrote, or a new one";
    throw InputError(std::move(d));
}

bool is_entry(const Json& entry) {
    if (!entry.is_object() || entry.value("rollcast_journal", 0) != 1) return false;
    for (const char* key : {"tool", "id", "fingerprint", "trace_hash"}) {
        if (!entry.contains(key) || !entry[key].is_string()) return false;
    }
    for (const char* key : {"metrics", "control"}) {
        if (!entry.contains(key) || !entry[key].is_object()) return false;
    }
    return entry.contains("seed") && entry["seed"].is_number_unsigned();
}

}  // namespace

std::string journal_line(const SuiteCase& c, const SuiteRun& run, std::string_view tool_version) {
    const Json entry{{"rollcast_journal", 1},
                     {"tool", tool_version},
                     {"id", c.id},
                     {"fingerprint", c.fingerprint},
                     {"seed", run.seed},
                     {"trace_hash", fmt::format("{:016x}", run.trace_hash)},
                     {"metrics", named_values(run.metrics)},
                     {"control", named_values(run.control)}};
    return entry.dump() + "\n";
}

std::size_t whole_lines(std::string_view text) {
    const std::size_t last = text.rfind('\n');
    return last == std::string_view::npos ? 0 : last + 1;
}

Journal::Journal(std::string_view text, const std::string& name, std::string_view tool_version) {
    text = text.substr(0, whole_lines(text));
    for (int line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const Json entry = Json::parse(text.substr(0, end), nullptr, false);
        text.remove_prefix(end + 1);
        if (!is_entry(entry)) throw_no_entry(name, line);
        if (entry["tool"].get<std::string>() != tool_version) continue;
        runs_.emplace(std::tuple(entry["id"].get<std::string>(),
                                 entry["fingerprint"].get<std::string>(),
                                 entry["seed"].get<std::uint64_t>()),
                      Entry{values_named(entry["metrics"]),
                            values_named(entry["control"]),
                            std::stoull(entry["trace_hash"].get<std::string>(), nullptr, 16)});
    }
}

bool Journal::recall(const SuiteCase& c, SuiteRun& run) const {
    const auto found = runs_.find(std::tuple(c.id, c.fingerprint, run.seed));
    if (found == runs_.end()) return false;
    run.metrics = found->second.metrics;
    run.control = found->second.control;
    run.trace_hash = found->second.trace_hash;
    return true;
}

}  // namespace rollcast::scenarios
