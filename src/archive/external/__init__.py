"""Other programs: what runs them, and what they said.

Each is found on the path, started without a shell, and bounded in time.  Not for: Python
libraries, or our own worker processes (`archive.workflows.workers`, `checkers`).
"""
