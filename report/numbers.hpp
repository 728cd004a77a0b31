// Numbers for JSON: rounded the same way everywhere, null where there is none.
#pragma once

#include <cmath>

#include <nlohmann/json.hpp>

#include "sim/units.hpp"

namespace rollcast::report {

using Json = nlohmann::ordered_json;

/// `value` to `1 / parts`; null for NaN and infinities.
inline Json json_rounded(double value, double parts) {
    if (!std::isfinite(value)) return nullptr;
    const double scaled = std::round(value * parts) / parts;
    return std::isfinite(scaled) ? Json(scaled) : Json(value);
}

/// To three decimals.
inline Json json_number(double value) { return json_rounded(value, 1'000.0); }

/// A share that is held against limits of a tenth of a per cent: to six decimals.
inline Json json_share(double value) { return json_rounded(value, 1'000'000.0); }

/// Seconds to the millisecond; null for never().
inline Json json_seconds(sim::Duration duration) {
    const std::int64_t ns = duration.count();
    const std::int64_t ms = ns / 1'000'000 + (ns % 1'000'000 >= 500'000 ? 1 : 0);
    return static_cast<double>(ms) / 1'000.0;
}
inline Json json_seconds(sim::Instant at) {
    return at == sim::Instant::never() ? Json(nullptr) : json_seconds(at.since_start());
}

}  // namespace rollcast::report
