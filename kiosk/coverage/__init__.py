"""Insurance: what a patient showed, how it compares with the file, whether the payer says that it is good."""
