#include "models/invariants/floor_totals.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace rollcast::models {

void FloorTotals::look(const RunState& run, std::uint64_t under_floor) {
    seconds_ += static_cast<double>(open_) * sim::to_seconds(run.now - since_);
    since_ = run.now;
    open_ = under_floor;
    if (open_ == 0) return;
    first_ = std::min(first_, run.now);
    ever_.resize(run.fleet().partitions().size(), false);
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = run.fleet().partitions()[p];
        const bool counts = run.fleet().topics()[partition.topic].accepted == accepted_;
        if (counts && isr_size(run.partitions[p].isr) < partition.floor) ever_[p.index()] = true;
    }
}

std::string FloorTotals::differs(const Verdict& verdict) const {
    const auto place = static_cast<std::size_t>(Rule::min_isr);
    const RuleResult& rule = accepted_ ? verdict.accepted[place] : verdict.rules[place];
    const bool broke = first_ != sim::Instant::never();
    if (rule.broken() != broke) {
        return broke ? "min ISR was broken, and the verdict says that it was held"
                     : "min ISR was held, and the verdict says that it was broken";
    }
    if (rule.first && rule.first->at != first_) {
        return fmt::format("min ISR was broken first at {} s, and the verdict says at {} s",
                           sim::to_seconds(first_),
                           sim::to_seconds(rule.first->at));
    }
    constexpr double rounding = 1e-9;  // of sums in another order
    if (std::abs(rule.seconds - seconds_) > rounding * std::max(1.0, seconds_)) {
        return fmt::format("partitions were under their floor for {} s, and the verdict says {} s",
                           seconds_,
                           rule.seconds);
    }
    const auto subjects = static_cast<std::uint64_t>(std::count(ever_.begin(), ever_.end(), true));
    // One that falls and rises within an event is nowhere between two: it counts, and takes no
    // time.
    if (rule.subjects < subjects) {
        return fmt::format("{} partitions fell under their floor, and the verdict says {}",
                           subjects,
                           rule.subjects);
    }
    return {};
}

}  // namespace rollcast::models
