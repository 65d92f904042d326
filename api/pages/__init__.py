"""What a browser gets: templates, one stylesheet, charts drawn as SVG, two languages."""
