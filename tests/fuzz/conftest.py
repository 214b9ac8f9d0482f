from hypothesis import Phase, settings

# For `make fuzz`: different examples in each run. A failure prints how to reproduce it.
settings.register_profile("deep", max_examples=60, print_blob=True)
# For `make test`: the same few examples in each run. The first failure is reported without shrinking it.
settings.register_profile("short", max_examples=4, derandomize=True, database=None, phases=[Phase.generate])


def is_deep() -> bool:
    return settings.get_current_profile_name() == "deep"
