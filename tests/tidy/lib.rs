//! Layout and dependency rules that fail like any other test.
