"""One profile per service: what a run has to know beyond the document."""
