#include "scenarios/suite/student.hpp"

#include <cmath>

namespace rollcast::scenarios {

namespace {

/// log of the gamma function for x > 0 (Lanczos, g = 7, nine terms): `std::lgamma` writes a global.
double log_gamma(double x) {
    constexpr double terms[] = {0.99999999999980993,
                                676.5203681218851,
                                -1259.1392167224028,
                                771.32342877765313,
                                -176.61502916214059,
                                12.507343278686905,
                                -0.13857109526572012,
                                9.9843695780195716e-6,
                                1.5056327351493116e-7};
    constexpr double pi = 3.14159265358979323846;
    if (x < 0.5) return std::log(pi / std::sin(pi * x)) - log_gamma(1 - x);
    const double z = x - 1;
    double sum = terms[0];
    for (int i = 1; i < 9; ++i) sum += terms[i] / (z + i);
    const double base = z + 7.5;
    return 0.5 * std::log(2 * pi) + (z + 0.5) * std::log(base) - base + std::log(sum);
}

/// The continued fraction of I_x(a, b), by Lentz's method.
double beta_fraction(double a, double b, double x) {
    constexpr double smallest = 1e-300;
    constexpr double precise = 1e-13;
    constexpr int most_terms = 500;
    const auto not_zero = [](double v) { return std::abs(v) < smallest ? smallest : v; };
    double c = 1.0;
    double d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0));
    double h = d;
    for (int m = 1; m <= most_terms; ++m) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / not_zero(1.0 + even * d);
        c = not_zero(1.0 + even / c);
        h *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / not_zero(1.0 + odd * d);
        c = not_zero(1.0 + odd / c);
        h *= d * c;
        if (std::abs(d * c - 1.0) < precise) break;
    }
    return h;
}

/// I_x(a, b), 0 < x < 1.
double incomplete_beta(double a, double b, double x) {
    const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                  b * std::log1p(-x));
    if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(a, b, x) / a;
    return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

}  // namespace

double student_above(double t, double degrees) {
    if (t == 0.0) return 0.5;
    if (std::isinf(t)) return t > 0 ? 0.0 : 1.0;
    const double x = degrees / (degrees + t * t);
    const double tail = x <= 0.0 ? 0.0 : 0.5 * incomplete_beta(degrees / 2.0, 0.5, x);
    return t > 0 ? tail : 1.0 - tail;
}

double student_quantile(double above, double degrees) {
    double low = 0.0;
    double high = 1.0;
    while (student_above(high, degrees) > above) high *= 2.0;
    constexpr int halvings = 60;  // to the last bits of a double
    for (int i = 0; i < halvings; ++i) {
        const double middle = 0.5 * (low + high);
        (student_above(middle, degrees) > above ? low : high) = middle;
    }
    return high;
}

}  // namespace rollcast::scenarios
