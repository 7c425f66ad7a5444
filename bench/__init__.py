"""Measures Staircase beside a bare reference: `python -m bench`, or `make bench`. It is a measurement and fails nothing."""
