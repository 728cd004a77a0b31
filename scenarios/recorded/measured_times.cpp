#include "scenarios/recorded/measured_times.hpp"

#include <functional>
#include <map>
#include <string>

#include <fmt/format.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

namespace {

using Numbers = std::vector<double>;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& message) {
    Diagnostic problem;
    problem.code = code::run_malformed;
    problem.file = file.string();
    problem.message = message;
    problem.help = "scripts/measure.py writes such a file from recorded runs";
    throw InputError(std::move(problem));
}

sim::Duration of_ms(double ms) { return sim::ceil_seconds(ms / 1e3); }

struct Setting {
    std::size_t numbers = 2;
    std::function<void(MeasuredTimes&, const Numbers&)> set;
};

Setting spread(std::function<models::SpreadDuration&(MeasuredTimes&)> of) {
    return {2, [of = std::move(of)](MeasuredTimes& times, const Numbers& n) {
                of(times) = {of_ms(n[0]), of_ms(n[1])};
            }};
}

Setting share(std::function<ShareOfStart&(MeasuredTimes&)> of) {
    return {2, [of = std::move(of)](MeasuredTimes& times, const Numbers& n) {
                of(times) = {n[0], n[1]};
            }};
}

const std::map<std::string, Setting>& settings() {
    static const std::map<std::string, Setting> all{
        {"first_answer_ms", spread([](auto& t) -> auto& { return t.reaction.first_answer; })},
        {"followers_after_ms", spread([](auto& t) -> auto& { return t.reaction.followers_after; })},
        {"first_join_ms", spread([](auto& t) -> auto& { return t.reaction.first_join; })},
        {"join_queue_ms", spread([](auto& t) -> auto& { return t.reaction.join_queue; })},
        {"heartbeat_answer_ms",
         spread([](auto& t) -> auto& { return t.reaction.heartbeat_answer; })},
        {"kraft_service_ms", spread([](auto& t) -> auto& { return t.kraft.service; })},
        {"zookeeper_service_ms", spread([](auto& t) -> auto& { return t.zookeeper.service; })},
        {"propagation_ms", spread([](auto& t) -> auto& { return t.propagation; })},
        {"hearing_ms", spread([](auto& t) -> auto& { return t.hearing; })},
        {"takeover_ms", spread([](auto& t) -> auto& { return t.takeover; })},
        {"succession_ms", spread([](auto& t) -> auto& { return t.succession; })},
        {"closing_ms", spread([](auto& t) -> auto& { return t.closing; })},
        {"wake_ms", spread([](auto& t) -> auto& { return t.wake; })},
        {"follows_anew_ms", spread([](auto& t) -> auto& { return t.reaction.follows_anew; })},
        {"unthrottled_ms", spread([](auto& t) -> auto& { return t.reaction.unthrottled; })},
        {"alter_tool_ms", spread([](auto& t) -> auto& { return t.alter_tool; })},
        {"election_tool_ms", spread([](auto& t) -> auto& { return t.election_tool; })},
        {"offline_elected_ms",
         {1, [](MeasuredTimes& t, const Numbers& n) { t.reaction.offline_elected = of_ms(n[0]); }}},
        {"quorum_node_start_ms", spread([](auto& t) -> auto& { return t.quorum_node_start; })},
        {"failover_ms", spread([](auto& t) -> auto& { return t.reaction.failover; })},
        {"new_session_ms",
         {2,
          [](MeasuredTimes& t, const Numbers& n) {
              t.reaction.new_session = of_ms(n[0]);
              t.reaction.new_session_spread = of_ms(n[1] - n[0]);
          }}},
        {"session_closes_ms",
         {2,
          [](MeasuredTimes& t, const Numbers& n) {
              t.reaction.session_closes = of_ms(n[0]);
              t.reaction.closing_spread = of_ms(n[1] - n[0]);
          }}},
        {"kraft_slowness_p95",
         {1, [](MeasuredTimes& t, const Numbers& n) { t.kraft.slowness_p95 = n[0]; }}},
        {"zookeeper_slowness_p95",
         {1, [](MeasuredTimes& t, const Numbers& n) { t.zookeeper.slowness_p95 = n[0]; }}},
        {"serves_share", share([](auto& t) -> auto& { return t.serves; })},
        {"kraft_queue_share", share([](auto& t) -> auto& { return t.kraft_queue; })},
        {"zookeeper_queue_share", share([](auto& t) -> auto& { return t.zookeeper_queue; })},
        {"kraft_exit_ms", spread([](auto& t) -> auto& { return t.kraft_exit; })},
        {"zookeeper_exit_ms", spread([](auto& t) -> auto& { return t.zookeeper_exit; })},
    };
    return all;
}

Numbers numbers_of(const std::filesystem::path& file, const std::string& key, const Json& value) {
    Numbers numbers;
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& each : list) {
        if (!each.is_number() || !(each.get<double>() >= 0.0)) {
            refuse(file, fmt::format("{}: numbers from 0 up are wanted", scenarios::quoted(key)));
        }
        numbers.push_back(each.get<double>());
    }
    return numbers;
}

/// Medians above 0 and up to three hours, in ms, shares and ratios alike; nothing shrinks beyond
/// its median.
void check(const std::filesystem::path& file, const std::string& key, const Numbers& numbers) {
    constexpr double most = 1e7;
    const bool fits =
        numbers.front() > 0.0 && numbers.back() >= numbers.front() && numbers.back() <= most;
    const bool ratio = key.ends_with("_slowness_p95");
    if (!fits || (ratio && (numbers.front() < 1.0 || numbers.front() > 100.0))) {
        refuse(file,
               fmt::format("{}: above 0, ascending and at most {:g}; ratios from 1 to 100",
                           scenarios::quoted(key),
                           most));
    }
}

}  // namespace

MeasuredTimes read_measured_times(const std::filesystem::path& file) {
    const JsonFile json = JsonFile::read(file);
    MeasuredTimes times;
    if (!json.root().is_object()) refuse(file, "an object is wanted");
    for (const auto& [key, value] : json.root().items()) {
        const auto found = settings().find(key);
        if (found == settings().end()) {
            refuse(file, fmt::format("{} is not measured", scenarios::quoted(key)));
        }
        const Numbers numbers = numbers_of(file, key, value);
        if (numbers.size() != found->second.numbers) {
            refuse(
                file,
                fmt::format("{} takes {} numbers", scenarios::quoted(key), found->second.numbers));
        }
        check(file, key, numbers);
        found->second.set(times, numbers);
    }
    return times;
}

}  // namespace rollcast::scenarios
