# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The rules of the code that compilers, clang-format and clang-tidy cannot check.

A rule is a function that takes a File and yields Problems; RULES at the end lists them.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from . import lex


@dataclass
class Problem:
    rule: str
    path: str
    line: int
    text: str
    name: str = ""  # function or word, for exceptions
    value: int = None  # what was measured, for exceptions


class File:
    """A file of the project with what the rules ask about it, computed when asked."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h", ".inc"))

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def layer(self):
        """Folder below src/, or "" elsewhere."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else ""

    @cached_property
    def tokens(self):
        return lex.tokenize(self.text)

    @cached_property
    def code(self):
        return lex.with_macros(self.tokens)

    @cached_property
    def functions(self):
        return lex.functions(self.tokens)

    @cached_property
    def statements(self):
        return lex.statements(self.tokens)


# --- calls ---------------------------------------------------------------------------------

UNSAFE = {
    "alloca": "the stack has a limit: g_malloc",
    "asctime": "GDateTime",
    "atof": "g_ascii_strtod",
    "atoi": "g_ascii_string_to_unsigned",
    "atol": "g_ascii_string_to_unsigned",
    "atoll": "g_ascii_string_to_unsigned",
    "ctime": "GDateTime",
    "gets": "read with a limit",
    "gmtime": "GDateTime",
    "localtime": "GDateTime",
    "mktemp": "g_mkdtemp, mkostemp",
    "popen": "g_spawn_sync with an argument list",
    "rand": "g_test_rand_int, GRand with a seed",
    "random": "g_test_rand_int, GRand with a seed",
    "sprintf": "g_strdup_printf, g_snprintf",
    "srand": "GRand with a seed",
    "strcat": "GString, g_strconcat",
    "strcpy": "g_strdup, g_strlcpy",
    "strncat": "GString",
    "strncpy": "g_strlcpy",
    "strtok": "g_strsplit",
    "strtok_r": "g_strsplit",
    "system": "g_spawn_sync with an argument list",
    "tempnam": "g_mkdtemp, mkostemp",
    "tmpnam": "g_mkdtemp, mkostemp",
    "vsprintf": "g_strdup_vprintf",
}

# Only in src/: a test may wait, and may allocate as the library under test does.
CARELESS = {
    "assert": "g_assert",
    "calloc": "g_new0",
    "g_usleep": "wait for an event with a deadline",
    "malloc": "g_new, g_malloc",
    "realloc": "g_renew, GArray",
    "scanf": "a parser that reports where it stopped",
    "signal": "sigaction, g_unix_signal_add",
    "sleep": "wait for an event with a deadline",
    "sscanf": "a parser that reports where it stopped",
    "strdup": "g_strdup",
    "strerror": "g_strerror",
    "usleep": "wait for an event with a deadline",
}

# What only some folders may do, since they are the edge of the program.
EDGES = [
    (
        {"printf", "puts", "putchar", "vprintf", "g_print", "g_printerr", "perror"},
        {"cli"},
        "library code never prints",
    ),
    (
        {"g_message", "g_warning", "g_info", "g_critical", "g_error"},
        {"cli"},
        "return the error; only g_debug is for libraries",
    ),
    ({"exit", "quick_exit"}, {"cli"}, "return the error"),
    # base/ has the fault points, virt/ the connection URI as virsh finds it.
    ({"getenv", "g_getenv", "secure_getenv"}, {"base", "virt", "collect", "cli"}, "pass it as a parameter"),
    ({"setenv", "g_setenv", "unsetenv", "g_unsetenv"}, {"cli"}, "it is not safe beside threads"),
    (
        {"time", "clock_gettime", "gettimeofday", "g_get_real_time"},
        {"base", "cli"},
        "kt-clock.h, so that tests can set the clock",
    ),
]


def calls(file):
    """(name token, index) of everything that looks like a call of a plain function."""
    for index, token in enumerate(file.code[:-1]):
        if token.kind != "name" or file.code[index + 1].text != "(":
            continue
        if index and file.code[index - 1].text in (".", "->"):
            continue
        yield token, index


def banned_calls(file):
    if not file.is_c:
        return
    table = UNSAFE | CARELESS if file.layer else UNSAFE
    for token, _ in calls(file):
        if token.text in table:
            text = f"'{token.text}' is banned: {table[token.text]}"
            yield Problem("banned-call", file.path, token.line, text, token.text)
        for names, folders, why in EDGES:
            if file.layer and file.layer not in folders and token.text in names:
                text = f"'{token.text}' in src/{file.layer}: {why}"
                yield Problem("banned-call", file.path, token.line, text, token.text)


def no_goto(file):
    if not file.is_c:
        return
    for token in file.code:
        if token.kind == "name" and token.text == "goto":
            text = "'goto': cleanup attributes and early returns do it"
            yield Problem("goto", file.path, token.line, text)


# --- texts ---------------------------------------------------------------------------------

# These folders name files of the host on purpose: to read them, to write them, to say where a
# value comes from or which file a change goes to.
MAY_NAME_PATHS = {"host", "collect", "apply", "plan", "practices", "model", "session"}


