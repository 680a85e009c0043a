"""XML as nested calls: `ram("Name", "Acme")`. What has nothing to say is left out, with all that only holds it."""

import re

from lxml import etree

# Not allowed in XML 1.0, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Content = str | etree._Element | list | None


class Namespace:
    """Makes elements of one namespace."""

    def __init__(self, uri: str):
        self.uri = uri

    def __call__(self, name: str, *content: Content, **attributes: str) -> etree._Element | None:
        """An element with texts and elements in it, lists of them too; None where all of that is empty."""
        parts = [part for part in _flat(content) if part is not None and part != ""]
        if not parts:
            return None
        element = etree.Element(f"{{{self.uri}}}{name}", attributes)
        fill(element, parts)
        return element


def _flat(content) -> list:
    found = []
    for part in content:
        found += _flat(part) if isinstance(part, list) else [part]
    return found


def fill(element: etree._Element, content) -> None:
    """Put texts and elements into an element."""
    for part in _flat(content):
        if isinstance(part, str):
            element.text = _FORBIDDEN.sub("", part)
        elif part is not None:
            element.append(part)


def document(root: Namespace, name: str, namespaces: dict[str, str], *content: Content) -> bytes:
    """A whole document in UTF-8, the same bytes for the same content."""
    element = etree.Element(f"{{{root.uri}}}{name}", nsmap=namespaces)
    fill(element, content)
    etree.cleanup_namespaces(element, keep_ns_prefixes=list(filter(None, namespaces)))
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True)
