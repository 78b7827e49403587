"""From drafts to certain lines, questions, edits, answers and the intent."""
