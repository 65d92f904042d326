"""The witnesses of the demo, as processes of their own."""
