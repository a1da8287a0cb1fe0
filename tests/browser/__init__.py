"""What a social planner does with the atlas, in a real browser."""
