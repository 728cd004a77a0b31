#include "scenarios/hunt/hold.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/invariants/floor_totals.hpp"
#include "models/invariants/record_watch.hpp"
#include "models/invariants/recount.hpp"
#include "models/record_plane.hpp"
#include "sim/contract.hpp"

namespace rollcast::scenarios {

namespace {

using models::FaultKind;
using models::World;

/// From an instant on, and until another.
struct Stretch {
    sim::Instant from;
    sim::Instant to;
};

/// One that ends when another begins is not there with it.
int most_at_once(const std::vector<Stretch>& stretches) {
    std::vector<std::pair<sim::Instant, int>> changes;
    for (const Stretch& s : stretches) {
        changes.emplace_back(s.from, 1);
        changes.emplace_back(s.to, -1);
    }
    std::sort(changes.begin(), changes.end());
    int now = 0;
    int most = 0;
    for (const auto& [at, by] : changes) {
        now += by;
        most = std::max(most, now);
    }
    return most;
}

/// Held of one run until the first thing that is wrong.
class Holder {
public:
    Holder(const CaseAndPlan& what, const models::RunOptions& options)
        : what_(&what),
          options_(&options),
          world_(what.a_case, what.plan, models::Scope::whole(what.a_case.fleet), options) {
        if (records() == nullptr) return;
        records()->watched_by([this](const models::RecordState& state) {
            if (broken_) return;
            report("records", watch_.look(state), state.now);
            ++looks_;
        });
    }
    Holder(const Holder&) = delete;  // what looks on knows where it is
    Holder& operator=(const Holder&) = delete;

    /// Steps to the end of the run, or to the first event after which something is wrong.
    void run(bool keeps_floors) {
        models::FloorTotals safe(false);
        models::FloorTotals accepted(true);
        const std::uint64_t under_at_start = models::partitions_under_floor(world_.state(), false);
        sim::Instant before = world_.state().now;
        do {
            const models::RunState& state = world_.state();
            const std::vector<std::string> wrong = recount_.look(world_);
            if (!wrong.empty()) report("recount", wrong.front());
            if (state.now < before) report("time", "time went back");
            before = state.now;
            if (keeps_floors && recount_.under_floor(false) > under_at_start && undisturbed()) {
                report("floors", "an event-driven plan broke a floor, and nothing had failed");
            }
            safe.look(state, recount_.under_floor(false));
            accepted.look(state, recount_.under_floor(true));
        } while (!broken_ && world_.step());
        if (broken_) return;
        verdict_ = world_.verdict();
        report("min ISR", safe.differs(verdict_));
        report("min ISR", accepted.differs(verdict_));
        if (keeps_floors) hold_windows();
        if (keeps_floors) hold_limits();
        hold_records_at_end();
    }

    /// The same run unwatched, and its clusters apart where nothing fails and all is finished:
    /// faults of one cluster, and what the daily curve does to it, go on as long as the run does,
    /// which is longer where it is shared.
    void compare_with_plain(bool nothing_fails) {
        if (broken_) return;
        const auto plain_run = [this] {
            World plain(
                what_->a_case, what_->plan, models::Scope::whole(what_->a_case.fleet), *options_);
            plain.run();
            return plain.verdict();
        };
        const models::Verdict plain = nothing_fails && finished() && undisturbed()
                                          ? models::simulate(what_->a_case, what_->plan, *options_)
                                          : plain_run();
        if (plain.trace_hash != verdict_.trace_hash) {
            report("repeat", "the same run unwatched, or with its clusters apart, is another");
        } else if (plain.safe() != verdict_.safe()) {
            report("repeat", "the verdict of the same run is another");
        }
    }

