// Single keys for those who want them; everything here can also be reached with Tab and Enter.
