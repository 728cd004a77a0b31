// The load of the fair-share benchmarks: many flows start together between random hosts of a
// platform and are drained, one completion after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcast::bench {

/// 700 hosts with 10 GbE in and out, host h in rack h mod 36; a rack has 40 Gb/s up and down.
inline constexpr std::size_t hosts = 700;
inline constexpr std::size_t racks = 36;
inline constexpr double nic_rate = 1.25e9;    // B/s
inline constexpr double uplink_rate = 5.0e9;  // B/s

struct Transfer {
    std::size_t from;
    std::size_t to;
    std::uint64_t bytes;
};

/// `count` transfers between different random hosts, sizes exponential with a mean of 200 MB.
std::vector<Transfer> random_transfers(std::size_t count);

struct DrainResult {
    std::vector<double> completed_s;  // in order
    double cpu_s = 0.0;               // from the first solve to the last completion
};

/// The first `completions` completions of `count` transfers with our solver.
DrainResult drain(std::size_t count, std::size_t completions);

/// How many completions of `count` transfers are timed: all, or the first 500.
constexpr std::size_t timed_completions(std::size_t count) { return count > 1'000 ? 500 : count; }

/// CPU time of this process in seconds.
double process_cpu_s();

}  // namespace rollcast::bench
