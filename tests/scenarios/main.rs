//! A running node among living departments: each test a scenario, judged by the departments' own books.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod amend;
mod bad_forms;
mod bad_result_files;
mod bad_return_disks;
mod codes;
mod couriers;
mod dailies;
mod front;
mod gap;
mod harness;
mod host_key;
mod hub_feed;
mod hub_reports;
mod keyed_twice;
mod lease;
mod name_change;
mod one_department_down;
mod people;
mod refused;
mod rekey;
mod restarts;
mod review;
mod sealed_disks;
mod sealed_disks_sm;
mod soap;
mod supplement;
mod whole;
mod wire;
mod withdraw;
