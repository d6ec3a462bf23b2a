//! Everything that can happen to a case, one event a file.
//!
//! Each takes a `Desk`, looks at the books, says what happened and asks for what must follow. None waits.

pub mod absorb;
pub mod advance;
pub mod answer_review;
pub mod ask_review;
pub mod begin;
pub mod cancel;
pub mod carry;
pub mod claim;
pub mod close_day;
pub mod codes;
pub mod complete;
pub mod decide_form;
pub mod dissolve;
pub mod end;
pub mod enter_form;
pub mod erase;
pub mod expire;
pub mod forms;
pub mod give_up;
pub mod hand_on;
pub mod hand_over;
pub mod key_again;
pub mod key_form;
pub mod lapse;
pub mod outcome;
pub mod prepare;
pub mod receipt;
pub mod release;
pub mod result;
pub mod retry;
pub mod rows;
pub mod send_back;
pub mod settle;
pub mod take;
pub mod take_up;
pub mod trust;
pub mod withdraw;