def absolute_paths(file):
    if not file.is_c or not file.layer or file.layer in MAY_NAME_PATHS:
        return
    for token in file.code:
        if token.kind == "string" and re.match(r'"/(sys|proc|etc)/', token.text):
            text = f"{token.text}: this folder gets files of the host as a root or a parameter"
            yield Problem("absolute-path", file.path, token.line, text, token.text.strip('"'))


# Number of arguments in front of the message.
THROWERS = {"kt_throw": 2, "kt_throw_hint": 3, "kt_throw_errno": 2, "kt_prefix": 1}


def argument(tokens, start, number):
    """The tokens of argument number (from 0) of the call whose '(' is at start."""
    depth = 0
    current = []
    for token in tokens[start + 1 : lex.closing(tokens, start)]:
        if token.kind == "punct" and token.text in "({[":
            depth += 1
        elif token.kind == "punct" and token.text in ")}]":
            depth -= 1
        if token.text == "," and depth == 0:
            if number == 0:
                return current
            number -= 1
            current = []
        else:
            current.append(token)
    return current if number == 0 else []


def error_texts(file):
    if not file.layer or not file.is_c:
        return
    for token, index in calls(file):
        if token.text not in THROWERS:
            continue
        parts = argument(file.code, index + 1, THROWERS[token.text])
        message = "".join(part.text[1:-1] for part in parts if part.kind == "string")
        fault = None
        if re.match(r"[A-Z][a-z]", message):
            fault = "begins with a capital"
        elif message.endswith(("\\n", ".")) and not message.endswith(("'.'", "...")):
            fault = "ends in a full stop or a newline"
        elif '\\"' in message:
            fault = "quotes with double quotes"
        if fault:
            text = f'error text {fault}: "{message}"'
            yield Problem("error-text", file.path, token.line, text)


# Written so that this file does not contain what it looks for.
WORDS = [
    (r"(?<![\w.])/(wor[k]|hom[e]/\w+)/", "a path of somebody's machine"),
    (r"\b(deb|snapshot|security|packages)[.]debian[.]or[g]", "the host of a package registry"),
    (r"\b(pypi|pythonhosted)[.]or[g]|npmjs[.]or[g]|proxy[.]golan[g]", "the host of a package registry"),
    (r"(?i)\bissue[s]? #?[0-9]", "a number of a tracker: say what was wrong"),
    (r"(?i)\b(the|this|my) brie[f]\b|\bsub-?agen[t]", "how the work is organised"),
    (r"\b(TOD[O]|FIXM[E]|XX[X])\b[:(]", "unfinished work: do it, or say what is missing"),
]


def words(file):
    for pattern, why in WORDS:
        for number, line in enumerate(file.lines, 1):
            if found := re.search(pattern, line):
                text = f"'{found[0]}' is {why}"
                yield Problem("word", file.path, number, text)


def spdx(file):
    head = "\n".join(file.lines[:6])
    for tag in ("SPDX-License-Identifier: LGPL-2.1-or-later", "SPDX-FileCopyrightText: 2026 The kvmtune authors"):
        if tag not in head and file.path != ".reuse/dep5":
            yield Problem("spdx", file.path, 1, f"'{tag}' is missing from the first lines")


# What ends like a statement and has something that prose has not.
CODE_LINE = re.compile(
    r"^\W*(if|for|while|return|else|switch|case)\b.*[;{}]\s*$|(\w\(.*\)|->|\w = |\+\+).*[;{}]\s*$|^[\s{}]*[{}]\s*$"
)


def commented_out(file):
    if not file.path.endswith(".c"):
        return
    for token in file.tokens:
        if token.kind != "comment":
            continue
        body = re.sub(r"^/[/*]+|\*+/$", "", token.text)
        for offset, line in enumerate(body.splitlines()):
            if CODE_LINE.search(line):
                text = f"commented-out code: {line.strip(' *')}"
                yield Problem("commented-out", file.path, token.line + offset, text)


# --- sizes ---------------------------------------------------------------------------------

FUNCTION_LINES = 80
EVALUATE_LINES = 40
COMPLEXITY = 15
NESTING = 4
PARAMETERS = 6
FILE_LINES = 600
# Fixture and cases of one module belong together.
TEST_LINES = 800
HEADER_LINES = 200


def function_sizes(file):
    if not file.is_c:
        return
    for function in file.functions:
        lines = FUNCTION_LINES
        if file.layer == "practices" and function.name == "evaluate":
            lines = EVALUATE_LINES
        for rule, value, limit in (
            ("function-lines", function.lines, lines),
            ("complexity", lex.complexity(function), COMPLEXITY),
            ("nesting", lex.nesting(function), NESTING),
            ("parameters", function.parameters, PARAMETERS),
        ):
            if value > limit:
                text = f"'{function.name}' has {rule} {value}, the limit is {limit}"
                yield Problem(rule, file.path, function.line, text, function.name, value)


