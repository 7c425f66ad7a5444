"""The child process of `child.read_in_child`."""

import sys

from .child import main

main(sys.stdin.buffer, sys.stdout.buffer)
