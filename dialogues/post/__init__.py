"""The outbox and its delivery. Knows no feature: features hand it finished letters."""
