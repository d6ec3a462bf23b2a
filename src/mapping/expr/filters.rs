//! The few filters and tests an expression may use. Each gives at most a bounded text.

use super::TEXT_MAX;
use minijinja::value::Rest;
use minijinja::{Environment, Error, ErrorKind, State, Value, filters, tests};

/// What an error of ours says, to be recognised again.
pub(super) const TOO_LARGE: &str = "too large";

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("default", default);
    environment.add_filter("first", filters::first);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("replace", replace);
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("endingwith", tests::is_endingwith);
}

fn default(state: &State<'_, '_>, value: &Value, other: Rest<Value>) -> Result<Value, Error> {
    filters::default(state, value, other)
}

/// The values of a repeating item as one text.
fn join(texts: Vec<String>, separator: String) -> Result<String, Error> {
    let bytes: usize = texts.iter().map(|text| text.len() + separator.len()).sum();
    if bytes > TEXT_MAX {
        return Err(too_large());
    }
    Ok(texts.join(&separator))
}

/// Every occurrence replaced. Nothing occurs between two characters: an empty pattern is an error.
fn replace(text: String, from: String, to: String) -> Result<String, Error> {
    if from.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOperation, "an empty pattern"));
    }
    let times = text.matches(&from).count();
    if text.len() > TEXT_MAX || times.saturating_mul(to.len()) > TEXT_MAX {
        return Err(too_large());
    }
    Ok(text.replace(&from, &to))
}

fn too_large() -> Error {
    Error::new(ErrorKind::InvalidOperation, TOO_LARGE)
}
