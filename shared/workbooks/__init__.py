"""Forms as xlsx: a layout is data, `fill` writes it, a person edits it, `read` takes it back.

`guard` looks at a file before anything parses it; `annotate` returns it with what is wrong in it.
"""
