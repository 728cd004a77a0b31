#include "scenarios/format/reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "models/fleet.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

constexpr double largest_exact = 9007199254740992.0;  // 2^53
constexpr std::size_t longest_name = 249;             // of a Kafka topic

const Json& empty_object() {
    static const Json empty = Json::object();
    return empty;
}

std::string shown(const Json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    if (value.is_string())
        return "the text " + scenarios::quoted(value.get_ref<const std::string&>());
    return scenarios::quoted(value.dump());
}

bool is_whole(const Json& value) {
    if (value.is_number_integer()) return true;
    if (!value.is_number_float()) return false;
    const auto number = value.get<double>();
    return std::abs(number) <= largest_exact && number == std::floor(number);
}

/// True where the JSON type is one that `shape` takes; values are looked at later.
bool fits_type(const Shape& shape, const Json& value) {
    switch (shape.kind) {
        case Kind::boolean:
            return value.is_boolean();
        case Kind::integer:
            return is_whole(value);
        case Kind::number:
            return value.is_number();
        case Kind::text:
        case Kind::name:
        case Kind::choice:
        case Kind::time_of_day:
            return value.is_string();
        case Kind::object:
        case Kind::any_object:
            return value.is_object();
        case Kind::any:
            return true;
        case Kind::list:
            return value.is_array();
        case Kind::either:
            return std::any_of(shape.parts.begin(), shape.parts.end(), [&](const Shape& part) {
                return fits_type(part, value);
            });
    }
    return false;
}

/// The record of the objects that a shape holds, itself or in its parts; null if it holds none.
const Record* find_record(const Shape& shape) {
    if (shape.record != nullptr) return shape.record;
    for (const Shape& part : shape.parts) {
        if (const Record* found = find_record(part)) return found;
    }
    return nullptr;
}

const Record& inner_record(const Shape& shape) {
    const Record* found = find_record(shape);
    sim::ensure(found != nullptr, "an object is read from a field that holds one");
    return *found;
}

class Checker {
public:
    explicit Checker(Problems& problems) : problems_(&problems) {}

    void check(const Record& record, const Json& object, const std::string& pointer) {
        for (const auto& [key, value] : object.items()) {
            const Field* field = record.find(key);
            if (field == nullptr) {
                unknown_field(record, key, pointer);
            } else {
                check(field->shape, value, pointer + pointer_step(key), field->key);
            }
        }
        for (const Field& field : record.fields) {
            if (field.presence == Presence::required && !object.contains(field.key)) {
                missing_field(record, field, pointer);
            }
        }
    }

private:
    void check(const Shape& shape,
               const Json& value,
               const std::string& pointer,
               const std::string& key) {
        if (!fits_type(shape, value)) return wrong_type(shape, value, pointer, key);
        switch (shape.kind) {
            case Kind::boolean:
            case Kind::any_object:
            case Kind::any:
                return;
            case Kind::integer:
            case Kind::number:
                return check_range(shape, value, pointer, key);
            case Kind::text:
            case Kind::name:
            case Kind::choice:
            case Kind::time_of_day:
                return check_text(shape, value.get_ref<const std::string&>(), pointer, key);
            case Kind::object:
                return check(*shape.record, value, pointer);
            case Kind::list:
                return check_list(shape, value, pointer, key);
            case Kind::either: {
                const auto fitting =
                    std::find_if(shape.parts.begin(), shape.parts.end(), [&](const Shape& part) {
                        return fits_type(part, value);
                    });
                return check(*fitting, value, pointer, key);
            }
        }
    }

