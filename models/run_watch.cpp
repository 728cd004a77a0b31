#include "models/run_watch.hpp"

#include <algorithm>

namespace rollcast::models {

Loss& Loss::operator+=(const Loss& other) {
    under_floor_s += other.under_floor_s;
    leaderless_s += other.leaderless_s;
    failed_messages += other.failed_messages;
    return *this;
}

Loss Loss::beyond(const Loss& other) const {
    return {std::max(0.0, under_floor_s - other.under_floor_s),
            std::max(0.0, leaderless_s - other.leaderless_s),
            std::max(0.0, failed_messages - other.failed_messages)};
}

void LossCurve::note(const SafetyBook& safety, sim::Instant now) {
    const TimeIntegral& floor = safety.tally(Rule::min_isr).open;
    const TimeIntegral& leaders = safety.tally(Rule::leaderless).open;
    const double failed = safety.tally(Rule::client_errors).worst;
    if (!corners_.empty()) {
        const Corner& last = corners_.back();
        const bool same = last.under_floor == floor.count() && last.leaderless == leaders.count() &&
                          last.loss.failed_messages == failed;
        if (same) return;
    }
    corners_.push_back(
        {now, {floor.seconds(now), leaders.seconds(now), failed}, floor.count(), leaders.count()});
}

Loss LossCurve::at(sim::Instant t) const {
    const auto later =
        std::upper_bound(corners_.begin(), corners_.end(), t, [](sim::Instant x, const Corner& c) {
            return x < c.at;
        });
    if (later == corners_.begin()) return {};
    const Corner& corner = *std::prev(later);
    Loss loss = corner.loss;
    const double since = sim::to_seconds(t - corner.at);
    loss.under_floor_s += static_cast<double>(corner.under_floor) * since;
    loss.leaderless_s += static_cast<double>(corner.leaderless) * since;
    return loss;
}

RunWatch::RunWatch(const RunView& view, std::vector<Metric> metrics, ScrapeOptions options)
    : scraper_(view, std::move(metrics), options),
      fault_starts_(view.run.a_case->faults.size(), sim::Instant::never()) {
    losses_.note(view.run.safety, view.run.now);
}

void RunWatch::after(const RunView& view, const Event& event, ClusterId c) {
    const RunState& run = view.run;
    scraper_.touch(c);
    losses_.note(run.safety, run.now);
    if (event.kind == EventKind::fault_starts) {
        sim::Instant& starts = fault_starts_[event.entity];
        starts = std::min(starts, run.now);
    }
    for (; findings_ < run.step_findings.size(); ++findings_) {
        const StepFinding& finding = run.step_findings[findings_];
        const bool drift = finding.kind == StepFinding::Kind::config_drift;
        noticed_.push_back({drift ? Check::config_audit : Check::data_checksum,
                            finding.at,
                            {.cluster = run.fleet().machines()[finding.machine].cluster,
                             .machine = finding.machine}});
    }
    if (event.kind != EventKind::seen_out) return;
    const BrokerId b{event.entity};
    const BrokerState& broker = run.brokers[b];
    const MachineId m = run.fleet().brokers()[b].machine;
    const bool out = broker.process != BrokerState::Process::up || broker.out_of_isr > 0;
    if (!out || view.executor.holds_down(m) || !run.scraped(m)) return;
    noticed_.push_back({Check::broker_out_of_sync, run.now, {.cluster = c, .machine = m}});
}

void RunWatch::machine_entered(const RunState& run, MachineId m, StepPhase phase) {
    const ClusterId c = run.fleet().machines()[m].cluster;
    scraper_.touch(c);
    if (phase != StepPhase::lost) return;
    noticed_.push_back({Check::step_given_up, run.now, {.cluster = c, .machine = m}});
}

std::string_view to_string(Check check) {
    switch (check) {
        case Check::broker_out_of_sync:
            return "broker_out_of_sync";
        case Check::step_given_up:
            return "step_given_up";
        case Check::config_audit:
            return "config_audit";
        case Check::data_checksum:
            return "data_checksum";
    }
    return "unknown";
}

}  // namespace rollcast::models
