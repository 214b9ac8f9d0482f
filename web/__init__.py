"""What browsers are given: pages that use the public API and nothing else of ours."""
