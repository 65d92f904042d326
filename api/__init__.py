"""HTTP and pages: parse, verify, hand over, render. The only room that knows Falcon."""
