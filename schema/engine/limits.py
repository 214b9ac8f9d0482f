"""Limits on the size and depth of a document.

Limits are checked before validation, which can take time quadratic in the length of the document. The checks take
linear time and also work on invalid documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Lexer,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
)

OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}
# Counts of nested fragments can be arbitrarily large. Clients read them as an Int.
MAX_INT = 2**31 - 1
# The messages by the name of the limit.
MESSAGES = {
    "characters": "It has {actual} characters; at most {limit} {are} allowed.",
    "lines": "It has {actual} lines; at most {limit} {are} allowed.",
    "tokens": "It has {actual} tokens; at most {limit} {are} allowed.",
    "depth": "It is {actual} levels deep; at most {limit} {are} allowed.",
    "fields": "It has {actual} fields; at most {limit} {are} allowed.",
    "aliases": "It has {actual} aliases; at most {limit} {are} allowed.",
    "directives": "It has {actual} directives; at most {limit} {are} allowed.",
    "cost": "Its cost is {actual}; at most {limit} is allowed.",
    "credentialMutations": "It has {actual} mutations that check a credential; at most {limit} {are} allowed.",
    "answerBytes": "Its response has {actual} bytes; at most {limit} {are} allowed.",
}


def check(name: str, actual: int) -> None:
    """Raise a `GraphQLError` with the code `QUERY_TOO_COMPLEX` if `actual` exceeds the limit with this name."""
    limit = settings.QUERY_LIMITS[name]
    if actual > limit:
        raise too_complex(name, limit=limit, actual=actual)


def too_complex(name: str, *, limit: int, actual: int) -> GraphQLError:
    actual = min(actual, MAX_INT)
    reason = MESSAGES[name].format(actual=actual, limit=limit, are="is" if limit == 1 else "are")
    message = f"The document is too complex. {reason}"
    extensions = {"code": "QUERY_TOO_COMPLEX", "limitName": name, "limit": limit, "actual": actual}
    return GraphQLError(message, extensions=extensions)


def check_text(text: str) -> int:
    """Check characters, lines, tokens, and the depth of brackets; return the number of tokens. Raises as `check` does.

    Raises `GraphQLSyntaxError` at a character that cannot start a token.
    """
    check("characters", len(text))
    check("lines", lines(text))
    lexer = Lexer(Source(text))
    tokens = depth = deepest = 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        tokens += 1
        if token.kind in OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token.kind in CLOSING:
            depth -= 1
    check("tokens", tokens)
    check("depth", deepest)
    return tokens


def lines(text: str) -> int:
    """The number of lines of a document, as GraphQL defines them."""
    return 1 + text.count("\n") + text.count("\r") - text.count("\r\n")


def check_document(document: DocumentNode) -> None:
    """Check fields, aliases, directives and depth. Fragments count at each spread. Raises as `check` does."""
    fragments = {d.name.value: _Part.of(d) for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [_Part.of(d) for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    whole = _expand(fragments)
    counts = [part.expanded(whole) for part in operations]
    check("depth", max((count.depth for count in counts), default=0))
    check("fields", sum(count.fields for count in counts))
    check("aliases", sum(count.aliases for count in counts))
    check("directives", sum(count.directives for count in counts))


@dataclass(frozen=True)
class _Count:
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


@dataclass
class _Part:
    """An operation or a fragment: its own counts, and the names and depths of the fragments that it spreads."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, definition: OperationDefinitionNode | FragmentDefinitionNode) -> "_Part":
        part = cls(directives=len(definition.directives))
        part.directives += sum(len(variable.directives) for variable in definition.variable_definitions or ())
        for depth, selections in _levels(definition.selection_set):
            part.depth = max(part.depth, depth)
            for selection in selections.selections:
                part.directives += len(selection.directives)
                if isinstance(selection, FieldNode):
                    part.fields += 1
                    part.aliases += selection.alias is not None
                elif isinstance(selection, FragmentSpreadNode):
                    part.spreads.append((selection.name.value, depth))
        return part

    def expanded(self, whole: dict[str, _Count]) -> _Count:
        """The counts including those of the spread fragments. Fragments that are not in `whole` are ignored."""
        spread = [(depth, whole[name]) for name, depth in self.spreads if name in whole]
        return _Count(
            depth=max([self.depth, *(depth + count.depth for depth, count in spread)]),
            fields=self.fields + sum(count.fields for _, count in spread),
            aliases=self.aliases + sum(count.aliases for _, count in spread),
            directives=self.directives + sum(count.directives for _, count in spread),
        )


def _levels(selections: SelectionSetNode) -> Iterator[tuple[int, SelectionSetNode]]:
    """Yield `selections` and every selection set in it, each with its depth."""
    pending = [(1, selections)]
    while pending:
        depth, current = pending.pop()
        yield depth, current
        nested = (getattr(selection, "selection_set", None) for selection in current.selections)
        pending += [(depth + 1, each) for each in nested if each]


def _expand(fragments: dict[str, _Part]) -> dict[str, _Count]:
    """The counts of each fragment, including the fragments that it spreads.

    Each fragment is counted once. There is no recursion, because fragments can be nested as deeply as the text is long.
    Cycles are ignored, because validation rejects them.
    """
    whole: dict[str, _Count] = {}
    begun: set[str] = set()
    pending = list(fragments)
    while pending:
        name = pending[-1]
        begun.add(name)
        first = [each for each, _ in fragments[name].spreads if each in fragments and each not in begun]
        if first:
            pending += first
            continue
        pending.pop()
        if name not in whole:
            whole[name] = fragments[name].expanded(whole)
    return whole
