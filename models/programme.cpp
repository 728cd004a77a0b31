#include "models/programme.hpp"

#include <algorithm>
#include <utility>

#include "models/stacks/way_back.hpp"
#include "sim/trace.hpp"

namespace rollcast::models {

namespace {

std::size_t pass_count(const Case& a_case) {
    return std::max<std::size_t>(1, a_case.programme.size());
}

/// The stacks of the clusters before and after pass `pass`.
std::vector<ClusterStacks> stacks_in(const Case& a_case, std::size_t pass) {
    std::vector<ClusterStacks> all;
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterStacks stacks = a_case.fleet.clusters()[c].stacks;
        if (stacks.now.exists() && !a_case.programme.empty()) {
            if (pass > 0) stacks.now = a_case.programme[pass - 1].target;
            stacks.next = a_case.programme[pass].target;
            stacks.clients = clients_in(a_case, c, pass);
            stacks.clients_moved = a_case.programme[pass].moves_clients(c);
        }
        all.push_back(stacks);
    }
    return all;
}

/// The faults of a pass that begins `elapsed` after the programme.
std::vector<Fault> faults_from(const std::vector<Fault>& all,
                               std::size_t pass,
                               sim::Duration elapsed) {
    std::vector<Fault> faults;
    for (Fault fault : all) {
        if (fault.trigger.at) {
            const sim::Duration at = fault.trigger.at->since_start();
            if (at >= elapsed) {
                fault.trigger.at = sim::Instant{at - elapsed};
            } else if (fault.duration.count() == 0 || at + fault.duration > elapsed) {
                if (fault.duration.count() > 0) fault.duration = at + fault.duration - elapsed;
                fault.trigger.at = sim::Instant{};
            } else {
                continue;
            }
        } else if (fault.trigger.pass != pass && fault.trigger.per_day == 0.0 &&
                   !fault.trigger.worst_moment) {
            continue;
        }
        faults.push_back(std::move(fault));
    }
    return faults;
}

}  // namespace

StackId clients_in(const Case& a_case, ClusterId c, std::size_t pass) {
    StackId clients = a_case.fleet.clusters()[c].stacks.clients;
    for (std::size_t p = 0; p <= pass && p < a_case.programme.size(); ++p) {
        if (a_case.programme[p].moves_clients(c)) clients = a_case.programme[p].clients;
    }
    return clients;
}

bool ProgrammeResult::safe(const Case& a_case) const {
    return passes.size() == pass_count(a_case) && mixed_too_long.empty() &&
           std::all_of(passes.begin(), passes.end(), [](const PassResult& pass) {
               return pass.verdict.safe();
           });
}

Case case_of_pass(const Case& a_case, std::size_t pass, sim::Duration elapsed) {
    Case of_pass = a_case;
    of_pass.programme.clear();
    of_pass.stacks = stacks_in(a_case, pass);
    of_pass.started = a_case.started + elapsed;
    const sim::Duration day = sim::hours(24);
    const std::int64_t time = (a_case.curve.start_of_run() + elapsed).count() % day.count();
    of_pass.curve = DailyCurve(a_case.curve.steps(), sim::Duration{time});
    of_pass.limits.windows = a_case.limits.windows.from(elapsed);
    of_pass.limits.mixed_version_limit.reset();  // judged over the whole
    of_pass.faults = faults_from(a_case.faults, pass, elapsed);
    if (a_case.programme.empty()) return of_pass;
    StepTimes& step = of_pass.step;
    step = a_case.programme[pass].step;
    if (!a_case.programme[pass].reimages) {
        step.baseline_checksum = step.reimage = step.verify_checksum = {};
    }
    return of_pass;
}

Plan plan_of_pass(const Case& a_case, const Plan& plan, std::size_t pass) {
    Plan of_pass = plan;
    if (a_case.programme.empty()) return of_pass;
    const Pass& own = a_case.programme[pass];
    if (own.gate) of_pass.gate = *own.gate;
    if (!own.reimages) {
        of_pass.data_disk = DataDisk::keep;
        of_pass.checksums = Checksums::none;
    }
    return of_pass;
}

