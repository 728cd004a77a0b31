#include "models/loss_estimate.hpp"

#include <algorithm>
#include <utility>

#include "models/detection.hpp"

namespace rollcast::models {

namespace {

bool served(const PartitionState& state) { return state.leader >= 0 && !state.has(unserved_now); }

/// Why `b` leads no more.
void explain(const RunState& run, Breach& breach, BrokerId b) {
    const BrokerState& broker = run.brokers[b];
    breach.brokers.push_back(b);
    breach.causes.push_back(broker.reason);
    if (!broker.fenced || broker.clean_stop) return;
    breach.causes.push_back(
        {.kind = Cause::Kind::session_expired, .at = broker.fenced_at, .broker = b});
}

/// The mean of max(0, X - Y) of two brokers that hear of a decision after X and Y: over all pairs
/// of as many equally likely values.
sim::Duration mean_overlap(const SpreadDuration& hearing) {
    if (hearing.p95 <= hearing.nominal) return {};
    constexpr int values = 256;
    const double ratio = sim::to_seconds(hearing.p95) / sim::to_seconds(hearing.nominal);
    double sum = 0.0;
    for (int i = 0; i < values; ++i) {
        const double normal = sim::normal_quantile((i + 0.5) / values);
        sum += sim::lognormal_factor(normal, ratio) * (2 * i + 1 - values);
    }
    return sim::ceil_seconds(sim::to_seconds(hearing.nominal) * sum / (values * values));
}

}  // namespace

LossEstimate::LossEstimate(const Case& a_case, const Scope& scope)
    : case_(&a_case),
      overlap_(mean_overlap(a_case.record.hearing)),
      absences_(scope.brokers()),
      seen_(scope.partitions(), std::uint8_t{0}) {}

void LossEstimate::broker_stops(const RunState& run, BrokerId b, Stop how) {
    Absence& absence = absences_[b];
    if (!absence.lasts()) {
        absence = {.from = run.now, .until = sim::Instant::never()};
        std::erase_if(wiped_dirs_,
                      [&](LogDirId dir) { return case_->fleet.log_dirs()[dir].broker == b; });
    }
    led_.erase(b);  // one that hung and dies does not go on
    if (how == Stop::hung) {
        for (const HostedReplica& hosted : case_->fleet.hosted(b)) {
            const bool leads = run.partitions[hosted.partition].leader == int{hosted.slot};
            if (leads) led_[b].push_back(hosted);
        }
    }
    const ClusterConfig& config = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster].config;
    if (how == Stop::power_lost && !config.flush_every_message) absence.power_lost = true;
}

void LossEstimate::broker_goes_on(const RunState& run, BrokerId b) {
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster];
    const sim::Instant from = absences_[b].from;
    // With ZooKeeper it hears nothing before it has a new session.
    const sim::Duration deaf = cluster.quorum_kind == QuorumKind::kraft
                                   ? case_->record.resume.nominal
                                   : new_session_after(run, b);
    const auto led = led_.find(b);
    if (led == led_.end()) return;
    for (const HostedReplica& hosted : led->second) {
        const Topic& topic =
            case_->fleet.topics()[case_->fleet.partitions()[hosted.partition].topic];
        if (run.partitions[hosted.partition].leader == int{hosted.slot}) continue;
        if (run.now - from >= topic.producer.request_timeout) continue;
        note(lost,
             run,
             hosted.partition,
             {static_cast<std::int8_t>(hosted.slot), from},
             (1.0 - topic.acks_all) * written(hosted.partition, from, run.now + deaf));
    }
    led_.erase(led);
}

void LossEstimate::zombie_is_told(const RunState& run, BrokerId b, sim::Duration after) {
    constexpr sim::Duration metadata_max_age = sim::minutes(5);
    const auto found = zombies_.find(b);
    if (found == zombies_.end()) return;
    for (const Zombie& zombie : found->second) {
        const Topic& topic =
            case_->fleet.topics()[case_->fleet.partitions()[zombie.partition].topic];
        const sim::Instant until =
            std::min(run.now + after, zombie.service.ended + metadata_max_age);
        note(lost,
             run,
             zombie.partition,
             zombie.service,
             (1.0 - topic.acks_all) * written(zombie.partition, zombie.service.ended, until));
    }
    zombies_.erase(found);
}

void LossEstimate::tell_zombies(const RunState& run) {
    while (!zombies_.empty()) zombie_is_told(run, zombies_.begin()->first, {});
}

void LossEstimate::broker_starts(BrokerId b, bool wiped, sim::Instant now) {
    absences_[b].until = now;
    absences_[b].wiped = wiped;
}

void LossEstimate::partition_changed(const RunState& run,
                                     PartitionId p,
                                     const PartitionState& before,
                                     double behind) {
    const PartitionState& after = run.partitions[p];
    const bool was_under = before.under_min_isr();
    const bool is_under = after.under_min_isr();
    if (is_under && !was_under) under_min_.emplace(p, run.now);
    if (served(before)) {
        if (!served(after)) {
            unserved_[p] = {before.leader, run.now};
        } else if (before.leader != after.leader) {
            hands_over(run, p, {before.leader, run.now, true});
        }
    } else if (served(after)) {
        const auto found = unserved_.find(p);
        if (found != unserved_.end()) {
            serves_again(run, p, found->second, behind);
            unserved_.erase(found);
        }
    }
    if (was_under && !is_under) under_min_.erase(p);
}

