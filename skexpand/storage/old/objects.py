"""What steps are made of: documents with the objects in them changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skexpand.storage import registry
from skexpand.storage.document import DocumentWriter
from skexpand.storage.json import Json

Documents = dict[str, Json]  # "parameters" and "state"
Parts = dict[str, Any]  # an object as JSON: its class under "$", and its parts


def with_objects(documents: Documents, change: Callable[[Parts], Parts]) -> Documents:
    """Return documents in which every object is what ``change`` makes of it, inner ones first."""
    return {name: _with_objects(document, change) for name, document in documents.items()}


def _with_objects(document: Json, change: Callable[[Parts], Parts]) -> Json:
    if isinstance(document, list):
        return [_with_objects(item, change) for item in document]
    if not isinstance(document, dict):
        return document
    parts = {name: _with_objects(part, change) for name, part in document.items()}
    return change(parts) if "$" in parts else parts


def with_defaults(documents: Documents) -> Documents:
    """Return documents in which every object has all parts of its class, missing ones at their defaults."""
    return with_objects(documents, _filled)


def _filled(parts: Parts) -> Parts:
    missing = registry.defaults(parts["$"]).items()
    return parts | {name: DocumentWriter().value(value, name) for name, value in missing if name not in parts}
