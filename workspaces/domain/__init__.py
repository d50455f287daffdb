"""What holds of candles, detections and workspaces, whatever stores them."""
