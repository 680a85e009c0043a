"""Electronic invoices of EN 16931, as CII (Factur-X) and as UBL, from a frozen snapshot alone."""
