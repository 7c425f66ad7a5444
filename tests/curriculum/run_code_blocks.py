"""Runs the Python blocks of one text at a time, each in a process of its own: one JSON request a line, one answer a line.

The libraries are imported once and every request is answered by a fork, so that a block costs what it computes
and not what it imports. A block sees what a learner's script would: a fresh `__main__` in an empty folder,
no network, and every warning that Python would show counts as a failure.
"""

import ast
import builtins
import contextlib
import importlib
import io
import json
import linecache
import os
import signal
import sys
import tempfile
import traceback
import types
import warnings

# Slow to import and used by many blocks.
PRELOADED = ["matplotlib.pyplot", "numpy", "pandas", "scipy.stats", "sklearn.ensemble", "sklearn.linear_model"]
# Gigabytes to install, or a block that would start a server: these blocks are compiled, not run.
COMPILED_ONLY = {"gradio", "keras", "tensorflow", "torch"}
SECONDS = 30  # for all blocks of one text; then the process is ended by a signal
NETWORK_EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}


def imported_packages(tree):
    """Top-level names of the packages that a parsed block imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def refuse_network():
    """Makes every look-up or connection fail; returns the list in which they are noted, caught by the block or not."""
    attempts = []

    def hook(event, arguments):
        if event in NETWORK_EVENTS:
            attempts.append(f"{event} {arguments[1:] if event.startswith('socket.c') else arguments}")
            raise OSError("code blocks run without a network")

    sys.addaudithook(hook)
    return attempts


def warnings_are_errors():
    """Raises what Python shows by default and keeps silent about what it hides (deprecations inside libraries)."""
    warnings.resetwarnings()
    warnings.simplefilter("error")
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")


def run_block(code, name, namespace):
    """Runs one block in `namespace` and returns what each `print` wrote, as pairs of line number and text."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    printed = []

    def recording_print(*values, **options):
        text = io.StringIO()
        builtins.print(*values, **(options | {"file": text}))
        printed.append((sys._getframe(1).f_lineno, text.getvalue()))

    namespace["print"] = recording_print
    tree = ast.parse(code, name)
    exec(compile(tree, name, "exec"), namespace)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            namespace[node.name]()  # as pytest would
    return printed


def run_text(blocks):
    """Runs the blocks of one text in order, in one namespace; stops at the first that fails."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    attempts = refuse_network()
    warnings_are_errors()
    outcomes = []
    for number, code in enumerate(blocks, 1):
        name = f"<block {number}>"
        outcome = {"printed": [], "ran": True, "error": None}
        outcomes.append(outcome)
        try:
            if COMPILED_ONLY.intersection(imported_packages(ast.parse(code, name))):
                compile(code, name, "exec")
                outcome["ran"] = False
                continue
            with contextlib.redirect_stdout(sys.stderr):
                outcome["printed"] = run_block(code, name, main.__dict__)
        except BaseException:
            outcome["error"] = traceback.format_exc()
        if attempts:
            outcome["error"] = f"the block tried to reach the network: {attempts}\n{outcome['error'] or ''}"
        if outcome["error"]:
            break
    return outcomes


def answer(blocks):
    """Forks, runs the blocks in the child within an empty folder, and returns its outcomes as JSON."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as result:
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(SECONDS)
                os.chdir(folder)
                json.dump(run_text(blocks), result)
                result.flush()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        result.seek(0)
        text = result.read()
    if not text:
        return json.dumps([{"printed": [], "ran": True, "error": f"the process ended with wait status {status}"}])
    return text


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else writes to standard output must not mix with the answers
    for name in PRELOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        answers.write(answer(json.loads(line)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
