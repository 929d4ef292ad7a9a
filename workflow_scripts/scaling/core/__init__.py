"""What every room uses: errors, files, tables, the command line of a step."""
