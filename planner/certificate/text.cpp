#include "planner/certificate/text.hpp"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace rollcast::planner::certificate {

namespace {

using models::MachineId;
using sim::Duration;
using sim::Instant;

constexpr std::string_view header = "certificate 1";

void add_proof(const Proof& proof, int depth, std::vector<std::string>& lines) {
    std::string line = fmt::format("proof {} {}", depth, to_string(proof.rule));
    for (std::size_t i = 0; i < proof.machines.size(); ++i) {
        line += fmt::format(" {}", proof.machines[i].value);
        if (i < proof.weights.size()) line += fmt::format("*{}", proof.weights[i]);
    }
    if (proof.claim > Duration{}) line += fmt::format(" claim {}", proof.claim.count());
    lines.push_back(std::move(line));
    for (const Proof& part : proof.parts) add_proof(part, depth + 1, lines);
}

/// The words of a line, one after another. Any reading that fails makes it bad for good.
class Words {
public:
    explicit Words(std::string_view line) : left_(line) {}

    bool done() const { return left_.empty(); }
    bool bad() const { return bad_; }

    std::string_view word() {
        if (left_.empty()) bad_ = true;
        const std::size_t space = left_.find(' ');
        const std::string_view word = left_.substr(0, space);
        left_ = space == std::string_view::npos ? std::string_view{} : left_.substr(space + 1);
        return word;
    }
    std::string_view rest() {
        const std::string_view all = left_;
        left_ = {};
        return all;
    }
    void expect(std::string_view wanted) {
        if (word() != wanted) bad_ = true;
    }
    template <class Number>
    Number number(std::string_view text, int base = 10) {
        Number value{};
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), value, base);
        if (error != std::errc{} || end != text.data() + text.size()) bad_ = true;
        return value;
    }
    Instant instant() { return Instant{} + Duration{number<std::int64_t>(word())}; }
    Duration duration() { return Duration{number<std::int64_t>(word())}; }
    void fail() { bad_ = true; }

private:
    std::string_view left_;
    bool bad_ = false;
};

class Lines {
public:
    Lines(const models::Fleet& fleet, const std::vector<std::string>& lines)
        : fleet_(fleet), lines_(lines) {}

    ReadCertificate read() {
        if (lines_.empty() || lines_.front() != header) {
            return {{}, 1, fmt::format("it does not begin with \"{}\"", header)};
        }
        bool ended = false;
        std::size_t i = 1;
        for (; i < lines_.size() && !ended; ++i) {
            Words words(lines_[i]);
            const std::string_view kind = words.word();
            ended = kind == "end";
            std::string problem = take(kind, words);
            if (!problem.empty()) return {{}, i + 1, problem};
        }
        if (!ended) return {{}, lines_.size(), "it is cut off: the line \"end\" is missing"};
        if (i != lines_.size()) return {{}, i + 1, "lines follow its end"};
        return {std::move(certificate_), 0, {}};
    }

private:
    std::string take(std::string_view kind, Words& words) {
        if (kind == "for") return take_for(words);
        if (kind == "claims") return take_claims(words);
        if (kind == "step") return take_step(words);
        if (kind == "proof") return take_proof(words);
        if (kind == "refutes") return take_refutation(words);
        if (kind == "end") return words.done() ? "" : "it does not read as an end";
        return "it is no statement of a certificate";
    }

    static std::string read_whole(const Words& words, std::string_view what) {
        return words.bad() || !words.done() ? fmt::format("it does not read as a {}", what) : "";
    }

    std::string take_for(Words& words) {
        words.expect("estate");
        certificate_.estate = words.number<std::uint64_t>(words.word(), 16);
        words.expect("plan");
        certificate_.plan = words.number<std::uint64_t>(words.word(), 16);
        words.expect("gate");
        const std::string_view gate = words.word();
        certificate_.gate = gate == to_string(models::Gate::shared_partitions)
                                ? models::Gate::shared_partitions
                                : models::Gate::broker_in_sync;
        words.expect("data_disk");
        const std::string_view disk = words.word();
        certificate_.data_disk = disk == to_string(models::DataDisk::wipe) ? models::DataDisk::wipe
                                                                           : models::DataDisk::keep;
        if (gate != to_string(certificate_.gate) || disk != to_string(certificate_.data_disk)) {
            words.fail();
        }
        return read_whole(words, "description of what it is for");
    }

    std::string take_claims(Words& words) {
        words.expect("makespan");
        certificate_.makespan = words.duration();
        words.expect("bound");
        certificate_.bound = words.duration();
        return read_whole(words, "claim");
    }

