// What a migration has come to, written down by hand or by a script: a line a machine.
//
//   # machine   start     end          times since the migration began, h:mm:ss or seconds
//   c01/3       0:00:00   0:52:10      done
//   c01/4       0:10:00                runs since then
//   c01/5                              done, nobody wrote down when
//   c01/6       lost                   gone, nobody knows for how long
//   c01/7       lost      2:00:00      back in sync so long from now
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/fleet.hpp"

namespace rollcast::scenarios {

struct StepTaken {
    enum class State { running, done, lost };
    models::MachineId machine;
    State state = State::done;
    std::optional<sim::Duration> start;  // running, and done where it is known
    std::optional<sim::Duration> end;    // done, where it is known
    std::optional<sim::Duration> back;   // lost: from now
};

/// In the order of the file. Throws InputError where a line cannot be read, names no machine of
/// `fleet`, names one again, or ends before it starts.
std::vector<StepTaken> read_steps_taken(const std::filesystem::path& path,
                                        const models::Fleet& fleet);
/// The same from text; `name` stands for the file in messages.
std::vector<StepTaken> parse_steps_taken(std::string_view text,
                                         const std::string& name,
                                         const models::Fleet& fleet);

/// "1:02:03", "62:03" (minutes) or "3723" as a duration; nothing where it is none.
std::optional<sim::Duration> clock_time(std::string_view text);

}  // namespace rollcast::scenarios