def file_sizes(file):
    # Tables are as long as what they list.
    if not file.path.endswith((".c", ".h")):
        return
    limit = HEADER_LINES if file.is_header else FILE_LINES
    if file.path.startswith("tests/") and limit == FILE_LINES:
        limit = TEST_LINES
    if len(file.lines) > limit:
        text = f"{len(file.lines)} lines, the limit is {limit}"
        yield Problem("file-lines", file.path, limit + 1, text, value=len(file.lines))


# --- tables --------------------------------------------------------------------------------


def is_positional(tokens, start):
    """True when the braces at start hold a record whose members are not named."""
    inside = tokens[start + 1 : lex.closing(tokens, start)]
    if not inside or inside[0].text in (".", "["):
        return False
    # {0}, {{0}} and {NULL} are the ways to say "all zero".
    return [token.text for token in inside if token.text not in "{}"] not in (["0"], ["NULL"])


def has_columns_above(tokens, start):
    """True for struct {...} name[] = {...}: the columns stand right above the rows."""
    if tokens[start - 1].text != "=" or tokens[start - 2].text != "]":
        return False
    return tokens[lex.opening(tokens, start - 2) - 2].text == "}"


def rows(tokens, start):
    """Indices of the braces that are direct items of the array initialiser at start."""
    end = lex.closing(tokens, start)
    index = start + 1
    while index < end:
        if tokens[index].text == "{":
            if tokens[index - 1].text in ("{", ",", "="):
                yield index
            index = lex.closing(tokens, index)
        elif tokens[index].text == "(" and tokens[index].kind == "punct":
            index = lex.closing(tokens, index)
        index += 1


def is_type(tokens):
    return bool(tokens) and all(token.kind == "name" or token.text == "*" for token in tokens)


def initialisers(tokens):
    """(index of '{', whether it initialises an array) of "= {" and of compound literals."""
    for index, token in enumerate(tokens):
        if token.text != "{" or index < 2:
            continue
        before = tokens[index - 1]
        if before.text == "=" and tokens[index - 2].text == "]":
            # a[] = {...} is an array; [NAME] = {...} is one of its rows, which rows() finds.
            bracket = lex.opening(tokens, index - 2)
            if tokens[bracket - 1].kind == "name" or tokens[bracket - 1].text == "]":
                yield index, True
        elif before.text == "=" and tokens[max(index - 3, 0)].text != ".":
            yield index, False
        elif before.text == ")":
            start = lex.opening(tokens, index - 1)
            inside = tokens[start + 1 : index - 1]
            if inside and inside[-1].text == "]":
                yield index, True
            elif is_type(inside) and tokens[start - 1].kind == "punct":
                yield index, False


def positional_rows(file):
    if not file.is_c:
        return
    for index, is_array in initialisers(file.code):
        if file.path.startswith("tests/") and has_columns_above(file.code, index):
            continue
        records = rows(file.code, index) if is_array else [index]
        lines = [file.code[row].line for row in records if is_positional(file.code, row)]
        if lines:
            text = f"{len(lines)} rows whose members have no name: write .member = value"
            yield Problem("positional-row", file.path, lines[0], text)


# --- headers -------------------------------------------------------------------------------

# What these do is the same everywhere and stands in the guide to the code.
SELF_EXPLAINING = re.compile(r"_(free|ref|unref|clear|release|quark)$")


def prototype_name(statement):
    """The function that a statement declares, or None."""
    tokens = statement.tokens
    if tokens[-1].text != ";" or tokens[0].text in ("typedef", "struct", "enum", "union", "extern"):
        if not (tokens[0].text in ("struct", "enum", "union") and len(tokens) > 2):
            return None
    start = next((i for i, token in enumerate(tokens) if token.text == "("), 0)
    if start < 2 or tokens[start - 1].kind != "name":
        return None
    if any(token.text in ("=", "{") for token in tokens[:start]):
        return None
    return tokens[start - 1].text


def undocumented(file):
    """A prototype has a comment directly above, or stands in a block below one that has."""
    if not file.is_header or not file.layer:
        return
    documented, last = False, -1
    for statement in file.statements:
        first = statement.tokens[0].line
        if statement.comment:
            documented = statement.comment.last_line >= first - 1
        elif first > last + 1:
            documented = False
        last = statement.tokens[-1].line
        name = prototype_name(statement)
        if name and not documented and not SELF_EXPLAINING.search(name):
            text = f"'{name}' has no comment"
            yield Problem("undocumented", file.path, first, text, name)


def header_chapter(file):
    """A header tells what it is for before its first declaration."""
    if not file.is_header or not file.layer:
        return
    for token in file.tokens:
        if token.kind == "comment":
            if "SPDX" not in token.text:
                return
        elif token.kind == "directive":
            if not re.match(r"\s*#\s*(pragma|ifndef|define|include)\b", token.text):
                break
        else:
            break
    yield Problem("header-chapter", file.path, 3, "no comment says what this header is for")


RULES = [
    banned_calls,
    no_goto,
    absolute_paths,
    error_texts,
    words,
    spdx,
    commented_out,
    function_sizes,
    file_sizes,
    positional_rows,
    undocumented,
    header_chapter,
]


def check(path, text):
    """All problems of one file."""
    file = File(path, text)
    return [problem for rule in RULES for problem in rule(file)]
