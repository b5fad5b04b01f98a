#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Parsing, help, mistakes on the command line."""

from clitest import SOURCE, RULE, VERBS, Case, HostCase, run

import tap


class Help(Case):
    def check_page(self, answer):
        self.expect(answer, 0)
        self.assertEqual(answer.err, "")
        lines = answer.out.splitlines()
        self.assertLessEqual(len(lines), 24, "a terminal shows 24 lines")
        for line in lines:
            self.assertLessEqual(len(line), 80, line)

    def test_program(self):
        for option in ("--help", "-h", "help"):
            answer = run(option)
            self.check_page(answer)
            for verb in VERBS:
                # The rare ones share a line.
                self.assertRegex(answer.out, rf"\n  {verb} |\nAlso: .*\b{verb}\b")

    def test_each_verb(self):
        for verb in VERBS:
            with self.subTest(verb):
                answer = run(verb, "--help")
                self.check_page(answer)
                self.assertTrue(answer.out.startswith(f"usage: kvmtune {verb}"))

    def test_help_of_a_verb(self):
        self.assertEqual(run("help", "audit").out, run("audit", "--help").out)
        self.expect_error(run("help", "nothing"), 2, "there is no verb 'nothing'")

    def test_hidden_verbs_are_hidden(self):
        for verb in ("timer", "dump", "complete"):
            self.assertNotIn(f"\n  {verb} ", run("--help").out)

    def test_version(self):
        for arguments in (["--version"], ["-V"], ["audit", "--version"]):
            answer = self.expect(run(*arguments), 0)
            self.assertRegex(answer.out, r"^kvmtune \d+\.\d+\.\d+\n$")


class Why(Case):
    def test_messages(self):
        text = "error: internal error: shares '0' must be in range [2, 262144]\n\x1b[2Jerror: odd\n"
        answer = self.expect(run("why", "-", stdin=None, input=text), 1)
        self.assertIn("guest.cpu.shares", answer.out)
        self.assertIn("kvmtune has no explanation", answer.out)
        self.assertNotIn("\x1b", answer.out)
        answer = self.expect(run("why", "-", "--json", stdin=None, input=text), 1)
        self.assertEqual(answer.json["messages"][1]["means"], None)

    def test_nothing(self):
        self.expect(run("why", "-"), 0)
        self.expect_error(run("why", "-", "--try"), 2, "--try wants a guest")


