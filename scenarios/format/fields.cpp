#include "scenarios/format/fields.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

const Record& spread_record() {
    static const Record spread = record(
        "spread",
        "A duration that varies: lognormal.",
        {
            {"median_s", seconds(), "Median; what a nominal run takes.", Presence::required},
            {"p95_s", seconds(), "95th percentile, at least the median.", Presence::required},
        });
    return spread;
}

std::string range_in_words(const Shape& shape) {
    if (shape.most >= 1e15)
        return shape.least == 0 ? "" : fmt::format(", at least {:g}", shape.least);
    return fmt::format(" from {:.15g} to {:.15g}", shape.least, shape.most);
}

}  // namespace

const Field* Record::find(std::string_view key) const {
    const auto found = std::find_if(
        fields.begin(), fields.end(), [&](const Field& field) { return field.key == key; });
    return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> Record::keys() const {
    std::vector<std::string> result;
    for (const Field& field : fields) result.push_back(field.key);
    return result;
}

Record record(std::string name, std::string doc, std::vector<Field> fields) {
    fields.push_back({"comment",
                      either({text(), list(text())}),
                      "A remark for readers, or a list of lines; has no effect."});
    return {std::move(name), std::move(doc), std::move(fields)};
}

Shape boolean() { return {.kind = Kind::boolean}; }
Shape integer(double least, double most) {
    return {.kind = Kind::integer, .least = least, .most = most};
}
Shape number(double least, double most) {
    return {.kind = Kind::number, .least = least, .most = most};
}
Shape text() { return {.kind = Kind::text}; }
Shape name() { return {.kind = Kind::name}; }
Shape choice(std::vector<std::string> words) {
    return {.kind = Kind::choice, .words = std::move(words)};
}
Shape time_of_day() { return {.kind = Kind::time_of_day}; }
Shape object(const Record& record) { return {.kind = Kind::object, .record = &record}; }
Shape list(Shape item, std::size_t least) {
    return {.kind = Kind::list,
            .least = static_cast<double>(least),
            .most = 1e9,
            .parts = {std::move(item)}};
}
Shape either(std::vector<Shape> alternatives) {
    return {.kind = Kind::either, .parts = std::move(alternatives)};
}
Shape any_object() { return {.kind = Kind::any_object}; }
Shape any() { return {.kind = Kind::any}; }

Shape bytes(double least) { return integer(least, 1e18); }
Shape bytes_per_s(double least) { return integer(least, 1e15); }
Shape seconds() { return number(0, 1e9); }
Shape spread_seconds() { return either({seconds(), object(spread_record())}); }
Shape share() { return number(0, 1); }

std::string in_words(const Shape& shape) {
    switch (shape.kind) {
        case Kind::boolean:
            return "true or false";
        case Kind::integer:
            return "a whole number" + range_in_words(shape);
        case Kind::number:
            return "a number" + range_in_words(shape);
        case Kind::text:
            return "text";
        case Kind::name:
            return "a name";
        case Kind::choice:
            return "one of " + name_list(shape.words);
        case Kind::time_of_day:
            return "a time of day, \"HH:MM\"";
        case Kind::object:
            return "an object (" + shape.record->name + ")";
        case Kind::list:
            return "a list, each " + in_words(shape.parts.front());
        case Kind::either: {
            std::string words;
            for (const Shape& part : shape.parts) {
                words += (words.empty() ? "" : ", or ") + in_words(part);
            }
            return words;
        }
        case Kind::any_object:
            return "an object";
        case Kind::any:
            return "any value";
    }
    return "a value";
}

}  // namespace rollcast::scenarios
