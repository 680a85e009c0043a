"""The addresses for programs, and the page on which a person looks after their tokens."""