    /// Nobody refuses anybody, as where stacks do not fit, and no card, disk or link is over its
    /// limit, as the daily curve may have it: then followers fall out whatever the plan does.
    bool undisturbed() const {
        const models::RunState& state = world_.state();
        if (state.safety.tally(models::Rule::headroom).first) return false;
        for (int link = 0; link < models::broker_link_count; ++link) {
            if (state.links.was_shut(static_cast<models::BrokerLink>(link))) return false;
        }
        for (const models::ClusterId c : state.scope.clusters()) {
            const auto brokers = state.fleet().clusters()[c].brokers();
            for (const models::BrokerId a : brokers) {
                for (const models::BrokerId b : brokers) {
                    if (!state.links.fetches(c, a, b)) return false;
                }
            }
        }
        return true;
    }

    void report(std::string_view invariant, std::string text) {
        report(invariant, std::move(text), world_.state().now);
    }
    void report(std::string_view invariant, std::string text, sim::Instant at) {
        if (text.empty() || broken_) return;
        broken_ = BrokenInvariant{std::string(invariant), std::move(text), sim::to_seconds(at)};
    }

    const std::optional<BrokenInvariant>& broken() const { return broken_; }
    const models::Verdict& verdict() const { return verdict_; }
    bool finished() const { return verdict_.unfinished == models::Unfinished::no; }
    std::uint64_t events() const { return world_.state().counters.events + looks_; }

private:
    models::RecordPlane* records() { return dynamic_cast<models::RecordPlane*>(&world_.data()); }

    void hold_windows() {
        const models::Windows& windows = what_->a_case.limits.windows;
        for (const models::MachineTimes& m : verdict_.machines) {
            const bool started = m.start != sim::Instant::never();
            if (started && !windows.open_at(m.start)) {
                report("windows", "a step started outside its change windows");
            }
        }
    }

    /// Of steps that came to their end: as many at once as the case lets a crew or a cluster have.
    void hold_limits() {
        const models::Limits& limits = what_->a_case.limits;
        const models::Fleet& fleet = what_->a_case.fleet;
        std::vector<Stretch> with_crews;
        models::IdMap<models::ClusterId, std::vector<Stretch>> down(fleet.clusters().size());
        for (const models::MachineTimes& m : verdict_.machines) {
            if (m.end == sim::Instant::never()) continue;
            const models::Machine& machine = fleet.machines()[m.machine];
            if (machine.broker.exists()) down[machine.cluster].push_back({m.start, m.end});
            const bool registered = m.registered != sim::Instant::never();
            with_crews.push_back({m.start, registered ? m.registered : m.end});
        }
        if (limits.crews && most_at_once(with_crews) > *limits.crews) {
            report("limits", "more machines were in work than there are crews");
        }
        for (const models::ClusterId c : models::Range<models::ClusterId>(down.size())) {
            if (limits.max_down && most_at_once(down[c]) > *limits.max_down) {
                report("limits", "more brokers of a cluster were in their step than may be");
            }
        }
    }

    void hold_records_at_end() {
        const models::RecordPlane* const plane = records();
        if (plane == nullptr || !verdict_.records) return;
        const bool clean = elections_are_clean();
        report("records", watch_.look(plane->state()));
        if (clean) report("records", watch_.judge(plane->state()));
        if (clean) report("records", models::read_in_order(plane->state()));
        report("records", models::counts_wrong(plane->state(), *verdict_.records, clean));
    }

    bool elections_are_clean() const {
        const models::Case& a_case = what_->a_case;
        return std::none_of(
                   a_case.faults.begin(),
                   a_case.faults.end(),
                   [](const models::Fault& f) { return f.kind == FaultKind::unclean_election; }) &&
               std::none_of(
                   a_case.fleet.clusters().begin(),
                   a_case.fleet.clusters().end(),
                   [](const models::Cluster& c) { return c.config.unclean_leader_election; });
    }

