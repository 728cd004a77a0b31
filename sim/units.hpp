// Virtual time in integer nanoseconds, bytes and byte rates; the factories carry the unit, the
// functions that change dimension say how they round.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "sim/contract.hpp"

namespace rollcast::sim {

/// A whole number of one unit. Arithmetic stays inside the unit; factors are plain integers.
template <class Tag>
class Quantity {
public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(std::int64_t count) : count_(count) {}

    constexpr std::int64_t count() const { return count_; }

    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity operator-() const { return Quantity{-count_}; }
    constexpr Quantity& operator+=(Quantity other) {
        count_ += other.count_;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        count_ -= other.count_;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
    friend constexpr Quantity operator*(Quantity a, std::int64_t factor) {
        return Quantity{a.count_ * factor};
    }
    friend constexpr Quantity operator*(std::int64_t factor, Quantity a) { return a * factor; }

private:
    std::int64_t count_ = 0;
};

using Duration = Quantity<struct DurationTag>;  // ns
using Bytes = Quantity<struct BytesTag>;        // B
using ByteRate = Quantity<struct ByteRateTag>;  // B/s

constexpr Duration nanoseconds(std::int64_t n) { return Duration{n}; }
constexpr Duration microseconds(std::int64_t n) { return Duration{n * 1'000}; }
constexpr Duration milliseconds(std::int64_t n) { return Duration{n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return Duration{n * 1'000'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(60 * n); }
constexpr Duration hours(std::int64_t n) { return seconds(3'600 * n); }
inline constexpr Duration day = hours(24);
constexpr Bytes bytes(std::int64_t n) { return Bytes{n}; }
constexpr Bytes mebibytes(std::int64_t n) { return Bytes{n * 1'048'576}; }
constexpr ByteRate bytes_per_second(std::int64_t n) { return ByteRate{n}; }

/// A point of virtual time: nanoseconds since the start of the run. Never a calendar date.
class Instant {
public:
    constexpr Instant() = default;
    constexpr explicit Instant(Duration since_start) : since_start_(since_start) {}

    /// Later than every instant a run can reach: "never".
    static constexpr Instant never() {
        return Instant{Duration{std::numeric_limits<std::int64_t>::max()}};
    }

    constexpr Duration since_start() const { return since_start_; }
    constexpr std::int64_t count() const { return since_start_.count(); }

    constexpr auto operator<=>(const Instant&) const = default;
    friend constexpr Instant operator+(Instant at, Duration by) {
        return Instant{at.since_start_ + by};
    }
    friend constexpr Instant operator-(Instant at, Duration by) {
        return Instant{at.since_start_ - by};
    }
    friend constexpr Duration operator-(Instant to, Instant from) {
        return to.since_start_ - from.since_start_;
    }

private:
    Duration since_start_{};
};

/// Seconds as a floating number: for rates, statistics and display.
constexpr double to_seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }
constexpr double to_seconds(Instant t) { return to_seconds(t.since_start()); }

/// `s` seconds as a duration, rounded up to the next nanosecond so that work never ends early.
/// Returns the longest duration where `s` is too large to be held. Requires `s >= 0`.
constexpr Duration ceil_seconds(double s) {
    ensure(s >= 0, "a duration from seconds must not be negative or NaN");
    constexpr double longest = 9.2e18;
    const double ns = s * 1e9;
    if (ns >= longest) return Duration{std::numeric_limits<std::int64_t>::max()};
    const auto whole = static_cast<std::int64_t>(ns);
    return Duration{whole + (static_cast<double>(whole) < ns ? 1 : 0)};
}

/// Time for `amount` to pass at `rate`, rounded up so that work never finishes early.
/// Requires `amount >= 0`, `rate > 0`. Exact: the product is held in 128 bits.
constexpr Duration transfer_time(Bytes amount, ByteRate rate) {
    ensure(amount >= Bytes{0}, "bytes must not be negative");
    ensure(rate > ByteRate{0}, "rate must be positive");
    __extension__ using Wide = __int128;
    const Wide scaled = Wide{amount.count()} * seconds(1).count();
    return Duration{static_cast<std::int64_t>((scaled + rate.count() - 1) / rate.count())};
}

static_assert(transfer_time(mebibytes(1), bytes_per_second(1'048'576)) == seconds(1));
static_assert(ceil_seconds(0.5) == milliseconds(500));

}  // namespace rollcast::sim
