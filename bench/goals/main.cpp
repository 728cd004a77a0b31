#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

#include "bench/goals/goals.hpp"

namespace rollcast::goals {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

namespace {

int usage() {
    std::cerr << "usage: planner_goals landscape|colouring|max-colouring [--row NAME] [--first N] "
                 "[--seeds N] [--seconds S] [--details]\n";
    return 2;
}

}  // namespace

}  // namespace rollcast::goals

int main(int argc, char** argv) {
    using namespace rollcast::goals;
    Options options;
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--details") {
            options.details = true;
            continue;
        }
        if (i + 1 >= argc) return usage();
        const char* value = argv[++i];
        if (word == "--row") {
            options.row = value;
        } else if (word == "--first") {
            options.first_seed = std::atoi(value);
        } else if (word == "--seeds") {
            options.seeds = std::atoi(value);
        } else if (word == "--seconds") {
            options.seconds = std::atof(value);
        } else {
            return usage();
        }
    }
    const std::string goal = argc > 1 ? argv[1] : "";
    if (goal == "colouring") {
        colouring(options);
    } else if (goal == "landscape") {
        landscape(options);
    } else if (goal == "max-colouring") {
        max_colouring(options);
    } else {
        return usage();
    }
    return 0;
}
