#include "cli/values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "tests/cli/program.hpp"

using namespace rollcast::cli;
using rollcast::tests::call;
using rollcast::tests::Outcome;

namespace {

enum class Fruit { apple, pear };

struct ValuesSample {
    ValuesSample() {
        app.add_option("--count", count)->transform(whole_number("--count", 1, 100));
        app.add_option("--share", share)->check(decimal("--share", 0.5, 2.0));
        add_choice<Fruit>(
            app, "--fruit", fruit, {{"apple", Fruit::apple}, {"pear", Fruit::pear}}, "what to eat");
    }

    std::string refused(const std::string& argument) {
        try {
            parse_arguments(app, {argument});
        } catch (const UsageError& error) {
            return std::string(error.what()) + " / " + error.help();
        }
        return "was not refused";
    }

    CLI::App app{"a sample", "sample"};
    std::uint64_t count = 0;
    double share = 1.0;
    Fruit fruit = Fruit::apple;
};

}  // namespace

TEST_CASE("a word that is not allowed is refused with those that are, and the nearest") {
    CHECK(ValuesSample().refused("--fruit=peer") ==
          "--fruit takes one of apple, pear, not 'peer' / did you mean 'pear'?");
    CHECK(ValuesSample().refused("--fruit=stone") ==
          "--fruit takes one of apple, pear, not 'stone' / write one of them");
    ValuesSample sample;
    parse_arguments(sample.app, {"--fruit", "pear"});
    CHECK(sample.fruit == Fruit::pear);
}

TEST_CASE("a whole number is digits within its range") {
    CHECK(ValuesSample().refused("--count=0") ==
          "--count takes a whole number from 1 to 100, not '0' / write more");
    CHECK(ValuesSample().refused("--count=101") ==
          "--count takes a whole number from 1 to 100, not '101' / write less");
    for (const std::string value : {"-1", "+1", "1e2", "1.5", "x", "0x10", "1 "}) {
        CAPTURE(value);
        CHECK(ValuesSample().refused("--count=" + value) ==
              "--count takes a whole number from 1 to 100, not '" + value +
                  "' / write it in digits");
    }
    ValuesSample sample;
    parse_arguments(sample.app, {"--count", "010"});
    CHECK(sample.count == 10);  // not octal
}

TEST_CASE("a decimal number is within its range, and a number") {
    for (const std::string value : {"0.4", "2.1", "nan", "inf", "x", "1,5"}) {
        CAPTURE(value);
        CHECK(ValuesSample()
                  .refused("--share=" + value)
                  .rfind("--share takes a number from 0.5 to 2, not '" + value + "'", 0) == 0);
    }
    CHECK(ValuesSample().refused("--share=0.75") == "was not refused");
}

TEST_CASE("wrong values of every command are told in one style, exit code 2") {
    const auto error = [](const std::vector<std::string>& arguments) {
        const Outcome outcome = call(arguments);
        CHECK(outcome.exit_code == 2);
        CHECK(outcome.out.empty());
        return outcome.err;
    };
    CHECK(error({"plan", "--policy", "gredy"}) ==
          "error: --policy takes one of one, rack, greedy, event, best, not 'gredy'\n"
          "help: did you mean 'greedy'?\n");
    CHECK(error({"simulate", "p", "--progress", "plan"}) ==
          "error: --progress takes one of auto, plain, none, not 'plan'\n"
          "help: did you mean 'plain'?\n");
    CHECK(error({"plan", "--gate", "x"}).find("broker, partition") != std::string::npos);
    CHECK(error({"plan", "--data-disk", "wiped"}).find("did you mean 'wipe'?") !=
          std::string::npos);
    CHECK(error({"plan", "-j", "0"}).find("from 1 to 1024, not '0'") != std::string::npos);
    CHECK(error({"plan", "-j", "four"}).find("write it in digits") != std::string::npos);
    CHECK(error({"plan", "--time-limit", "nan"}).find("not 'nan'") != std::string::npos);
    CHECK(error({"simulate", "p", "--runs", "2000000"}).find("write less") != std::string::npos);
    CHECK(error({"--seed", "18446744073709551616"}).find("18446744073709551615") !=
          std::string::npos);
    CHECK(error({"simulate"}) ==
          "error: 'rollcast simulate' needs PLAN\n"
          "help: 'rollcast simulate --help' shows how it is called\n");
    CHECK(error({"import", "x"}).find("'rollcast import' needs --out") != std::string::npos);
    for (const char* raw : {"FAILED", "Could not convert", "required"}) {
        CHECK(error({"plan", "--policy", "x"}).find(raw) == std::string::npos);
    }
}

TEST_CASE("the version is one document with --json") {
    const nlohmann::json document = nlohmann::json::parse(call({"version", "--json"}).out);
    CHECK("rollcast " + document["version"].get<std::string>() + "\n" == call({"version"}).out);
    CHECK(document["schema_version"] == 1);
}
