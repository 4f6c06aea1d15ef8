"""Fuzzing: inputs that nobody wrote by hand, against the promises of docs/reliability.md. ``python -m fuzz --help``."""
