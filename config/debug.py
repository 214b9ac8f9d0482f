"""Whether this is a development machine. Many defaults depend on it."""

from config.environment import env

DEBUG: bool = env.bool("DEBUG", False)
