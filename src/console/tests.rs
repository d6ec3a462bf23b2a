//! The console as a browser without a script meets it: doors, forms, the clerk's day.

mod again;
mod copied;
mod day;
mod doors;
mod events;
mod print;
mod rights;
