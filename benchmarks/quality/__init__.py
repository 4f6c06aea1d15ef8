"""How good the model is: measured on text left out, recorded, drawn, and held by floors."""
