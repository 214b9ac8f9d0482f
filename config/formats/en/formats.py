"""As on the pages of shows. A time that does not belong to a theater has its time zone."""

DATE_FORMAT = "M j, Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "M j, Y, H:i e"

# Forms show times in the first of these.
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
