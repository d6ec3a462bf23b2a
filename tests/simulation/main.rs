//! A seeded simulation: hub, node, departments and clerk in one process, crashes included.
