"""How well the model reproduces and predicts England: calibration to the published series, and back-tests."""
