"""Records of an older product, which had pattern sessions and feedback and no workspaces, as values."""
