"""The description of the API as a page shows it: addresses and what they take and answer, in rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.sync.openapi import description


@dataclass(frozen=True)
class Field:
    """One field of an object: its name, its type in words, the schema that it leads to, what there is to say."""

    name: str
    kind: str
    leads_to: str = ""
    is_required: bool = False
    text: str = ""


@dataclass(frozen=True)
class Schema:
    """A named object with its fields."""

    name: str
    fields: list[Field] = field(default_factory=list)


@dataclass(frozen=True)
class Address:
    """One address with one method."""

    method: str
    path: str
    summary: str
    takes: str
    answers: list[tuple[str, str, str]]
    is_open: bool
    parameters: list[tuple[str, list[str]]]
    example: str


def addresses(user_id: int | None = None) -> list[Address]:
    """All of them; `answers` are (status, text, schema), `parameters` (name, values), `example` is a body of this
    person's."""
    return [
        Address(
            method=method.upper(),
            path=path,
            summary=told["summary"],
            takes=_name(_content(told["requestBody"])) if "requestBody" in told else "",
            answers=[(code, one["description"], _schema_of(one)) for code, one in told["responses"].items()],
            is_open=told.get("security") == [],
            parameters=[(one["name"], one["schema"]["enum"]) for one in told.get("parameters", ())],
            example=_example(told["requestBody"], user_id) if "requestBody" in told else "",
        )
        for path, methods in description()["paths"].items()
        for method, told in methods.items()
    ]


def schemas() -> list[Schema]:
    """The objects, by name."""
    found = description()["components"]["schemas"]
    return [Schema(name, list(_fields(schema))) for name, schema in found.items()]


def _fields(schema: dict, before: str = "") -> Iterator[Field]:
    """The fields of an object; those of an object inside it by their whole path."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{before}{name}"
        yield Field(
            path, _words(inner), _leads_to(inner), name in schema.get("required", ()), inner.get("description", "")
        )
        yield from _fields(inner, f"{path}.")
        if inner.get("type") == "array":
            yield from _fields(inner["items"], f"{path}[].")


def _words(schema: dict) -> str:
    """`text`, `whole number`, `list of …`, `one of …`."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " or ".join(_words(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_words(schema['items'])}"
    words = {
        "string": "text",
        "integer": "whole number",
        "boolean": "true or false",
        "object": "object",
        "null": "null",
    }
    return {"uuid": "UUID", "date-time": "instant"}.get(schema.get("format"), words.get(schema["type"], schema["type"]))


def _leads_to(schema: dict) -> str:
    """The name of the schema that a field holds, alone, in a list, or beside null."""
    for part in [schema, schema.get("items", {}), *schema.get("anyOf", [])]:
        if "$ref" in part:
            return _name(part)
    return ""


def _example(body: dict, user_id: int | None) -> str:
    example = body["content"]["application/json"]["example"]
    whose = {"user": user_id} if user_id and "user" in example else {}
    return json.dumps(example | whose, indent=2, ensure_ascii=False)


def _content(holder: dict) -> dict:
    return next(iter(holder["content"].values())).get("schema", {})


def _schema_of(answer: dict) -> str:
    return _name(_content(answer)) if "content" in answer else ""


def _name(schema: dict) -> str:
    return schema.get("$ref", "").rpartition("/")[2]
