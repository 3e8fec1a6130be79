"""What people mean when they answer a form: pure functions from words to a value or ``Unclear``."""
