// What the alert rules of others make of a run: what fired, what was asked of it, and which
// failures nobody would have been told about.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "models/watched_run.hpp"
#include "report/alerts/fired.hpp"

namespace rollcast::report {

/// One run, and what fired in it.
struct AlertRun {
    models::Verdict verdict;
    std::vector<sim::Instant> fault_starts;  // by fault of its case
    sim::Instant end;
    std::vector<FiredAlert> alerts;
};

/// A name of alerts, as the user wrote it and as it is matched: as a whole.
struct AlertPattern {
    std::string text;
    std::regex regex;

    bool matches(const std::string& name) const { return std::regex_match(name, regex); }
};

struct MustFire {
    AlertPattern pattern;
    std::optional<sim::Duration> within{};  // of the first failure
};

/// What is asked of the alerts.
struct AlertDemands {
    std::vector<MustFire> must_fire;
    std::vector<AlertPattern> must_not_fire;
    std::vector<AlertPattern> allowed_in_batches;
    std::string page_label = "severity";
    AlertPattern page_value;
};

/// A fault that struck, or a promise that was broken.
struct Failure {
    std::string what;
    sim::Instant at = sim::Instant::never();  // never(): the fault did not strike
    bool changes_run = true;
    std::string told_by{};  // empty: by nobody
    sim::Instant told_at = sim::Instant::never();
    std::string paged_by{};  // the first that would page

    /// Something happened, and no alert says so.
    bool silent() const { return at != sim::Instant::never() && changes_run && told_by.empty(); }
};

struct JudgedAlert {
    FiredAlert alert;
    models::ClusterId cluster = models::ClusterId::none();
    bool pages = false;
    bool expected = false;  // allowed during batches, and there was one all the time
    bool anyway = false;    // it fires without any fault, too
};

struct Demand {
    std::string text;  // "UnderMinIsr must fire within 60 s of the first failure"
    bool met = false;
    std::string found;  // what happened instead, or when
};

struct AlertJudgement {
    std::vector<JudgedAlert> alerts;
    std::vector<Failure> failures;
    std::vector<Demand> demands;

    /// Every demand is met, and somebody is told of every failure.
    bool ok() const;
};

/// `runs`: the case with all its faults; where it has any, without them; where it has more than
/// one, with each alone. What fires without faults is no word about them.
AlertJudgement judge_alerts(const models::Case& a_case,
                            const std::vector<AlertRun>& runs,
                            const LabelClusters& clusters,
                            const AlertDemands& demands);

}  // namespace rollcast::report
