#include "cli/run_database.hpp"

#include <cmath>

#include "cli/database.hpp"
#include "cli/session.hpp"
#include "models/metrics.hpp"
#include "report/names.hpp"

namespace rollcast::cli {
namespace {

using scenarios::MetricValue;

MetricValue seconds_value(sim::Instant t) {
    MetricValue value;
    if (t != sim::Instant::never()) value.emplace<double>(sim::to_seconds(t));
    return value;
}

MetricValue number_value(double number) {
    MetricValue value;
    if (!std::isnan(number)) value.emplace<double>(number);
    return value;
}

MetricValue word_value(std::string_view word) { return std::string(word); }

constexpr const char* run_tables = R"(
PRAGMA user_version = 1;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE step (machine TEXT, cluster TEXT, rack TEXT, batch INTEGER, reached TEXT,
                   start_s REAL, stopped_s REAL, registered_s REAL, in_sync_s REAL, end_s REAL);
CREATE TABLE promise (rule TEXT PRIMARY KEY, answer TEXT, subjects INTEGER, seconds REAL,
                      worst REAL, first_s REAL);
CREATE TABLE fault (name TEXT, what TEXT, at_s REAL);
CREATE TABLE alert (rule TEXT, severity TEXT, cluster TEXT, machine TEXT, consumer_group TEXT,
                    active_s REAL, fired_s REAL, resolved_s REAL);
CREATE TABLE sample (metric TEXT, cluster TEXT, machine TEXT, consumer_group TEXT, at_s REAL,
                     value REAL, per_s REAL);
CREATE VIEW v_batch AS
  SELECT cluster, batch, count(*) AS machines, min(start_s) AS start_s, max(end_s) AS end_s
  FROM step WHERE start_s IS NOT NULL GROUP BY cluster, batch ORDER BY start_s;
CREATE VIEW v_cluster AS
  SELECT cluster, count(*) AS machines, min(start_s) AS start_s, max(end_s) AS end_s,
         avg(end_s - start_s) AS mean_step_s, max(in_sync_s - registered_s) AS longest_catch_up_s
  FROM step GROUP BY cluster;
CREATE VIEW v_broken AS SELECT * FROM promise WHERE answer = 'broken' ORDER BY first_s;
CREATE VIEW v_pages_per_cluster AS
  SELECT cluster, rule, count(*) AS times, min(fired_s) AS first_s FROM alert
  WHERE severity = 'critical' GROUP BY cluster, rule ORDER BY times DESC;
)";

/// Adds cluster, machine and group of a subject; null where there is none.
void add_subject(const models::Fleet& fleet,
                 const models::Subject& who,
                 std::vector<MetricValue>& row) {
    MetricValue cluster;
    MetricValue machine;
    MetricValue group;
    if (who.cluster.exists()) cluster.emplace<std::string>(fleet.clusters()[who.cluster].name);
    if (who.machine.exists()) machine.emplace<std::string>(fleet.machines()[who.machine].name);
    if (who.group.exists()) group.emplace<std::string>(fleet.groups()[who.group].name);
    row.push_back(std::move(cluster));
    row.push_back(std::move(machine));
    row.push_back(std::move(group));
}

void add_steps(Database& db, const models::Fleet& fleet, const models::Verdict& verdict) {
    for (const models::MachineTimes& times : verdict.machines) {
        const models::Machine& machine = fleet.machines()[times.machine];
        db.insert("step",
                  {machine.name,
                   fleet.clusters()[machine.cluster].name,
                   fleet.racks()[machine.rack].name,
                   static_cast<double>(times.batch + 1),
                   word_value(models::to_string(times.reached)),
                   seconds_value(times.start),
                   seconds_value(times.stopped),
                   seconds_value(times.registered),
                   seconds_value(times.in_sync),
                   seconds_value(times.end)});
    }
}

void add_promises(Database& db, const models::Verdict& verdict) {
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<models::Rule>(r);
        const models::RuleResult& result = verdict.rule(rule);
        db.insert("promise",
                  {word_value(models::to_string(rule)),
                   word_value(models::to_string(result.answer)),
                   static_cast<double>(result.subjects),
                   result.seconds,
                   result.worst,
                   seconds_value(result.first ? result.first->at : sim::Instant::never())});
    }
}

void add_alerts_of(Database& db,
                   const models::Fleet& fleet,
                   const models::AlertRules& rules,
                   const models::WatchedRun& run) {
    for (const models::Alert& alert : run.alerts) {
        const models::AlertRule& rule = rules.rules[alert.rule];
        std::vector<MetricValue> row{rule.name, rule.severity};
        add_subject(fleet, alert.subject, row);
        row.push_back(seconds_value(alert.active_at));
        row.push_back(seconds_value(alert.fired_at));
        row.push_back(seconds_value(alert.resolved_at));
        db.insert("alert", row);
    }
}

void add_samples(Database& db, const models::Fleet& fleet, const models::SeriesStore& store) {
    for (const models::Target& target : store.targets()) {
        for (const models::Metric metric : store.metrics_of(target.source)) {
            for (const models::Point& point : *store.find(target, metric)) {
                std::vector<MetricValue> row;
                row.reserve(7);
                row.emplace_back(std::string(models::info_of(metric).name));
                add_subject(fleet, target.subject, row);
                row.push_back(seconds_value(point.at));
                row.push_back(number_value(point.value));
                row.emplace_back(point.per_s);
                db.insert("sample", row);
            }
        }
    }
}

}  // namespace

void write_run_database(const std::string& file,
                        const models::Case& a_case,
                        const models::AlertRules& rules,
                        const models::WatchedRun& run) {
    write_database_file(file, [&](Database& db) {
        db.execute(run_tables);
        db.insert("meta", {std::string("tool"), "rollcast " + tool_version()});
        db.insert("meta", {std::string("case"), a_case.name});
        add_steps(db, a_case.fleet, run.verdict);
        add_promises(db, run.verdict);
        for (std::size_t f = 0; f < a_case.faults.size(); ++f) {
            db.insert("fault",
                      {a_case.faults[f].name,
                       report::fault_text(a_case.fleet, a_case.faults[f]),
                       seconds_value(run.fault_starts[f])});
        }
        add_alerts_of(db, a_case.fleet, rules, run);
        for (const models::SeriesStore& store : run.series) {
            add_samples(db, a_case.fleet, store);
        }
    });
}

}  // namespace rollcast::cli
