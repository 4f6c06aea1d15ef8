"""From labelled text to a model and its figures. Never imported by `classify`."""
