#include "scenarios/hunt/hunt_journal.hpp"

#include <optional>

#include <fmt/format.h>

#include "scenarios/suite/journal.hpp"

namespace rollcast::scenarios {

namespace {

[[noreturn]] void throw_no_hunt_entry(const std::string& name, int line) {
    Diagnostic d;
    d.code = code::journal_differs;
    d.file = name;
    d.message = fmt::format("line {} is no entry of a journal of a hunt", line);
    d.help = "name a file that `rollcast hunt --resume` wrote, or a new one";
    throw InputError(std::move(d));
}

bool is_hunt_entry(const Json& entry) {
    if (!entry.is_object() || entry.value("rollcast_hunt", 0) != 1) return false;
    for (const char* key : {"seed", "case", "events", "kinds"}) {
        if (!entry.contains(key) || !entry[key].is_number_unsigned()) return false;
    }
    for (const char* key : {"tool", "family"}) {
        if (!entry.contains(key) || !entry[key].is_string()) return false;
    }
    if (!hunt_family(entry["family"].get<std::string>())) return false;
    if (!entry.contains("broken")) return true;
    const Json& broken = entry["broken"];
    return broken.is_object() && broken.contains("invariant") && broken["invariant"].is_string() &&
           broken.contains("text") && broken["text"].is_string() && broken.contains("at_s") &&
           broken["at_s"].is_number();
}

HeldCase held_of(const Json& entry) {
    HeldCase held;
    held.family = *hunt_family(entry["family"].get<std::string>());
    held.events = entry["events"].get<std::uint64_t>();
    held.kinds = entry["kinds"].get<std::uint64_t>();
    if (!entry.contains("broken")) return held;
    const Json& broken = entry["broken"];
    held.broken = BrokenInvariant{broken["invariant"].get<std::string>(),
                                  broken["text"].get<std::string>(),
                                  broken["at_s"].get<double>()};
    return held;
}

}  // namespace

std::string hunt_line(const HuntedCase& hunted, std::uint64_t seed, std::string_view tool_version) {
    Json entry{{"rollcast_hunt", 1},
               {"tool", tool_version},
               {"seed", seed},
               {"case", hunted.number},
               {"family", to_string(hunted.held.family)},
               {"events", hunted.held.events},
               {"kinds", hunted.held.kinds}};
    if (const auto& broken = hunted.held.broken) {
        entry["broken"] = {
            {"invariant", broken->invariant}, {"text", broken->text}, {"at_s", broken->at_s}};
    }
    return entry.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

HuntJournal::HuntJournal(std::string_view text,
                         const std::string& name,
                         std::uint64_t seed,
                         std::string_view tool_version) {
    text = text.substr(0, whole_lines(text));
    for (int line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const Json entry = Json::parse(text.substr(0, end), nullptr, false);
        text.remove_prefix(end + 1);
        if (!is_hunt_entry(entry)) throw_no_hunt_entry(name, line);
        if (entry["tool"].get<std::string>() != tool_version) continue;
        if (entry["seed"].get<std::uint64_t>() != seed) continue;
        cases_.emplace(entry["case"].get<std::uint64_t>(), held_of(entry));
    }
}

bool HuntJournal::recall(HuntedCase& hunted) const {
    const auto found = cases_.find(hunted.number);
    if (found == cases_.end()) return false;
    hunted.held = found->second;
    return true;
}

}  // namespace rollcast::scenarios
