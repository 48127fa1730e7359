"""How alike are what two encoders make of the same items: between layers, seeds, objectives and modalities."""
