//! One test binary: a module per mode, crash, command line.

mod packaging;