std::size_t longest_pass(const Case& a_case) {
    const auto length = [](const Pass& pass) {
        const StepTimes& t = pass.step;
        sim::Duration sum = t.preflight.nominal + t.shutdown.nominal + t.install.nominal +
                            t.start.nominal + t.post_flight.nominal + t.soak;
        if (pass.reimages) {
            sum += t.baseline_checksum.nominal + t.reimage.nominal + t.verify_checksum.nominal;
        }
        return sum;
    };
    std::size_t longest = 0;
    for (std::size_t pass = 1; pass < a_case.programme.size(); ++pass) {
        if (length(a_case.programme[pass]) > length(a_case.programme[longest])) longest = pass;
    }
    return longest;
}

ProgrammeResult run_programme(const Case& a_case,
                              const Plan& plan,
                              const RunOptions& options,
                              const PassRun& run) {
    ProgrammeResult result;
    std::vector<ClusterSpan> spans(a_case.fleet.clusters().size());
    std::vector<bool> begun(spans.size(), false);
    bool whole = true;
    for (std::size_t pass = 0; pass < pass_count(a_case) && whole; ++pass) {
        const Case of_pass = case_of_pass(a_case, pass, result.makespan);
        RunOptions own = options;
        if (pass > 0) own.seed = sim::combine(options.seed, pass);
        PassResult done{result.makespan, run(of_pass, plan_of_pass(a_case, plan, pass), own)};
        whole = done.verdict.unfinished == Unfinished::no;
        for (const ClusterTimes& times : done.verdict.clusters) {
            if (times.first_start == sim::Instant::never() || !whole) continue;
            ClusterSpan& span = spans[times.cluster.index()];
            if (!begun[times.cluster.index()]) {
                span.from = done.starts + times.first_start.since_start();
            }
            begun[times.cluster.index()] = true;
            span.to = done.starts + times.last_end.since_start();
        }
        result.makespan += done.verdict.makespan;
        result.passes.push_back(std::move(done));
    }
    const auto& limit = a_case.limits.mixed_version_limit;
    for (const ClusterId c : Range<ClusterId>(spans.size())) {
        if (!begun[c.index()]) continue;
        spans[c.index()].cluster = c;
        result.spans.push_back(spans[c.index()]);
        if (limit && whole && spans[c.index()].length() > *limit)
            result.mixed_too_long.push_back(c);
    }
    return result;
}

ProgrammeResult run_programme(const Case& a_case, const Plan& plan, const RunOptions& options) {
    return run_programme(a_case, plan, options, simulate);
}

Verdict whole_verdict(const ProgrammeResult& result) {
    std::vector<Verdict> verdicts;
    for (const PassResult& pass : result.passes) {
        verdicts.push_back(pass.verdict);
        for (auto* rules : {&verdicts.back().rules, &verdicts.back().accepted}) {
            for (RuleResult& rule : *rules) {
                if (rule.first) rule.first->at = rule.first->at + pass.starts;
                rule.worst_at = rule.worst_at + pass.starts;
            }
        }
    }
    Verdict whole = merge(verdicts);
    if (!result.mixed_too_long.empty()) {
        RuleResult& mixed = whole.rule(Rule::mixed_mode);
        mixed.answer = Answer::broken;
        mixed.subjects = std::max<std::uint64_t>(mixed.subjects, result.mixed_too_long.size());
    }
    whole.makespan = result.makespan;
    return whole;
}

std::optional<std::size_t> point_of_no_return(const Case& a_case, ClusterId c, DataDisk data_disk) {
    const Fleet& fleet = a_case.fleet;
    const ClusterStacks& stacks = fleet.clusters()[c].stacks;
    if (!stacks.now.exists()) return std::nullopt;
    for (std::size_t pass = 0; pass < pass_count(a_case); ++pass) {
        const StackId next = stacks_in(a_case, pass)[c.index()].next;
        if (!next.exists()) continue;
        if (!goes_back(fleet.stacks()[next], fleet.stacks()[stacks.now], data_disk)) return pass;
    }
    return std::nullopt;
}

}  // namespace rollcast::models
