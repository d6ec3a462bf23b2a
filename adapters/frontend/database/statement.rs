//! Statements in the words of each engine. Names come from checked settings and are quoted; values are always bound.
//!
//! Everything is read as text, cast by the engine itself, so that no identifier passes through a number of ours and
//! three engines say the same. PostgreSQL takes no text for another type unless told which: there every bound value is
//! cast to its column's type, without a length, so that what is too long is an error and not cut.

use super::settings::Engine;
use std::collections::BTreeMap;

/// One statement with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The text, with a place for each value.
    pub sql: String,
    /// The values, in order.
    pub values: Vec<Option<String>>,
}

impl Statement {
    /// A text without values.
    pub fn plain(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            values: Vec::new(),
        }
    }
}

/// A table as statements name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    engine: Engine,
    name: String,
    /// Column types by name, where the engine needs them.
    types: BTreeMap<String, String>,
}

impl Table {
    /// A table of a checked name.
    pub fn new(engine: Engine, name: &str, types: BTreeMap<String, String>) -> Self {
        let parts: Vec<String> = name.split('.').map(|part| quote(engine, part)).collect();
        Self {
            engine,
            name: parts.join("."),
            types,
        }
    }

    /// Its quoted name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A column's quoted name.
    pub fn column(&self, column: &str) -> String {
        quote(self.engine, column)
    }

    /// A column as text.
    pub fn text(&self, column: &str) -> String {
        let kind = match self.engine {
            Engine::Mysql => "CHAR",
            Engine::Sqlite | Engine::Postgres => "TEXT",
        };
        format!("CAST({} AS {kind})", self.column(column))
    }

    /// `SELECT` of columns as text, up to `FROM`.
    pub fn select(&self, columns: &[&str]) -> Draft<'_> {
        let columns: Vec<String> = columns.iter().map(|c| self.text(c)).collect();
        self.draft(format!("SELECT {} FROM {}", columns.join(", "), self.name))
    }

    /// `UPDATE`, setting columns to values.
    pub fn update(&self, set: &[(&str, Option<&str>)]) -> Draft<'_> {
        let mut draft = self.draft(format!("UPDATE {} SET ", self.name));
        for (at, (column, value)) in set.iter().enumerate() {
            if at > 0 {
                draft.push(", ");
            }
            draft.push(&self.column(column));
            draft.push(" = ");
            draft.bind(column, *value);
        }
        draft
    }

    /// `INSERT` of one row.
    pub fn insert(&self, row: &[(&str, Option<&str>)]) -> Statement {
        let columns: Vec<String> = row.iter().map(|(column, _)| self.column(column)).collect();
        let mut draft = self.draft(format!("INSERT INTO {} ({}) VALUES (", self.name, columns.join(", ")));
        for (at, (column, value)) in row.iter().enumerate() {
            if at > 0 {
                draft.push(", ");
            }
            draft.bind(column, *value);
        }
        draft.push(")");
        draft.done()
    }

    fn draft(&self, sql: String) -> Draft<'_> {
        Draft {
            table: self,
            statement: Statement::plain(sql),
            bounded: false,
        }
    }
}

/// A statement that is still being written.
pub struct Draft<'t> {
    table: &'t Table,
    statement: Statement,
    bounded: bool,
}

impl Draft<'_> {
    /// The statement.
    pub fn done(self) -> Statement {
        self.statement
    }

    /// One more condition; it must hold together with those before it.
    #[must_use]
    pub fn and(mut self, condition: &str) -> Self {
        self.push(if self.bounded { " AND " } else { " WHERE " });
        self.bounded = true;
        self.push(condition);
        self
    }

    /// The column holds exactly this text.
    ///
    /// Compared twice where the engine would compare as numbers: once so that an index serves, once as text.
    #[must_use]
    pub fn is(self, column: &str, value: &str) -> Self {
        let name = self.table.column(column);
        let mut draft = self.and(&format!("({name} = "));
        draft.bind(column, Some(value));
        if draft.table.engine != Engine::Postgres {
            let text = draft.table.text(column);
            draft.push(&format!(" AND {text} = "));
            draft.bind_text(Some(value));
        }
        draft.push(")");
        draft
    }

    /// The column holds something else than this text, and not nothing.
    #[must_use]
    pub fn other_than(self, column: &str, value: &str) -> Self {
        let text = self.table.text(column);
        let mut draft = self.and(&format!("{text} <> "));
        draft.bind_text(Some(value));
        draft
    }

    /// The column holds none of these texts, or nothing.
    #[must_use]
    pub fn none_of(self, column: &str, values: &[&String]) -> Self {
        let (name, text) = (self.table.column(column), self.table.text(column));
        let mut draft = self.and(&format!("({name} IS NULL OR {text} NOT IN ("));
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                draft.push(", ");
            }
            draft.bind_text(Some(value));
        }
        draft.push("))");
        draft
    }

    /// The column comes after this value, in the engine's own order.
    #[must_use]
    pub fn after(self, column: &str, value: &str) -> Self {
        let name = self.table.column(column);
        let mut draft = self.and(&format!("{name} > "));
        draft.bind(column, Some(value));
        draft
    }

    /// In the order of columns, at most so many rows.
    #[must_use]
    pub fn first(mut self, order: &[&str], limit: usize) -> Self {
        let columns: Vec<String> = order.iter().map(|c| self.table.column(c)).collect();
        self.push(&format!(" ORDER BY {} LIMIT {limit}", columns.join(", ")));
        self
    }

    fn push(&mut self, sql: &str) {
        self.statement.sql.push_str(sql);
    }

    /// A place for a value of a column.
    fn bind(&mut self, column: &str, value: Option<&str>) {
        let kind = self.table.types.get(column);
        if kind.is_some() {
            self.push("CAST(");
        }
        self.bind_text(value);
        if let Some(kind) = kind {
            self.push(&format!(" AS {kind})"));
        }
    }

    fn bind_text(&mut self, value: Option<&str>) {
        self.statement.values.push(value.map(str::to_owned));
        let place = match self.table.engine {
            Engine::Postgres => format!("${}", self.statement.values.len()),
            Engine::Sqlite | Engine::Mysql => "?".to_owned(),
        };
        self.push(&place);
    }
}

/// Checked names hold no quotation marks; a doubled one would be one character of a name. SQLite takes a name in double
/// quotes that is no column for a text, so that a missing column would read as its own name: in grave accents it does not.
fn quote(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Sqlite | Engine::Mysql => format!("`{}`", name.replace('`', "``")),
        Engine::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

#[cfg(test)]
mod tests;
