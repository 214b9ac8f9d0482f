"""The server with a margin so short that a test can be away for longer.

As it is, whoever comes back within a minute is told all that happened meanwhile whatever their cursor is, and a
storm would have to last for minutes to prove anything about cursors.
"""

MARGIN_SECONDS = 2
MAX_TRANSACTION_SECONDS = 1
