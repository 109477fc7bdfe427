"""Speed and weight of the main pages on ten years of data: `python -m tests.bench`."""
