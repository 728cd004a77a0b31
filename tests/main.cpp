// Property tests draw from one fixed seed, so that red means a change and not bad luck;
// RC_PARAMS="seed=N" in the environment draws others.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdlib>

#include <doctest/doctest.h>

int main(int argc, char** argv) {
    constexpr int keep_what_is_set = 0;
    setenv("RC_PARAMS", "seed=20260101", keep_what_is_set);
    return doctest::Context(argc, argv).run();
}
