//! A running node among living departments: each test a scenario, judged by the departments' own books.
