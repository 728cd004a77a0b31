// Checked access to objects of the format. First `check_record` holds a whole tree against its
// tables; then `Reader` hands out values that are known to fit, with the tables' defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/step.hpp"
#include "scenarios/format/fields.hpp"
#include "scenarios/format/problems.hpp"
#include "sim/units.hpp"

namespace rollcast::scenarios {

/// Adds a problem for every missing or unknown field, every value of a wrong type and every number
/// outside its range, in `object` and in all objects below it.
void check_record(const Record& record,
                  const Json& object,
                  const std::string& pointer,
                  Problems& problems);

/// Checks that the root is an object with `marker` (e.g. "rollcast_case") = 1, then its record.
/// Throws InputError unless all is well, or only unknown fields were found: those are left in
/// `problems`, so that the values can still be looked at.
void check_file(const JsonFile& file,
                const Record& record,
                std::string_view marker,
                Problems& problems);

/// "HH:MM" as time since midnight; nothing if it is not a time of day.
std::optional<sim::Duration> parse_time_of_day(std::string_view text);

/// One object that fits its record. A field that is absent is looked up in `defaults` (an object
/// of the same shape, may be null), then in the record.
class Reader {
public:
    Reader(const Record& record,
           const Json& object,
           std::string pointer,
           const Json* defaults = nullptr);

    const std::string& pointer() const { return pointer_; }
    std::string pointer(std::string_view key) const { return pointer_ + pointer_step(key); }
    /// Given by the file, here or in the defaults.
    bool has(std::string_view key) const { return find(key) != nullptr; }
    /// What the file gives, here or in the defaults; null if it does not.
    const Json* find(std::string_view key) const;

    /// The value or its default; null if there is neither. Throws ContractViolation on a key that
    /// the record does not have.
    const Json& value(std::string_view key) const;

    bool flag(std::string_view key) const { return value(key).get<bool>(); }
    std::int64_t integer(std::string_view key) const;
    double number(std::string_view key) const { return value(key).get<double>(); }
    std::string text(std::string_view key) const;  // empty where there is none
    std::vector<std::string> texts(std::string_view key) const;
    sim::Duration duration(std::string_view key) const;
    models::SpreadDuration spread(std::string_view key) const;
    /// A rate; `unlimited` of the models where there is none.
    sim::ByteRate rate(std::string_view key) const;
    sim::Bytes bytes(std::string_view key) const { return sim::Bytes{integer(key)}; }

    /// The object of the field, empty if absent, over the defaults' object of the same field.
    Reader object(std::string_view key) const;
    /// The objects of a field that is an object or a list of them, each over `shared`.
    std::vector<Reader> objects(std::string_view key, const Json* shared = nullptr) const;

private:
    const Field& field(std::string_view key) const;

    const Record* record_;
    const Json* object_;
    const Json* defaults_;
    std::string pointer_;
};

}  // namespace rollcast::scenarios
