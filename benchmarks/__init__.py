"""How fast sencosim is, measured: engines side by side, growth with size, and what keyed chance saves."""
