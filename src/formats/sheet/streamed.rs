//! Streaming changes nothing that is read: against another reader of whole sheets, and far beyond what is read ahead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::grid::{Grid, Line, Value};
use super::open::{self, Chosen};
use super::testing::column;
use super::{AHEAD, CellKind, SheetReadOptions, SheetReader};
use crate::testing::{All, read_all};
use crate::{Limits, RowReader as _, Taken};
use calamine::{DataRef, Reader as _};
use model::Code;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::io::Cursor;

/// What a test puts into a cell.
#[derive(Clone, Debug)]
enum Put {
    Text(String),
    Number(f64),
    Day(u16),
    Truth(bool),
    Formula(u32),
    Blank,
}

fn put() -> impl Strategy<Value = Put> {
    prop_oneof![
        4 => "[ -~甲𠮷_x0041\n\t\u{A0}]{0,12}".prop_map(Put::Text),
        2 => any::<f64>().prop_filter("workbooks know no others", |n| n.is_finite()).prop_map(Put::Number),
        2 => (0_u32..2_000_000).prop_map(|n| Put::Number(f64::from(n))),
        1 => (1_u16..50_000).prop_map(Put::Day),
        1 => any::<bool>().prop_map(Put::Truth),
        1 => (0_u32..100).prop_map(Put::Formula),
        1 => Just(Put::Blank),
    ]
}

fn book(cells: &[(u32, u16, Put)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy\\-mm\\-dd");
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "编号").unwrap();
    for (row, col, put) in cells {
        let (row, col) = (row + 1, *col);
        let written = match put {
            Put::Text(text) => sheet.write_string(row, col, text),
            Put::Number(number) => sheet.write_number(row, col, *number),
            Put::Day(n) => {
                let days = ExcelDateTime::from_serial_datetime(f64::from(*n)).unwrap();
                sheet.write_datetime_with_format(row, col, &days, &day)
            }
            Put::Truth(truth) => sheet.write_boolean(row, col, *truth),
            Put::Formula(n) => sheet.write_formula(row, col, Formula::new(format!("=1+{n}")).set_result(n.to_string())),
            Put::Blank => sheet.write_blank(row, col, &day),
        };
        written.unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// The way it was read before: every cell of the sheet held, by another reader.
fn held(bytes: &[u8]) -> Vec<Line> {
    let mut book = calamine::Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut grid = Grid::new(0);
    let mut cells = book.worksheet_cells_reader(&name).unwrap();
    while let Some(cell) = cells.next_cell_with_formula_metadata().unwrap() {
        let value = match &cell.value {
            DataRef::Empty => None,
            DataRef::SharedString(text) => Some(Value::Text((*text).to_owned())),
            DataRef::String(text) => Some(Value::Text(text.clone())),
            DataRef::Float(number) => Some(Value::Number(*number)),
            DataRef::Bool(truth) => Some(Value::Truth(*truth)),
            DataRef::DateTime(day) => Some(Value::Day(day.as_f64())),
            other => panic!("{other:?}"),
        };
        let (row, col) = cell.pos;
        grid.put(row, col, value, cell.formula.is_some(), &Limits::default())
            .unwrap();
    }
    grid.lines
}

fn streamed(bytes: Vec<u8>) -> Vec<Line> {
    let columns = [column("编号", CellKind::Text)];
    let Chosen { mut lines, .. } = open::open(Cursor::new(bytes), &columns, &Limits::default()).unwrap();
    let mut all = Vec::new();
    while let Some(line) = lines.next().unwrap() {
        all.push(line);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..crate::testing::cases() })]

    #[test]
    fn what_is_streamed_is_what_was_held(cells in prop::collection::vec((0_u32..2000, 0_u16..40, put()), 0..60)) {
        let bytes = book(&cells);
        prop_assert_eq!(streamed(bytes.clone()), held(&bytes));
    }
}

