"""Scripts that write the generated part of the handbook and take its pictures."""
