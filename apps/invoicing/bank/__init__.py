"""Bank statements: read from CSV and camt.053, matched with open invoices, booked as payments.

`csv_file`, `camt` and `amounts` read files, `matching` says which invoice a line most likely pays. None of these knows
the database. `booking` does.
"""
