"""The tracer: one small model of SENCO work, written once for each of many simulation engines, and their race."""
