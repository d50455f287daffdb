"""Work that flows through versioned graphs of code, AI and people."""
