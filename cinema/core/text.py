import unicodedata


def folded(text: str) -> str:
    """`text` for comparing: no case, no accents, single spaces. "Amélie " and "AMELIE" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def caseless(text: str) -> str:
    """`text` for comparing in any case: "Ärger " and "ÄRGER" are equal, "Arger" is not. Spaces are single."""
    # Decomposed first, because some letters fold differently with their accent attached.
    folded_case = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded_case).split())


def on_one_line(value: object) -> str:
    """What `value` says, for a line of a log."""
    return " ".join(str(value).split())
