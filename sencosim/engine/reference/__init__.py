"""The reference engine: the model as processes on SimPy's calendar, written to be read aloud to a SENCO."""
