#include "cli/arguments.hpp"

#include <doctest/doctest.h>

using rollcast::cli::parse_arguments;
using rollcast::cli::UsageError;

namespace {

/// A program with one command that takes files, a seed and a flag, and one that takes nothing.
struct Sample {
    Sample() {
        run->add_option("FILE", files)->required();
        run->add_option("-s,--seed", seed);
        run->add_flag("--json", json);
        app.require_subcommand(0, 1);
        app.set_version_flag("--version", "sample 1");
    }

    std::string parse(const std::vector<std::string>& arguments) {
        return parse_arguments(app, arguments);
    }
    UsageError refused(const std::vector<std::string>& arguments) {
        try {
            parse(arguments);
        } catch (const UsageError& error) {
            return error;
        }
        return {"was not refused", ""};
    }

    CLI::App app{"a sample", "sample"};
    CLI::App* run = app.add_subcommand("simulate", "runs");
    CLI::App* plain = app.add_subcommand("version", "prints");
    std::vector<std::string> files;
    int seed = 1;
    bool json = false;
};

}  // namespace

TEST_CASE("options and operands reach their variables in any order") {
    Sample sample;
    CHECK(sample.parse({"simulate", "--seed=3", "a", "--json", "b"}).empty());
    CHECK(sample.seed == 3);
    CHECK(sample.json);
    CHECK(sample.files == std::vector<std::string>{"a", "b"});
}

TEST_CASE("an unknown option is named before its value is taken for an operand") {
    const UsageError error = Sample().refused({"simulate", "--sed", "3", "a"});
    CHECK(std::string(error.what()) == "unknown option '--sed' of 'sample simulate'");
    CHECK(error.help() == "did you mean '--seed'?");
}

TEST_CASE("an unknown option that is near to nothing leads to the list of options") {
    const UsageError error = Sample().refused({"simulate", "a", "--colour"});
    CHECK(error.help() == "'sample simulate --help' lists its options");
}

TEST_CASE("an unknown short option is refused") {
    const UsageError error = Sample().refused({"simulate", "-x", "a"});
    CHECK(std::string(error.what()) == "unknown option '-x' of 'sample simulate'");
}

TEST_CASE("an unknown command is refused with the nearest one") {
    CHECK(Sample().refused({"simulat"}).help() == "did you mean 'simulate'?");
    CHECK(Sample().refused({"xyzzy"}).help() == "commands: simulate, version");
}

TEST_CASE("a command that takes no operand refuses one") {
    const UsageError error = Sample().refused({"version", "now"});
    CHECK(std::string(error.what()) == "'sample version' takes no operand, found 'now'");
}

TEST_CASE("what CLI11 refuses is a usage error of the command") {
    CHECK(Sample().refused({"simulate"}).help() ==
          "'sample simulate --help' shows how it is called");
    CHECK(std::string(Sample().refused({"simulate", "a", "--seed", "x"}).what()) !=
          "was not refused");
    CHECK(std::string(Sample().refused({"simulate", "a", "--seed"}).what()) != "was not refused");
}

TEST_CASE("an option without its value, a flag with one and an option given twice are refused") {
    const auto message = [](const std::vector<std::string>& arguments) {
        return std::string(Sample().refused(arguments).what());
    };
    CHECK(message({"simulate", "a", "--seed"}) == "option '--seed' needs a value");
    CHECK(message({"simulate", "--seed", "--json", "a"}) == "option '--seed' needs a value");
    CHECK(message({"simulate", "a", "--seed="}) == "option '--seed' needs a value");
    CHECK(message({"simulate", "a", "-s"}) == "option '-s' needs a value");
    CHECK(message({"simulate", "a", "--json=no"}) == "option '--json' takes no value");
    CHECK(message({"simulate", "a", "--seed", "1", "-s2"}) == "option '-s' is given twice");
    CHECK(message({"simulate"}) == "'sample simulate' needs FILE");
    CHECK(Sample().refused({"simulate", "a", "--seed"}).help() == "write '--seed VALUE'");
    Sample negative;
    CHECK_NOTHROW(negative.parse({"simulate", "a", "--seed", "-5"}));
    CHECK(negative.seed == -5);
}

TEST_CASE("an option before the command is refused with the place where it belongs") {
    Sample sample;
    sample.app.add_option("--effort", sample.seed);
    const UsageError error = sample.refused({"--effort", "5", "version"});
    CHECK(std::string(error.what()) == "option '--effort' stands before the command");
    CHECK(error.help() == "write 'sample version --effort'");
}

TEST_CASE("the value of an option may look like an operand or a command") {
    Sample sample;
    CHECK_NOTHROW(sample.parse({"simulate", "-s", "5", "version"}));
    CHECK(sample.seed == 5);
    CHECK(sample.files == std::vector<std::string>{"version"});
}

TEST_CASE("help and version are texts, not errors") {
    CHECK(Sample().parse({"--help"}).find("a sample") != std::string::npos);
    CHECK(Sample().parse({"simulate", "--help"}).find("sample simulate") != std::string::npos);
    CHECK(Sample().parse({"--version"}) == "sample 1\n");
}