/// A table of so many rows, then what is to stand below it.
fn long(rows: u32, below: &[(u32, u16, &str)], hide: Option<u32>) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (col, name) in (0..).zip(["编号", "结果"]) {
        sheet.write_string(0, col, name).unwrap();
    }
    for row in 1..=rows {
        sheet.write_string(row, 0, format!("N{row:06}")).unwrap();
        sheet.write_string(row, 1, "成功").unwrap();
    }
    for (row, col, text) in below {
        sheet.write_string(rows + row, *col, *text).unwrap();
    }
    if let Some(row) = hide {
        sheet.set_row_hidden(row).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn options(limits: Limits) -> SheetReadOptions {
    let mut columns = vec![
        column("编号", CellKind::Id { digits: None }),
        column("结果", CellKind::Text),
    ];
    columns.iter_mut().for_each(|c| c.required = true);
    SheetReadOptions { columns, limits }
}

const MANY: u32 = 3 * AHEAD as u32;

fn read(bytes: &[u8], limits: Limits) -> All {
    read_all(SheetReader::open(bytes, options(limits)))
}

/// Nothing of a long table is forgotten between what is read ahead and what is read then.
#[test]
fn a_long_table_is_read_to_its_last_row() {
    for rows in [1, AHEAD as u32 - 1, AHEAD as u32, AHEAD as u32 + 1, MANY] {
        let limits = Limits {
            cells: 1,
            body_bytes: 1,
            ..Limits::default()
        };
        let below = [(2, 0, "合计"), (3, 0, "制表：张三")];
        let all = read(&long(rows, &below, None), limits);
        assert_eq!((all.bad.len(), &all.refused, all.warnings.len()), (0, &None, 0));
        let expected: Vec<String> = (1..=rows).map(|row| format!("N{row:06}")).collect();
        let found: Vec<String> = all.texts().into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(found, expected, "{rows}");
    }
}

/// The last row is as good a row as the first: what is wrong with it is its own.
#[test]
fn a_bad_cell_in_the_last_row_is_that_rows() {
    let bytes = long(MANY, &[(1, 0, "1.1E+17"), (1, 1, "成功")], None);
    let all = read(&bytes, Limits::default());
    assert_eq!(all.facts()[1..], [format!("bad E_SCI row {} column 编号", MANY + 1)]);
    assert_eq!(all.rows.len(), MANY as usize);
}

/// What is only found far below refuses the whole, at the moment it is found; rows given before have no effect then.
#[test]
fn what_is_found_far_below_refuses_the_whole() {
    let below = [(1, 0, "合计"), (2, 0, "N9"), (2, 1, "成功")];
    let all = read(&long(MANY, &below, None), Limits::default());
    assert_eq!(
        (all.refused.unwrap().code, all.rows.len()),
        (Code::EStructure, MANY as usize)
    );
    let rows = u64::from(MANY) - 1;
    let limits = Limits {
        rows,
        ..Limits::default()
    };
    let all = read(&long(MANY, &[], None), limits);
    assert_eq!(
        (all.refused.unwrap().code, all.rows.len() as u64),
        (Code::ETooLarge, rows)
    );
    // Seen from its first rows already, nothing is given.
    let all = read(&long(3, &below, None), Limits::default());
    assert_eq!((all.refused.unwrap().code, all.rows.len()), (Code::EStructure, 0));
}

/// A hidden row is told once it was met, wherever it stands.
#[test]
fn a_hidden_row_far_below_is_told_at_the_end() {
    let mut reader = SheetReader::open(&long(MANY, &[], Some(MANY)), options(Limits::default())).unwrap();
    let mut rows = 0;
    while let Some(Taken::Row(_)) = reader.next().unwrap() {
        rows += 1;
        if rows < MANY {
            assert!(reader.warnings().is_empty(), "{rows}");
        }
    }
    let told: Vec<Code> = reader.warnings().iter().map(|f| f.code).collect();
    assert_eq!((rows, told), (MANY, vec![Code::WHidden]));
}

/// The whole of a table is seen however long it is, up to what may be held.
#[test]
fn a_long_table_is_seen_up_to_what_may_be_held() {
    let bytes = long(MANY, &[], None);
    let seen = |cells| {
        let limits = Limits {
            cells,
            ..Limits::default()
        };
        SheetReader::open(&bytes, options(limits)).unwrap().seen()
    };
    assert_eq!(seen(u64::from(MANY) * 2).unwrap().rows.len(), MANY as usize);
    assert_eq!(
        seen(u64::from(MANY) * 2 - 1).err().map(|f| f.code),
        Some(Code::ETooLarge)
    );
}
