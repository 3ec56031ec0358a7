"""The market note: facts of one snapshot in sentences, each behind a rule."""
