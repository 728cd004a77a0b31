// What is known of the cases of a campaign that was ended: one line of JSON a case, appended as
// soon as it is finished.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "scenarios/hunt/hunt.hpp"

namespace rollcast::scenarios {

/// The line of a finished case of the campaign with `seed`, with its line break.
std::string hunt_line(const HuntedCase& hunted, std::uint64_t seed, std::string_view tool_version);

/// The finished cases of one campaign.
class HuntJournal {
public:
    HuntJournal() = default;
    /// `text` is what was read; a last line without its line break was cut and counts for nothing.
    /// Cases of another seed or of another version of the tool are left out, and a case that is
    /// there twice counts once. Throws InputError where a whole line is no entry of a campaign.
    HuntJournal(std::string_view text,
                const std::string& name,
                std::uint64_t seed,
                std::string_view tool_version);

    /// Fills what is known of the case with this number; false where nothing is.
    bool recall(HuntedCase& hunted) const;
    std::size_t size() const { return cases_.size(); }

private:
    std::map<std::uint64_t, HeldCase> cases_;
};

}  // namespace rollcast::scenarios
