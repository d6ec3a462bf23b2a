//! Expressions, for the few columns that neither a plain item nor a transform can say.
//!
//! All values are text, in and out: there is no arithmetic, so no amount ever passes through a float. An expression
//! reads what it names and nothing else: no file, no clock, no other row.
//!
//! What keeps it small. Fuel bounds steps, not memory (one `'a' * 100000000` is one step), and constants are worked out
//! while compiling. So an expression is looked at word by word before it is compiled (`words`): what could multiply
//! or loop is refused, and every filter that can make a text longer caps what it makes. What is left adds at most one
//! value per word of a text of [`EXPR_MAX`] characters.

mod filters;
#[cfg(test)]
mod tests;
mod words;

use crate::chain::Wrong;
use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind, Expression, UndefinedBehavior, Value};
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Characters an expression may have.
pub const EXPR_MAX: usize = 400;
/// Bytes of all values under one name, and of what an expression gives.
pub const TEXT_MAX: usize = 16 * 1024;
/// Steps one evaluation may take.
const FUEL: u64 = 20_000;

/// One environment for all: nothing of it depends on the configuration.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    filters::add(&mut environment);
    environment
});

/// What may stand in an expression after `|`.
pub use words::FILTERS;

/// A compiled expression.
#[derive(Debug)]
pub struct Expr {
    names: Vec<Box<str>>,
    compiled: Expression<'static, 'static>,
}

impl Expr {
    /// Compiles an expression.
    ///
    /// # Errors
    /// `S_EXPR` with `{detail}` in both languages: too long, a word or sign that is not allowed, not well formed.
    pub fn parse(text: &str) -> Result<Self, Finding> {
        // minijinja's own list leaves out what stands in a slice.
        let names = words::names(text)?;
        let compiled = ENVIRONMENT
            .compile_expression_owned(text.to_owned())
            .map_err(|error| refused(&format!("写法不成立 not well formed: {}", error.kind())))?;
        Ok(Self {
            names: names.into_iter().map(Box::from).collect(),
            compiled,
        })
    }

    /// The names it reads, in order, each once.
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// Works it out. `given` has the values of each name that has any; one that has none is undefined, and reading it
    /// without `default` or `is defined` is an error.
    pub(crate) fn eval(&self, given: &dyn Fn(&str) -> Option<Given>) -> Result<String, Wrong> {
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        let mut absent = Vec::new();
        for name in &self.names {
            match given(name) {
                None => absent.push(&**name),
                Some(given) if given.bytes() > TEXT_MAX => return Err(too_large()),
                Some(given) => {
                    values.insert(name, given.into());
                }
            }
        }
        let value = self.compiled.eval(values).map_err(|error| match error.kind() {
            ErrorKind::UndefinedError if !absent.is_empty() => {
                why(&format!("没有值 without a value: {}", absent.join(", ")))
            }
            ErrorKind::OutOfFuel => why("步数过多 it takes too many steps"),
            ErrorKind::InvalidOperation if error.detail() == Some(filters::TOO_LARGE) => too_large(),
            kind => why(&format!("算不出 it cannot be worked out: {kind}")),
        })?;
        match (value.kind(), value.as_str()) {
            (ValueKind::String, Some(text)) if text.len() > TEXT_MAX => Err(too_large()),
            (ValueKind::String, Some(text)) => Ok(text.to_owned()),
            // A name without a value, and nothing done with it.
            (ValueKind::Undefined, _) => Err(why(&format!("没有值 without a value: {}", absent.join(", ")))),
            (kind, _) => Err(why(&format!("结果不是文本 the result is no text but a {kind}"))),
        }
    }
}

/// What a name stands for.
pub(crate) enum Given {
    /// One value.
    One(String),
    /// The values of a repeating item.
    Many(Vec<String>),
}

impl Given {
    fn bytes(&self) -> usize {
        match self {
            Self::One(text) => text.len(),
            Self::Many(texts) => texts.iter().map(|text| text.len() + 1).sum(),
        }
    }
}

impl From<Given> for Value {
    fn from(given: Given) -> Self {
        match given {
            Given::One(text) => Value::from(text),
            Given::Many(texts) => Value::from(texts),
        }
    }
}

fn too_large() -> Wrong {
    why("结果过长 the result is too long")
}

fn why(detail: &str) -> Wrong {
    Wrong::from(Code::EExpr).with("detail", detail)
}

fn refused(detail: &str) -> Finding {
    Finding::new(Code::SExpr).with("detail", detail)
}
