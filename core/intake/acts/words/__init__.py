"""The words by which acts and moods are known, as data: every file beside this one can be corrected by a person."""
