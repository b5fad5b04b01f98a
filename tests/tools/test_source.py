# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""check-source finds each kind of fault, and leaves good code alone."""

import pathlib
import subprocess
import tempfile
import textwrap
import unittest

import tap

from source_rules import exceptions, lex, rules

SPDX = (
    "/* SPDX-" "License-Identifier: LGPL-2.1-or-later */\n"
    "/* SPDX-" "FileCopyrightText: 2026 The kvmtune authors */\n"
)

GOOD = """
static KtVerdict
evaluate(const KtFacts *facts, KtTarget target, KtSink *out)
{
	const KtCpu *cpu = &facts->cpus[target.index];

	if (!kt_known(cpu->governor))
		return KT_VERDICT_UNKNOWN;
	kt_sink_change(out, (KtChange){.knob = KT_KNOB_CPU_GOVERNOR, .to = "performance"});
	kt_throw(error, KT_ERROR_PARSE, "'%s' is no CPU", name);
	return KT_VERDICT_FINDING; /* the table below says what it means */
}

static const KtField cpu_fields[] = {
	KT_FIELD(KtCpu, id, .doc = "kernel CPU number"),
	{.name = "governor", .source = "/sys/devices"},
	[KT_CPU_ID] = {.name = "id"},
	{NULL},
};
static const char *const names[KT_N] = {[KT_A] = "a", [KT_B] = "b"};
static const int primes[] = {2, 3, 5};
static KtCpuset none = {0};
static const char *const *sources = (const char *const[]){"kernel", NULL};
"""


def found(text, path="src/practices/cpu-governor.c"):
    """The rules that a piece of C breaks."""
    return [problem.rule for problem in rules.check(path, SPDX + textwrap.dedent(text))]


def function(lines=1, body="\tcall();\n", parameters="void", name="f"):
    return f"static void\n{name}({parameters})\n{{\n{body * lines}}}\n"


class Calls(unittest.TestCase):
    def test_good_code_passes(self):
        self.assertEqual(found(GOOD), [])

    def test_banned_calls(self):
        for call in ("strtok(a, b)", "sprintf(a, b)", "system(a)", "popen(a, b)", "atoi(a)", "rand()", "sleep(1)"):
            with self.subTest(call):
                self.assertEqual(found(f"void f(void)\n{{\n\t{call};\n}}\n"), ["banned-call"])

    def test_a_member_or_a_longer_name_is_no_call(self):
        self.assertEqual(found("void f(void)\n{\n\tops->system(a);\n\tmy_system(a);\n}\n"), [])

    def test_a_name_in_a_comment_or_string_is_no_call(self):
        self.assertEqual(found('/* system(a) */\nconst char *a = "system(b)";\n'), [])

    def test_a_call_in_a_macro_is_found(self):
        self.assertEqual(found("#define RUN(x) \\\n\tsystem(x)\n"), ["banned-call"])

    def test_libraries_do_not_print(self):
        text = 'void f(void)\n{\n\tg_print("x");\n}\n'
        self.assertEqual(found(text, "src/apply/kt-a.c"), ["banned-call"])
        self.assertEqual(found(text, "src/cli/kt-a.c"), [])

    def test_tests_may_wait(self):
        self.assertEqual(found("void f(void)\n{\n\tg_usleep(1);\n}\n", "tests/unit/a.c"), [])

    def test_goto(self):
        self.assertEqual(found("void f(void)\n{\n\tgoto out;\n}\n"), ["goto"])


class Texts(unittest.TestCase):
    def test_paths_of_the_host(self):
        text = 'const char *a = "/sys/kernel/mm";\n'
        self.assertEqual(found(text, "src/report/kt-a.c"), ["absolute-path"])
        self.assertEqual(found(text, "src/collect/kt-a.c"), [])

    def test_error_texts(self):
        for message in ("Cannot open", "cannot open.", "cannot open\\n", 'open \\"%s\\"'):
            with self.subTest(message):
                text = f'void f(void)\n{{\n\tkt_throw(error, KT_ERROR_IO, "{message}", g(a, b));\n}}\n'
                self.assertEqual(found(text), ["error-text"])

    def test_error_texts_that_are_right(self):
        for message in ("'%s' is no CPU", "XML is broken", "waiting..."):
            with self.subTest(message):
                text = f'void f(void)\n{{\n\tkt_throw_hint(error, CODE, "Do this.", "{message}");\n}}\n'
                self.assertEqual(found(text), [])

    def test_words(self):
        for word in ("/wor" "k/x", "TO" "DO: later", "see issue" " 12", "py" "pi.org"):
            with self.subTest(word):
                self.assertEqual(found(f"/* {word} */\n"), ["word"])

    def test_spdx(self):
        problems = rules.check("src/base/a.c", "int a;\n")
        self.assertEqual([problem.rule for problem in problems], ["spdx", "spdx"])

    def test_commented_out(self):
        self.assertEqual(found("/* call(a); */\n"), ["commented-out"])
        self.assertEqual(found("// if (a) {\n"), ["commented-out"])
        self.assertEqual(found("/* why it calls; and what for */\n"), [])
        self.assertEqual(found("/* Ranges of nobody (RFC 7042): zeros;\n * the prefix of QEMU;\n * more. */\n"), [])


