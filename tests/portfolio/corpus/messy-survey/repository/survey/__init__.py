"""Cleaning of the yearly survey."""
