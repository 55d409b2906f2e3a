"""The network: one exchange, the exact bytes both ways.

Nothing else in the archive opens a socket as a client.  `archive.capture.fetch` is where it
begins: a `Transport` makes exchanges and visits; `archive.capture.schedule` makes many.  Fifteen
modules, since each door of the network (names, guard, sockets, TLS, framing, digests, secrets)
can be read alone.  Not for: WARC or SQLite, of which nothing here knows.
"""
