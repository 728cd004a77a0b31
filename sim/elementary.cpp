#include "sim/elementary.hpp"

#include <bit>
#include <cstdint>
#include <limits>

#include "sim/contract.hpp"

namespace rollcast::sim {
namespace {

constexpr int exponent_bias = 1'023;
constexpr int mantissa_bits = 52;
constexpr double sqrt_two = 1.4142135623730951;

// ln 2 in two parts: the first has trailing zero bits, so that its product with an exponent is
// exact; the second is what is missing.
constexpr double ln_two_high = 0x1.62e42fee00000p-1;
constexpr double ln_two_low = 0x1.a39ef35793c76p-33;

/// 2^exponent for a normal double: -1022 <= exponent <= 1023.
double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + exponent_bias)
                                 << mantissa_bits);
}

/// e^r for |r| <= ln(2)/2: Taylor up to r^14 / 14!, whose remainder is below 1e-17.
double exp_near_zero(double r) {
    double sum = 1.0;
    for (int n = 14; n >= 1; --n) sum = 1.0 + r * sum / n;
    return sum;
}

/// ln m for sqrt(1/2) <= m <= sqrt(2): 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172, up to
/// s^25 / 25, whose remainder is below 1e-18.
double log_near_one(double m) {
    const double s = (m - 1.0) / (m + 1.0);
    const double square = s * s;
    double sum = 1.0 / 25.0;
    for (int n = 23; n >= 1; n -= 2) sum = 1.0 / n + square * sum;
    return 2.0 * s * sum;
}

}  // namespace

double exp_exact(double x) {
    ensure(x == x, "exp_exact needs a number");
    if (x > 709.79) return std::numeric_limits<double>::infinity();
    if (x < -745.2) return 0.0;
    const double halves = x / (ln_two_high + ln_two_low);
    const int exponent = static_cast<int>(halves + (halves < 0 ? -0.5 : 0.5));
    const double remainder = (x - exponent * ln_two_high) - exponent * ln_two_low;
    // Two factors, because 2^1024 and 2^-1074 are no normal doubles while the result may be one.
    const int first = exponent / 2;
    return exp_near_zero(remainder) * power_of_two(first) * power_of_two(exponent - first);
}

double log_exact(double x) {
    ensure(x > 0 && x <= std::numeric_limits<double>::max(), "log_exact needs 0 < x < infinity");
    int exponent = 0;
    if (x < std::numeric_limits<double>::min()) {  // subnormal: lift it into the normal range
        x *= power_of_two(mantissa_bits + 2);
        exponent = -(mantissa_bits + 2);
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    exponent += static_cast<int>(bits >> mantissa_bits) - exponent_bias;
    const std::uint64_t mantissa = bits & ((std::uint64_t{1} << mantissa_bits) - 1);
    double m = std::bit_cast<double>(mantissa | (std::uint64_t{exponent_bias} << mantissa_bits));
    if (m > sqrt_two) {
        m *= 0.5;
        ++exponent;
    }
    return exponent * ln_two_high + (log_near_one(m) + exponent * ln_two_low);
}

}  // namespace rollcast::sim
