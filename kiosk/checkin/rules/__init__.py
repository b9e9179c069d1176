"""What a check-in decides, as a pure state machine: `advance` of `machine` is the way in.

`steps` are its pages and where it stands, `given` what moves it on, `effects` what it wants done, `cases` why
a patient must see somebody. `scanning`, `insurance` and `outcomes` are parts of the machine; `tries` bounds
guesses.
"""
