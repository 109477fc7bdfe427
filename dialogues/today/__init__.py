"""What is late, what is due today and this week, across everything."""
