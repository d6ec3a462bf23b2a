//! Kills a running node at random moments and lets the departments' own books judge.
fn main() {}
