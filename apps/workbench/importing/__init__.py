"""Time from other trackers' CSV files: read, understood, checked, written, taken back.

`text` makes rows out of bytes, `values` reads single cells, `columns` and `sources` say which column means what,
`survey` looks over a whole file, `rows` understands one row. None of these knows the database. `names`, `calendar`,
`batches`, `jobs` and `undo` do.
"""
