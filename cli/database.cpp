#include "cli/database.hpp"

#include <filesystem>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>
#include <sqlite3.h>

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::cli {
namespace {

using scenarios::MetricValue;

void bind_value(sqlite3_stmt* statement, int place, const MetricValue& value) {
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

}  // namespace

Database::Database(const std::string& file) {
    const int code = sqlite3_open(file.c_str(), &db_);
    if (code == SQLITE_OK) return;
    const std::string why = sqlite3_errmsg(db_);
    sqlite3_close(db_);
    throw std::runtime_error(why);
}

Database::~Database() {
    for (const auto& [table, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

sqlite3_stmt* Database::statement_for(const std::string& table, std::size_t columns) {
    sqlite3_stmt*& statement = statements_[table];
    if (statement != nullptr) return statement;
    std::string places;
    for (std::size_t i = 0; i < columns; ++i) places += i == 0 ? "?" : ",?";
    const std::string sql = fmt::format("INSERT INTO {} VALUES ({})", table, places);
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail();
    return statement;
}

void Database::insert(const std::string& table, const std::vector<MetricValue>& row) {
    sqlite3_stmt* statement = statement_for(table, row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        bind_value(statement, static_cast<int>(i) + 1, row[i]);
    }
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) fail();
}

void Database::fail() { throw std::runtime_error(sqlite3_errmsg(db_)); }

void write_database_file(const std::string& file, const std::function<void(Database&)>& fill) {
    const std::string beside = file + ".part";
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    try {
        {
            Database db(beside);
            db.execute("BEGIN");
            fill(db);
            db.execute("COMMIT");
        }
        std::filesystem::rename(beside, file);
    } catch (const std::exception& error) {
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