void LossEstimate::hands_over(const RunState& run, PartitionId p, const Service& before) {
    const BrokerId b = case_->fleet.replicas(p)[static_cast<std::size_t>(before.leader)];
    const bool runs = run.brokers[b].process == BrokerState::Process::up;
    if (runs && !run.links.open(case_->fleet.cluster_of(p), b, BrokerLink::quorum)) {
        zombies_[b].push_back({p, before});
    }
    const Topic& topic = case_->fleet.topics()[case_->fleet.partitions()[p].topic];
    const sim::Instant has_up_to = before.ended - to_follower() - overlap_;
    note(lost, run, p, before, (1.0 - topic.acks_all) * written(p, has_up_to, before.ended));
}

void LossEstimate::serves_again(const RunState& run,
                                PartitionId p,
                                const Service& before,
                                double behind) {
    const PartitionState& after = run.partitions[p];
    note(lost, run, p, before, lost_records(after, p, before, behind));
    const Topic& topic = case_->fleet.topics()[case_->fleet.partitions()[p].topic];
    if (after.leader == before.leader || !topic.retries || topic.idempotent) return;
    const sim::Instant answered_up_to = before.ended - to_follower() - case_->record.network;
    note(twice, run, p, before, topic.acks_all * written(p, answered_up_to, before.ended));
}

sim::Duration LossEstimate::to_follower() const {
    return case_->record.network + case_->record.service.nominal;
}

double LossEstimate::written(PartitionId p, sim::Instant from, sim::Instant to) const {
    from = std::max(from, sim::Instant{});
    if (from >= to) return 0.0;
    return record_rate(case_->fleet, p) *
           (case_->curve.effective_seconds(to) - case_->curve.effective_seconds(from));
}

double LossEstimate::lost_records(const PartitionState& after,
                                  PartitionId p,
                                  const Service& before,
                                  double behind) const {
    const Topic& topic = case_->fleet.topics()[case_->fleet.partitions()[p].topic];
    const auto leads = static_cast<std::size_t>(after.leader);
    const Absence& absence = absences_[case_->fleet.replicas(p)[leads]];
    const bool dir_wiped =
        std::find(wiped_dirs_.begin(), wiped_dirs_.end(), case_->fleet.replica_dirs(p)[leads]) !=
        wiped_dirs_.end();
    // One that was back before the service ended has fetched what it had missed.
    const bool away = absence.from != sim::Instant::never() && absence.until > before.ended;
    const bool wiped = away && (absence.wiped || dir_wiped);
    const double cache = away && !wiped ? lost_with_cache(p, absence, before) : 0.0;
    if (behind > 0.0) return behind / record_bytes(topic) + cache;
    if (wiped) return everything(p, before);
    sim::Instant has_up_to = away ? std::min(before.ended, absence.from) : before.ended;
    if (after.leader != before.leader) has_up_to = has_up_to - to_follower();
    return (1.0 - topic.acks_all) * written(p, has_up_to, before.ended) + cache;
}

/// What a loss of power has cut from the log of the new leader, if nobody else held it.
double LossEstimate::lost_with_cache(PartitionId p,
                                     const Absence& absence,
                                     const Service& before) const {
    if (!absence.power_lost) return 0.0;
    const Topic& topic = case_->fleet.topics()[case_->fleet.partitions()[p].topic];
    const sim::Instant flushed = absence.from - case_->record.write_back;
    const sim::Instant end = std::min(before.ended, absence.from);
    const auto under = under_min_.find(p);
    const sim::Instant all_until = under == under_min_.end() ? end : std::min(end, under->second);
    return (1.0 - topic.acks_all) * written(p, flushed, end) +
           topic.acks_all * written(p, flushed, all_until);
}

/// What retention keeps, or that and all that has been written since the start.
double LossEstimate::everything(PartitionId p, const Service& before) const {
    const Partition& partition = case_->fleet.partitions()[p];
    const Topic& topic = case_->fleet.topics()[partition.topic];
    const double since_start = topic.keeps_all ? written(p, sim::Instant{}, before.ended) : 0.0;
    return static_cast<double>(partition.stored_bytes) / record_bytes(topic) + since_start;
}

void LossEstimate::note(
    Kind kind, const RunState& run, PartitionId p, const Service& before, double records) {
    if (records <= 0.0) return;
    const PartitionState& state = run.partitions[p];
    Expected& expected = expected_[kind][state.has(breach_accepted) ? 1 : 0];
    const auto bit = static_cast<std::uint8_t>(1U << kind);
    if ((seen_[p] & bit) == 0) ++expected.partitions;
    seen_[p] = static_cast<std::uint8_t>(seen_[p] | bit);
    expected.records += records;
    expected.last = run.now;
    if (expected.first) return;
    Breach& first = expected.first.emplace();
    first.at = run.now;
    first.partition = p;
    first.cluster = case_->fleet.cluster_of(p);
    const BrokerId led = case_->fleet.replicas(p)[static_cast<std::size_t>(before.leader)];
    const BrokerState& broker = run.brokers[led];
    // A preferred election takes the lead from a broker that is well.
    const bool stays = broker.process == BrokerState::Process::up && !broker.leaving;
    if (!before.handed_over || !stays) explain(run, first, led);
}

void LossEstimate::close(Verdict& verdict) const {
    for (const auto& [rule, kind] :
         {std::pair{Rule::acked_loss, lost}, std::pair{Rule::duplicates, twice}}) {
        for (const bool accepted : {false, true}) {
            const Expected& expected = expected_[kind][accepted ? 1 : 0];
            RuleResult& result =
                (accepted ? verdict.accepted : verdict.rules)[static_cast<std::size_t>(rule)];
            result = {.answer = Answer::estimated,
                      .first = expected.first,
                      .subjects = expected.partitions,
                      .worst = expected.records,
                      .worst_at = expected.last};
        }
    }
}

}  // namespace rollcast::models