class Mistakes(Case):
    def test_no_verb(self):
        self.expect_error(run(), 2, "a verb is missing", "hint: ")

    def test_unknown_verb(self):
        self.expect_error(run("aduit"), 2, "there is no verb 'aduit'", "hint: did you mean 'audit'?")
        self.expect_error(run("frobnicate"), 2, "hint: 'kvmtune --help' lists the verbs")

    def test_hidden_verbs_are_not_suggested(self):
        self.assertNotIn("did you mean", run("timr").err)

    def test_unknown_option(self):
        self.expect_error(run("audit", "--frobnicate"), 2, "--frobnicate", "hint: ")
        self.expect_error(run("--frobnicate", "audit"), 2, "--frobnicate")

    def test_option_of_another_verb(self):
        self.expect_error(run("audit", "--yes"), 2, "--yes")

    def test_missing_argument_of_option(self):
        self.expect_error(run("--root"), 2, "--root")

    def test_too_many_arguments(self):
        self.expect_error(run("explain", "a", "b"), 2, "'b' is one argument too many")
        self.expect_error(run("status", "x"), 2, "one argument too many")

    def test_too_few_arguments(self):
        self.expect_error(run("explain"), 2, "explain wants ID")

    def test_values(self):
        for arguments in (
            ["--color=sometimes", "practices"],
            ["--debug=7", "practices"],
            ["--debug=x", "practices"],
            ["audit", "--fail-on=bad"],
            ["--deadline=0", "status"],
            ["--deadline=1d", "status"],
            ["--deadline=2h", "status"],
            ["plan", "--least=worst"],
            ["plan", "--max-risk=none"],
            ["guides", "--verdict=maybe"],
            ["apply", "--confirm-within=soon"],
            ["apply", "--confirm-within=25h"],
            ["undo", "zero"],
            ["undo", "0"],
            ["verify", "-5x"],
            ["completion", "tcsh"],
            ["restart", "x", "--mode=magic"],
            ["restart", "x", "--timeout=2h"],
            ["dump", "nothing"],
            ["complete", "nothing"],
        ):
            with self.subTest(arguments):
                self.expect_error(run(*arguments), 2)

    def test_unknown_practice(self):
        self.expect_error(
            run("explain", "host.swappinness"), 2, "'host.swappinness'", "did you mean 'host.swappiness'?"
        )
        self.expect_error(run("audit", "--rule", "hots.*"), 2, "--rule", "'hots.*'")
        self.expect_error(run("audit", "--skip", "x,host.swappiness"), 2, "--skip", "'x'")
        self.expect_error(run("practices", "nothing.*"), 2)

    def test_elsewhere(self):
        rows = {row["id"]: row for row in self.expect(run("practices", "--json"), 0).json["elsewhere"]}
        self.assertEqual(rows["guest.vcpu.overcommit"]["home"], "host.cpu-overcommit")
        self.assertFalse(rows["guest.vcpu.overcommit"]["is_awaited"])
        for name, row in rows.items():
            told = self.expect(run("explain", name), 0).out
            self.assertTrue(told.startswith(f"{name}: "))
            self.assertEqual(self.expect(run("explain", name, "--json"), 0).json["elsewhere"], row)
        self.expect(run("practices", "rule.*", "--json"), 0)
        self.expect_error(run("practices", "rule.*"), 2, "'rule.*'")

    def test_missing_root(self):
        self.expect_error(run("audit", "--root", "/does/not/exist"), 3, "/does/not/exist")

    def test_missing_config(self):
        self.expect_error(run("audit", "--config-file", "/does/not/exist"), 2, "/does/not/exist")

    def test_missing_plan(self):
        self.expect_error(run("apply", "/does/not/exist"), 3, "/does/not/exist")

    def test_broken_plan(self):
        for text in ("", "{", "[]", '{"kind": "x"}', '{"schema_version": 1, "kind": "kvmtune-audit"}'):
            with self.subTest(text):
                answer = run("apply", "-", stdin=None, input=text)
                self.expect_error(answer, 3, "standard input")

    def test_json_errors(self):
        for arguments in (["--json"], ["--json", "aduit"], ["apply", "/x", "--json"], ["explain", "x", "--json"]):
            with self.subTest(arguments):
                answer = run(*arguments)
                error = answer.json["error"]
                self.assertEqual(answer.json["schema_version"], 1)
                self.assertEqual(set(error), {"code", "message", "hint", "exit_status"})
                self.assertEqual(error["exit_status"], answer.status)
                self.assertIn(error["message"], answer.err)

    def test_control_characters(self):
        self.assertNotIn("\x1b", run("explain", "\x1b[2J").err)


