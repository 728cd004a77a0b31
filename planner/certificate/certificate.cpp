#include "planner/certificate/certificate.hpp"

#include <array>

namespace rollcast::planner::certificate {

namespace {

constexpr std::array<std::string_view, rule_count> rule_words{"longest_step",
                                                              "clique",
                                                              "join",
                                                              "fractional",
                                                              "group",
                                                              "crews",
                                                              "image_slots",
                                                              "max_down",
                                                              "packing",
                                                              "brokers",
                                                              "quorum_chain",
                                                              "quorum_area",
                                                              "colours",
                                                              "windows"};
constexpr std::array<std::string_view, refutation_count> refutation_words{"none",
                                                                          "no_slack",
                                                                          "no_leader",
                                                                          "no_quorum_spare",
                                                                          "never_rejoins",
                                                                          "no_window",
                                                                          "mixed_version_limit"};

template <class Word, std::size_t n>
std::optional<Word> found(const std::array<std::string_view, n>& words, std::string_view word) {
    for (std::size_t i = 0; i < n; ++i) {
        if (words[i] == word) return static_cast<Word>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Rule rule) { return rule_words[static_cast<std::size_t>(rule)]; }
std::string_view to_string(Refutation::Kind kind) {
    return refutation_words[static_cast<std::size_t>(kind)];
}
std::optional<Rule> rule_of(std::string_view word) { return found<Rule>(rule_words, word); }
std::optional<Refutation::Kind> refutation_of(std::string_view word) {
    return found<Refutation::Kind>(refutation_words, word);
}

}  // namespace rollcast::planner::certificate
