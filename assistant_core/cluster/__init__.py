"""One cluster as a whole: everything we know of it, followed live."""
