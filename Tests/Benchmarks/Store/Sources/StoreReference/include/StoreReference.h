/// Carries out `scan FILE`, `change FILE PERCENT` or `copy RESULT FILE`; returns the program's exit status.
int store_reference(int count, char *const *arguments);
