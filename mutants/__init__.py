"""The mutation study: is there a test for what each line of the arithmetic does?

A place is drawn before the change: every operator, number, comparison, loop and branch word counts once, however many
changes the library cosmic-ray knows for it. Rules and mechanisms of the engine run as plain Python, in the reference
engine. It is no part of the package and needs the libraries in ``requirements.txt``.
"""
