"""The proof that no seat is sold twice: see `__main__`."""
