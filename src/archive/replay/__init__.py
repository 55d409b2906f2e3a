"""Captured HTML and CSS become a static page that runs nothing and fetches nothing outside.

Pure: which captures answer for links and pictures is told by functions that are handed in.
Not for: decoding what was captured, or serving what comes out.
"""
