// Certificates as lines of text, for files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/fleet.hpp"
#include "planner/certificate/certificate.hpp"

namespace rollcast::planner::certificate {

/// One statement a line; machines by their index in the fleet, steps with their name as well. Times
/// are whole nanoseconds since the start of the run. The same certificate gives the same lines:
///
///     certificate 1
///     for estate 3f0c... plan 91ab... gate broker_in_sync data_disk keep
///     claims makespan 17316000000000 bound 17316000000000
///     step 0 0 63000000000 ... c01-b1          start, stopped, registered, in sync, end
///     proof 0 brokers
///     proof 1 clique 0 1 2                     the depth in the proof, the rule, its machines
///     proof 1 fractional 0*5000000 1*3300000   with weights
///     proof 1 packing 0 1 2 claim 300000000    with what it claims
///     refutes no_slack 17                      in place of steps and claims
///     end
std::vector<std::string> to_lines(const models::Fleet& fleet, const Certificate& certificate);

struct ReadCertificate {
    std::optional<Certificate> certificate;
    std::size_t line = 0;  // of `problem`, from 1
    std::string problem;   // why there is none
};

/// Reads what `to_lines` wrote. Says where lines are cut off, or do not fit the fleet; what they
/// claim is not judged.
ReadCertificate from_lines(const models::Fleet& fleet, const std::vector<std::string>& lines);

}  // namespace rollcast::planner::certificate
