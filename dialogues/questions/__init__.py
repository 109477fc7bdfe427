"""Questions: intake, tracking, sorting, assignment."""
