#include "report/layout.hpp"

#include <sstream>

#include <doctest/doctest.h>

using namespace rollcast::report;

TEST_CASE("a paragraph wraps at 80 columns and hangs under its label") {
    const std::string text = wrapped(
        std::string(30, 'x') + " " + std::string(30, 'y') + " " + std::string(30, 'z'), 4, "ab  ");
    CHECK(text == "ab  " + std::string(30, 'x') + " " + std::string(30, 'y') + "\n    " +
                      std::string(30, 'z') + "\n");
}

TEST_CASE("a word longer than a line stands alone and is not cut") {
    const std::string word(100, 'w');
    CHECK(wrapped("a " + word + " b", 2) == "  a\n  " + word + "\n  b\n");
}

TEST_CASE("columns count code points, not bytes") {
    CHECK(columns_of("Zürich") == 6);
    const std::vector<std::string> row{"é", "1"};
    CHECK(Table(row).text(0) == "é  1\n");
}

TEST_CASE("a table sets its first column left and the others right") {
    Table table({"name", "n"});
    table.add({"a", "1,000"});
    CHECK(table.text(1) == " name      n\n a     1,000\n");
}
