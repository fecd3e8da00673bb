"""Documents into text: HTML, PDF, Word, Markdown and e-mail, read in a process of their own."""