class Parsing(HostCase):
    def test_guides(self):
        answer = self.expect(run("guides", "host.swap*", "--verdict", "wrong,right", "--json"), 0)
        self.assertEqual(answer.json["kind"], "kvmtune-guides")
        claims = [claim for guide in answer.json["guides"] for claim in guide["claims"]]
        self.assertEqual({claim["verdict"] for claim in claims}, {"wrong", "right"})
        self.assertTrue(all(claim["practice"].startswith("host.swap") for claim in claims))
        self.expect_error(run("guides", "nothing.*"), 2, "'nothing.*'")
        told = self.expect(self.kvmtune("explain", "host.swappiness"), 0).out
        self.assertIn("What guides say", told)

    def test_global_options_before_and_after(self):
        self.expect(run("--root", self.root, "audit", RULE), 0)
        self.expect(run("audit", RULE, "--root", self.root), 0)
        self.expect(run("audit", f"--root={self.root}", "--json", RULE), 0)

    def test_later_wins(self):
        self.expect(run("--root=/does/not/exist", "audit", RULE, "--root", self.root), 0)

    def test_double_dash(self):
        answer = self.kvmtune("audit", RULE, "--", "--json")
        self.expect_error(answer, 3, "there is no guest '--json'")

    def test_lists(self):
        one = self.kvmtune("audit", "--rule=host.swappiness,host.aio-max-nr", "--json").json
        two = self.kvmtune("audit", "--only=host.swappiness", "--rule", "host.aio-max-nr", "--json").json
        ids = {result["practice"] for result in one["results"]}
        self.assertEqual(ids, {"host.swappiness", "host.aio-max-nr"})
        self.assertEqual(ids, {result["practice"] for result in two["results"]})

    def test_skip(self):
        answer = self.kvmtune("audit", "--skip=host.swappiness", "--json").json
        self.assertNotIn("host.swappiness", {result["practice"] for result in answer["results"]})

    def test_fail_on(self):
        for level, status in (
            ("never", 0),
            ("critical", 0),
            ("high", 0),
            ("error", 0),
            ("medium", 1),
            ("warning", 1),
            ("low", 1),
            ("notice", 1),
            ("info", 1),
        ):
            with self.subTest(level):
                self.expect(self.kvmtune("audit", RULE, f"--fail-on={level}"), status)
        self.expect(self.kvmtune("audit", RULE), 0)

    def test_guest_by_name_uuid_or_number(self):
        for word in ("test", "6695eb01-f6a4-8304-79aa-97f2502e193f", "1"):
            with self.subTest(word):
                audit = self.expect(self.kvmtune("-c", "test:///default", "audit", word, "--json"), 0)
                self.assertEqual(audit.json["guests"][0]["name"], "test")
        answer = self.kvmtune("-c", "test:///default", "audit", "2")
        self.expect_error(answer, 3, "there is no guest '2'")

    def test_get(self):
        host = SOURCE / "tests/hosts/two-sockets-smt"
        answer = self.expect(run("--root", host, "get", "oltp"), 0)
        self.assertIn("pin.vcpu.0-15                16-31,48-63       16-31,48-63       16-31,48-63",
                      answer.out)
        rows = {row["key"]: row for row in
                self.expect(run("--root", host, "get", "oltp", "--json"), 0).json["settings"]}
        self.assertEqual((rows["disk.vda.cache"]["config"], rows["cpu.shares"]["effective"]),
                         ("writeback", "100"))
        self.expect_error(run("--root", host, "get", "oltp", "nothing.*"), 2, "no setting 'nothing.*'")
        self.expect_error(run("--root", host, "set", "oltp", "vcpus=1"), 3, "cannot be changed")

    def test_set_usage(self):
        for words, status, text in (
            (["vcpus"], 2, "'vcpus' is not KEY=VALUE"),
            (["vcpus=1", "vcpus=2"], 2, "set twice"),
            (["vcpus=0"], 2, "'0' is no number from 1"),
            (["cpu.sharse=1"], 2, "there is no setting 'cpu.sharse'"),
            (["vcpus=9"], 3, "9 is above the guest's vcpus.max of 2"),
            (["pin.vcpu.7=0"], 3, "the guest has no vCPU '7'"),
            (["vcpus=1", "--for", "1h", "--until", "18:30"], 2, "the same twice"),
            (["vcpus=1", "--until", "noon"], 2, "'noon' is no time"),
        ):
            with self.subTest(words):
                answer = self.kvmtune("-c", "test:///default", "set", "test", *words)
                self.expect_error(answer, status, text)

    def test_set_definition(self):
        answer = self.kvmtune("-c", "test:///default", "set", "test", "pin.vcpu.0-1=0", "--config",
                              "--dry-run")
        self.assertIn("vcpupin[@vcpu='0-1']/@cpuset: (absent) -> 0", answer.out)

    def test_unknown_guest(self):
        self.expect_error(self.kvmtune("audit", "nobody"), 3, "there is no guest 'nobody'")
        self.expect_error(self.kvmtune("plan", "nobody"), 3, "there is no guest 'nobody'")


if __name__ == "__main__":
    tap.main()
