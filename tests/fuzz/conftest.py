from hypothesis import Phase, settings

# `make check-deep`: other choices each time, and told how to make them again when one of them fails.
settings.register_profile("deep", max_examples=60, print_blob=True)
# In the suite: the same few each time, and the first that fails is told as it is.
settings.register_profile("short", max_examples=4, derandomize=True, database=None, phases=[Phase.generate])


def is_deep() -> bool:
    return settings.get_current_profile_name() == "deep"
