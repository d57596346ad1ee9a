"""Pictures in files: read them, fit them to a format, write them."""
