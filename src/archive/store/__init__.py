"""The disk: WARC files and the capture log.  Not for: the index, or any container but ours.

More modules than a folder should have, because each step between a record and the disk is one
that a reader may want to check alone.  From the outside only these are called: `layout`,
`disk`, `write`, `groups`, `read`, `log`, `check`, `scan` and `withdraw`.

::

    write ─┬─ warc ── gzip_members        check ─┬─ check_log
           ├─ log_append ── log_repair           └─ check_records ── framing, payload
           └─ recover ── scan, quarantine
"""
