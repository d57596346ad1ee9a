"""Pictures in files: reading them, fitting them to a format, writing them."""
