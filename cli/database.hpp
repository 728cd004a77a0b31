// A SQLite file that is written once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/suite/result_metrics.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace rollcast::cli {

/// An open database. Throws std::runtime_error with what SQLite says.
class Database {
public:
    explicit Database(const std::string& file);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const std::string& sql);
    /// Adds a row; a name of a table is no input of the user, and its rows have one length.
    void insert(const std::string& table, const std::vector<scenarios::MetricValue>& row);

private:
    sqlite3_stmt* statement_for(const std::string& table, std::size_t columns);
    [[noreturn]] void fail();

    sqlite3* db_ = nullptr;
    std::map<std::string, sqlite3_stmt*> statements_;  // by table
};

/// Has `fill` fill a new database in one transaction and puts it at `file`, whole or not at all.
/// Throws InputError (RC0112) where that fails.
void write_database_file(const std::string& file, const std::function<void(Database&)>& fill);

}  // namespace rollcast::cli
