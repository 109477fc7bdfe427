"""Papers made from the record: the announcement kit, the proof of its use, the certificate."""