class Sizes(unittest.TestCase):
    def test_function_lines(self):
        self.assertEqual(found(function(lines=76)), [])
        self.assertEqual(found(function(lines=77)), ["function-lines"])

    def test_evaluate_is_shorter(self):
        self.assertEqual(found(function(lines=37, name="evaluate")), ["function-lines"])
        self.assertEqual(found(function(lines=37, name="evaluate"), "src/plan/a.c"), [])

    def test_complexity(self):
        self.assertEqual(found(function(lines=14, body="\tif (a)\n\t\tb();\n")), [])
        self.assertEqual(found(function(lines=15, body="\tif (a)\n\t\tb();\n")), ["complexity"])
        self.assertEqual(found(function(lines=8, body="\ta = b && c || d;\n")), ["complexity"])

    def test_nesting(self):
        self.assertEqual(found(function(body="if(a){for(;;){while(b){switch(c){}}}}\n")), [])
        deep = "if(a){for(;;){while(b){kt_cpuset_foreach(s, c){if(d){}}}}}\n"
        self.assertEqual(found(function(body=deep)), ["nesting"])

    def test_initialisers_do_not_nest(self):
        self.assertEqual(found(function(body="if(a){f((T){.a={.b={.c={.d={0}}}}});}\n")), [])

    def test_parameters(self):
        self.assertEqual(found(function(parameters="int a, int b, int c, int d, int e, int f")), [])
        seven = "int a, int b, int c, int d, int e, int f, int (*g)(int, int)"
        self.assertEqual(found(function(parameters=seven)), ["parameters"])

    def test_file_lines(self):
        text = "/* why */\n" * 600
        self.assertEqual(found(text, "src/base/a.c"), ["file-lines"])
        self.assertEqual(found(text, "src/base/a.inc"), [])
        self.assertEqual(found("/* why */\n" * 200, "src/base/a.h"), ["file-lines"])


class Tables(unittest.TestCase):
    def test_positional_rows(self):
        for text in (
            'static const Row rows[] = {\n\t{"a", 1},\n\t{"b", 2},\n};\n',
            'static const Row rows[N] = {\n\t[A] = {"a", 1},\n};\n',
            "static const Row row = {1, 2};\n",
            "void f(void)\n{\n\tg((Row){1, 2});\n}\n",
            "static const Row rows[] = {\n\t{.a = 1},\n\t{2},\n};\n",
        ):
            with self.subTest(text):
                self.assertEqual(found(text), ["positional-row"])

    def test_all_zero_needs_no_names(self):
        for text in ("static Row row = {0};\n", "static Row row = {{0}};\n", "static Row row = {NULL};\n"):
            with self.subTest(text):
                self.assertEqual(found(text), [])

    def test_a_test_may_have_its_columns_above_its_rows(self):
        text = 'void f(void)\n{\n\tstatic const struct {\n\t\tint a;\n\t} rows[] = {\n\t\t{1, 2},\n\t};\n}\n'
        self.assertEqual(found(text, "tests/unit/a.c"), [])
        self.assertEqual(found(text), ["positional-row"])

    def test_a_block_after_a_condition_is_no_row(self):
        self.assertEqual(found("void f(void)\n{\n\tif (a) {\n\t\tb(1, 2);\n\t}\n}\n"), [])


