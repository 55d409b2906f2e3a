"""The question to an outside witness, and what its answer proves.

Never opens a connection: `archive.workflows` carries question and answer through
`archive.capture`, so that asking a witness is itself archived.  Not for: keys of our own.
"""
