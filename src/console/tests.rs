//! The console as a browser without a script meets it: doors, forms, the clerk's day.

mod accounts;
mod again;
mod audit;
mod case;
mod codes;
mod copied;
mod day;
mod doors;
mod events;
mod map;
mod print;
mod proof;
mod refused;
mod rights;
