"""The other side of each comparison: small programs that are started and measured.

Each is a file that runs by itself.  Not for: deciding what is compared (`bench.goals`).
"""
