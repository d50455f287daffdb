"""Live orders: admitted under the locks, sent once, followed to their end, and booked as they are filled."""
