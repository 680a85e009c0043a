"""Country names from CLDR, by ISO 3166 code."""

from babel import Locale

_TERRITORIES = Locale.parse("en").territories
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}

COUNTRIES = {
    code: name
    for code, name in sorted(_TERRITORIES.items(), key=lambda item: item[1])
    if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
}


def country_choices() -> list[tuple[str, str]]:
    """For a select; a function, so that migrations do not carry the list."""
    return list(COUNTRIES.items())
