// "Did you mean": the known names nearest to one that is unknown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::scenarios {

/// Damerau-Levenshtein distance (insert, delete, replace, swap of neighbours; each part of a text
/// is edited once), without regard to ASCII case. O(|a| * |b|).
int edit_distance(std::string_view a, std::string_view b);

/// The names at most a third of the length away from `wrong`, nearest first, at most three; ties by
/// order in `known`.
std::vector<std::string> nearest(std::string_view wrong, const std::vector<std::string>& known);

/// Fills suggestions and help ("did you mean `x`?") where a name is near, and else leaves both.
/// Adds the note "known <plural>: ..." with up to 12 names.
void suggest(Diagnostic& diagnostic,
             std::string_view wrong,
             const std::vector<std::string>& known,
             std::string_view plural);

/// "a, b, c", cut after `limit` names with how many more there are.
std::string name_list(const std::vector<std::string>& names, std::size_t limit = 12);

}  // namespace rollcast::scenarios
