"""Texts → versions, edits: how two states of a statement differ.

Pure; text comes in, values go out.  Not for: finding the two states
(`archive.workflows.contents`), or asking whether a publisher meant it.
"""