    const CaseAndPlan* what_;
    const models::RunOptions* options_;
    World world_;
    models::Recounter recount_;
    models::RecordWatch watch_;
    models::Verdict verdict_;
    std::uint64_t looks_ = 0;
    std::optional<BrokenInvariant> broken_;
};

/// The run and what follows: by records it ends as soon as nothing gets on, and somebody may still
/// wait to be let in.
World settled(const CaseAndPlan& what, const models::RunOptions& options) {
    World world(what.a_case, what.plan, models::Scope::whole(what.a_case.fleet), options);
    world.run();
    world.run_until(world.state().now + sim::minutes(10));
    return world;
}

/// Where the two fidelities end with other leaders or ISRs; empty: nowhere.
std::string disagreement(const World& flow, const World& record) {
    const models::Fleet& fleet = flow.state().fleet();
    for (const models::PartitionId p : flow.state().scope.partitions()) {
        const models::PartitionState& a = flow.state().partitions[p];
        const models::PartitionState& b = record.state().partitions[p];
        if (a.leader == b.leader && a.isr == b.isr) continue;
        return fmt::format("{} ends with leader {} and ISR {:b} by rates, {} and {:b} by records",
                           fleet.partition_name(p),
                           a.leader,
                           a.isr,
                           b.leader,
                           b.isr);
    }
    return {};
}

void hold_run(const CaseAndPlan& what,
              const models::RunOptions& options,
              const PlanJudge& judge,
              HeldCase& out) {
    const bool keeps_floors = out.family == HuntFamily::calm || out.family == HuntFamily::planned;
    Holder holder(what, options);
    holder.run(keeps_floors);
    // To count the records of every case twice would take a third of the hunt.
    if (out.family != HuntFamily::record) holder.compare_with_plain(keeps_floors);
    if (out.family == HuntFamily::agree && !holder.broken()) {
        models::RunOptions by_rates = options;
        by_rates.fidelity = models::Fidelity::flow;
        Holder flow(what, by_rates);
        flow.run(false);
        if (flow.broken()) holder.report("recount", flow.broken()->text);
        const bool both_finish =
            flow.finished() && holder.finished() && !flow.broken() && !holder.broken();
        if (both_finish) {
            holder.report("fidelities",
                          disagreement(settled(what, by_rates), settled(what, options)));
        }
        out.events += flow.events();
    }
    if (out.family == HuntFamily::planned && judge && !holder.broken()) {
        holder.report("planner", judge(what, holder.verdict(), options.seed));
    }
    out.events += holder.events();
    out.broken = holder.broken();
}

}  // namespace

std::string BrokenInvariant::reason() const {
    std::string out = invariant + ": ";
    for (const char c : text) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (!digit) out += c;
        if (digit && !out.ends_with('#')) out += '#';
    }
    return out;
}

HeldCase hold_invariants(HuntFamily family,
                         const CaseAndPlan& what,
                         const models::RunOptions& options,
                         const PlanJudge& judge) {
    HeldCase out;
    out.family = family;
    for (const models::Fault& fault : what.a_case.faults) {
        out.kinds |= std::uint64_t{1} << static_cast<unsigned>(fault.kind);
    }
    try {
        hold_run(what, options, judge, out);
    } catch (const sim::ContractViolation& violated) {
        out.broken = BrokenInvariant{"contract", violated.what(), 0.0};
    }
    return out;
}

models::RunOptions hunt_options(HuntFamily family, std::uint64_t seed, bool sampled) {
    models::RunOptions options{.seed = seed, .sampled = sampled};
    if (!counts_records(family)) return options;
    options.fidelity = models::Fidelity::record;
    options.horizon = sim::hours(1);
    return options;
}

HuntFamily family_of_case(const SuiteCase& c) {
    const bool hunted = std::find(c.tags.begin(), c.tags.end(), "hunt") != c.tags.end();
    for (const std::string& tag : c.tags) {
        const std::optional<HuntFamily> family = hunt_family(tag);
        if (hunted && family) return *family;
    }
    return c.fidelity == models::Fidelity::record ? HuntFamily::record : HuntFamily::flow;
}

}  // namespace rollcast::scenarios
