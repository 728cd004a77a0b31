#include "planner/chain.hpp"

#include <algorithm>
#include <iterator>

namespace rollcast::planner {

using models::MachineId;
using sim::Duration;
using sim::Instant;

std::int64_t cost_of(const Decoder& decoder, const Decoded& decoded) {
    constexpr std::int64_t never_ends =
        4'000'000'000'000'000'000;  // above any run, may be added to
    if (!decoded.complete) return never_ends;
    std::int64_t cost = decoded.makespan.count();
    if (const auto limit = decoder.a_case().limits.mixed_version_limit) {
        for (const Duration span : decoded.span) {
            if (span > *limit) cost += 4 * (span - *limit).count();
        }
    }
    std::int64_t ends = 0;  // summed in units of 64 ns x machines, so that it cannot overflow
    std::int64_t machines = 0;
    for (std::uint32_t m = 0; m < decoded.start.size(); ++m) {
        const Instant start = decoded.start[MachineId{m}];
        if (start == Instant::never()) continue;
        ends += (start + decoder.steps()[MachineId{m}].mean()).count() / 1'024;
        ++machines;
    }
    return machines == 0 ? cost : cost + ends / machines * 16;
}

Chain::Chain(const Decoder& decoder,
             const models::Plan& pattern,
             const std::vector<models::ClusterId>& clusters,
             Order start,
             std::uint64_t seed,
             std::uint32_t number)
    : decoder_(&decoder),
      pattern_(&pattern),
      clusters_(&clusters),
      random_(seed, number, sim::Draw::search, clusters.front().value),
      current_(std::move(start)),
      decoded_(evaluate(current_)) {
    current_cost_ = first_cost_ = best_cost_ = cost_of(*decoder_, decoded_);
    best_ = current_;
    best_makespan_ = decoded_.makespan;
}

Decoded Chain::evaluate(const Order& order) {
    ++evaluations_;
    return decoder_->decode(plan_of(*decoder_, *pattern_, *clusters_, order));
}

void Chain::adopt(const Chain& other) {
    current_ = other.best_;
    decoded_ = decoder_->decode(plan_of(*decoder_, *pattern_, *clusters_, current_));
    current_cost_ = cost_of(*decoder_, decoded_);
    critical_.clear();
    if (current_cost_ < best_cost_) {
        best_ = current_;
        best_cost_ = current_cost_;
        best_makespan_ = decoded_.makespan;
    }
}

void Chain::run(std::uint64_t evaluations,
                double from,
                double to,
                Duration good_enough,
                const std::atomic<bool>* stop) {
    if (current_.size() < 2 || best_makespan_ <= good_enough) return;
    for (std::uint64_t i = 0; i < evaluations; ++i) {
        if (stop != nullptr && *stop) return;
        Order next = neighbour();
        Decoded decoded = evaluate(next);
        const std::int64_t cost = cost_of(*decoder_, decoded);
        const double left = 1.0 - static_cast<double>(i) / static_cast<double>(evaluations);
        const double threshold = (to + (from - to) * left) * static_cast<double>(first_cost_);
        const auto worse = static_cast<std::int64_t>(threshold * random_.uniform());
        if (cost > current_cost_ + worse) continue;
        current_ = std::move(next);
        decoded_ = std::move(decoded);
        current_cost_ = cost;
        critical_.clear();
        if (cost >= best_cost_) continue;
        best_ = current_;
        best_cost_ = cost;
        best_makespan_ = decoded_.makespan;
        if (best_makespan_ <= good_enough) return;
    }
}

Order Chain::neighbour() {
    Order order = current_;
    switch (draw(8)) {
        case 0:
        case 1:
            move_one(order);
            break;
        case 2:
            swap_two(order);
            break;
        case 3:
        case 4:
            if (clusters_->size() > 1) {
                move_run(order);
            } else {
                move_block(order);
            }
            break;
        default:
            if (!move_critical(order)) move_one(order);
    }
    return order;
}

void Chain::move_one(Order& order) {
    const std::size_t from = draw(order.size());
    const MachineId moved = order[from];
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(from));
    const std::size_t to = draw(order.size() + 1);
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), moved);
}

void Chain::swap_two(Order& order) {
    std::swap(order[draw(order.size())], order[draw(order.size())]);
}

void Chain::move_block(Order& order) {
    const std::size_t from = draw(order.size());
    const std::size_t longest = std::max<std::size_t>(2, order.size() / 4);
    const std::size_t length = std::min(order.size() - from, 2 + draw(longest));
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(from);
    const Order block(first, first + static_cast<std::ptrdiff_t>(length));
    order.erase(first, first + static_cast<std::ptrdiff_t>(length));
    const std::size_t to = draw(order.size() + 1);
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), block.begin(), block.end());
}

/// Machines of one cluster that follow each other in its own order go together to another place.
void Chain::move_run(Order& order) {
    const auto cluster_of = [&](MachineId m) {
        return decoder_->a_case().fleet.machines()[m].cluster;
    };
    const models::ClusterId cluster = cluster_of(order[draw(order.size())]);
    Order own;
    std::copy_if(order.begin(), order.end(), std::back_inserter(own), [&](MachineId m) {
        return cluster_of(m) == cluster;
    });
    const std::size_t from = draw(own.size());
    const std::size_t length = std::min(own.size() - from, 1 + draw(own.size()));
    const auto first = own.begin() + static_cast<std::ptrdiff_t>(from);
    const Order run(first, first + static_cast<std::ptrdiff_t>(length));
    std::erase_if(order,
                  [&](MachineId m) { return std::find(run.begin(), run.end(), m) != run.end(); });
    const std::size_t to = draw(order.size() + 1);
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), run.begin(), run.end());
}

/// The machine at whose end, release or freed crew `machine` started; none() if nothing held it.
MachineId Chain::waited_for(MachineId machine) const {
    const models::Fleet& fleet = decoder_->a_case().fleet;
    const Instant start = decoded_.start[machine];
    if (start == Instant{}) return MachineId::none();
    const Duration seen = decoder_->a_case().step.observe_delay;
    for (const MachineId other : current_) {
        const Instant began = decoded_.start[other];
        if (other == machine || began == Instant::never() || began >= start) continue;
        const models::NominalStep& step = decoder_->steps()[other];
        const bool same = fleet.machines()[other].cluster == fleet.machines()[machine].cluster;
        const Instant released = began + step.until_registered + step.catch_up_mean + seen;
        if ((same && (began + step.mean() == start || released == start)) ||
            began + step.until_registered == start || began + step.until_image_end == start) {
            return other;
        }
    }
    return MachineId::none();
}

void Chain::find_critical() {
    MachineId last = MachineId::none();
    for (const MachineId m : current_) {
        if (decoded_.start[m] == Instant::never()) continue;
        const auto end = [&](MachineId x) {
            return decoded_.start[x] + decoder_->steps()[x].mean();
        };
        if (!last.exists() || end(m) > end(last)) last = m;
    }
    for (MachineId m = last; m.exists(); m = waited_for(m)) critical_.push_back(m);
}

bool Chain::move_critical(Order& order) {
    if (critical_.empty()) find_critical();
    if (critical_.size() < 2) return false;
    const std::size_t link = draw(critical_.size() - 1);
    const MachineId late = critical_[link];
    const MachineId early = critical_[link + 1 + draw(critical_.size() - 1 - link)];
    const auto from = std::find(order.begin(), order.end(), late);
    order.erase(from);
    order.insert(std::find(order.begin(), order.end(), early), late);
    return true;
}

}  // namespace rollcast::planner
