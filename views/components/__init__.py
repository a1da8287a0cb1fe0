"""Parts of pages that more than one page or callback uses."""
