"""From typed words to order lines: the reader of what shopkeepers write.

`reader.read_message` reads a message, `answers.read_answer` an answer to its questions; `reading` holds their values.
"""
