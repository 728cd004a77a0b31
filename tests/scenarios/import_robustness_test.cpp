// Every dump cut anywhere, and bytes of chance: an error with a place or a whole result, never a
// crash, and never a smaller cluster that looks whole.
#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "scenarios/format/load_case.hpp"
#include "scenarios/import/import.hpp"
#include "scenarios/import/sources.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::scenarios;
namespace fs = std::filesystem;

namespace {

/// Reads `text` as what it looks like; an error of a reader is fine, anything else is not.
void read_as_it_looks(std::string_view text) {
    const std::optional<DumpShape> shape = recognise(text);
    if (!shape) return;
    try {
        switch (*shape) {
            case DumpShape::topics_describe:
                parse_topics_describe(text);
                break;
            case DumpShape::log_dirs:
                parse_log_dirs(text);
                break;
            case DumpShape::assignment:
                parse_assignment(text);
                break;
            case DumpShape::configs:
                parse_configs_describe(text);
                break;
            case DumpShape::api_versions:
                parse_api_versions(text);
                break;
            case DumpShape::consumer_groups:
                parse_consumer_groups(text);
                break;
            case DumpShape::kcat_json:
                parse_kcat_json(text);
                break;
            case DumpShape::kcat_text:
                parse_kcat_text(text);
                break;
        }
    } catch (const DumpError& error) {
        CHECK(error.line() >= 1);
        CHECK(error.column() >= 1);
        CHECK_FALSE(error.help().empty());
    }
}

/// Topology, racks and min ISR of an import: what a plan must never get wrong.
std::string essence(const ImportResult& result) {
    std::string text;
    for (const Json& cluster : result.case_document["fleet"]["clusters"]) {
        for (const Json& broker : cluster["brokers"])
            text += broker["numbers"].dump() + broker["racks"].dump();
        for (const Json& topic : cluster["topics"]) {
            text += topic["name"].dump() + topic["min_isr"].dump() + topic["placement"].dump();
        }
        text += cluster["consumer_groups"].dump();
    }
    return text;
}

bool tells(const ImportResult& result, const ImportResult& whole) {
    return result.warnings.size() > whole.warnings.size();
}

std::vector<fs::path> all_dumps() {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(dumps_folder())) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

TEST_CASE("a dump cut at any place is read whole or refused with a place") {
    for (const fs::path& file : all_dumps()) {
        CAPTURE(file.filename().string());
        const std::string text = file_text(file);
        for (std::size_t cut = 0; cut < text.size(); cut += 97) {
            read_as_it_looks(std::string_view(text).substr(0, cut));
        }
    }
}

TEST_CASE("an import with one dump cut is refused, or whole, or says what is odd") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const ScratchFolder folder("import-cut-" + cluster);
        fs::copy(dumps_folder() / cluster, folder.path());
        const ImportResult whole = import_sources({folder.path()}, {});
        for (const fs::path& file : all_dumps()) {
            const std::string name = file.filename().string();
            if (file.parent_path().filename() != cluster) continue;
            if (name.starts_with("configs-broker-") && name != "configs-broker-2.txt") continue;
            const std::string text = file_text(file);
            for (std::size_t cut = 0; cut < text.size(); cut += 997) {
                CAPTURE(name);
                CAPTURE(cut);
                folder.write(name, text.substr(0, cut));
                try {
                    const ImportResult result = import_sources({folder.path()}, {});
                    const bool same = essence(result) == essence(whole);
                    CHECK((same || tells(result, whole)));
                } catch (const InputError& error) {
                    CHECK_FALSE(error.diagnostics().empty());
                    CHECK_FALSE(error.diagnostics().front().help.empty());
                }
            }
            folder.write(name, text);
        }
    }
}

TEST_CASE("topics cut between two topics are noticed by any other source") {
    const ScratchFolder folder("import-cut-topics");
    fs::copy(dumps_folder() / "kraft-3.9", folder.path());
    const std::string text = real_dump("kraft-3.9/topics-describe.txt");
    folder.write("topics-describe.txt", text.substr(0, text.find("Topic: audit")));

    CHECK_THROWS_AS(import_sources({folder.path()}, {}), InputError);
}

TEST_CASE("property: bytes of chance never crash a reader") {
    CHECK(rc::check("random bytes", [](const std::string& text) { read_as_it_looks(text); }));
}

TEST_CASE("property: a dump with bytes of chance in it is read or refused") {
    std::vector<std::string> texts;
    for (const fs::path& file : all_dumps()) {
        if (fs::file_size(file) > 1) texts.push_back(file_text(file));
    }
    CHECK(rc::check("dumps with changed bytes", [&] {
        std::string text = *rc::gen::elementOf(texts);
        const auto changes = *rc::gen::inRange(1, 8);
        for (int i = 0; i < changes; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto byte = *rc::gen::arbitrary<char>();
            switch (*rc::gen::inRange(0, 3)) {
                case 0:
                    text[at] = byte;
                    break;
                case 1:
                    text.insert(at, 1, byte);
                    break;
                default:
                    text.erase(at, 1 + *rc::gen::inRange<std::size_t>(0, 40));
                    break;
            }
            if (text.empty()) text = "x";
        }
        read_as_it_looks(text);
    }));
}

TEST_CASE("line ends of Windows and a byte order mark change nothing of an import") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const ScratchFolder folder("import-crlf-" + cluster);
        for (const fs::path& file : all_dumps()) {
            if (file.parent_path().filename() != cluster) continue;
            std::string text = "\xEF\xBB\xBF";
            for (const char c : file_text(file)) {
                if (c == '\n') text += '\r';
                text += c;
            }
            folder.write(file.filename().string(), text);
        }
        CHECK(essence(import_sources({folder.path()}, {})) ==
              essence(import_sources({dumps_folder() / cluster}, {})));
    }
}
