#include "scenarios/format/places.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace rollcast::scenarios {

namespace {

struct Wanted {
    Place* place;
    std::vector<std::string> steps;
};
using WantedList = std::vector<const Wanted*>;

std::vector<std::string> steps_of(const std::string& pointer) {
    std::vector<std::string> steps;
    nlohmann::json::json_pointer rest(pointer);
    while (!rest.empty()) {
        steps.push_back(rest.back());
        rest.pop_back();
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

/// Recursive descent over text that is known to be well-formed, so nothing is checked again.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    void value(const WantedList& wanted, std::size_t depth) {
        skip_blanks();
        const std::size_t begin = at_;
        const char first = text_[at_];
        if (first == '{') {
            object(wanted, depth);
        } else if (first == '[') {
            list(wanted, depth);
        } else if (first == '"') {
            string();
        } else {
            at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        }
        const bool bracket = first == '{' || first == '[';
        for (const Wanted* w : wanted) {
            const bool here = w->steps.size() == depth && w->place->part == Part::value;
            const bool not_found_below = w->place->end == 0;
            if (here || not_found_below) {
                w->place->begin = begin;
                w->place->end = bracket ? begin + 1 : at_;
            }
        }
    }

private:
    void skip_blanks() { at_ = text_.find_first_not_of(" \t\r\n", at_); }

    std::string_view string() {
        const std::size_t begin = at_++;
        while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        ++at_;
        return text_.substr(begin, at_ - begin);
    }

    void object(const WantedList& wanted, std::size_t depth) {
        std::vector<const Wanted*> seen_once;
        open();
        while (text_[at_] != '}') {
            const std::size_t begin = at_;
            const std::string_view raw = string();
            const std::size_t end = at_;
            WantedList below;
            for (const Wanted* w : wanted) {
                if (w->steps.size() <= depth || !names(raw, w->steps[depth])) continue;
                if (w->steps.size() == depth + 1 && w->place->part != Part::value) {
                    key(*w, seen_once, begin, end);
                } else {
                    below.push_back(w);
                }
            }
            skip_blanks();
            ++at_;  // the colon
            value(below, depth + 1);
            next();
        }
        ++at_;
    }

    static void key(const Wanted& wanted,
                    std::vector<const Wanted*>& seen_once,
                    std::size_t begin,
                    std::size_t end) {
        const bool first =
            std::find(seen_once.begin(), seen_once.end(), &wanted) == seen_once.end();
        if (first) seen_once.push_back(&wanted);
        if (first && wanted.place->part == Part::second_key) return;
        if (!first && wanted.place->part == Part::key) return;
        wanted.place->begin = begin;
        wanted.place->end = end;
    }

    void list(const WantedList& wanted, std::size_t depth) {
        open();
        for (std::size_t index = 0; text_[at_] != ']'; ++index) {
            WantedList below;
            if (!wanted.empty()) {
                const std::string step = std::to_string(index);
                for (const Wanted* w : wanted) {
                    if (w->steps.size() > depth && w->steps[depth] == step) below.push_back(w);
                }
            }
            value(below, depth + 1);
            next();
        }
        ++at_;
    }

    /// Past an opening bracket, to the first member or the closing bracket.
    void open() {
        ++at_;
        skip_blanks();
    }

    /// From the end of a member to the next one or to the closing bracket.
    void next() {
        skip_blanks();
        if (text_[at_] == ',') open();
    }

    static bool names(std::string_view raw, const std::string& step) {
        const std::string_view inner = raw.substr(1, raw.size() - 2);
        if (inner.find('\\') == std::string_view::npos) return inner == step;
        return nlohmann::json::parse(raw).get<std::string>() == step;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

void find_places(std::string_view text, std::vector<Place>& places) {
    std::vector<Wanted> wanted;
    wanted.reserve(places.size());
    for (Place& place : places) {
        place.begin = place.end = 0;
        wanted.push_back({&place, steps_of(place.pointer)});
    }
    WantedList all;
    for (const Wanted& w : wanted) all.push_back(&w);
    Walk(text).value(all, 0);
}

}  // namespace rollcast::scenarios
