#include "models/replication_quota.hpp"

#include <algorithm>

namespace rollcast::models {

void ReplicationQuota::record(sim::Bytes amount, sim::Instant now) {
    if (!limited()) return;
    if (ring_[current_].from == sim::Instant::never()) ring_[current_].from = now;
    if (now - ring_[current_].from >= window) {
        current_ = (current_ + 1) % samples;
        ring_[current_] = {.from = now, .bytes = 0};
    }
    ring_[current_].bytes += amount.count();
}

bool ReplicationQuota::exceeded(sim::Instant now) const {
    if (!limited()) return false;
    sim::Instant oldest = now;
    std::int64_t bytes = 0;
    for (const Sample& sample : ring_) {
        if (obsolete(sample, now)) continue;
        oldest = std::min(oldest, sample.from);
        bytes += sample.bytes;
    }
    const sim::Duration elapsed = std::max(now - oldest, window);
    return static_cast<double>(bytes) / sim::to_seconds(elapsed) >
           static_cast<double>(limit_.count());
}

}  // namespace rollcast::models
