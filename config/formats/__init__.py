"""Formats of dates and times on the pages for staff, for Django."""
