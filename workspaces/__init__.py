"""Pattern workspaces: detections on candles, corrections, coding runs, review and release."""
