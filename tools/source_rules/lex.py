# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""C source as tokens, statements and functions: as much as the rules need, and no parser.

It relies on the project's own style (braces in pairs in every branch of an #if, macros that
look like statements in capitals).
"""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\\n|\\.)*)
  | (?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
  | (?P<char>[uUL]?'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<punct>->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||\.\.\.|[-+*/%&|^=<>!~?:;,.(){}\[\]])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

CONTROL = {"if", "for", "while", "switch"}
BRANCHES = {"if", "for", "while", "case", "&&", "||", "?"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int

    @property
    def last_line(self):
        return self.line + self.text.count("\n")


@dataclass
class Statement:
    """A declaration at file level, up to and including its ';' or the '}' of its body."""

    tokens: list
    comment: Token = None  # the one that stands directly above


@dataclass
class Function:
    name: str
    line: int
    last_line: int
    parameters: int
    body: list = field(default_factory=list)

    @property
    def lines(self):
        return self.last_line - self.line + 1


def is_foreach(token):
    return token.kind == "name" and token.text.endswith("_foreach")


def tokenize(text, first_line=1):
    """Returns all tokens; text that is none of them (a stray backslash) is left out."""
    tokens = []
    line = first_line
    position = 0
    for found in TOKEN.finditer(text):
        line += text.count("\n", position, found.start())
        position = found.start()
        tokens.append(Token(found.lastgroup, found.group(), line))
    return tokens


def code(tokens):
    """Without comments and preprocessor lines."""
    return [token for token in tokens if token.kind not in ("comment", "directive")]


def with_macros(tokens):
    """Code, with the bodies of #define as code too."""
    result = []
    for token in tokens:
        if token.kind == "directive" and re.match(r"\s*#\s*define\b", token.text):
            body = re.sub(r"^\s*#\s*define\s+\w+", "", token.text)
            result += code(tokenize(body.replace("\\\n", "\n"), token.line))
        elif token.kind not in ("comment", "directive"):
            result.append(token)
    return result


def closing(tokens, start):
    """Index of the bracket that closes the one at start; the last index when none does."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    stack = []
    for index in range(start, len(tokens)):
        text = tokens[index].text
        if tokens[index].kind != "punct":
            continue
        if text in pairs:
            stack.append(pairs[text])
        elif stack and text == stack[-1]:
            stack.pop()
            if not stack:
                return index
    return len(tokens) - 1


def opening(tokens, end):
    """Index of the bracket that the one at end closes; 0 when there is none."""
    pairs = {")": "(", "}": "{", "]": "["}
    depth = 0
    want, have = pairs[tokens[end].text], tokens[end].text
    for index in range(end, -1, -1):
        if tokens[index].text == have and tokens[index].kind == "punct":
            depth += 1
        elif tokens[index].text == want and tokens[index].kind == "punct":
            depth -= 1
            if depth == 0:
                return index
    return 0


def is_macro_statement(pending, token):
    """NAME(...) in capitals on a line of its own, without a semicolon."""
    return (
        len(pending) >= 3
        and pending[0].kind == "name"
        and pending[0].text.isupper()
        and pending[1].text == "("
        and closing(pending, 1) == len(pending) - 1
        and pending[-1].text == ")"
        and token.line > pending[-1].line
        and token.text not in ("{", "=", ";")
    )


def statements(tokens):
    """Splits a file into the statements at file level."""
    result = []
    pending, comment = [], None
    depth = 0
    has_body = False
    for token in tokens:
        if depth == 0 and is_macro_statement(pending, token):
            result.append(Statement(pending, comment))
            pending, comment = [], None
        if token.kind == "comment":
            if not pending:
                comment = token
            continue
        if token.kind == "directive":
            if not pending:
                comment = None
            continue
        pending.append(token)
        if token.kind != "punct":
            continue
        if token.text in "({[":
            if token.text == "{" and depth == 0:
                has_body = is_function_head(pending[:-1])
            depth += 1
        elif token.text in ")}]":
            depth -= 1
        ended = token.text == ";" or (token.text == "}" and has_body)
        if depth == 0 and ended:
            result.append(Statement(pending, comment))
            pending, comment, has_body = [], None, False
    if pending:
        result.append(Statement(pending, comment))
    return result


def is_function_head(head):
    """True for the tokens in front of the '{' of a function."""
    if not head or head[-1].text != ")":
        return False
    start = opening(head, len(head) - 1)
    if start == 0 or head[start - 1].kind != "name":
        return False
    return all(token.text not in ("=", "typedef") for token in head[:start])


def count_items(tokens):
    """Number of items between the commas of a parameter list."""
    if not tokens or [token.text for token in tokens] == ["void"]:
        return 0
    depth = 0
    items = 1
    for token in tokens:
        if token.kind != "punct":
            continue
        if token.text in "({[":
            depth += 1
        elif token.text in ")}]":
            depth -= 1
        elif token.text == "," and depth == 0:
            items += 1
    return items


def functions(tokens):
    """The functions that a file defines."""
    result = []
    for statement in statements(tokens):
        words = statement.tokens
        brace = next((i for i, token in enumerate(words) if token.text == "{"), None)
        if brace is None or not is_function_head(words[:brace]):
            continue
        start = opening(words, brace - 1)
        result.append(
            Function(
                name=words[start - 1].text,
                line=words[0].line,
                last_line=words[-1].line,
                parameters=count_items(words[start + 1 : brace - 1]),
                body=words[brace:],
            )
        )
    return result


def complexity(function):
    """Ways through a function: one, and one more for every decision."""
    return 1 + sum(token.text in BRANCHES or is_foreach(token) for token in function.body)


def is_block(tokens, index):
    """True when the '{' at index opens statements, not an initialiser."""
    before = tokens[index - 1]
    if before.text in ("else", "do", "{", "}", ";", ":"):
        return True
    if before.text != ")":
        return False
    start = opening(tokens, index - 1)
    head = tokens[start - 1]
    return start > 0 and (head.text in CONTROL or is_foreach(head))


def nesting(function):
    """Deepest block inside the body; the body itself is level 0."""
    stack = []
    deepest = 0
    for index, token in enumerate(function.body):
        if token.text == "{" and token.kind == "punct":
            stack.append(index > 0 and is_block(function.body, index))
            deepest = max(deepest, sum(stack))
        elif token.text == "}" and token.kind == "punct" and stack:
            stack.pop()
    return deepest
