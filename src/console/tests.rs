//! The console as a browser without a script meets it: doors, forms, the clerk's day.

mod accounts;
mod audit;
mod case;
mod codes;
mod day;
mod doors;
mod map;
mod refused;
mod rights;
