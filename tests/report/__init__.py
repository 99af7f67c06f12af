"""The report of a firm's own files: workbook, pages, command line, privacy."""
