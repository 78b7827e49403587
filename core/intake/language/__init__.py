"""The languages people write: characters, words, numbers and units. Nothing here knows a catalogue or an act."""
