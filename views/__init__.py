"""Pages of the dashboard: one file a page, components/ for what two pages share."""
