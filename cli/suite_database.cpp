#include "cli/suite_database.hpp"

#include <vector>

#include <fmt/format.h>

#include "cli/database.hpp"
#include "cli/session.hpp"
#include "report/verdict_json.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::cli {
namespace {

using scenarios::MetricValue;

void create_tables(Database& db) {
    std::string columns =
        "id TEXT, seed TEXT, family TEXT, file TEXT, done INTEGER, passed INTEGER, trace_hash TEXT";
    for (const scenarios::ResultMetric& metric : scenarios::result_metrics()) {
        columns += fmt::format(", \"{}\"", metric.name);
    }
    db.execute("PRAGMA user_version = 1");
    db.execute(fmt::format("CREATE TABLE run ({}, PRIMARY KEY (id, seed))", columns));
    db.execute("CREATE TABLE failure (id TEXT, seed TEXT, expectation TEXT, line INTEGER)");
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)");
}

void add_run(Database& db, const report::SuiteResult& result, const scenarios::SuiteRun& run) {
    const scenarios::SuiteCase& c = result.case_of(run);
    // A seed may be larger than what SQLite counts with: it is text.
    const std::string seed = fmt::format("{}", run.seed);
    std::vector<MetricValue> row{
        c.id, seed, c.family, c.file, run.done, run.passed(), report::hash_text(run.trace_hash)};
    const std::size_t fixed = row.size();
    row.insert(row.end(), run.metrics.begin(), run.metrics.end());
    row.resize(fixed + scenarios::result_metrics().size());
    db.insert("run", row);
    for (const report::SuiteFailure& failure : report::failures_of(result, run)) {
        db.insert("failure", {c.id, seed, failure.text, static_cast<double>(failure.place.line)});
    }
}

void fill(Database& db, const report::SuiteResult& result) {
    create_tables(db);
    db.insert("meta", {std::string("tool"), "rollcast " + tool_version()});
    for (const scenarios::SuiteRun& run : result.runs) add_run(db, result, run);
}

}  // namespace

void write_database(const std::string& file, const report::SuiteResult& result) {
    write_database_file(file, [&](Database& db) { fill(db, result); });
}

}  // namespace rollcast::cli
