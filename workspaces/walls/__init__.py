"""What processes that run strange code or agents give up, and how they are started and ended.

``kernel``, ``algorithms`` and ``agents`` are loaded inside, too, where nothing of the product is known: hence
the standard library only, and relative imports.
"""
