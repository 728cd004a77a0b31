#include "cli/suite_database.hpp"

#include <filesystem>
#include <stdexcept>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

#include "cli/session.hpp"
#include "report/verdict_json.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::cli {
namespace {

using scenarios::MetricValue;

/// What SQLite says of a call that failed.
class DatabaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An open database, in one transaction until `commit`.
class Database {
public:
    explicit Database(const std::string& file) {
        const int code = sqlite3_open(file.c_str(), &db_);
        if (code == SQLITE_OK) return;
        const std::string why = sqlite3_errmsg(db_);
        sqlite3_close(db_);
        throw DatabaseError(why);
    }
    ~Database() { sqlite3_close(db_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const std::string& sql) {
        if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    /// Adds a row; a name of a table is no input of the user.
    void insert(const std::string& table, const std::vector<MetricValue>& row) {
        std::string places;
        for (std::size_t i = 0; i < row.size(); ++i) places += i == 0 ? "?" : ",?";
        const std::string sql = fmt::format("INSERT INTO {} VALUES ({})", table, places);
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail();
        for (std::size_t i = 0; i < row.size(); ++i) {
            bind(statement, static_cast<int>(i) + 1, row[i]);
        }
        const int code = sqlite3_step(statement);
        sqlite3_finalize(statement);
        if (code != SQLITE_DONE) fail();
    }

private:
    static void bind(sqlite3_stmt* statement, int place, const MetricValue& value) {
        if (const auto* truth = std::get_if<bool>(&value)) {
            sqlite3_bind_int(statement, place, *truth ? 1 : 0);
        } else if (const auto* number = std::get_if<double>(&value)) {
            sqlite3_bind_double(statement, place, *number);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            sqlite3_bind_text64(
                statement, place, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        } else {
            sqlite3_bind_null(statement, place);
        }
    }
    [[noreturn]] void fail() { throw DatabaseError(sqlite3_errmsg(db_)); }

    sqlite3* db_ = nullptr;
};

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

void fill(const std::string& file, const report::SuiteResult& result) {
    Database db(file);
    db.execute("BEGIN");
    create_tables(db);
    db.insert("meta", {std::string("tool"), "rollcast " + tool_version()});
    for (const scenarios::SuiteRun& run : result.runs) add_run(db, result, run);
    db.execute("COMMIT");
}

}  // namespace

void write_database(const std::string& file, const report::SuiteResult& result) {
    const std::string beside = file + ".part";
    std::filesystem::remove(beside);
    try {
        fill(beside, result);
        std::filesystem::rename(beside, file);
    } catch (const std::exception& error) {
        std::error_code ignored;
        std::filesystem::remove(beside, ignored);
        scenarios::Diagnostic d;
        d.code = scenarios::code::not_written;
        d.file = file;
        d.message = fmt::format("the database could not be written: {}", error.what());
        d.help = "name a file in a folder that can be written to";
        throw scenarios::InputError(std::move(d));
    }
}

}  // namespace rollcast::cli
