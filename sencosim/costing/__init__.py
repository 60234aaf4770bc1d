"""What it cost: prices times quantities, discounting, payers. Usable alone through ``sencosim.costing.greenbook``."""
