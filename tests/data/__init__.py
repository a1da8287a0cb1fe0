"""Small synthetic inputs; nothing here describes a real place."""
