//! Other programs judge what is written and write what is read: openpyxl, xlwt, LibreOffice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::testing::returned;
use super::{SheetReadOptions, SheetReader};
use crate::strangers::{Place, python};
use crate::testing::read_all;
use crate::xlsx::{XlsxWriteOptions, XlsxWriter};
use crate::{Limits, RowWriter as _};
use model::{Header, Row};

const NAMES: [&str; 7] = [
    "序号",
    "业务编号",
    "单位名称",
    "法人身份证号",
    "社保登记号",
    "登记日期",
    "处理结果",
];

const ROWS: [[&str; 7]; 3] = [
    [
        "1",
        "110108202603020000019",
        "北京测试一号生物制剂有限公司",
        "110199197602140073",
        "010108000123",
        "2026-03-18",
        "成功",
    ],
    [
        "2",
        "110108202603020000027",
        "=1+1",
        "11019919760214009X",
        "",
        "",
        "失败：身份证号有误",
    ],
    [
        "3",
        "110108202603020000035",
        "北京㛃𠮷“测试”<三>号&公司",
        "",
        "110108000124",
        "2026-03-19",
        "成功",
    ],
];

fn ours() -> Vec<u8> {
    let options = XlsxWriteOptions {
        sheet: "回盘".into(),
        titles: vec!["海淀区社会保险登记回盘表".into(), "批次号：HRSS20260318-01".into()],
        day: jiff::civil::date(2026, 3, 18),
    };
    let mut writer = XlsxWriter::new(Header::new(NAMES), options).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for (at, cells) in ROWS.iter().enumerate() {
        let cells = cells.iter().map(|c| Some((*c).into())).collect();
        writer
            .row(
                &Row {
                    line: at as u64 + 1,
                    cells,
                },
                &mut out,
            )
            .unwrap();
    }
    writer.end(&mut out).unwrap();
    out
}

fn texts(bytes: &[u8]) -> Vec<Vec<String>> {
    let all = read_all(SheetReader::open(bytes, returned()));
    assert!(all.bad.is_empty() && all.refused.is_none(), "{all:?}");
    all.texts()
}

#[test]
fn openpyxl_reads_text_in_every_cell() {
    let place = Place::new("openpyxl");
    let file = place.file("ours.xlsx", &ours());
    let script = "
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.active
print(sheet.title, '|'.join(sorted(str(r) for r in sheet.merged_cells.ranges)), book.properties.created.date())
for row in sheet.iter_rows():
    print('|'.join((c.data_type + ':' + c.number_format + ':' + str(c.value or '')) for c in row))
";
    let said = python(script, &file);
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("回盘 A1:G1|A2:G2 2026-03-18"));
    let lines: Vec<&str> = lines.skip(2).collect();
    assert_eq!(lines.len(), 1 + ROWS.len());
    for (line, cells) in lines.iter().zip(std::iter::once(&NAMES).chain(&ROWS)) {
        let expected: Vec<String> = cells
            .iter()
            .map(|cell| format!("{}:@:{cell}", if cell.is_empty() { "n" } else { "s" }))
            .collect();
        assert_eq!(*line, expected.join("|"));
    }
}

#[test]
fn what_xlwt_writes_is_read() {
    let place = Place::new("xlwt");
    let file = place.0.join("theirs.xls");
    let script = "
import datetime, sys, xlwt
book = xlwt.Workbook(encoding='utf-8')
sheet = book.add_sheet('Sheet3')
for col, name in enumerate(['处理结果', '业务编号', '社会保险登记号', '登记日期']):
    sheet.write(4, col, name)
day = xlwt.easyxf(num_format_str='yyyy/m/d')
for row in range(2000):
    sheet.write(5 + row, 0, '成功')
    sheet.write(5 + row, 1, '11010820260302%07d' % row)
    sheet.write(5 + row, 2, 110108000000 + row)
    sheet.write(5 + row, 3, datetime.date(2026, 3, 18), day)
sheet.write(2005, 0, '合计')
sheet.write(2005, 2, 2000)
book.save(sys.argv[1])
";
    python(script, &file);
    let rows = texts(&std::fs::read(&file).unwrap());
    assert_eq!(rows.len(), 2000);
    for (at, row) in rows.iter().enumerate() {
        let expected = [
            "成功",
            &format!("11010820260302{at:07}"),
            &format!("{}", 110_108_000_000_u64 + at as u64),
            "2026-03-18",
        ];
        assert_eq!(row, &expected);
    }
}

/// A clerk opens our file and saves it again, in whatever the program likes best.
#[test]
fn libreoffice_saves_ours_again_and_nothing_changed() {
    let place = Place::new("libreoffice");
    let file = place.file("ours.xlsx", &ours());
    let before = texts(&ours());
    assert_eq!(before, ROWS);
    for make in ["xlsx", "xls", "ods"] {
        let saved = place.saved_again(&file, make);
        assert_ne!(saved, ours());
        assert_eq!(texts(&saved), before, "{make}");
        let options = SheetReadOptions {
            limits: Limits::default(),
            ..returned()
        };
        assert_eq!(
            SheetReader::open(&saved, options).unwrap().mark(),
            Some("HRSS20260318-01"),
            "{make}"
        );
    }
}
