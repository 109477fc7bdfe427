"""What overseers and the office see across everything."""