    std::string take_step(Words& words) {
        TimedStep step;
        step.machine = machine(words, words.word());
        step.start = words.instant();
        step.stopped = words.instant();
        step.registered = words.instant();
        step.in_sync = words.instant();
        step.end = words.instant();
        const std::string_view name = words.rest();
        if (words.bad()) return "it does not read as a step";
        if (name != fleet_.machines()[step.machine].name) {
            return fmt::format("machine {} is called {} in this case",
                               step.machine.value,
                               fleet_.machines()[step.machine].name);
        }
        certificate_.steps.push_back(step);
        return {};
    }

    MachineId machine(Words& words, std::string_view text) const {
        const MachineId m{words.number<std::uint32_t>(text)};
        if (!words.bad() && m.index() < fleet_.machines().size()) return m;
        words.fail();
        return MachineId{0};
    }

    std::string take_proof(Words& words) {
        constexpr std::size_t deepest = 100;
        const auto depth = words.number<std::size_t>(words.word());
        const std::optional<Rule> rule = rule_of(words.word());
        if (!rule) words.fail();
        Proof proof{.rule = rule.value_or(Rule::longest_step)};
        while (!words.done() && !words.bad()) {
            const std::string_view word = words.word();
            if (word == "claim") {
                proof.claim = words.duration();
                break;
            }
            const std::size_t star = word.find('*');
            proof.machines.push_back(machine(words, word.substr(0, star)));
            if (star == std::string_view::npos) continue;
            proof.weights.push_back(words.number<std::int64_t>(word.substr(star + 1)));
        }
        std::string problem = read_whole(words, "proof");
        if (!problem.empty()) return problem;
        // The path to the proof that was read last: a new one hangs below its end.
        Proof& root = certificate_.refutation.kind == Refutation::Kind::none
                          ? certificate_.proof
                          : certificate_.refutation.proof;
        if (depth > deepest || depth > depth_ || (depth == 0 && depth_ > 0)) {
            return "it hangs below no proof";
        }
        Proof* place = &root;
        for (std::size_t d = 1; d < depth; ++d) place = &place->parts.back();
        if (depth == 0) {
            root = std::move(proof);
        } else {
            place->parts.push_back(std::move(proof));
        }
        depth_ = depth + 1;
        return {};
    }

    std::string take_refutation(Words& words) {
        const auto kind = refutation_of(words.word());
        certificate_.refutation.subject = words.number<std::uint32_t>(words.word());
        if (!kind || *kind == Refutation::Kind::none) words.fail();
        certificate_.refutation.kind = kind.value_or(Refutation::Kind::none);
        return read_whole(words, "refutation");
    }

    const models::Fleet& fleet_;
    const std::vector<std::string>& lines_;
    Certificate certificate_;
    std::size_t depth_ = 0;  // a new proof may be at most so deep
};

}  // namespace

std::vector<std::string> to_lines(const models::Fleet& fleet, const Certificate& certificate) {
    std::vector<std::string> lines{
        std::string(header),
        fmt::format("for estate {:016x} plan {:016x} gate {} data_disk {}",
                    certificate.estate,
                    certificate.plan,
                    to_string(certificate.gate),
                    to_string(certificate.data_disk))};
    const Refutation& refutation = certificate.refutation;
    if (refutation.kind != Refutation::Kind::none) {
        lines.push_back(
            fmt::format("refutes {} {}", to_string(refutation.kind), refutation.subject));
        if (refutation.kind == Refutation::Kind::mixed_version_limit) {
            add_proof(refutation.proof, 0, lines);
        }
    } else {
        lines.push_back(fmt::format("claims makespan {} bound {}",
                                    certificate.makespan.count(),
                                    certificate.bound.count()));
        for (const TimedStep& step : certificate.steps) {
            lines.push_back(fmt::format("step {} {} {} {} {} {} {}",
                                        step.machine.value,
                                        step.start.count(),
                                        step.stopped.count(),
                                        step.registered.count(),
                                        step.in_sync.count(),
                                        step.end.count(),
                                        fleet.machines()[step.machine].name));
        }
        add_proof(certificate.proof, 0, lines);
    }
    lines.emplace_back("end");
    return lines;
}

ReadCertificate from_lines(const models::Fleet& fleet, const std::vector<std::string>& lines) {
    return Lines(fleet, lines).read();
}

}  // namespace rollcast::planner::certificate
