"""Reads the file of trusted documents: the only documents that the API then accepts."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# The `format` of a manifest of Apollo.
APOLLO = "apollo-persisted-query-manifest"


def trusted_documents(path: str | None) -> dict[str, str] | None:
    """The documents in the file, by identifier. None if no file is set.

    The file is a JSON object of documents by identifier, as graphql-codegen and Relay write it, or a manifest of
    Apollo.
    The prefix `sha256:` of an identifier is removed, as it is from the identifier in a request.
    Raises `ImproperlyConfigured` if the file cannot be read or has another format.
    """
    if path is None:
        return None
    try:
        content = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"TRUSTED_DOCUMENTS: {path} cannot be read as JSON: {error}") from error
    documents = _of_manifest(content) if _is_manifest(content) else content
    if not _are_documents(documents):
        raise ImproperlyConfigured(
            f"TRUSTED_DOCUMENTS: {path} must contain a JSON object of documents by identifier, or a manifest of Apollo."
        )
    return {identifier.removeprefix("sha256:"): text for identifier, text in documents.items()}


def _is_manifest(content: Any) -> bool:
    return isinstance(content, dict) and content.get("format") == APOLLO


def _of_manifest(manifest: dict[str, Any]) -> Any:
    try:
        return {operation["id"]: operation["body"] for operation in manifest["operations"]}
    except (KeyError, TypeError):
        return None


def _are_documents(documents: Any) -> bool:
    if not isinstance(documents, dict) or not documents:
        return False
    return all(isinstance(text, str) and text for item in documents.items() for text in item)
