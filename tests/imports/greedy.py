"""A reader that wants all memory; see test_reading."""

import resource

resource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))
print(bytes(10**10)[:1])
