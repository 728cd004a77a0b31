#include "sim/random.hpp"

#include <cmath>

#include "sim/contract.hpp"
#include "sim/elementary.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

namespace rollcast::sim {
namespace {

constexpr double normal_p95 = 1.6448536269514722;  // normal_quantile(0.95)

/// (n[0] + n[1] x + ... + n[7] x^7) / (d[0] + ... + d[7] x^7), by Horner's rule.
double ratio_of_polynomials(const std::array<double, 8>& n,
                            const std::array<double, 8>& d,
                            double x) {
    double above = n[7];
    double below = d[7];
    for (int i = 6; i >= 0; --i) {
        above = above * x + n[static_cast<std::size_t>(i)];
        below = below * x + d[static_cast<std::size_t>(i)];
    }
    return above / below;
}

// The coefficients of AS 241: |p - 1/2| <= 0.425, the near tail, and the far tail.
constexpr std::array<double, 8> centre_n{3.3871328727963666080e0,
                                         1.3314166789178437745e+2,
                                         1.9715909503065514427e+3,
                                         1.3731693765509461125e+4,
                                         4.5921953931549871457e+4,
                                         6.7265770927008700853e+4,
                                         3.3430575583588128105e+4,
                                         2.5090809287301226727e+3};
constexpr std::array<double, 8> centre_d{1.0,
                                         4.2313330701600911252e+1,
                                         6.8718700749205790830e+2,
                                         5.3941960214247511077e+3,
                                         2.1213794301586595867e+4,
                                         3.9307895800092710610e+4,
                                         2.8729085735721942674e+4,
                                         5.2264952788528545610e+3};
constexpr std::array<double, 8> near_n{1.42343711074968357734e0,
                                       4.63033784615654529590e0,
                                       5.76949722146069140550e0,
                                       3.64784832476320460504e0,
                                       1.27045825245236838258e0,
                                       2.41780725177450611770e-1,
                                       2.27238449892691845833e-2,
                                       7.74545014278341407640e-4};
constexpr std::array<double, 8> near_d{1.0,
                                       2.05319162663775882187e0,
                                       1.67638483018380384940e0,
                                       6.89767334985100004550e-1,
                                       1.48103976427480074590e-1,
                                       1.51986665636164571966e-2,
                                       5.47593808499534494600e-4,
                                       1.05075007164441684324e-9};
constexpr std::array<double, 8> far_n{6.65790464350110377720e0,
                                      5.46378491116411436990e0,
                                      1.78482653991729133580e0,
                                      2.96560571828504891230e-1,
                                      2.65321895265761230930e-2,
                                      1.24266094738807843860e-3,
                                      2.71155556874348757815e-5,
                                      2.01033439929228813265e-7};
constexpr std::array<double, 8> far_d{1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

}  // namespace

std::array<std::uint32_t, 4> philox_block(std::array<std::uint32_t, 4> counter,
                                          std::array<std::uint32_t, 2> key) {
    const r123::Philox4x32::ctr_type in{{counter[0], counter[1], counter[2], counter[3]}};
    const r123::Philox4x32::ctr_type out =
        r123::Philox4x32{}(in, r123::Philox4x32::key_type{{key[0], key[1]}});
    return {out[0], out[1], out[2], out[3]};
}

RandomStream::RandomStream(std::uint64_t seed,
                           std::uint32_t entity,
                           Draw purpose,
                           std::uint32_t occurrence)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, occurrence, entity, static_cast<std::uint32_t>(purpose)} {}

std::uint64_t RandomStream::next() {
    if (used_ == block_.size()) {
        const std::array<std::uint32_t, 4> words = philox_block(counter_, key_);
        block_ = {std::uint64_t{words[1]} << 32 | words[0],
                  std::uint64_t{words[3]} << 32 | words[2]};
        ++counter_[0];
        used_ = 0;
    }
    return block_[used_++];
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
    ensure(bound > 0, "a random number below 0 does not exist");
    __extension__ using Wide = unsigned __int128;
    Wide product = Wide{next()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound
        while (static_cast<std::uint64_t>(product) < unfair) product = Wide{next()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
}

double RandomStream::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double RandomStream::normal() {
    // The middle of one of 2^52 equal steps: never 0 or 1, and symmetric around 1/2.
    return normal_quantile((static_cast<double>(next() >> 12) + 0.5) * 0x1p-52);
}

double normal_quantile(double p) {
    ensure(p > 0 && p < 1, "a quantile needs 0 < p < 1");
    const double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        return q * ratio_of_polynomials(centre_n, centre_d, 0.180625 - q * q);
    }
    // std::sqrt is correctly rounded by IEEE 754, hence the same everywhere.
    const double r = std::sqrt(-log_exact(q < 0 ? p : 1.0 - p));
    const double magnitude = r <= 5.0 ? ratio_of_polynomials(near_n, near_d, r - 1.6)
                                      : ratio_of_polynomials(far_n, far_d, r - 5.0);
    return q < 0 ? -magnitude : magnitude;
}

double lognormal_factor(double normal, double p95_ratio) {
    return exp_exact(normal * (log_exact(p95_ratio) / normal_p95));
}

}  // namespace rollcast::sim
