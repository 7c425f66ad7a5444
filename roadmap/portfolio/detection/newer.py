"""Rewrites what newer Pythons may write into what the one that runs here can parse, line for line.

Only the shape of the code matters: strings inside f-strings (PEP 701) become numbers, type parameters (PEP 695) go.
"""

import re

_START = re.compile(r"#|(?<!\w)(?:[rRbBuU]|[rR][bB]|[bB][rR])?('''|\"\"\"|'|\")|(?<!\w)(?:[fFtT]|[fFtT][rR]|[rR][fFtT])('''|\"\"\"|'|\")")
_PARAMETERS = re.compile(r"(?m)^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)\[[^\]\n]*\]")
_ALIAS = re.compile(r"(?m)^([ \t]*)type[ \t]+(\w+)(?:\[[^\]\n]*\])?[ \t]*=")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 20


def rewritten(code: str) -> str:
    """The code in older words. Raises SyntaxError where a string does not end."""
    code = _ALIAS.sub(r"\1\2 =", _PARAMETERS.sub(r"\1", code))
    pieces, place = [], 0
    while match := _START.search(code, place):
        pieces.append(code[place : match.start()])
        if match[0] == "#":
            end = code.find("\n", match.start())
            end = len(code) if end < 0 else end
            pieces.append(code[match.start() : end])
        elif match[1]:
            end = _end_of_text(code, match.end(), match[1])
            pieces.append(code[match.start() : end])
        else:
            inner, end, lines = _formatted(code, match.end(), match[2], 0)
            pieces.append(re.sub("[tT]", "f", match[0].rstrip("'\"")) + match[2] + inner + match[2] + "\\\n" * lines)
        place = end
    pieces.append(code[place:])
    return "".join(pieces)


def _end_of_text(code: str, place: int, quote: str) -> int:
    """Where a plain string ends, after its closing quotes."""
    while place < len(code):
        if code[place] == "\\":
            place += 2
        elif code.startswith(quote, place):
            return place + len(quote)
        elif code[place] == "\n" and len(quote) == 1:
            break
        else:
            place += 1
    raise SyntaxError("a string does not end")


def _formatted(code: str, place: int, quote: str, depth: int) -> tuple[str, int, int]:
    """The inner of an f-string with its expressions in older words, where it ends, and how many lines were drawn together."""
    pieces: list[str] = []
    lines = 0
    while place < len(code):
        if code.startswith(quote, place):
            return "".join(pieces), place + len(quote), lines
        is_escape = code[place] == "\\" and not code.startswith(("\\{", "\\}"), place)
        if is_escape or code.startswith(("{{", "}}"), place):
            pieces.append(code[place : place + 2])
            place += 2
        elif code[place] == "{":
            start = place
            expression, place = _expression(code, place + 1, depth)
            taken = code.count("\n", start, place)
            if len(quote) == 1:
                lines += taken
                expression = expression.replace("\n", " ")
            else:
                expression += "\n" * (taken - expression.count("\n"))
            pieces.append("{" + expression + "}")
        elif code[place] == "\n" and len(quote) == 1:
            break
        else:
            pieces.append(code[place])
            place += 1
    raise SyntaxError("an f-string does not end")


def _expression(code: str, place: int, depth: int) -> tuple[str, int]:
    """One replacement field without its format, from after its brace to after the closing one."""
    if depth > _DEEPEST:
        raise SyntaxError("f-strings nested too deeply")
    pieces: list[str] = []
    awaited: list[str] = []
    while place < len(code):
        letter = code[place]
        match = _START.match(code, place)
        if match and match[0] != "#":
            if match[1]:
                place = _end_of_text(code, match.end(), match[1])
                pieces.append("(0)")
            else:
                inner, place, _ = _formatted(code, match.end(), match[2], depth + 1)
                parts = re.findall(r"\{([^{}]*)\}", inner)
                pieces.append("(" + "".join(f"({part}), " for part in parts) + "0)")
            continue
        if match:
            raise SyntaxError("a comment in an f-string")
        if letter in _CLOSERS:
            awaited.append(_CLOSERS[letter])
        elif awaited and letter == awaited[-1]:
            awaited.pop()
        elif not awaited and letter == "}":
            return "".join(pieces).rstrip().removesuffix("=").rstrip() or "0", place + 1
        elif not awaited and (letter == ":" or (letter == "!" and not code.startswith("!=", place))):
            return _after_format(code, place, "".join(pieces).rstrip().removesuffix("=").rstrip(), depth)
        pieces.append(letter)
        place += 1
    raise SyntaxError("an f-string does not end")


def _after_format(code: str, place: int, expression: str, depth: int) -> tuple[str, int]:
    """Goes over a format, which may hold fields of its own: they are kept beside the expression."""
    fields = [expression]
    while place < len(code) and code[place] != "\n":
        if code[place] == "{":
            field, place = _expression(code, place + 1, depth + 1)
            fields.append(field)
        elif code[place] == "}":
            return ", ".join(f"({field})" for field in fields) if len(fields) > 1 else expression, place + 1
        else:
            place += 1
    raise SyntaxError("a format does not end")
