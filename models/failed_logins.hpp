// How often others fail to log in at a broker: what its own metric counts.
#pragma once

#include "models/run_state.hpp"

namespace rollcast::models {

/// Attempts a second at the listeners of `b` that fail for a certificate or a SASL mechanism. A
/// follower of what `b` leads tries again after replica.fetch.backoff.ms (1 s, kafka-semantics
/// §4.1); all clients together once a second (assumed). 0 where nothing can refuse a link.
double failed_logins_per_s(const RunState& run, BrokerId b);

}  // namespace rollcast::models
