"""The words of the language as data: every file beside this one can be read and corrected by a person."""
