// How a command ended, as the shell sees it.
#pragma once

namespace rollcast::cli {

/// Precedence where several apply: internal_error, interrupted, bad_input, no_engine, no_plan,
/// bad_result.
enum class ExitCode : int {
    good = 0,            // ran, and every rule held
    bad_result = 1,      // ran, and a rule is broken or a finding blocks
    bad_input = 2,       // usage or input error: nothing was run on it
    no_plan = 3,         // the search ended, and no safe plan exists within the limits
    no_engine = 4,       // another program that was asked for is missing, too old, or failed
    internal_error = 70  // a bug
    // 128 + signal: ended early by SIGINT (130) or SIGTERM (143); the partial result was written
};

}  // namespace rollcast::cli