class Headers(unittest.TestCase):
    CHAPTER = "#pragma once\n/* What this is for. */\n#include <glib.h>\n\n"

    def header(self, text):
        return found(self.CHAPTER + text, "src/base/kt-a.h")

    def test_undocumented(self):
        self.assertEqual(self.header("int kt_a_get(void);\n"), ["undocumented"])

    def test_a_comment_serves_the_block_below_it(self):
        self.assertEqual(self.header("/* Both. */\nint kt_a_get(void);\nint kt_a_put(void);\n"), [])
        self.assertEqual(self.header("/* One. */\nint kt_a_get(void);\n\nint kt_a_put(void);\n"), ["undocumented"])

    def test_a_comment_on_its_own_serves_nothing(self):
        self.assertEqual(self.header("/* Chapter. */\n\nint kt_a_get(void);\n"), ["undocumented"])

    def test_functions_returning_structs_count(self):
        self.assertEqual(self.header("struct kt *kt_a_get(void);\n"), ["undocumented"])

    def test_macro_statements_do_not_hide_the_next_prototype(self):
        text = "void kt_a_free(KtA *a);\nG_DEFINE_AUTOPTR_CLEANUP_FUNC(KtA, kt_a_free)\n\nint kt_a_get(void);\n"
        self.assertEqual(self.header(text), ["undocumented"])
        text = text.replace("\n\nint", "\n\n/* What. */\nint")
        self.assertEqual(self.header(text), [])

    def test_types_need_no_comment(self):
        self.assertEqual(self.header("typedef struct KtA {\n\tint (*get)(void);\n} KtA;\n"), [])

    def test_chapter(self):
        text = "#pragma once\n#include <glib.h>\n/* The one. */\nint kt_a_get(void);\n"
        self.assertEqual(found(text, "src/base/kt-a.h"), [])
        text = "#pragma once\n#include <glib.h>\nextern int a;\n"
        self.assertEqual(found(text, "src/base/kt-a.h"), ["header-chapter"])


class Lexer(unittest.TestCase):
    def test_functions_and_their_sizes(self):
        text = "int a;\n\nstatic int\nfirst(int b, char *c)\n{\n\treturn b;\n}\n\nint second(void) { return 1; }\n"
        functions = lex.functions(lex.tokenize(text))
        self.assertEqual(
            [(f.name, f.line, f.lines, f.parameters) for f in functions],
            [("first", 3, 5, 2), ("second", 9, 1, 0)],
        )

    def test_tables_are_no_functions(self):
        text = "KT_PRACTICE(a) = {\n\t.b = c(d),\n};\nstruct S {\n\tint a;\n};\n"
        self.assertEqual(lex.functions(lex.tokenize(text)), [])

    def test_strings_hide_braces(self):
        functions = lex.functions(lex.tokenize("void f(void)\n{\n\tg(\"}{\", '}');\n}\n"))
        self.assertEqual([f.lines for f in functions], [4])


class Exceptions(unittest.TestCase):
    PROBLEM = rules.Problem("complexity", "src/a.c", 3, "", "f", 20)

    def judge(self, text, earlier=()):
        entries, limit, faults = exceptions.parse(text)
        self.assertEqual(faults, [])
        for entry in entries:
            entry.used = entry.covers(self.PROBLEM)
        return [fault for _, fault in exceptions.judge(entries, limit, earlier)]

    def test_a_needed_exception_passes(self):
        self.assertEqual(self.judge("limit 1\ncomplexity src/a.c:f 20  # a parser\n", [1, 2]), [])

    def test_it_covers_no_more_than_its_value(self):
        self.assertIn("no longer needed", self.judge("limit 1\ncomplexity src/a.c:f 19  # x\n")[0])

    def test_an_unneeded_one_is_a_fault(self):
        self.assertIn("no longer needed", self.judge("limit 1\ncomplexity src/b.c:f 20  # x\n")[0])

    def test_the_list_cannot_grow(self):
        self.assertIn("may only shrink", self.judge("limit 0\ncomplexity src/a.c:f 20  # x\n")[0])
        self.assertIn("earlier commit", self.judge("limit 1\ncomplexity src/a.c:f 20  # x\n", [0, 1])[0])
        self.assertIn("lower the limit", self.judge("limit 2\ncomplexity src/a.c:f 20  # x\n")[0])

    def test_a_reason_is_needed(self):
        _, _, faults = exceptions.parse("complexity src/a.c:f 20\n")
        self.assertEqual(len(faults), 1)


class Program(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as name:
            for path, text in files.items():
                file = pathlib.Path(name, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            command = [tap.TOOLS / "check-source", "--root", name, *files]
            return subprocess.run(command, capture_output=True, text=True)

    def test_clean(self):
        done = self.run_on({"src/practices/a.c": SPDX + GOOD})
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_it_names_file_line_and_rule(self):
        done = self.run_on({"src/base/a.c": SPDX + "void f(void)\n{\n\tgoto out;\n}\n"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("src/base/a.c:5: goto:", done.stdout)


if __name__ == "__main__":
    tap.main()
