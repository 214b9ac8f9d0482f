import unicodedata


def folded(text: str) -> str:
    """`text` for comparing: no case, no accents, single spaces. "Amélie " and "AMELIE" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
