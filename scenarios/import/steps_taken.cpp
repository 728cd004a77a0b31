#include "scenarios/import/steps_taken.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"
#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/sources.hpp"

namespace rollcast::scenarios {
namespace {

using models::MachineId;

constexpr const char* line_form =
    "write `MACHINE START END`, `MACHINE START`, `MACHINE` or `MACHINE lost [BACK-IN]`";
constexpr const char* time_form = "write h:mm:ss or seconds since the migration began";
constexpr std::int64_t most_hours = 100'000;

sim::Duration time_of(const DumpLine& line, std::string_view word) {
    if (const auto time = clock_time(word)) return *time;
    fail_at(line, word, fmt::format("`{}` is no time", std::string(word)), time_form);
}

/// Reads lines, and remembers which machines have been named.
class StepsReader {
public:
    explicit StepsReader(const models::Fleet& fleet)
        : fleet_(fleet), names_(fleet), named_(fleet.machines().size(), false) {}

    StepTaken read(const DumpLine& line) {
        const std::vector<std::string_view> words =
            split_words(line.text.substr(0, line.text.find('#')));
        StepTaken step;
        step.machine = machine_of(line, words[0]);
        if (words.size() > 3) fail_at(line, words[3], "one word too many", line_form);
        if (words.size() > 1 && words[1] == "lost") {
            step.state = StepTaken::State::lost;
            if (words.size() > 2) step.back = time_of(line, words[2]);
            return step;
        }
        if (words.size() == 1) return step;
        step.start = time_of(line, words[1]);
        step.state = words.size() == 2 ? StepTaken::State::running : StepTaken::State::done;
        if (words.size() == 2) return step;
        step.end = time_of(line, words[2]);
        if (*step.end <= *step.start) {
            fail_at(line, words[2], "the step ends before it starts", "swap the two times");
        }
        return step;
    }

private:
    MachineId machine_of(const DumpLine& line, std::string_view word) {
        const std::string name(word);
        auto machine = names_.machine(name);
        std::vector<std::string> known;
        for (std::uint32_t m = 0; !machine && m < fleet_.machines().size(); ++m) {
            const MachineId id{m};
            known.push_back(machine_name(fleet_, id));
            const models::Machine& of = fleet_.machines()[id];
            const std::string& host =
                of.broker.exists() ? fleet_.brokers()[of.broker].host : of.name;
            if (host == name) machine = id;
        }
        if (!machine) {
            const std::vector<std::string> near = nearest(name, known);
            fail_at(line,
                    word,
                    fmt::format("the case has no machine {}", scenarios::quoted(name)),
                    near.empty() ? "machines: " + name_list(known)
                                 : fmt::format("did you mean `{}`?", near.front()));
        }
        if (named_[machine->index()]) {
            fail_at(line,
                    word,
                    fmt::format("machine {} is named twice", scenarios::quoted(name)),
                    "remove one of the two lines");
        }
        named_[machine->index()] = true;
        return *machine;
    }

    const models::Fleet& fleet_;
    Names names_;
    std::vector<bool> named_;
};

bool has_words(const DumpLine& line) {
    return !split_words(line.text.substr(0, line.text.find('#'))).empty();
}

}  // namespace

std::optional<sim::Duration> clock_time(std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, ':');
    if (parts.size() > 3) return std::nullopt;
    std::int64_t seconds = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto part = whole_number(parts[i]);
        const bool digits =
            !parts[i].empty() && parts[i].find_first_not_of("0123456789") == std::string_view::npos;
        if (!part || !digits || (i > 0 && *part >= 60)) return std::nullopt;
        if (*part > most_hours * 3'600) return std::nullopt;
        seconds = seconds * 60 + *part;
    }
    if (seconds > most_hours * 3'600) return std::nullopt;
    return sim::seconds(seconds);
}

std::vector<StepTaken> parse_steps_taken(std::string_view text,
                                         const std::string& name,
                                         const models::Fleet& fleet) {
    std::vector<StepTaken> steps;
    StepsReader reader(fleet);
    try {
        for (const DumpLine& line : content_lines(text)) {
            if (has_words(line)) steps.push_back(reader.read(line));
        }
    } catch (const DumpError& error) {
        throw InputError(to_diagnostic(error, name, text));
    }
    return steps;
}

std::vector<StepTaken> read_steps_taken(const std::filesystem::path& path,
                                        const models::Fleet& fleet) {
    return parse_steps_taken(read_text(path), path.string(), fleet);
}

}  // namespace rollcast::scenarios
