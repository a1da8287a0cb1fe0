"""One reader per format: file in, frame out, without judgement; geodata/validate.py judges."""
