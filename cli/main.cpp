#include <iostream>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "cli/stop.hpp"

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    rollcast::cli::catch_signals();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return rollcast::cli::run(arguments, std::cout, std::cerr);
}
