"""Published answers of statistics, held to the public log byte for byte."""
