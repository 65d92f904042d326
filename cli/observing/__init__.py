"""What commands that watch other people's logs share: their rhythm, their source, their child."""
