"""What is handed in: result files, manifests and bundles, checked before they are stored."""
