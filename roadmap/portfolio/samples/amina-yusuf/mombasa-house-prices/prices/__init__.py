"""Asking prices of homes in Mombasa."""
