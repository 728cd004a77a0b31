// The planner's goals, measured: each prints a Markdown table (docs/planner.md).
#pragma once

#include <cstdint>
#include <string>

namespace rollcast::goals {

struct Options {
    std::string row;  // of the landscape; empty: all
    int first_seed = 1;
    int seeds = 40;
    double seconds = 10;   // CPU time for each instance
    bool details = false;  // a line an instance
};

/// Fewest colours and lightest classes of the instances in $ROLLCAST_DATA.
void colouring(const Options& options);
void max_colouring(const Options& options);

/// Clusters of 60 brokers by row of the landscape: how many are proved optimal, how far the others
/// are from their bound, each plan and proof judged by the checker.
void landscape(const Options& options);

/// CPU time of this process.
double cpu_seconds();

}  // namespace rollcast::goals
