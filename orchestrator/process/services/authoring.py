"""What staff change in a draft by the forms of the admin: each change raises the revision and is kept on record."""
