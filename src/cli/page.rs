//! Text as people read and copy it: aligned lines and columns without drawn boxes, nothing that moves a terminal.

use crate::context::Context;
use crate::labels::Label;
use comfy_table::{Cell, CellAlignment, Row, Table, presets};
use model::Finding;

/// A text that grows from top to bottom.
pub(crate) struct Page<'a> {
    pub(crate) cx: &'a Context,
    text: String,
}

/// A column: its head, and whether numbers stand in it.
pub(crate) enum Column {
    /// Words, to the left.
    Words(Label),
    /// Numbers, to the right.
    Number(Label),
}

impl<'a> Page<'a> {
    /// An empty one.
    pub(crate) fn new(cx: &'a Context) -> Self {
        Self {
            cx,
            text: String::new(),
        }
    }

    /// The whole, without a gap at its end.
    pub(crate) fn done(mut self) -> String {
        while self.text.ends_with("\n\n") {
            self.text.pop();
        }
        self.text
    }

    /// A line.
    pub(crate) fn line(&mut self, text: &str) {
        self.text.push_str(clean(text).trim_end());
        self.text.push('\n');
    }

    /// An empty line, except at the top and after another.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading.
    pub(crate) fn head(&mut self, label: Label) {
        self.gap();
        self.line(self.cx.label(label));
    }

    /// `label  value`, aligned; empty values are left out.
    pub(crate) fn pairs<const N: usize>(&mut self, pairs: [(Label, String); N]) {
        let pairs = pairs.into_iter().filter(|(_, v)| !v.is_empty());
        let rows: Vec<Vec<String>> = pairs.map(|(l, v)| vec![self.cx.label(l).to_owned(), v]).collect();
        self.rows(None, &[false, false], rows, "");
    }

    /// A finding: place and sentence, then what to do.
    pub(crate) fn finding(&mut self, finding: &Finding, indent: &str) {
        self.line(&format!("{indent}{}", finding.sentence(self.cx.lang)));
    }

    /// Rows under heads. Without rows: one word that says so.
    pub(crate) fn table<const N: usize>(&mut self, columns: [Column; N], rows: Vec<[String; N]>) {
        self.table_at(columns, rows, "");
    }

    /// The same, moved to the right.
    pub(crate) fn table_at<const N: usize>(&mut self, columns: [Column; N], rows: Vec<[String; N]>, indent: &str) {
        if rows.is_empty() {
            let nothing = self.cx.label(Label::Nothing);
            self.line(&format!("{indent}{nothing}"));
            return;
        }
        // A column in which nothing stands says nothing.
        let filled: Vec<bool> = (0..N).map(|i| rows.iter().any(|r| !r[i].is_empty())).collect();
        let keep = |i: &usize| filled.get(*i).copied().unwrap_or(false);
        let heads = (0..N)
            .filter(keep)
            .map(|i| self.cx.label(columns[i].label()).to_owned())
            .collect();
        let right: Vec<bool> = (0..N)
            .filter(keep)
            .map(|i| matches!(columns[i], Column::Number(_)))
            .collect();
        let rows = rows.into_iter().map(|r| {
            r.into_iter()
                .enumerate()
                .filter(|(i, _)| keep(i))
                .map(|(_, cell)| cell)
                .collect()
        });
        self.rows(Some(heads), &right, rows.collect(), indent);
    }

    fn rows(&mut self, heads: Option<Vec<String>>, right: &[bool], rows: Vec<Vec<String>>, indent: &str) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if let Some(heads) = heads {
            table.set_header(heads);
        }
        for row in rows {
            table.add_row(Row::from(
                row.iter().map(|cell| Cell::new(clean(cell))).collect::<Vec<_>>(),
            ));
        }
        for (column, right) in table.column_iter_mut().zip(right) {
            column.set_padding((0, 2));
            if *right {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.lines() {
            self.text.push_str(indent);
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

impl Column {
    fn label(&self) -> Label {
        match self {
            Self::Words(label) | Self::Number(label) => *label,
        }
    }
}

/// What comes from departments is shown, never obeyed: control and direction marks stand as their code points.
pub(crate) fn clean(text: &str) -> String {
    model::visible::text(text).into_owned()
}
