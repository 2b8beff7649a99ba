# SPDX-License-Identifier: GPL-3.0-or-later
"""sarif.py FILE: holds a log to what SARIF 2.1.0 (OASIS, 2020) demands of the properties that it has, section by section;
the schema itself, which is not packaged, is not asked. Prints the number of results."""
import json
import re
import sys
from urllib.parse import unquote, urlparse


def need(condition, what):
    if not condition:
        sys.exit("sarif.py: " + what)


def only(thing, required, optional, what):
    need(isinstance(thing, dict), what + " is no object")
    need(not required - thing.keys(), what + " lacks " + ", ".join(required - thing.keys()))
    strange = thing.keys() - required - optional
    need(not strange, what + " has " + ", ".join(strange))


def check_message(message):  # 3.11
    only(message, {"text"}, {"markdown", "id", "arguments", "properties"}, "a message")
    need(isinstance(message["text"], str) and message["text"], "a message is empty")


LEVELS = {"none", "note", "warning", "error"}  # 3.27.10


def check_rule(rule):  # 3.49
    only(rule, {"id"}, {"name", "shortDescription", "fullDescription", "helpUri", "help",
                        "defaultConfiguration", "properties"}, "a rule")
    check_message(rule["shortDescription"])
    need(rule["defaultConfiguration"]["level"] in LEVELS, "a rule's level")


def check_location(location):  # 3.28
    only(location, set(), {"id", "physicalLocation", "logicalLocations", "message"}, "a location")
    physical = location["physicalLocation"]  # 3.29
    only(physical, {"artifactLocation"}, {"region", "contextRegion"}, "a physical location")
    uri = physical["artifactLocation"]["uri"]  # 3.4.3, RFC 3986
    need(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), "a uri: " + uri)
    need(urlparse(uri).path == uri and unquote(uri), "a uri: " + uri)
    need(physical["region"]["startLine"] >= 1, "a region")
    for logical in location["logicalLocations"]:  # 3.33
        only(logical, {"name", "fullyQualifiedName", "kind"}, set(), "a logical location")


def check_result(result, rules):  # 3.27
    only(result, {"message", "ruleId"}, {"ruleIndex", "level", "kind", "locations", "properties",
                                         "partialFingerprints"}, "a result")
    check_message(result["message"])
    need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "a rule's index")
    need(result["level"] in LEVELS, "a level")
    need(len(result["locations"]) == 1, "one location")
    check_location(result["locations"][0])
    prints = result["partialFingerprints"]  # 3.27.17: names are hierarchical, with a version
    need(prints and all(re.fullmatch(r"[A-Za-z]+/v\d+", k) and re.fullmatch(r"[0-9a-f]{64}", v)
                        for k, v in prints.items()), "fingerprints")


def check_run(run):  # 3.14
    only(run, {"tool"}, {"results", "invocations", "columnKind", "properties"}, "a run")
    driver = run["tool"]["driver"]  # 3.19
    only(driver, {"name"}, {"version", "rules", "informationUri"}, "a driver")
    rules = driver["rules"]
    need(len({rule["id"] for rule in rules}) == len(rules), "two rules of one id")
    for rule in rules:
        check_rule(rule)
    need(run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}, "columnKind")
    for invocation in run["invocations"]:  # 3.20.14
        need(isinstance(invocation["executionSuccessful"], bool), "executionSuccessful")
    need(len(run["results"]) <= 25000, "more results than a site takes")
    for result in run["results"]:
        check_result(result, rules)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        log = json.load(file)
    only(log, {"version", "runs"}, {"$schema", "inlineExternalProperties", "properties"}, "the log")
    need(log["version"] == "2.1.0", "the version")
    need(len(log["runs"]) == 1, "one run")
    check_run(log["runs"][0])
    print(len(log["runs"][0]["results"]))


main()
