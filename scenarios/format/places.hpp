// Where in the text the value or the key of a JSON pointer stands. Looked up only when a problem is
// shown: one walk over the text for all of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

/// What of a member is meant: its value, its key, or its key where it is given the second time.
enum class Part : unsigned char { value, key, second_key };

struct Place {
    std::string pointer;
    Part part = Part::value;
    std::size_t begin = 0;  // bytes, filled by find_places; the last part that exists if none does
    std::size_t end = 0;
};

/// Fills begin and end of all `places`. `text` must be well-formed JSON (duplicate keys allowed).
/// The place of an object or list is its opening bracket.
void find_places(std::string_view text, std::vector<Place>& places);

}  // namespace rollcast::scenarios
