"""The taxes that a new business most likely charges, by its country."""

from decimal import Decimal

from django.utils.translation import gettext as _

# Standard and reduced rates in percent, and what the tax is called there, as of November 2026.
_EUROPE = {
    "AT": ("USt.", "20", "13", "10"),
    "BE": ("TVA/BTW", "21", "12", "6"),
    "BG": ("DDS", "20", "9"),
    "CY": ("VAT", "19", "9", "5"),
    "CZ": ("DPH", "21", "12"),
    "DE": ("USt.", "19", "7"),
    "DK": ("moms", "25"),
    "EE": ("KM", "24", "13", "9"),
    "ES": ("IVA", "21", "10", "4"),
    "FI": ("ALV", "25.5", "13.5", "10"),
    "FR": ("TVA", "20", "10", "5.5"),
    "GR": ("VAT", "24", "13", "6"),
    "HR": ("PDV", "25", "13", "5"),
    "HU": ("ÁFA", "27", "18", "5"),
    "IE": ("VAT", "23", "13.5", "9"),
    "IT": ("IVA", "22", "10", "5"),
    "LT": ("PVM", "21", "12", "5"),
    "LU": ("TVA", "17", "14", "8"),
    "LV": ("PVN", "21", "12", "5"),
    "MT": ("VAT", "18", "7", "5"),
    "NL": ("btw", "21", "9"),
    "PL": ("VAT", "23", "8", "5"),
    "PT": ("IVA", "23", "13", "6"),
    "RO": ("TVA", "21", "11"),
    "SE": ("moms", "25", "12", "6"),
    "SI": ("DDV", "22", "9.5", "5"),
    "SK": ("DPH", "23", "19", "5"),
}
_ELSEWHERE = {
    "CH": ("MWST", "8.1", "3.8", "2.6"),
    "GB": ("VAT", "20", "5"),
    "NO": ("MVA", "25", "15", "12"),
    "IN": ("GST", "18", "40", "5"),
    "AU": ("GST", "10"),
    "NZ": ("GST", "15"),
    "SG": ("GST", "9"),
    "JP": ("消費税", "10", "8"),
    "ZA": ("VAT", "15"),
}


def is_in_european_union(country: str) -> bool:
    """Whether the country (ISO 3166 code) is a member."""
    return country in _EUROPE


def presets(country: str) -> list[dict]:
    """Fields of the taxes for a business in `country` (ISO 3166 code; empty or unknown: only what is free of tax)."""
    name, *rates = _EUROPE.get(country) or _ELSEWHERE.get(country) or ("",)
    rows = [{"name": f"{name} {rate} %", "rate": Decimal(rate), "category": "S"} for rate in rates]
    if country in _EUROPE:
        rows.append({"name": _("Reverse charge"), "category": "AE"})
        rows.append({"name": _("Small business, no tax"), "category": "E", "reason": _small_business(country)})
    if country == "IN":
        rows.append(
            {"name": _("Export under LUT"), "category": "G", "reason": _("Export of services under LUT, without IGST.")}
        )
    elif country:
        rows.append({"name": _("Export"), "category": "G"})
    return [*rows, {"name": _("No tax"), "category": "Z"}]


def _small_business(country: str) -> str:
    """The law that a small business has to name; in its own language, since the invoice is read there."""
    laws = {
        "DE": "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG.",
        "AT": "Umsatzsteuerfrei aufgrund der Kleinunternehmerregelung gemäß § 6 Abs. 1 Z 27 UStG.",
        "FR": "TVA non applicable, art. 293 B du CGI.",
    }
    return laws.get(country, "")
