"""What the pages about runs show, each part in a fixed number of queries and without payloads in lists."""
