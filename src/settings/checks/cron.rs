//! Cron expressions: five fields, weekdays by name, not both kinds of day.
//!
//! Crons disagree about numbers of weekdays (Sunday is 0, 1 or 7) and about day-of-month together with day-of-week
//! (and, or). Both are refused instead of interpreted.

use crate::diagnostic::both;
use model::{Code, Finding};
use std::str::FromStr;

/// What is wrong with an expression.
pub(crate) fn judge(text: &str) -> Option<Finding> {
    let wrong = |code: Code| Some(Finding::new(code).with("name", text));
    let broken = |detail: String| Some(Finding::new(Code::SCron).with("name", text).with("detail", detail));
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return broken(both(
            format!("有{}段", fields.len()),
            format!("it has {} fields", fields.len()),
        ));
    };
    if text.len() > 200 || text.contains(['?', 'L', '#']) && !text.contains("JUL") {
        return broken(both("只用数字、*、/、-、逗号和名称", "only numbers, * / - , and names"));
    }
    if weekday
        .split('/')
        .next()
        .is_some_and(|days| days.contains(|c: char| c.is_ascii_digit()))
    {
        return wrong(Code::SCronNumber);
    }
    if *day != "*" && *weekday != "*" {
        return wrong(Code::SCronBothDays);
    }
    let six = format!("0 {minute} {hour} {day} {month} {weekday}");
    match cron::Schedule::from_str(&six) {
        Err(_) => broken(both(
            "某一段超出范围或写法不对",
            "a field is out of range or not well written",
        )),
        Ok(_) if never(day, month) => broken(both("没有这样的日期", "there is no such day")),
        Ok(_) => None,
    }
}

/// A day of the month that none of the months has: the 31st of February.
fn never(day: &str, month: &str) -> bool {
    let (Ok(day), Ok(month)) = (day.parse::<u32>(), month.parse::<u32>()) else {
        return false;
    };
    match month {
        2 => day > 29,
        4 | 6 | 9 | 11 => day > 30,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
