#!/usr/bin/python3
"""Holds what `rollcast suite` writes for machines against the schemas of who reads it.

    tests/cli/formats_test.py --program ROLLCAST

JUnit by junit-10.xsd of Jenkins, SARIF by the schema of OASIS (tests/data/schemas): of a suite in
which runs pass and fail, files are refused, a metric is worse than the baseline, and names hold what
XML and URIs have to escape; of one in which all is well; of one that was ended before its time. Exits
77 (skipped) where xmllint or jsonschema is not installed.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
SCHEMAS = Path(__file__).resolve().parent.parent / "data/schemas"

CASE = {"rollcast_case": 1, "name": "small", "fleet": {"clusters": [{
    "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {"nodes": 3},
    "topics": [{"name": "orders", "partitions": 12, "rf": 3, "min_isr": 2,
                "write_bytes_per_s": 2000000}]}]}}


def scenario(value, **more):
    return {"rollcast_scenario": 1, "teaches": "Steps take <time> & \"patience\".",
            "case": "case.json", "policy": "one",
            "expect": [{"metric": "makespan", "is": ">=", "value": value,
                        "because": "]]> \u0007 \u00e9"}], **more}


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1),
                    encoding="utf-8")


def suite(program, folder, code, *more):
    """JUnit and SARIF of a suite over `folder`, whose exit code has to be `code`."""
    done = subprocess.run([program, "suite", ".", "--junit", "j.xml", "--sarif", "s.json", *more],
                          cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, f"exit code {done.returncode}, not {code}: {done.stderr}"
    return folder / "j.xml", json.loads((folder / "s.json").read_text(encoding="utf-8"))


def hold(junit, sarif):
    """Both are valid, and the schemas are no schemas that let everything pass."""
    import jsonschema
    xsd = ["xmllint", "--noout", "--nonet", "--schema", str(SCHEMAS / "junit-10.xsd")]
    done = subprocess.run([*xsd, junit], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    judge = jsonschema.Draft4Validator(schema)
    wrong = [f"{list(e.absolute_path)}: {e.message}" for e in judge.iter_errors(sarif)]
    assert not wrong, "\n".join(wrong)

    spoilt = junit.read_text(encoding="utf-8").replace("<testcase ", "<testcase file=\"f\" ", 1)
    write(junit.parent, "spoilt.xml", spoilt)
    done = subprocess.run([*xsd, junit.parent / "spoilt.xml"], capture_output=True, check=False)
    assert done.returncode != 0, "the schema of JUnit lets everything pass"
    assert list(judge.iter_errors({**sarif, "version": "2.0.0"})), "that of SARIF does"


def test_everything_at_once(program, folder):
    write(folder, "case.json", CASE)
    write(folder, "good.scenario.json", scenario("1 h", sampled=True, seeds={"count": 3}))
    suite(program, folder, 0, "--baseline", "b.json", "--update-baseline")
    write(folder, "good.scenario.json", scenario("1 h", sampled=True, seeds={"count": 3},
                                                  set={"/case/step": {"reimage_s": 4000}}))
    write(folder, "a b&c/<bad> \u00e9'\"#%.scenario.json",
          scenario("900 d", case="../case.json"))
    write(folder, "refused.scenario.json", scenario("900 d", fidelity="<&>"))
    write(folder, "no json.scenario.json", "{")
    junit, sarif = suite(program, folder, 2, "--baseline", "b.json")
    hold(junit, sarif)
    rules = {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert {"expectation-failed", "worse-than-baseline"} < rules and len(rules) >= 4, rules
    named = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert named == rules, named ^ rules
    text = junit.read_text(encoding="utf-8")
    for part in ("type=\"regression\"", "type=\"expectation\"", "type=\"bad input\""):
        assert part in text, part


def test_all_is_well(program, folder):
    write(folder, "case.json", CASE)
    write(folder, "good.scenario.json", scenario("1 h"))
    junit, sarif = suite(program, folder, 0)
    hold(junit, sarif)
    assert sarif["runs"][0]["results"] == []


def test_ended_before_its_time(program, folder):
    write(folder, "case.json", CASE)
    write(folder, "many.scenario.json", scenario("1 h", sampled=True, seeds={"count": 100_000}))
    junit = folder / "j.xml"
    subprocess.run(["timeout", "-s", "INT", "0.7", program, "suite", ".", "--junit", "j.xml", "--sarif",
                    "s.json"], cwd=folder, capture_output=True, check=False)
    hold(junit, json.loads((folder / "s.json").read_text(encoding="utf-8")))
    assert "<skipped" in junit.read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, type=Path)
    program = parser.parse_args().program.resolve()
    try:
        import jsonschema  # noqa: F401, pylint: disable=unused-import
    except ImportError:
        return SKIPPED
    if shutil.which("xmllint") is None:
        return SKIPPED
    for test in (test_everything_at_once, test_all_is_well, test_ended_before_its_time):
        with tempfile.TemporaryDirectory() as folder:
            test(program, Path(folder))
        print(f"{test.__name__}: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
