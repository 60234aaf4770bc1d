"""The results pack: one folder that an assurer can check and a colleague can paste from."""
