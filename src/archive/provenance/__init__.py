"""Claims to assertions: one module for each question.

Not for: finding claims (`archive.extract`), or curators' assertions, which stand beside these.
"""