    void check_list(const Shape& shape,
                    const Json& value,
                    const std::string& pointer,
                    const std::string& key) {
        if (static_cast<double>(value.size()) < shape.least) {
            Diagnostic& d =
                problems_->error(code::out_of_range,
                                 pointer,
                                 fmt::format("{} is an empty list", scenarios::quoted(key)));
            d.label = "needs an entry";
            d.help = "add " + in_words(shape.parts.front());
        }
        const Shape& item = shape.parts.front();
        const bool plain = item.kind == Kind::integer;  // long lists of numbers: no pointer a value
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (plain && fits_type(item, value[i]) && in_range(item, value[i])) continue;
            check(item, value[i], pointer + pointer_step(i), key);
        }
    }

    static bool in_range(const Shape& shape, const Json& value) {
        const auto number = value.get<double>();
        return number >= shape.least && number <= shape.most;
    }

    void check_range(const Shape& shape,
                     const Json& value,
                     const std::string& pointer,
                     const std::string& key) {
        if (in_range(shape, value)) return;
        Diagnostic& d = problems_->error(
            code::out_of_range,
            pointer,
            fmt::format("{} is {}, out of range", scenarios::quoted(key), value.dump()));
        if (value.get<double>() < shape.least) {
            d.label = fmt::format("must be at least {:.15g}", shape.least);
        } else {
            d.label = fmt::format("must be at most {:.15g}", shape.most);
        }
        d.help = "write " + in_words(shape);
    }

    void check_text(const Shape& shape,
                    const std::string& value,
                    const std::string& pointer,
                    const std::string& key) {
        if (shape.kind == Kind::choice) return check_choice(shape, value, pointer, key);
        if (shape.kind == Kind::time_of_day) {
            if (parse_time_of_day(value)) return;
            Diagnostic& d = problems_->error(code::out_of_range,
                                             pointer,
                                             fmt::format("{} is {}, not a time of day",
                                                         scenarios::quoted(key),
                                                         scenarios::quoted(value)));
            d.label = "expected \"HH:MM\"";
            d.help = "write hours and minutes from \"00:00\" to \"23:59\"";
            return;
        }
        const bool bad_name =
            shape.kind == Kind::name &&
            (value.size() > longest_name || std::any_of(value.begin(), value.end(), [](char c) {
                 return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
             }));
        if (!value.empty() && !bad_name) return;
        Diagnostic& d = problems_->error(
            code::out_of_range,
            pointer,
            value.empty() ? fmt::format("{} is empty", scenarios::quoted(key))
                          : fmt::format("{} is not usable as a name", scenarios::quoted(value)));
        d.label = value.empty() ? "needs text" : "not a name";
        d.help = shape.kind == Kind::name
                     ? fmt::format("a name has 1 to {} bytes, no \"/\" and no control characters",
                                   longest_name)
                     : "write some text, or leave the field out";
    }

    void check_choice(const Shape& shape,
                      const std::string& value,
                      const std::string& pointer,
                      const std::string& key) {
        if (std::find(shape.words.begin(), shape.words.end(), value) != shape.words.end()) return;
        Diagnostic& d = problems_->error(
            code::unknown_word,
            pointer,
            fmt::format("unknown {} {}", scenarios::quoted(key), scenarios::quoted(value)));
        d.label = "not a word of this field";
        d.help = "use one of the words below";
        suggest(d, value, shape.words, "words of " + scenarios::quoted(key));
    }

    void wrong_type(const Shape& shape,
                    const Json& value,
                    const std::string& pointer,
                    const std::string& key) {
        Diagnostic& d = problems_->error(
            code::wrong_type,
            pointer,
            fmt::format(
                "{} takes {}, not {}", scenarios::quoted(key), in_words(shape), shown(value)));
        d.label = "wrong type";
        const bool numeric = shape.kind == Kind::integer || shape.kind == Kind::number;
        d.help = numeric && value.is_string()   ? "write the number without quotes"
                 : numeric && value.is_number() ? "write a whole number"
                 : value.is_null()              ? "leave the field out, or give it a value"
                                                : "write " + in_words(shape);
    }

    void unknown_field(const Record& record, const std::string& key, const std::string& pointer) {
        Diagnostic& d = problems_->error(code::unknown_field,
                                         pointer + pointer_step(key),
                                         fmt::format("unknown field {}", scenarios::quoted(key)),
                                         Part::key);
        d.label = fmt::format("not a field of {}", scenarios::quoted(record.name));
        d.help = "remove it; remarks go into `comment`";
        d.suggestions = nearest(key, record.keys());
        if (!d.suggestions.empty()) {
            d.help = fmt::format("did you mean {}?", scenarios::quoted(d.suggestions.front()));
        }
        d.notes.push_back(fmt::format(
            "{} fields: {}", scenarios::quoted(record.name), name_list(record.keys(), 40)));
    }

    void missing_field(const Record& record, const Field& field, const std::string& pointer) {
        Diagnostic& d = problems_->error(code::missing_field,
                                         pointer,
                                         fmt::format("{} lacks the field {}",
                                                     scenarios::quoted(record.name),
                                                     scenarios::quoted(field.key)));
        d.label = fmt::format("no {} in here", scenarios::quoted(field.key));
        d.help = fmt::format("add \"{}\": {}", field.key, in_words(field.shape));
        d.notes.push_back(fmt::format(
            "{} fields: {}", scenarios::quoted(record.name), name_list(record.keys(), 40)));
    }

    Problems* problems_;
};

}  // namespace

void check_record(const Record& record,
                  const Json& object,
                  const std::string& pointer,
                  Problems& problems) {
    Checker(problems).check(record, object, pointer);
}

