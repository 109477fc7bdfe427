"""Provinces, communes, villages and units."""
