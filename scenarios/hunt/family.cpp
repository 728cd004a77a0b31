#include "scenarios/hunt/family.hpp"

#include <array>

namespace rollcast::scenarios {

namespace {

constexpr std::array<std::string_view, hunt_family_count> family_words{
    "flow", "tools", "calm", "planned", "record", "agree"};

}  // namespace

std::string_view to_string(HuntFamily family) {
    return family_words[static_cast<std::size_t>(family)];
}

std::optional<HuntFamily> hunt_family(std::string_view word) {
    for (std::size_t f = 0; f < family_words.size(); ++f) {
        if (family_words[f] == word) return static_cast<HuntFamily>(f);
    }
    return std::nullopt;
}

}  // namespace rollcast::scenarios