void check_file(const JsonFile& file,
                const Record& record,
                std::string_view marker,
                Problems& problems) {
    const Json& root = file.root();
    const bool marked = root.is_object() && root.contains(marker);
    if (!marked || !root.at(std::string(marker)).is_number() || root.at(std::string(marker)) != 1) {
        Diagnostic& d = problems.error(
            code::wrong_kind_of_file,
            marked ? pointer_step(marker) : "",
            marked ? fmt::format("this is version {} of {}, and only version 1 is known",
                                 printable(root.at(std::string(marker)).dump()),
                                 scenarios::quoted(marker))
                   : fmt::format("this is not a {} file", record.name));
        d.label =
            marked ? "unknown version" : fmt::format("no {} in here", scenarios::quoted(marker));
        d.help = marked ? "write 1, or use a newer rollcast"
                        : fmt::format("name another file, or start it with \"{}\": 1", marker);
        for (const char* other : {"rollcast_case",
                                  "rollcast_fleet",
                                  "rollcast_plan",
                                  "rollcast_faults",
                                  "rollcast_alerts",
                                  "rollcast_scenario"}) {
            if (!marked && root.is_object() && root.contains(other)) {
                d.notes.push_back(fmt::format("it says {}", scenarios::quoted(other)));
            }
        }
        problems.throw_if_errors();
    }
    check_record(record, root, "", problems);
    if (problems.has_errors_beside(code::unknown_field)) problems.throw_if_errors();
}

std::optional<sim::Duration> parse_time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    if (hours > 23 || minutes > 59) return std::nullopt;
    return sim::minutes(60 * hours + minutes);
}

Reader::Reader(const Record& record, const Json& object, std::string pointer, const Json* defaults)
    : record_(&record), object_(&object), defaults_(defaults), pointer_(std::move(pointer)) {}

const Json* Reader::find(std::string_view key) const {
    if (const auto own = object_->find(key); own != object_->end()) return &*own;
    if (defaults_ == nullptr) return nullptr;
    const auto shared = defaults_->find(key);
    return shared == defaults_->end() ? nullptr : &*shared;
}

const Field& Reader::field(std::string_view key) const {
    const Field* found = record_->find(key);
    sim::ensure(found != nullptr, "a reader is asked only for fields of its record");
    return *found;
}

const Json& Reader::value(std::string_view key) const {
    const Field& known = field(key);
    const Json* found = find(key);
    return found != nullptr ? *found : known.fallback;
}

std::int64_t Reader::integer(std::string_view key) const {
    const Json& found = value(key);
    if (found.is_number_float()) return static_cast<std::int64_t>(found.get<double>());
    return found.get<std::int64_t>();
}

std::string Reader::text(std::string_view key) const {
    const Json& found = value(key);
    return found.is_string() ? found.get<std::string>() : std::string();
}

std::vector<std::string> Reader::texts(std::string_view key) const {
    std::vector<std::string> result;
    for (const Json& item : value(key)) result.push_back(item.get<std::string>());
    return result;
}

sim::Duration Reader::duration(std::string_view key) const {
    return sim::ceil_seconds(number(key));
}

models::SpreadDuration Reader::spread(std::string_view key) const {
    const Json& found = value(key);
    if (found.is_number()) return {sim::ceil_seconds(found.get<double>()), {}};
    return {sim::ceil_seconds(found.at("median_s").get<double>()),
            sim::ceil_seconds(found.at("p95_s").get<double>())};
}

sim::ByteRate Reader::rate(std::string_view key) const {
    return value(key).is_null() ? models::unlimited : sim::ByteRate{integer(key)};
}

Reader Reader::object(std::string_view key) const {
    const auto inside = [&](const Json* container) -> const Json* {
        if (container == nullptr) return nullptr;
        const auto found = container->find(key);
        return found != container->end() && found->is_object() ? &*found : nullptr;
    };
    const Json* own = inside(object_);
    return {inner_record(field(key).shape),
            own != nullptr ? *own : empty_object(),
            pointer(key),
            inside(defaults_)};
}

std::vector<Reader> Reader::objects(std::string_view key, const Json* shared) const {
    std::vector<Reader> result;
    const Json& found = value(key);
    const Record& inner = inner_record(field(key).shape);
    if (found.is_object()) result.emplace_back(inner, found, pointer(key), shared);
    for (std::size_t i = 0; found.is_array() && i < found.size(); ++i) {
        if (!found[i].is_object()) continue;
        result.emplace_back(inner, found[i], pointer(key) + pointer_step(i), shared);
    }
    return result;
}

}  // namespace rollcast::scenarios
