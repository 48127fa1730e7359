"""Meaning in context: are two occurrences of a word alike where they mean the same, and do like words lie close?

`senses` and `neighbours` are pure functions of vectors and labels, `words` says which occurrences are looked at,
`vectors` gets their vectors from an encoder, `measure` keeps what was computed, and `section` says what was found.
"""
