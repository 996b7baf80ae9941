"""A people list: a CSV file of who works here, as a personnel system or a spreadsheet writes it."""
