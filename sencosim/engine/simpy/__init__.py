"""The mechanisms on SimPy's calendar, over plain objects: the scheduler to read, and to try mechanisms of one's own."""
