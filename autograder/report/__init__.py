"""What people read at the end of the flow: feedback pages, tables and exported grades."""
