// The declarative tables of what a file may hold: one source for reading, for the published
// schemas and for the documentation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/step.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

struct Record;

enum class Kind : std::uint8_t {
    boolean,
    integer,  // a whole number; 1e3 is one
    number,
    text,         // not empty
    name,         // text without "/" and control characters, at most 249 bytes (Kafka's limit)
    choice,       // one of `words`
    time_of_day,  // "HH:MM"
    object,       // of `record`
    list,         // of parts[0]
    either,       // one of `parts`, told apart by their JSON type
    any_object,   // an object whose keys are free; whoever reads it checks it
    any           // whatever JSON has
};

/// What a value looks like. `least` and `most` bound numbers, and the length of lists.
struct Shape {
    Kind kind = Kind::text;
    double least = 0;
    double most = 0;
    std::vector<std::string> words = {};
    const Record* record = nullptr;
    std::vector<Shape> parts = {};
};

enum class Presence : std::uint8_t { optional, required };
inline constexpr Presence required = Presence::required;
inline constexpr Presence optional = Presence::optional;

/// A field with its unit in the key. `fallback` is its default; null = none, or said by `doc`.
struct Field {
    std::string key;
    Shape shape;
    std::string doc;
    Presence presence = Presence::optional;
    Json fallback = nullptr;
};

/// An object of the format. `name` is how messages and the documentation call it.
struct Record {
    std::string name;
    std::string doc;
    std::vector<Field> fields;

    const Field* find(std::string_view key) const;
    std::vector<std::string> keys() const;
};

/// A record of these fields and `comment`, which every object takes.
Record record(std::string name, std::string doc, std::vector<Field> fields);

Shape boolean();
Shape integer(double least, double most);
Shape number(double least, double most);
Shape text();
Shape name();
Shape choice(std::vector<std::string> words);
Shape time_of_day();
Shape object(const Record& record);
Shape list(Shape item, std::size_t least = 0);
Shape either(std::vector<Shape> alternatives);
Shape any_object();
Shape any();

/// Shapes by unit: bytes up to 10^18, bytes per second up to 10^15, seconds up to 10^9.
Shape bytes(double least = 0);
Shape bytes_per_s(double least = 0);
Shape seconds();
/// Seconds, or {"median_s", "p95_s"} of a lognormal distribution.
Shape spread_seconds();
/// A share, 0 to 1.
Shape share();

/// What `shape` takes, in words: "a whole number from 1 to 8", "a list of names".
std::string in_words(const Shape& shape);

/// A duration as a default in the pages.
inline Json in_seconds(sim::Duration d) { return sim::to_seconds(d); }
inline Json in_seconds(const models::SpreadDuration& d) {
    if (d.p95 <= d.nominal) return in_seconds(d.nominal);
    return {{"median_s", in_seconds(d.nominal)}, {"p95_s", in_seconds(d.p95)}};
}

}  // namespace rollcast::scenarios
