// The mission's story: one migration over weeks, told by its diary, and what each of its lessons is
// worth.
#include <ctime>
#include <string>

#include <doctest/doctest.h>

#include "models/programme.hpp"
#include "models/watched_run.hpp"
#include "planner/audit.hpp"
#include "report/diary.hpp"
#include "report/layout.hpp"
#include "report/programme.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/plan_file.hpp"

using namespace rollcast;
using models::Case;
using models::ClusterId;
using models::Plan;
using models::Rule;
using models::Verdict;

namespace {

constexpr std::size_t image_pass = 1;

Case story_with(const std::string& from = "", const std::string& to = "") {
    std::string text(scenarios::story_case_text());
    if (!from.empty()) {
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
    }
    return scenarios::load_case_text(text, "story_case.json").a_case;
}

Plan story_plan(const Case& a_case) {
    return scenarios::load_plan_text(
               scenarios::story_plan_text(), "story_plan.json", a_case, std::string())
        .plan;
}

ClusterId cluster_called(const Case& a_case, const std::string& name) {
    for (const ClusterId c : models::Range<ClusterId>(a_case.fleet.clusters().size())) {
        if (a_case.fleet.clusters()[c].name == name) return c;
    }
    REQUIRE(false);
    return ClusterId::none();
}

/// One cluster's part of the re-image, as if nothing went before it.
Verdict imaged_alone(const Case& a_case, Plan plan, const std::string& name) {
    const ClusterId c = cluster_called(a_case, name);
    std::erase_if(plan.clusters, [c](const auto& part) { return part.cluster != c; });
    plan.clusters.front().after.clear();
    const Case of_pass = models::case_of_pass(a_case, image_pass, {});
    return models::simulate_cluster(of_pass, models::plan_of_pass(a_case, plan, image_pass), c, {});
}

/// Brokers whose step has ended.
std::size_t brokers_done(const Case& a_case, const Verdict& verdict) {
    std::size_t done = 0;
    for (const models::MachineTimes& m : verdict.machines) {
        const bool broker = a_case.fleet.machines()[m.machine].broker.exists();
        if (broker && m.end != sim::Instant::never()) ++done;
    }
    return done;
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the story is safe, takes weeks, and is told in seconds") {
    const Case a_case = story_with();
    const Plan plan = story_plan(a_case);
    const models::AlertRules rules = scenarios::embedded_alerts();
    const std::clock_t begin = std::clock();
    std::string diary;
    const models::ProgrammeResult result = models::run_programme(
        a_case, plan, {}, [&](const Case& of_pass, const Plan& own, const auto& options) {
            models::WatchedRun run = models::watch(of_pass, own, options, rules);
            diary += report::diary_text(of_pass, own, rules, run);
            return std::move(run.verdict);
        });
    const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
#ifdef NDEBUG
    CHECK(took < 60.0);  // 10 s on a core of its own; builds for tests share theirs
#else
    CHECK(took > 0.0);
#endif
    CHECK(result.safe(a_case));
    CHECK(result.passes.size() == 4);
    CHECK(result.makespan > 30 * sim::hours(24));
    CHECK(result.spans.size() == 12);
    for (const models::ClusterSpan& span : result.spans) {
        CHECK(span.length() < *a_case.limits.mixed_version_limit);
        CHECK(models::point_of_no_return(a_case, span.cluster, plan.data_disk) == 2);
    }
    // Each fault strikes; somebody sees it; something is done about it.
    for (const models::Fault& fault : a_case.faults) {
        CHECK_MESSAGE(says(diary, fault.name), fault.name);
    }
    CHECK(says(diary, "week 5"));
    CHECK(says(diary, "went first in c12"));
    CHECK(says(diary, ", after c06 and c11 and 24 h 00 min"));
    CHECK(says(diary, "The orchestrator's data_checksum says: c05-b37."));
    CHECK(says(diary, "Alert KafkaDataMoves"));
    CHECK(says(diary, "Alert KafkaNobodyCatchesUp"));
    CHECK(says(diary, "Alert KafkaLogDirOffline"));
    CHECK(says(diary, "Alert NetworkCardSlow"));
    CHECK(says(diary, "Done about \"flipped setting\""));
    CHECK(!says(diary, "Broken: "));
    const std::string text = report::programme_text(a_case, plan, result);
    CHECK(text.starts_with("SAFE: "));
    for (const std::string& told : {diary, text}) {
        for (std::size_t from = 0; from < told.size();) {
            const std::size_t to = told.find('\n', from);
            CHECK(report::columns_of(told.substr(from, to - from)) <= report::line_width);
            from = to + 1;
        }
    }
}

TEST_CASE("without the pass that adds trust, check says so, and the first broker stays away") {
    Case a_case = story_with();
    const auto refused = [](const Case& audited) {
        std::size_t count = 0;
        for (const planner::Finding& finding : planner::audit(audited)) {
            count += finding.code == "RC3028" ? 1 : 0;
        }
        return count;
    };
    CHECK(refused(a_case) == 0);
    const Plan plan = story_plan(a_case);
    CHECK(imaged_alone(a_case, plan, "c12").unfinished == models::Unfinished::no);
    a_case.programme.erase(a_case.programme.begin());
    CHECK(refused(a_case) == 12);
    a_case.programme.insert(a_case.programme.begin(), a_case.programme.front());
    a_case.programme.front().target =
        a_case.fleet.clusters()[cluster_called(a_case, "c12")].stacks.now;
    const Verdict alone = imaged_alone(a_case, plan, "c12");
    CHECK(alone.unfinished != models::Unfinished::no);
    CHECK(alone.rule(Rule::finished).broken());
}

TEST_CASE("with the certificate that check had found, the migration of c11 stops") {
    const Case a_case = story_with();
    const Plan plan = story_plan(a_case);
    CHECK(imaged_alone(a_case, plan, "c11").unfinished == models::Unfinished::no);
    const Case not_mended = story_with("\"certificate\": \"sha256\"", "\"certificate\": \"sha1\"");
    CHECK(imaged_alone(not_mended, plan, "c11").unfinished != models::Unfinished::no);
}

TEST_CASE("without checksums nobody sees the bit rot, and what was stored is not what is stored") {
    const Case a_case = story_with();
    Plan plan = story_plan(a_case);
    CHECK(imaged_alone(a_case, plan, "c05").rule(Rule::data_signature).answer ==
          models::Answer::held);
    plan.checksums = models::Checksums::none;
    CHECK(imaged_alone(a_case, plan, "c05").rule(Rule::data_signature).broken());
}

TEST_CASE("a mismatch that nobody mends stops at the canary of the first wave") {
    const Case a_case = story_with("\"duration_s\": 5400", "\"duration_s\": 0");
    Plan plan = story_plan(a_case);
    const Verdict stopped = imaged_alone(a_case, plan, "c12");
    CHECK(stopped.rule(Rule::finished).broken());
    CHECK(brokers_done(a_case, stopped) <= 1);  // the other canary
    plan.rollout = {};
    CHECK(brokers_done(a_case, imaged_alone(a_case, plan, "c12")) > 1);
}

TEST_CASE("the setting that is flipped back early moves little; left alone it moves for days") {
    const Case a_case = story_with();
    const Plan plan = story_plan(a_case);
    const Verdict early = imaged_alone(a_case, plan, "c06");
    const Case late = story_with("\"duration_s\": 1800", "\"duration_s\": 0");
    const Verdict alone = imaged_alone(late, plan, "c06");
    CHECK(early.safe());
    CHECK(alone.isr_expands > early.isr_expands);
    CHECK(alone.makespan > early.makespan);
}
